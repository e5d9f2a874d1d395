"""A copy of the sources in which one thing at a time is changed, compiled and linked."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "src" / "core"
COPIED = ("src", "fmnist_fast", "tests", "benchmarks", "pyproject.toml", "setup.py", "README.md", "LICENSE")
STANDARD = ["-std=gnu11", "-g0", "-ffp-contract=off", "-Isrc/core", "-Itests/fuzz", "-MMD"]
SECONDS_MOST = 300  # a compiler needs one; this is for machines that stand still


class CompileError(Exception):
    """What the compiler said."""


@dataclass(frozen=True)
class Build:
    """How all sources of some programs are compiled."""

    name: str
    flags: tuple[str, ...]
    link: tuple[str, ...] = ("-lz", "-lm", "-pthread")


FAST = Build("fast", ("-O1", "-DFF_TEST_HOOKS"))
SANITIZED = Build(
    "sanitized",
    ("-O1", "-DFF_TEST_HOOKS", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
    ("-fsanitize=address,undefined", "-lz", "-lm", "-pthread"),
)
# As released, but for what does not change what the code does: the code itself is compared.
RELEASED = Build("released", ("-O2", "-fvisibility=hidden"))


class Workshop:
    """The folder of one worker: sources, objects of the unchanged ones, and what is made of a mutation."""

    def __init__(self, folder: Path, compiler: Sequence[str], tests: Sequence[str]) -> None:
        self.folder, self.compiler, self.tests = folder, list(compiler), list(tests)
        self.core = sorted(path.relative_to(ROOT).as_posix() for path in CORE.rglob("*.c"))

    def open(self) -> None:
        """Copy the sources."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, self.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, self.folder / name)

    def _run(self, command: Sequence[str | Path]) -> None:
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=SECONDS_MOST, check=False
        )
        if done.returncode:
            raise CompileError(done.stderr)

    def _object(self, build: Build, source: str, kind: str = "unchanged") -> Path:
        return self.folder / build.name / kind / f"{source.replace('/', '-')}.o"

    def compile(self, build: Build, sources: Sequence[str], kind: str = "unchanged") -> dict[str, Path]:
        """Compile sources; return their objects."""
        objects = {source: self._object(build, source, kind) for source in sources}
        for source, made in objects.items():
            made.parent.mkdir(parents=True, exist_ok=True)
            self._run([*self.compiler, *STANDARD, *build.flags, "-c", source, "-o", made])
        return objects

    def prepare(self, build: Build) -> None:
        """Compile everything unchanged."""
        self.compile(build, self.sources(build))

    def sources(self, build: Build) -> list[str]:
        """All that is compiled in one way."""
        return self.core if build is RELEASED else [*self.core, *self.tests]

    def parts(self, build: Build, source: str) -> set[str]:
        """All files that a source is compiled from."""
        words = self._object(build, source).with_suffix(".d").read_text().split()
        return {self._plain(word) for word in words}

    @staticmethod
    def _plain(path: str) -> str:
        """A path of a compiler's dependency list without `..`."""
        parts: list[str] = []
        for part in path.split("/"):
            if part == "..":
                parts.pop()
            else:
                parts.append(part)
        return "/".join(parts)

    def change(self, file: str, text: str) -> None:
        """Write a file of the core."""
        (self.folder / "src" / "core" / file).write_text(text)

    def mutate(
        self, build: Build, file: str, sources: Sequence[str], done: Container[str] = ()
    ) -> dict[str, Path]:
        """Compile those of the sources that depend on a file that has been changed, unless that is done."""
        changed = f"src/core/{file}"
        wanted = [name for name in sources if name not in done and changed in self.parts(build, name)]
        return self.compile(build, wanted, "mutant")

    def same_code(self, file: str) -> bool:
        """Whether the released objects are byte for byte what they were."""
        return all(
            path.read_bytes() == self._object(RELEASED, source).read_bytes()
            for source, path in self.mutate(RELEASED, file, self.core).items()
        )

    def link(self, build: Build, program: str, sources: Sequence[str], changed: dict[str, Path]) -> Path:
        """Link a program of test sources and the core, but for what a test source includes."""
        included = set().union(*(self.parts(build, source) for source in sources))
        objects = [
            changed.get(source, self._object(build, source))
            for source in [*sources, *(name for name in self.core if name not in included)]
        ]
        made = self.folder / build.name / ("mutant" if changed else "unchanged") / program
        made.parent.mkdir(parents=True, exist_ok=True)
        self._run([*self.compiler, *objects, *build.link, "-o", made])
        return made
