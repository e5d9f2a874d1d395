"""Files that were found to be what they should be, so that their checksum is not computed at each load.

A note in the user's cache folder holds the checksum that a file stands for and what the file was like then:
size, times and inode. Once the file has changed, the note says nothing.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress

from .._atomic import atomic_file
from .._cache import cache_folder
from ._model import Published

_TICK = 1_000_000_000  # nanoseconds; a change sooner after the last one may not show in the times


def stamp(path: str) -> str:
    """Return what a file is like now, as a line of text.

    Raises
    ------
    OSError
        There is no such file.
    """
    now = os.stat(path)
    return f"{now.st_size} {now.st_mtime_ns} {now.st_ctime_ns} {now.st_ino}"


def is_noted(path: str, known: Published) -> bool:
    """Return whether a file has been found to be the published one, and is as it was then."""
    with suppress(OSError, UnicodeDecodeError), open(_place(path), encoding="ascii") as note:
        return note.read() == f"{stamp(path)} {known.checksum}\n"
    return False


def note(path: str, before: str, known: Published) -> None:
    """Note that a file that was like `before` is the published one; once it has changed, the note is void.

    Nothing is noted of a file too new for a change to show in its times, or where the folder is not writable.
    """
    place = _place(path)
    if known.checksum is None or not os.path.isabs(place):
        return
    with suppress(OSError):
        changed = max(os.stat(path).st_mtime_ns, os.stat(path).st_ctime_ns)
        if time.time_ns() - changed < _TICK:
            return
        os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
        with atomic_file(place, follow=False) as file:
            file.write(f"{before} {known.checksum}\n".encode())


def _place(path: str) -> str:
    import hashlib

    key = hashlib.blake2b(os.fsencode(os.path.abspath(path)), digest_size=16).hexdigest()
    return os.path.join(cache_folder(), "verified", key)
