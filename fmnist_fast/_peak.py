"""The most memory that this process has held."""

from __future__ import annotations

import sys
from pathlib import Path


def peak_memory() -> int | None:
    """Return the largest resident memory of this process so far, in bytes; None where nothing tells.

    Linux keeps two such figures. The one of `getrusage` survives exec, so a child started by a large parent
    reports its parent's peak; the one in /proc belongs to this program alone.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) * 1024
    except (OSError, IndexError):
        pass
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
