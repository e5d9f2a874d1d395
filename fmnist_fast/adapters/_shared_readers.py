"""Readers that a process keeps open between the blocks that it reads, for the places they remember."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ..reader import IdxReader, open_idx

_MOST = 8  # idle ones

_Key = tuple[str, int, int, int]

_idle: list[tuple[_Key, IdxReader]] = []  # the last one used is the last
_lock = threading.Lock()


@contextmanager
def borrowed_reader(path: str, row: int) -> Iterator[IdxReader]:
    """Give a reader of a file to one user at a time, one that has not far to go to a row if there is one.

    Parameters
    ----------
    path : str
        A file that has changed since it was opened is opened again.
    row : int

    Yields
    ------
    IdxReader
        At any row. It is kept open afterwards unless an exception comes back.
    """
    status = os.stat(path)
    # No other file has the inode as long as this one is open, and times may be coarse.
    key = (path, status.st_ino, status.st_size, status.st_mtime_ns)
    reader = _taken(key, row) or open_idx(path)
    try:
        yield reader
    except BaseException:
        reader.close()
        raise
    with _lock:
        _idle.append((key, reader))
        closing = [reader for _, reader in _idle[:-_MOST]]
        del _idle[:-_MOST]
    for old in closing:
        old.close()


def close_idle_readers() -> None:
    """Close all that are kept open."""
    with _lock:
        readers = [reader for _, reader in _idle]
        _idle.clear()
    for reader in readers:
        reader.close()


def _close_inherited() -> None:
    """Close them in a forked process: it and its parent would move each other's place in the same files."""
    global _lock
    _lock = threading.Lock()  # a thread that is not in this process may have held it
    close_idle_readers()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_close_inherited)


def _taken(key: _Key, row: int) -> IdxReader | None:
    """Take a reader of this file: the nearest one that need not go back, else any."""
    with _lock:
        found = [k for k, (name, _) in enumerate(_idle) if name == key]
        if not found:
            return None
        ready = [k for k in found if _idle[k][1].tell() <= row]
        best = max(ready or found, key=lambda k: _idle[k][1].tell())
        return _idle.pop(best)[1]
