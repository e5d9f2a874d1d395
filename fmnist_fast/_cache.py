"""Decoded files kept for the next time.

A cache is a plain IDX file and a note beside it, both written atomically, the note last. The note holds
what both files were like: size, times, inode and the CRC-32 of their content, and the last bytes of the
source, in which gzip and xz keep a checksum of theirs. Whatever does not fit makes the cache void.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ._atomic import atomic_file
from ._backend import crc32, parse_header
from ._idx import MAX_RANK
from ._read import Wanted, read
from ._write import encoded_blocks
from .errors import FmnistFastError, OutputError

_FORMAT = "fmnist_fast decoded file 1"
_NOTE_LIMIT = 1 << 12
_TAIL = 64  # the end mark of BGZF and the trailer in front of it fit in
_PIECE = 1 << 18
_RAW_MAGIC = b"\0\0"
_TICK = 0.02  # seconds; file times move on every 1 to 10 ms, and a change within that time does not show


def read_cached(source: Any, cache: Any, wanted: Wanted) -> NDArray[Any]:
    """Read a file by way of its cache, which is written where there is none; see `fmnist_fast.read_idx`.

    Raises
    ------
    ValueError
        The source is not a path.
    TypeError
        ``cache`` is neither a bool nor a path.
    """
    if not isinstance(cache, bool | str | os.PathLike):
        raise TypeError(f"cache must be True, False or the path of a folder, not {type(cache).__name__}")
    if not isinstance(source, str | os.PathLike):
        raise ValueError(
            "cache needs a source that is a path: data in memory or a file object has no place and time"
            " by which it would be known again"
        )
    path = os.path.abspath(os.fsdecode(source))
    if not stat.S_ISREG(os.stat(source).st_mode):
        return read(source, wanted)  # a pipe gives its bytes only once
    with open(path, "rb", buffering=0) as file:
        if file.read(len(_RAW_MAGIC)) == _RAW_MAGIC:
            return read(source, wanted)  # there is nothing to decode
        for place in _places(path, cache):
            array = _reopen(place, file, source, wanted)
            if array is not None:
                return array
        return _build(list(_places(path, cache)), file, source, wanted)


def _places(path: str, cache: Any) -> Iterator[str]:
    """Yield the names, without suffix, that the cache of a file may have, the best first."""
    folder, name = os.path.split(path)
    if cache is True:
        yield f"{path}.cache"
        folder = cache_folder()
    else:
        folder = os.path.abspath(os.fsdecode(cache))
    if os.path.isabs(folder):  # no home, no folder
        import hashlib  # costs more than all else here

        key = hashlib.blake2b(os.fsencode(path), digest_size=8).hexdigest()
        yield os.path.join(folder, f"{name[:50]}-{key}.cache")


def cache_folder() -> str:
    """Return the user's folder for files that can be had again; not absolute where there is no home."""
    home = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME", "")
    home = home if os.path.isabs(home) else os.path.expanduser("~/.cache")
    return os.path.join(home, "fmnist_fast")


def _identity(file: Any) -> dict[str, int]:
    status = os.fstat(file.fileno())
    return {
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "ctime_ns": status.st_ctime_ns,
        "inode": status.st_ino,
    }


def _tail(file: BinaryIO) -> str:
    file.seek(-min(_TAIL, file.seek(0, os.SEEK_END)), os.SEEK_END)
    return file.read(_TAIL).hex()


def _checksum(file: BinaryIO) -> int:
    file.seek(0)
    value = 0
    while piece := file.read(_PIECE):
        value = crc32(piece, value)
    return value


def _reopen(place: str, file: BinaryIO, source: Any, wanted: Wanted) -> NDArray[Any] | None:
    """Return what the cache at this place holds, or None where it is void."""
    try:
        data = _open(f"{place}.idx")
    except OSError:
        return None
    with data:
        if not _is_valid(place, file, data, wanted.trailing):
            return None
        try:
            return _items(data, wanted)
        except OutputError as error:
            error.source = os.fsdecode(source)
            raise
        except (FmnistFastError, OSError):
            return None


def _open(path: str) -> BinaryIO:
    """Open a file to read, without waiting for a writer where the name turns out to be a pipe."""
    return open(path, "rb", 0, opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0)))


