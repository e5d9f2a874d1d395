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
from ._backend import GzipDecoder, header_size, parse_header
from ._idx import Header
from ._payload import to_native
from .errors import FmnistFastError
from .normalize import check_out

_FILE_BYTES = 1 << 20
_DECODED_BYTES = 1 << 24
_SHARED_BYTES = 1 << 17  # with more, two threads that were asked for gain something
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_LEAST = 18  # bytes of an empty gzip member
_HEADER = 8  # bytes of the shortest IDX header


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
        The array to fill. Where this is not for it, nothing of it has changed; where the data proves to be
        bad, anything may have.
    threads : int or None
        As for `fmnist_fast.read_idx`; one does it here.
    """
    most = _FILE_BYTES if threads is None or threads == 1 else _SHARED_BYTES
    data = source if isinstance(source, bytes) else _content(source, most)
    if data is None or not _LEAST <= len(data) <= most or data[:2] != b"\x1f\x8b":
        return None
    size = int.from_bytes(data[-4:], "little")  # of the last member; should there be more, it will not fit
    if not _HEADER <= size <= _DECODED_BYTES:
        return None
    decoder = GzipDecoder(1)
    try:
        header, consumed = _header(decoder, data)
        nbytes = header.nbytes
        if header.header_size + nbytes != size or (max_bytes is not None and nbytes > max_bytes):
            return None
        if out is not None:
            check_out(out, header.shape, header.dtype)
        items = np.empty(header.shape, header.dtype) if out is None else out
        flat = np.asarray(items).reshape(-1)
        status, _, produced = decoder.decode(memoryview(data)[consumed:], True, flat.view(np.uint8), 0)
    except FmnistFastError:
        return None
    if status != _idx.END or produced != nbytes:
        return None
    to_native(flat)
    return items


def _header(decoder: GzipDecoder, data: bytes) -> tuple[Header, int]:
    """Return the IDX header and the number of compressed bytes before what follows it."""
    head = bytearray(_HEADER)
    _, consumed, got = decoder.decode(data, True, head, 0)
    more = header_size(head[:got]) - got
    if more > 0:
        head += bytes(more)
        _, then, more = decoder.decode(memoryview(data)[consumed:], True, head, got)
        consumed, got = consumed + then, got + more
    return parse_header(head[:got]), consumed


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
            return os.read(handle, found.st_size)
        finally:
            os.close(handle)
    except (OSError, ValueError):
        return None
