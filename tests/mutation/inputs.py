"""What the programs read: the fuzzers' corpus, the small worlds, and cases for the lanes' driver."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "support"))

import work_cases  # type: ignore[import-not-found]  # noqa: E402
from lane_cases import Cases, streams  # type: ignore[import-not-found]  # noqa: E402


def said(command: Sequence[str | Path]) -> str:
    """What a program prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def write_inputs(folder: Path, lanes: Path, work: Path) -> None:
    """Everything that the programs read; what two of them, unchanged, say goes into it."""
    for script, to in (("fuzz/make_corpus.py", "corpus"), ("exhaustive/make_worlds.py", "worlds")):
        subprocess.run([sys.executable, TESTS / script, folder / to], check=True)
    *levels, _ = said([lanes, "levels"]).split()
    write_lanes(folder / "lanes", levels)
    write_work(folder / "work", work)


def write_work(folder: Path, program: Path) -> None:
    """Streams, and what decoding them takes."""
    streams = work_cases.write(folder / "streams")
    (folder / "record").write_text(said([program, *streams]))


def write_lanes(folder: Path, levels: Sequence[str]) -> None:
    """Streams, whole and damaged, and lines that say how to decode them."""
    folder.mkdir()
    cases, rng = Cases(folder), random.Random(1951)
    for data in streams().values():
        cases.add(data)
        cut = rng.randrange(20, len(data))
        cases.add(data[:cut])
        cases.add(data[:cut] + bytes([data[cut] ^ 1 << rng.randrange(8)]) + data[cut + 1 :])
    (folder / "few").write_text(_lines(rng, cases.files[::3], levels))
    (folder / "many").write_text(_lines(rng, cases.files * 4, levels))


def _lines(rng: random.Random, files: Sequence[str], levels: Sequence[str]) -> str:
    """Cases for the lanes' driver, each file at each level, with everything else at random."""
    lines = []
    for file in files:
        for level in levels:
            way, memory, lanes = (
                rng.choice(["whole", "duet", "turns"]),
                rng.choice(["same", "fresh", "floats"]),
                rng.randrange(7),
            )
            start, window = (
                rng.choice([0, 12 * rng.getrandbits(28) + rng.randrange(9)]),
                rng.choice([2000, 16_001, 120_000, 4_000_000]),
            )
            piece, room = rng.choice([20_011, 65_537, 10**7]), rng.choice([5003, 70_001, 10**7])
            hooks = f"{lanes} {start} {window if lanes else 0}"
            lines.append(f"{file} {level} {way} {memory} {hooks} {piece} {room}\n")
    return "".join(lines)
