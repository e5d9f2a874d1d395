"""Extension modules, compiled with what the package ships and imported here; a skip where that cannot be."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import sys
import sysconfig
from pathlib import Path

import pytest
from distributions import only, run

import fmnist_fast as ff

COMPILER = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")


def compiled(folder: Path, name: str) -> Path:
    """Build the module whose source and setup.py lie in a folder."""
    pytest.importorskip("Cython", reason="Cython is not installed")
    if os.name == "posix" and not shutil.which(COMPILER[0]):
        pytest.skip(f"there is no compiler {COMPILER[0]}")
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        pytest.skip("Python's headers are not here")
    package = str(Path(ff.__file__).parents[1])
    command = (sys.executable, "-P", "setup.py", "-q", "build_ext", "--inplace")
    built = run(*command, cwd=folder, PYTHONPATH=package, CFLAGS="-O1")
    assert built.returncode == 0, built.stdout
    return only([path for path in folder.glob(f"{name}.*") if path.suffix in (".so", ".pyd")])


def loaded(path: Path):
    """Import a compiled module, here."""
    spec = importlib.util.spec_from_file_location(path.name.partition(".")[0], path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
