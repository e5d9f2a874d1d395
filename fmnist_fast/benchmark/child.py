"""Processes of this very package, whatever folder it was started from."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def run(*arguments: str, said: str = "", level: str = "") -> str:
    """Run Python and return what it prints.

    Parameters
    ----------
    *arguments : str
    said : str
        What it finds on its standard input.
    level : str
        CPU level, or "numpy" for that backend, in place of what this process has.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    cached = Path(tempfile.gettempdir(), "fmnist_fast_benchmarks", "bytecode")
    paths = filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")])
    environment |= {"PYTHONPYCACHEPREFIX": str(cached), "PYTHONPATH": os.pathsep.join(paths)}
    if level == "numpy":
        environment["FMNIST_FAST_BACKEND"] = level
    elif level:
        environment["FMNIST_FAST_CPU"] = level
    command = [sys.executable, "-P", *arguments]
    # Ctrl-C goes to all processes of a session; this one then ends its child without the child's last words.
    done = subprocess.run(
        command,
        env=environment,
        input=said,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        start_new_session=True,
    )
    return done.stdout
