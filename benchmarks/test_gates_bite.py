"""The gates shut when they have to: without the compiled backend, and with each kind of thing made worse."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import allocations
import instructions
import pytest
from gates import ATTEMPTS, GATES, MARGIN, RECORD, lab

from fmnist_fast.benchmark.contests import CONTESTS

#: One gate of each kind of kernel: decoding, normalizing, gathering.
SLOWED = [
    gate
    for gate in GATES
    if (gate.duel.contest, gate.duel.peer)
    in {("decode", "libdeflate"), ("normalize", "NumPy in place"), ("epoch", "NumPy take(out=)")}
]


def test_without_the_compiled_backend():
    command = [
        sys.executable,
        "-P",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-k",
        "decode-normalized",
    ]
    done = subprocess.run(
        [*command, str(Path(__file__).with_name("test_gates.py"))],
        env=os.environ | {"FMNIST_FAST_BACKEND": "numpy"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    for word in ("measured", "floor", "history"):
        assert word in done.stdout


@pytest.mark.parametrize("gate", SLOWED, ids=str)
def test_a_kernel_that_takes_twice_as_long(gate):
    if gate.absent:
        pytest.skip(gate.absent)
    contest = CONTESTS[gate.duel.contest]
    way = contest.ways[gate.duel.ours]

    def twice(stream):
        call = way.make(stream)

        def both():
            call()
            return call()

        return both

    slowed = replace(contest, ways={**contest.ways, gate.duel.ours: replace(way, make=twice)})
    inputs = lab()
    for _ in range(3):
        # Floors are another machine's; on one that is twice as good at it, twice the time would pass.
        usual = gate.measure(inputs, ATTEMPTS[0]).median
        here = replace(gate, floor=max(gate.floor, MARGIN * usual))
        if reason := here.failure(inputs, slowed):
            break
    assert f"floor {here.floor:.2f}" in reason


def test_a_kernel_of_more_instructions(tmp_path):
    compiler = shlex.split(os.environ.get("CC", "gcc"))
    for tool in ("valgrind", compiler[0]):
        if not shutil.which(tool):
            pytest.skip(f"there is no {tool} here")
    pixels = tmp_path / "pixels"
    pixels.write_bytes(bytes(784 * 100))
    good, bad = (
        instructions.per_level(
            instructions.build(tmp_path, compiler, (*instructions.FLAGS, *flags)), "normalize", pixels, 78_400
        )
        for flags in ((), ("-O0",))
    )
    assert len(instructions.grown("normalize", bad, good)) == len(good) > 0
    assert not instructions.grown("normalize", good, good)


def test_a_copy_that_should_not_be_there():
    if reason := allocations.absent():
        pytest.skip(reason)
    fresh = allocations.measure()["read_idx"]
    assert allocations.exceeded(fresh, RECORD["allocations"]["read_idx, out="])
    assert not allocations.exceeded(fresh, RECORD["allocations"]["read_idx"])