def _is_valid(place: str, file: BinaryIO, data: BinaryIO, trailing: str) -> bool:
    """Return whether source and cache are those of the note; bring it up to date if only times changed."""
    import json

    try:
        with _open(f"{place}.json") as text:
            note = json.loads(text.read(_NOTE_LIMIT))
        if note["format"] != _FORMAT or trailing not in (note["trailing"], "ignore"):
            return False
        if note["tail"] != _tail(file):
            return False
        source = _compare(note["source"], file, ("size", "mtime_ns"))
        cache = source and _compare(note["cache"], data, ("size",))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return False
    if source is None or cache is None:
        return False
    if source is not note["source"] or cache is not note["cache"]:
        with suppress(OSError):
            _write_note(place, {**note, "source": source, "cache": cache})
    return True


def _compare(noted: dict[str, int], file: BinaryIO, kept: tuple[str, ...]) -> dict[str, int] | None:
    """Return what to note about a file that is the one noted, or None where it is another.

    Where its status changed, but for the fields ``kept``, the content decides.
    """
    now = {**_identity(file), "crc32": noted["crc32"]}
    if noted == now:
        return noted
    if any(noted[key] != now[key] for key in kept) or noted["crc32"] != _checksum(file):
        return None
    return now


def _items(data: BinaryIO, wanted: Wanted) -> NDArray[Any] | None:
    """Return the items of a cache file as they are wanted."""
    data.seek(0)
    size = os.fstat(data.fileno()).st_size
    header = parse_header(data.read(4 + 4 * MAX_RANK))
    if header.header_size + header.nbytes != size:
        return None
    if wanted.max_bytes is not None and header.nbytes > wanted.max_bytes:
        return None  # reading the source says so
    if wanted.as_stored and header.itemsize == 1 and header.size:
        import mmap

        try:
            mapped = mmap.mmap(data.fileno(), size, access=mmap.ACCESS_COPY)
        except ValueError:  # cut short this very moment
            return None
        return np.ndarray(header.shape, header.dtype, mapped, header.header_size)
    data.seek(0)
    return read(data, wanted)


def _build(places: list[str], file: BinaryIO, source: Any, wanted: Wanted) -> NDArray[Any]:
    """Read the source, write the cache, and return what is wanted."""
    if not any(_is_writable(place) for place in places):
        return read(source, wanted)
    before = _identity(file)
    note: dict[str, Any] = {"format": _FORMAT, "trailing": wanted.trailing, "tail": _tail(file)}
    array = read(source, wanted.stored())
    note["source"] = {**before, "crc32": _checksum(file)}
    written = None
    if before == _identity(file):
        mode = os.fstat(file.fileno()).st_mode
        written = next((place for place in places if _write(place, array, note, mode)), None)
    if wanted.as_stored:
        return array
    del array  # before memory is asked for what it is converted to
    converted = _reopen(written, file, source, wanted) if written else None
    return read(source, wanted) if converted is None else converted


def _is_writable(place: str) -> bool:
    """Make the folder if it is missing, and return whether it looks as if it can be written to."""
    folder = os.path.dirname(place)
    with suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
    return os.access(folder, os.W_OK | os.X_OK)


def _write(place: str, array: NDArray[Any], note: dict[str, Any], mode: int) -> bool:
    """Write data and note, and return whether that went well."""
    if not _is_writable(place):
        return False
    crc = 0
    with suppress(OSError):
        with atomic_file(f"{place}.idx", follow=False) as file:
            if hasattr(os, "fchmod"):  # who may not read the source is not to read it here
                os.fchmod(file.fileno(), os.fstat(file.fileno()).st_mode & mode & 0o666 | 0o600)
            for block in encoded_blocks(array):
                crc = crc32(block, crc)
                file.write(block)
            inode = os.fstat(file.fileno()).st_ino
        with _open(f"{place}.idx") as data:
            cache = _identity(data)
        if cache["inode"] == inode:  # else another process came in between, and writes its own note
            time.sleep(_TICK)
            _write_note(place, {**note, "cache": {**cache, "crc32": crc}})
        return True
    return False


def _write_note(place: str, note: dict[str, Any]) -> None:
    import json

    with atomic_file(f"{place}.json", follow=False) as file:
        file.write(json.dumps(note, indent=1).encode())
