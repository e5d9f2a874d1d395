"""Every way of every contest under pytest-benchmark: ``pytest benchmarks --benchmark-only``.

Times without pairs, for those who want that tool's statistics and files; the figures that are published come
from `fmnist-fast bench`.
"""

from __future__ import annotations

import pytest
from gates import lab

from fmnist_fast.benchmark.contests import CONTESTS

pytest.importorskip("pytest_benchmark")


@pytest.fixture(scope="session")
def inputs():
    return lab()


@pytest.mark.parametrize(("name", "way"), [(name, way) for name, it in CONTESTS.items() for way in it.ways])
def test_way(benchmark, inputs, name, way):
    contest = CONTESTS[name]
    if reason := contest.ways[way].absent:
        pytest.skip(reason)
    benchmark.group = contest.title
    with contest.around():
        stream = contest.job(inputs)
        contest.prove(stream, way)
        benchmark(contest.ways[way].make(stream))
