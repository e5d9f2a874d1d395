"""What results were made on and with."""

from __future__ import annotations

import functools
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from .._extras import optional
from .._version import __version__

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "joblib")


@functools.cache
def machine() -> dict[str, Any]:
    """Return ``cpu``, ``cores``, ``memory`` in bytes and ``system`` of this machine."""
    psutil = optional("psutil", "psutil", "classify", "the classifier benchmark")
    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count() or 1,
        "memory": psutil.virtual_memory().total,
        "system": f"{platform.system()} {platform.machine()}",
    }


@functools.cache
def versions() -> dict[str, str]:
    """Return the versions of this package, Python and the libraries that decide about a result."""
    found = {"fmnist_fast": __version__, "python": platform.python_version()}
    return found | {name: metadata.version(name) for name in _LIBRARIES}


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()
