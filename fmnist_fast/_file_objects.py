"""What file objects answer; nothing of it is believed that can be checked."""

from __future__ import annotations

import io
import os
import stat
from typing import Any


def ask(file: Any, view: memoryview) -> int:
    """Read once from the file object and believe nothing it says."""
    if hasattr(file, "readinto"):
        count: Any = _ready(file.readinto(view))
    else:
        piece = _ready(file.read(len(view)))
        if isinstance(piece, str):
            raise TypeError("the file object was opened in text mode; open it in binary mode")
        count = memoryview(piece).nbytes
        if count <= len(view):
            view[:count] = memoryview(piece).cast("B")
    if not isinstance(count, int):
        raise TypeError(f"readinto() of the file object returned {type(count).__name__}, not int")
    if not 0 <= count <= len(view):
        raise ValueError(f"the file object returned {count} bytes where at most {len(view)} were asked")
    return count


def bytes_left(file: Any) -> int | None:
    """Return the bytes left in a file, only where that answer is certain to mean these bytes.

    Wrappers such as `gzip.GzipFile` have a `fileno` too, but of a file with other bytes in it.
    """
    if type(file) is io.BytesIO:
        return max(file.getbuffer().nbytes - file.tell(), 0)
    raw = raw_file(file)
    if type(raw) is not io.FileIO:
        return None
    status = os.fstat(raw.fileno())
    # Files that the system makes up on the fly, such as those in /proc, say 0.
    return max(status.st_size - file.tell(), 0) if stat.S_ISREG(status.st_mode) and status.st_size else None


def _ready(answer: Any) -> Any:
    """Return what a file object answered, unless that is None."""
    if answer is None:
        raise BlockingIOError("the file object is in non-blocking mode and has no bytes ready")
    return answer


def raw_file(file: Any) -> Any:
    """Return the file that a buffered one reads from, else the object itself."""
    return file.raw if type(file) in (io.BufferedReader, io.BufferedRandom) else file


def position(file: Any) -> int | None:
    """Return where a file stands, or None if it cannot seek."""
    try:
        return int(file.tell()) if file.seekable() else None
    except (AttributeError, OSError):
        return None
