"""Lanes, forced: any number of them, started anywhere, stopped and left unjoined at random, in any window.

The core is compiled with its test hooks into a driver, tests/c/lanes.c, which decodes every case in one
thread, in two, and in two that take turns, and compares bytes, verdict and place with those of zlib.
Guesses of a decoder must never show in its result; here all of them go wrong.
"""

from __future__ import annotations

import os
import random
import shlex
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import misleading
import pytest
from backends import SEED
from lane_cases import Cases, fabric, packed, reaching, streams

ROOT = Path(__file__).parents[1]
CORE = ROOT / "src" / "core"
COMPILER = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
# They are parts of the driver, which counts what lanes do, and chooses which thread runs.
INCLUDED = {CORE / "inflate" / "lanes.c", CORE / "duet.c"}
DRIVER = [ROOT / "tests" / "c" / name for name in ("lanes.c", "turns.c")]
SOURCES = [*DRIVER, *sorted(set(CORE.rglob("*.c")) - INCLUDED)]
FLAGS = ["-std=c11", "-DFF_TEST_HOOKS", "-ffp-contract=off", f"-I{CORE}", "-pthread"]
BUILDS = {
    "plain": ["-O2", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"],
    "many": ["-O1", "-DFF_LANES=64u"],
    "sanitized": ["-O1", "-g1", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"],
}

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(os.name != "posix", reason="the driver needs POSIX threads"),
    pytest.mark.skipif(not shutil.which(COMPILER[0]), reason=f"there is no compiler {COMPILER[0]}"),
]


@dataclass(frozen=True)
class Driver:
    """The compiled driver, with what it says of this machine."""

    program: Path
    levels: tuple[str, ...]
    lanes: int

    def run(self, lines: list[str]) -> dict[tuple[str, str, int], tuple[int, ...]]:
        """Run cases; return batches, joins, bridged tokens and restarts by way, level and lanes."""
        done = subprocess.run(
            [self.program, "run"],
            input="\n".join(lines) + "\n",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        report = done.stdout.splitlines()
        failures = [line for line in report if not line.startswith("stats ")]
        assert not failures, "\n".join(failures[:20])
        assert (done.returncode, done.stderr) == (0, "")
        rows = [line.split()[1:] for line in report]
        return {(way, level, int(lanes)): tuple(map(int, counts)) for way, level, lanes, *counts in rows}


@pytest.fixture(scope="module")
def building(tmp_path_factory):
    """Both compilers, started at once, so that other work can be done meanwhile."""
    folder, started = tmp_path_factory.mktemp("lanes"), {}
    for name, flags in BUILDS.items():
        command = [*COMPILER, *FLAGS, *flags, *SOURCES, "-o", folder / name, "-lm"]
        with (folder / f"{name}.log").open("w") as log:
            started[name] = subprocess.Popen(command, stdout=log, stderr=log)
    yield folder, started
    for process in started.values():
        process.wait()


def finished(building, name: str) -> Driver | None:
    """Wait for a build. None: it failed."""
    folder, started = building
    if started[name].wait():
        return None
    command = [folder / name, "levels"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        (folder / f"{name}.log").write_text(done.stderr)
        return None
    *levels, lanes = done.stdout.split()
    return Driver(folder / name, tuple(levels), int(lanes))


@pytest.fixture(scope="module")
def plain(building):
    """The driver as released code is built."""
    driver = finished(building, "plain")
    assert driver, (building[0] / "plain.log").read_text()
    return driver


@pytest.fixture(scope="module")
def many(building):
    """The driver with up to 64 lanes, where six are used."""
    driver = finished(building, "many")
    assert driver, (building[0] / "many.log").read_text()
    return driver


@pytest.fixture(scope="module")
def sanitized(building):
    """The driver under AddressSanitizer and UBSan, if the compiler has them."""
    driver = finished(building, "sanitized")
    if not driver:
        pytest.skip("this compiler has no sanitizers")
    return driver


def line(file: str, level: str, way: str, lanes: int, rng: random.Random) -> str:
    """A case with everything else at random."""
    seed = rng.choice([0, 12 * rng.getrandbits(28) + rng.randrange(9)])  # turns of up to 256 looks
    window = rng.choice([2000, 16_001, 32_000, 120_000, 4_000_000]) if lanes else 0
    pieces, rooms = [20_011, 65_537, 10**7], [5003, 70_001, 10**7]
    if way == "whole":  # that many threads take their time
        pieces, rooms = [*pieces, 2749, 6007], [*rooms, 257, 61]
    memory = rng.choice(["same", "fresh", "floats"])
    return f"{file} {level} {way} {memory} {lanes} {seed} {window} {rng.choice(pieces)} {rng.choice(rooms)}"


@pytest.fixture(scope="module")
def whole(building, tmp_path_factory):
    """All streams. (Made while the compilers run.)"""
    cases = Cases(tmp_path_factory.mktemp("whole"))
    for name, data in streams().items():
        assert cases.add(data) == "ok", name
    return cases.files


@pytest.fixture(scope="module")
def misled(building, tmp_path_factory):
    """Streams in which guesses go wrong."""
    cases = Cases(tmp_path_factory.mktemp("misled"))
    for name, (data, _) in misleading.streams().items():
        assert cases.add(data) == "ok", name
    return cases.files


@pytest.fixture(scope="module")
def damaged(building, tmp_path_factory):
    """Some streams, cut and with one bit flipped."""
    rng, cases, kinds = random.Random(SEED), Cases(tmp_path_factory.mktemp("damaged")), []
    every = streams()
    for name in ("fabric-6", "fabric-literals", "text-6", "ink-9", "flushed", "giant-block"):
        data = every[name]
        for cut in (len(data) - 1, len(data) - 8, *(rng.randrange(10, len(data)) for _ in range(3))):
            assert cases.add(data[:cut]) == "truncated"
        for _ in range(7):
            copy, bit = bytearray(data), rng.randrange(80, 8 * len(data))  # behind the gzip header
            copy[bit >> 3] ^= 1 << (bit & 7)
            kinds.append(cases.add(bytes(copy)))
    assert "corrupt" in kinds
    for depth in (3, 900, 7000, 20_000):
        for excess in (0, 1):
            for behind in (False, True):
                found = cases.add(reaching(depth, excess, behind=behind))
                assert found == ("corrupt" if excess else "ok")
    return cases.files


WAYS = ("whole", "duet", "turns")


def test_every_number_of_lanes(whole, plain):
    """Each stream at each level in each way with each number of lanes, and as planned (0)."""
    rng = random.Random(SEED)
    lines = [
        line(file, level, way, lanes, rng)
        for file in whole
        for level in plain.levels
        for way in WAYS
        for lanes in range(plain.lanes + 1)
    ]
    ran = plain.run(lines)
    for level in plain.levels:
        for way in WAYS:
            for lanes in range(1, plain.lanes + 1):
                batches, joins, bridged, _ = ran[way, level, lanes]
                assert batches > 50, (way, level, lanes)
                assert (joins > 50) == (lanes > 1), (way, level, lanes)
                assert bridged or lanes == 1, (way, level, lanes)
    assert sum(counts[3] for counts in ran.values()), "no lane has started again"
    assert any(lanes == 0 for _, _, lanes in ran), "lanes never run unless they are forced"


def test_sixty_four_lanes(whole, damaged, many):
    """The number is a matter of speed alone: each up to 64, on sound and damaged streams."""
    rng = random.Random(SEED + 4)
    files = whole + damaged
    lines = [
        line(rng.choice(files), level, way, lanes, rng)
        for level in many.levels
        for way in WAYS
        for lanes in range(1, many.lanes + 1)
    ]
    lines += [line(file, rng.choice(many.levels), rng.choice(WAYS), many.lanes, rng) for file in files]
    ran = many.run(lines)
    joins = [sum(counts[1] for (_, _, lanes), counts in ran.items() if lanes == n) for n in range(65)]
    assert joins[1] == 0
    assert many.lanes == 64
    assert min(joins[2:]) > 0
    assert joins[64] > joins[2]


def test_wrong_guesses(misled, plain):
    """They cost time at most, in any order of events."""
    rng = random.Random(SEED + 3)
    lines = [
        line(file, level, way, rng.randrange(plain.lanes + 1), rng)
        for file in misled
        for level in plain.levels[-2:]
        for way in ("duet", *["turns"] * 5)
    ]
    plain.run(lines)


def test_input_that_ends_with_a_header(plain, tmp_path):
    """The block in which it ends should have been over long before: only its symbols are missing."""
    cases, lines = Cases(tmp_path), []
    for bits in range(8):
        data, end = misleading.sudden_header(bits)
        assert cases.add(data) == "ok"
        for level in plain.levels:
            for piece in (end // 8, end // 8 + 1, end // 8 + 2):
                lines += [f"{cases.files[-1]} {level} {way} same 0 0 0 {piece} 10000000" for way in WAYS]
    plain.run(lines)


def test_long_ways_through_floats(plain, tmp_path):
    """The window slides in the scratch, perhaps while the block before is still in conversion."""
    cases = Cases(tmp_path)
    assert cases.add(packed(fabric(2_500_000), 6)) == "ok"
    turns = [f"turns floats 0 {13 * number} 0 10000000 10000000" for number in range(9)]
    plain.run([f"{cases.files[0]} {plain.levels[-1]} {case}" for case in turns])


def test_long_turns(whole, plain):
    """Who waits for the other goes to sleep meanwhile."""
    fabric = whole[1]
    cases = [f"{plain.levels[-1]} turns {memory} 0 10 0 10000000 10000000" for memory in ("same", "floats")]
    assert plain.run([f"{fabric} {case}" for case in cases])


def test_without_chance(whole, plain):
    """No hook but the number of lanes and the window, all input and all room at once: most lanes join."""
    lines = [
        f"{file} {level} whole same {lanes} 0 64000 10000000 10000000"
        for file in whole[:4]  # fabric
        for level in plain.levels
        for lanes in (1, plain.lanes)
    ]
    ran = plain.run(lines)
    for level in plain.levels:
        batches, joins, bridged, _ = ran["whole", level, plain.lanes]
        assert joins > batches * (plain.lanes - 1) // 2
        assert bridged


def test_damage(damaged, plain):
    """Cut or flipped: the bytes up to there, zlib's verdict, and hardly a byte read beyond."""
    rng = random.Random(SEED + 1)
    lines = [
        line(file, level, way, rng.randrange(plain.lanes + 1), rng)
        for file in damaged
        for level in plain.levels
        for way in WAYS
    ]
    ran = plain.run(lines)
    assert {(way, level) for way, level, _ in ran} == {(way, level) for way in WAYS for level in plain.levels}


def test_sanitized(whole, damaged, sanitized):
    """A sample under AddressSanitizer and UBSan: each piece of input is a memory block of its own."""
    rng = random.Random(SEED + 2)
    lines = [
        line(file, level, rng.choice(WAYS), rng.randrange(sanitized.lanes + 1), rng)
        for file in whole + damaged
        for level in sanitized.levels
    ]
    assert len(sanitized.run(lines)) > 20
