"""What has to notice a mutation: programs in C over the core, and tests in Python, by subject."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

_HARNESS = tuple(f"tests/fuzz/{name}.c" for name in ("steps", "verdicts", "oracle", "streams", "arena"))
_FUZZER = ("tests/fuzz/replay.c", *_HARNESS)
PROGRAMS = {
    "gzip": ("tests/fuzz/fuzz_gzip.c", "tests/fuzz/mutate.c", *_FUZZER),
    "pixels": ("tests/fuzz/fuzz_pixels.c", "tests/fuzz/mutate.c", *_FUZZER),
    "restart": ("tests/fuzz/fuzz_restart.c", "tests/fuzz/mutate.c", *_FUZZER),
    "idx": ("tests/fuzz/fuzz_idx.c", *_FUZZER),
    "worlds": ("tests/exhaustive/worlds.c", *_HARNESS),
    "kernels": ("tests/exhaustive/kernels.c", "tests/fuzz/steps.c", "tests/fuzz/arena.c"),
    "lanes": ("tests/c/lanes.c", "tests/c/turns.c"),
}
SOURCES = sorted({source for sources in PROGRAMS.values() for source in sources})


@dataclass(frozen=True)
class Step:
    """One run of a program. A folder in the arguments stands for the files in it, so many at most."""

    program: str
    arguments: tuple[str, ...]
    most: int = 10**6
    standard_input: str = ""

    @property
    def name(self) -> str:
        """For reports."""
        return " ".join([self.program, *self.arguments, self.standard_input]).rstrip()

    def command(self, program: Path, inputs: Path) -> list[str]:
        """The command line."""
        words = [str(program)]
        for word in self.arguments:
            folder = inputs / word
            words += sorted(map(str, folder.iterdir()))[: self.most] if folder.is_dir() else [word]
        return words


def _made(program: str, count: int, start: int = 1) -> Step:
    return Step(program, ("-make", str(count), str(start)))


def _world(name: str, *arguments: str, most: int = 10**6) -> Step:
    return Step("worlds", (name, *arguments), most)


def _lanes(part: str) -> Step:
    return Step("lanes", ("run",), standard_input=f"lanes/{part}")


_CORPUS = tuple(Step(program, ("corpus/gzip",)) for program in ("gzip", "pixels", "restart"))
_DECODER = (
    *_CORPUS,
    _made("gzip", 400),
    _world("codes", "2000", "1"),
    _world("window", "-"),
    _made("restart", 300),
    _made("pixels", 100),
    _lanes("few"),
    _world("slack", "worlds/sound", most=2),
    _world("splits", "worlds/vectors", most=4),
    _made("gzip", 2500, 10_000),
    _made("restart", 1500, 10_000),
    _made("pixels", 400, 10_000),
    _world("codes", "30000", "2"),
    _world("flips", "worlds/small", most=2),
    _lanes("many"),
)
_KERNELS = (Step("kernels", ()),)
_IDX = (Step("idx", ("corpus/idx",)), _made("idx", 100_000))
_SANITIZED_DECODER = (
    *_CORPUS,
    _made("gzip", 200, 7000),
    _made("restart", 150, 7000),
    _made("pixels", 60, 7000),
    _world("codes", "2000", "7"),
    _lanes("few"),
)

# The Python tests of each subject, the likeliest first.
_PYTHON_DECODER = (
    *(
        "deflate_vectors",
        "gzip_container",
        "generated",
        "splits",
        "truncation",
        "restart",
        "seek",
        "two_threads",
    ),
    *("guard_pages", "bgzf_parallel", "large_streams", "deflate_grid", "lanes"),
)


@dataclass(frozen=True)
class Subject:
    """Who looks at a file."""

    fast: tuple[Step, ...] = ()
    sanitized: tuple[Step, ...] = ()
    python: tuple[str, ...] = ()


_KERNEL = Subject(_KERNELS, _KERNELS, ("gather", "normalize", "augment", "idx_header", "c_api"))
_SUBJECTS = {
    "idx": Subject(_IDX, _IDX, ("idx_header", "c_api")),
    "capi": Subject(python=("c_api",)),
    "cpu": Subject(python=("backend", "gather")),
    "crc32": Subject(_KERNELS, _KERNELS, ("gzip_container",)),
    **dict.fromkeys(("normalize", "swap", "gather", "augment"), _KERNEL),
    **dict.fromkeys(
        ("common", "status"),
        Subject(
            _KERNELS + _IDX + _DECODER,
            _KERNELS + _SANITIZED_DECODER,
            (*_KERNEL.python, "idx_header", *_PYTHON_DECODER),
        ),
    ),
}
_DECODES = Subject(_DECODER, _SANITIZED_DECODER, _PYTHON_DECODER)


def subject_of(file: str) -> Subject:
    """Who looks at this file of the core."""
    return _SUBJECTS.get(Path(file).stem, _DECODES)


def write_inputs(folder: Path, levels: Sequence[str]) -> None:
    """Everything that the programs read; `levels` are the machine's CPU levels."""
    for script, to in (("fuzz/make_corpus.py", "corpus"), ("exhaustive/make_worlds.py", "worlds")):
        subprocess.run([sys.executable, TESTS / script, folder / to], check=True)
    from lane_cases import Cases, streams

    lanes = folder / "lanes"
    lanes.mkdir()
    cases, rng = Cases(lanes), random.Random(1951)
    for data in streams().values():
        cases.add(data)
        cut = rng.randrange(20, len(data))
        cases.add(data[:cut])
        cases.add(data[:cut] + bytes([data[cut] ^ 1 << rng.randrange(8)]) + data[cut + 1 :])
    (lanes / "few").write_text(_lines(rng, cases.files[::3], levels))
    (lanes / "many").write_text(_lines(rng, cases.files * 4, levels))


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


@dataclass(frozen=True)
class Limits:
    """Of one run: seconds of CPU, and of the clock, with time for machines that stand still."""

    cpu: int
    wall: float


def limits_for(seconds: float) -> Limits:
    """What a run may take whose unchanged program needed so many seconds of CPU."""
    return Limits(2 + round(6 * seconds), 60 + 20 * seconds)


_LIMITED = 'ulimit -c 0; ulimit -t "$1"; shift; exec "$@"'


def _finished(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait. Rounds are counted, because the clock goes on while all processes are stopped."""
    for _ in range(round(seconds)):
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            continue
        return True
    return False


def run(command: Sequence[str], limits: Limits, standard_input: Path | None = None, **options: Any) -> str:
    """Run a program; return what killed it, or nothing."""
    with (standard_input or Path(os.devnull)).open() as given, tempfile.TemporaryFile() as told:
        words = ["sh", "-c", _LIMITED, "sh", str(limits.cpu), *command]
        process = subprocess.Popen(words, stdin=given, stdout=told, stderr=told, **options)
        try:
            ended = _finished(process, limits.wall)
        finally:
            process.kill()
            process.wait()
        if not ended:
            return "no end"
        told.seek(0)
        lines = told.read().decode(errors="replace").strip().splitlines()
    return (
        f"exit status {process.returncode}: {lines[0][:120] if lines else ''}" if process.returncode else ""
    )


def cpu_seconds(command: Sequence[str], standard_input: Path | None = None, **options: Any) -> float:
    """Seconds of CPU of a run that must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    reason = run(command, Limits(3000, 3000), standard_input, **options)
    if reason:
        raise SystemExit(f"the unchanged core fails {' '.join(command)[:200]}: {reason}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent
