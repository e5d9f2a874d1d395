"""The gates as tests: speed against others, instructions per byte, large allocations.

Not part of the ordinary suite; `.ci/gates` runs them.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil

import allocations
import instructions
import pytest
from gates import GATES, RECORD, lab

COMPILER = shlex.split(os.environ.get("CC", "gcc"))
RECORDED = json.loads(instructions.RECORD.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def inputs():
    return lab()


@pytest.mark.parametrize("gate", GATES, ids=str)
def test_speed(gate, inputs):
    if gate.absent:
        pytest.skip(gate.absent)
    assert not (reason := gate.failure(inputs)), reason


@pytest.fixture(scope="session")
def counted(tmp_path_factory):
    for tool in ("valgrind", COMPILER[0]):
        if not shutil.which(tool):
            pytest.skip(f"there is no {tool} here")
    now = instructions.measure(tmp_path_factory.mktemp("count"), COMPILER)
    if reason := instructions.incomparable(now, RECORDED):
        pytest.skip(f"counts are not comparable: {reason}")
    return now["instructions per byte"]


@pytest.mark.parametrize("name", RECORDED["instructions per byte"])
def test_instructions(name, counted):
    assert not (more := instructions.grown(name, counted[name], RECORDED["instructions per byte"][name])), (
        more
    )


@pytest.fixture(scope="session")
def allocated():
    if reason := allocations.absent():
        pytest.skip(reason)
    return allocations.measure()


@pytest.mark.parametrize("name", RECORD["allocations"])
def test_allocations(name, allocated):
    assert not (more := allocations.exceeded(allocated[name], RECORD["allocations"][name])), f"{name}: {more}"


def test_every_job_has_its_gate(allocated):
    assert set(allocated) == set(RECORD["allocations"])
