"""Small gzip files in one go: decoded whole, believed only if nothing about them is unusual.

Reading in two steps - header, bounds, memory, payload - costs more than decoding a file of labels. Here the
size in the gzip trailer says how much memory to take, up to a limit. Whatever is not as expected, every error
above all, is left to `fmnist_fast._read`, which finds it again and says what it is.
"""

from __future__ import annotations

import os
import stat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _idx
from ._backend import GzipDecoder, header_size, parse_header
from ._payload import to_native
from .errors import FmnistFastError
from .normalize import check_out

_FILE_BYTES = 1 << 17
_DECODED_BYTES = 1 << 20
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_LEAST = 18  # bytes of an empty gzip member


def read_small(source: Any, max_bytes: int | None, out: NDArray[Any] | None) -> NDArray[Any] | None:
    """Return the array in a small gzip file, or None if this is for `fmnist_fast._read`.

    Parameters
    ----------
    source : object
        As for `fmnist_fast.read_idx`; paths and `bytes` are looked at.
    max_bytes : int or None
        Limit of the payload.
    out : ndarray or None
        The array to fill; untouched where this is not for it.
    """
    data = source if isinstance(source, bytes) else _content(source)
    if data is None or not _LEAST <= len(data) <= _FILE_BYTES or data[:2] != b"\x1f\x8b":
        return None
    size = int.from_bytes(data[-4:], "little")  # of the last member; should there be more, it will not fit
    if not 8 <= size <= _DECODED_BYTES:
        return None
    decoded = np.empty(size, np.uint8)
    try:
        status, _, produced = GzipDecoder(1).decode(data, True, decoded, 0)
        if status != _idx.END or produced != size:
            return None
        start = header_size(decoded)
        header = parse_header(decoded[:start])
        if out is not None:
            check_out(out, header.shape, header.dtype)
    except FmnistFastError:
        return None
    if start + header.nbytes != size or (max_bytes is not None and header.nbytes > max_bytes):
        return None
    # A copy in any case: the payload may lie at an address that its dtype dislikes.
    items = np.empty(header.shape, header.dtype) if out is None else out
    flat = np.asarray(items).reshape(-1)
    flat.view(np.uint8)[:] = decoded[start:]
    to_native(flat)
    return items


def _content(source: Any) -> bytes | None:
    """Return what a small file holds, None for everything else."""
    if not isinstance(source, str | os.PathLike):
        return None
    try:
        found = os.stat(source)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _FILE_BYTES:  # what a pipe gives, it gives once
            return None
        handle = os.open(source, _READ)  # a file object would take longer to make than to use
        try:
            return os.read(handle, _FILE_BYTES + 1)
        finally:
            os.close(handle)
    except (OSError, ValueError):
        return None
