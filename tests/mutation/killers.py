"""What has to notice a mutation: programs in C over the core, and tests in Python, by subject."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
    "work": ("tests/c/work.c",),
    "levels": ("tests/c/levels.c",),
    "ahead": ("tests/c/ahead.c",),
    "edges": ("tests/c/edges.c",),
    "capi": ("tests/c/capi.c",),
}
SOURCES = sorted({source for sources in PROGRAMS.values() for source in sources})


@dataclass(frozen=True)
class Step:
    """One run of a program. Arguments may be inputs; a folder stands for the files in it, so many at most."""

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
            given = inputs / word
            found = sorted(map(str, given.iterdir()))[: self.most] if given.is_dir() else [str(given)]
            words += found if given.exists() else [word]
        return words


def _made(program: str, count: int, start: int = 1) -> Step:
    return Step(program, ("-make", str(count), str(start)))


def _world(name: str, *arguments: str, most: int = 10**6) -> Step:
    return Step("worlds", (name, *arguments), most)


def _lanes(part: str) -> Step:
    return Step("lanes", ("run",), standard_input=f"lanes/{part}")


_CORPUS = tuple(Step(program, ("corpus/gzip",)) for program in ("gzip", "pixels", "restart"))
_WORK = Step("work", ("-same", "work/record", "work/streams"))
_DECODER = (
    Step("edges", ()),
    _WORK,
    *_CORPUS,
    _made("gzip", 400),
    _world("codes", "2000", "1"),
    _world("window", "-"),
    _made("restart", 300),
    _made("pixels", 100),
    _lanes("few"),
    _world("slack", "worlds/sound", most=1),
    _world("splits", "worlds/vectors", most=4),
    _made("gzip", 1200, 10_000),
    _made("restart", 700, 10_000),
    _made("pixels", 400, 10_000),
    _world("codes", "30000", "2"),
    _world("flips", "worlds/small", most=1),
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
        "table_bounds",
        "work",
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


_AHEAD = (Step("ahead", ()),)
_KERNEL = Subject(_AHEAD + _KERNELS, _KERNELS, ("gather", "normalize", "augment", "idx_header", "c_api"))
_SUBJECTS = {
    "idx": Subject(_IDX, _IDX, ("idx_header", "c_api")),
    "capi": Subject((Step("capi", ()),), (Step("capi", ()),), ("c_api",)),
    "cpu": Subject((Step("levels", ()),), (), ("backend", "cpu_detection")),
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
