"""The command line as a user starts it: in a process of its own, away from the source tree."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import fmnist_fast as ff

HERE = str(Path(ff.__file__).parents[1])


def environment(*paths: object, **changes: str) -> dict[str, str]:
    """Return an environment in which the package under test is found, after the given folders."""
    found = [*map(str, paths), HERE, os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, found)), "COLUMNS": "200"} | changes


def uncounted() -> dict[str, str]:
    """Return the environment without coverage.py's, whose own work would be in the way."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_PROCESS")}


def command(*arguments: object) -> list[str]:
    """Return the command line for these arguments."""
    return [sys.executable, "-W", "error", "-m", "fmnist_fast", *map(str, arguments)]


def run(*arguments: object, cwd: Path, paths: tuple[object, ...] = (), **changes: str):
    """Run the command to its end and return code, output and errors."""
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(*paths, **changes),
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def blocked(folder: Path, *modules: str) -> Path:
    """Return a folder that hides modules: importing them fails as if they were not installed."""
    hiding = folder / "hidden"
    hiding.mkdir()
    for module in modules:
        (hiding / f"{module}.py").write_text(f'raise ModuleNotFoundError("No module named {module}")\n')
    return hiding
