"""Small gzip files in one go: read whole, believed only if nothing about them is unusual.

What streams of any length need - buffers that grow, detection, bounds, memory that follows the data - costs
more than decoding a file of labels. Here the size in the gzip trailer has to be what the IDX header claims.
Whatever is not as expected, every error above all, is left to `fmnist_fast._read`, which finds it again and
says what it is.
"""

from __future__ import annotations

import os
import stat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _idx
from ._backend import GzipDecoder, parse_header
from ._coded import MAX_RATIO
from ._idx import Header
from ._payload import to_native
from .errors import FmnistFastError
from .normalize import check_out

_FILE_BYTES = 1 << 20
_DECODED_BYTES = 1 << 24
# More is better decoded to where it shall be, and by two threads if they are asked for.
_COPIED_FILE_BYTES, _COPIED_BYTES = 1 << 17, 1 << 20
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_LEAST = 18  # bytes of an empty gzip member
_HEADER_BYTES = 4 + 4 * _idx.MAX_RANK


def read_small(
    source: Any, max_bytes: int | None, out: NDArray[Any] | None, threads: int | None = None
) -> NDArray[Any] | None:
    """Return the array in a small gzip file, or None if this is for `fmnist_fast._read`.

    Parameters
    ----------
    source : object
        As for `fmnist_fast.read_idx`; paths and `bytes` are looked at.
    max_bytes : int or None
        Limit of the payload.
    out : ndarray or None
        The array to fill; untouched where this is not for it.
    threads : int or None
        As for `fmnist_fast.read_idx`; one does it here.
    """
    most = _FILE_BYTES if out is None and (threads is None or threads == 1) else _COPIED_FILE_BYTES
    data = source if isinstance(source, bytes) else _content(source, most)
    if data is None or not _LEAST <= len(data) <= most or data[:2] != b"\x1f\x8b":
        return None
    size = int.from_bytes(data[-4:], "little")  # of the last member; should there be more, it will not fit
    largest = _DECODED_BYTES if out is None else _COPIED_BYTES
    if not 8 <= size <= min(largest, MAX_RATIO * len(data)):
        return None
    if max_bytes is not None and size > max_bytes + _HEADER_BYTES:
        return None
    decoded = np.empty(size, np.uint8)
    try:
        status, _, produced = GzipDecoder(1).decode(data, True, decoded, 0)
        if status != _idx.END or produced != size:
            return None
        header = parse_header(decoded)
        if out is not None:
            check_out(out, header.shape, header.dtype)
    except FmnistFastError:
        return None
    nbytes = header.nbytes
    if header.header_size + nbytes != size or (max_bytes is not None and nbytes > max_bytes):
        return None
    return _items(decoded[size - nbytes :], header, out)


def _items(payload: NDArray[np.uint8], header: Header, out: NDArray[Any] | None) -> NDArray[Any]:
    if out is not None:
        items = np.asarray(out).reshape(-1)
        items.view(np.uint8)[:] = payload
    else:
        items = payload.view(header.dtype)
        if not items.flags.aligned:
            items = items.copy()
    to_native(items)
    return items.reshape(header.shape) if out is None else out


def _content(source: Any, most: int) -> bytes | None:
    """Return what a small file holds, None for everything else."""
    if not isinstance(source, str | os.PathLike):
        return None
    try:
        found = os.stat(source)
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:  # what a pipe gives, it gives once
            return None
        handle = os.open(source, _READ)  # a file object would take longer to make than to use
        try:
            data = os.read(handle, found.st_size + 1)
        finally:
            os.close(handle)
        return data if len(data) == found.st_size else None  # others write to it
    except (OSError, ValueError):
        return None
