"""Subprocesses, wheels and copies of the source tree, for the tests of what is shipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
LEFT_BEHIND = ("build", "dist", "venv", "*.egg-info", "__pycache__", ".*", "*.so", "*.pyd", "_build.py")


class Dist(NamedTuple):
    """Paths of an sdist and of the wheel that was built from it."""

    sdist: Path
    wheel: Path


def run(*command: object, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command without this process's own switches; standard error comes with standard output."""
    ours = ("FMNIST_FAST_", "PYTHONPATH")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"} | env,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=600,
        check=False,
    )


def run_python(folder: Path, code: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run code with the package that lies in a folder."""
    return run(sys.executable, "-P", "-c", code, cwd=folder, PYTHONPATH=str(folder), **env)


def only(paths: list[Path]) -> Path:
    """Return the single path of a list."""
    assert len(paths) == 1, paths
    return paths[0]


def unpack(wheel: Path, folder: Path) -> Path:
    """Unpack a wheel, which is all that installing it does to the package itself."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def is_compiled(name: str) -> bool:
    """Tell whether a file name is that of a compiled module."""
    return name.endswith((".so", ".pyd"))


def copy_of_source(folder: Path) -> Path:
    """Copy the source tree as a fresh clone would hold it."""
    if not (ROOT / "setup.py").exists():
        pytest.skip("the tests run without the source tree")
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_BEHIND), dirs_exist_ok=True)
    return folder
