"""The compiled modules of the package, built from the workshop's sources, for the tests in Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from workshop import Build, Workshop

MODULES = ("_native", "_codec", "_normalize")
_DEFINED = [f"-I{sysconfig.get_path('include')}", "-DPy_LIMITED_API=0x030B0000"]
BUILD = Build("extension", ("-O1", "-fPIC", "-fvisibility=hidden", "-Isrc", *_DEFINED), ("-shared", "-lm"))


class Extension:
    """Each module is linked with the whole core: what it does not call does no harm."""

    def __init__(self, shop: Workshop) -> None:
        self.shop = Workshop(shop.folder, shop.compiler, [f"generated/{name}.c" for name in MODULES])
        self.package = shop.folder / "library"

    def prepare(self) -> None:
        """Translate with Cython, compile, and lay out the package."""
        folder = self.shop.folder
        (folder / "generated").mkdir()
        for name in MODULES:
            directives = "language_level=3,freethreading_compatible=True,wraparound=False,boundscheck=False"
            command = [sys.executable, "-m", "cython", "-I", "src", "-X", directives, f"src/{name}.pyx"]
            subprocess.run([*command, "-o", f"generated/{name}.c"], cwd=folder, check=True)
        self.shop.prepare(BUILD)
        shutil.copytree(folder / "fmnist_fast", self.package / "fmnist_fast")
        (self.package / "fmnist_fast" / "_build.py").write_text("NATIVE = True\nREASON = ''\n")
        self.link({})

    def link(self, changed: dict[str, Path]) -> None:
        """Link all modules into the package."""
        for name in MODULES:
            made = self.shop.link(BUILD, name, [f"generated/{name}.c"], changed)
            shutil.copy(made, self.package / "fmnist_fast" / f"{name}.abi3.so")

    def rebuild(self, file: str) -> None:
        """Compile what depends on a changed file, and link."""
        self.link(self.shop.mutate(BUILD, file, self.shop.sources(BUILD)))

    def test(self, name: str) -> tuple[list[str], dict[str, Any]]:
        """Command line and options for one file of tests."""
        command = [
            sys.executable,
            "-P",
            "-m",
            "pytest",
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            f"tests/test_{name}.py",
        ]
        wanted = {
            "PYTHONPATH": str(self.package),
            "FMNIST_FAST_BACKEND": "native",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return command, {"cwd": self.shop.folder, "env": os.environ | wanted}
