"""Arrays to IDX bytes, and those to their target."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._atomic import atomic_file
from ._compress import BGZF_BLOCK, BLOCK, bgzf_pieces, gzip_pieces
from ._idx import build_header
from ._integers import integer
from ._threads import check_threads, thread_count


def encode(array: ArrayLike, compress: Any, level: int, threads: int | None) -> bytes:
    """Return the bytes of an IDX file; see `fmnist_fast.encode_idx`."""
    return b"".join(_pieces(array, compress, level, threads))


def write(target: Any, array: ArrayLike, compress: Any, level: int, threads: int | None) -> None:
    """Write an IDX file; see `fmnist_fast.write_idx`."""
    if isinstance(target, str | os.PathLike):
        path = os.fsdecode(target)
        if compress is None:
            compress = "gzip" if path.lower().endswith(".gz") else False
        pieces = _pieces(array, compress, level, threads)
        with atomic_file(path) as file:
            file.writelines(pieces)
    elif isinstance(target, io.TextIOBase):
        raise TypeError("the file object was opened in text mode; open it in binary mode")
    elif hasattr(target, "write"):
        for piece in _pieces(array, compress, level, threads):
            _write_all(target, piece)
    else:
        raise TypeError(f"the target must be a path or a binary file object, not {type(target).__name__}")


def _write_all(file: Any, piece: bytes) -> None:
    """Write to an unbuffered file too, which may take only a part at a time."""
    view = memoryview(piece)
    while len(view):
        count = file.write(view)
        if count is None:
            raise BlockingIOError("the file object is in non-blocking mode and takes no bytes now")
        view = view[count:]


def _pieces(array: ArrayLike, compress: Any, level: int, threads: int | None) -> Iterator[bytes]:
    """Check every argument, then return the pieces of the file."""
    items = np.asarray(array)
    header = build_header(items.dtype, items.shape)
    level = integer("level", level, 0, 9)
    part = BGZF_BLOCK if compress == "bgzf" else BLOCK
    count = thread_count(check_threads(threads), items.nbytes // part + 1)
    blocks = _blocks(header, items)
    if compress is None or compress is False:
        return blocks
    if compress == "gzip":
        return gzip_pieces(blocks, level, count)
    if compress == "bgzf":
        return bgzf_pieces(blocks, level, count)
    raise ValueError(f'compress must be "gzip", "bgzf", False or None, not {compress!r}')


def encoded_blocks(array: NDArray[Any]) -> Iterator[bytes]:
    """Yield the bytes of an uncompressed IDX file in blocks."""
    return _blocks(build_header(array.dtype, array.shape), array)


def _blocks(header: bytes, items: NDArray[Any]) -> Iterator[bytes]:
    """Yield the bytes of the file in blocks of `BLOCK`, the last one shorter.

    An array in another order or layout than the file's is converted by blocks, not as a whole.
    """
    big_endian = items.dtype.newbyteorder(">")
    step = BLOCK // items.itemsize
    left = header
    flat = items.reshape(-1) if items.flags.c_contiguous else items.flat
    for low in range(0, items.size, step):
        data = left + np.asarray(flat[low : low + step]).astype(big_endian, copy=False).tobytes()
        yield data[:BLOCK]
        left = data[BLOCK:]
    if left:
        yield left
