"""What a figure depends on besides the code: printed above every table, kept in every file of results."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
import zlib
from pathlib import Path

import numpy as np

from .._backend import backend, cpu_features
from .._threads import usable_cpus
from .._version import __version__
from .decoders import version

PACKAGES = (
    *("deflate", "isal", "zlib-ng", "zopfli", "rapidgzip", "indexed_gzip", "cramjam", "idx2numpy"),
    *("python-mnist", "mnist", "mlxtend", "torch", "torchvision"),
)


def facts() -> dict[str, str]:
    """Return what is known about the machine and the software on it."""
    features = cpu_features()
    return {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "CPU": f"{_cpu_model()}, {usable_cpus()} usable",
        "CPU level": f"{features['level']} of {', '.join(features['detected']) or '-'}",
        "load": " ".join(f"{value:.2f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "-",
        "huge pages": _first_line("/sys/kernel/mm/transparent_hugepage/enabled"),
        "fmnist_fast": f"{__version__}, {backend} backend, {_build()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "NumPy": np.__version__,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "peers": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    }


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()[0]
    except (OSError, IndexError):
        return "-"


def _cpu_model() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or "unknown"


def _build() -> str:
    """Return compiler and checksum of the compiled codec; compilers sign their work in ELF files."""
    module = sys.modules.get("fmnist_fast._codec")
    if module is None or not module.__file__:
        return "nothing compiled"
    blob = Path(module.__file__).read_bytes()
    signature = re.search(rb"GCC: \([^)\0]*\) [\d.]+|clang version [\d.]+", blob)
    compiler = signature[0].decode("ascii", "replace") if signature else "unknown compiler"
    return f"{compiler}, codec {hashlib.sha256(blob).hexdigest()[:16]}"
