"""Whole files: arrays from IDX and IDX from arrays."""

from __future__ import annotations

import os
from typing import Any, Literal

from numpy.typing import ArrayLike, DTypeLike, NDArray

from ._buffers import is_buffer
from ._cache import read_cached
from ._integers import integer_or_none
from ._read import Wanted, read
from ._threads import check_threads
from ._write import encode, write

Compression = Literal["gzip", "bgzf", False]


def read_idx(
    source: Any,
    *,
    out: NDArray[Any] | None = None,
    dtype: DTypeLike | None = None,
    normalize: tuple[float, float] | None = None,
    threads: int | None = None,
    cache: bool | str | os.PathLike[str] = False,
    trailing: Literal["error", "ignore"] = "error",
    max_bytes: int | None = None,
) -> NDArray[Any]:
    """Read one IDX file; gzip, xz and uncompressed files are told apart by content.

    Parameters
    ----------
    source : str, os.PathLike, bytes-like or binary file object
        A file object may be unseekable. It is read from where it stands, possibly past the end of the
        array, and is left open.
    out : ndarray, optional
        Receives the items: exactly the shape and dtype of the result, C-contiguous and writable. The
        bytes are decoded straight into it, so its content is unspecified after an error in the data.
    dtype : dtype, optional
        With ``normalize``: float32 (default), float64 or float16. Without: convert as ``astype`` would.
    normalize : (mean, std), optional
        Return floats: ``(x/255 - mean)/std`` for uint8 files, ``(x - mean)/std`` for others. See
        `fmnist_fast.normalize` for the rounding.
    threads : int, optional
        Upper limit of threads; 1 stays on the calling thread, None picks.
    cache : bool, str or os.PathLike, default False
        Keep the decoded file, and read that the next time. True: in the folder of the source, or where
        that cannot be written to, in the user's cache folder. A path: in that folder. See the notes.
    trailing : {"error", "ignore"}
        Whether data after the last item is an error. Checksums are verified in both cases.
    max_bytes : int, optional
        Refuse a payload that claims more bytes than this in the file's own dtype, before any memory is
        asked for.

    Returns
    -------
    ndarray
        ``out``, or a new writable C-contiguous array in native byte order.

    Raises
    ------
    FormatError
        Not IDX, not a supported variant, larger than ``max_bytes``, or longer than its header says.
    CorruptDataError
        Bad gzip, DEFLATE or XZ data, or a checksum that does not match.
    TruncatedError
        The data stops early, or the header claims more than the source can hold.
    OutputError
        ``out`` does not fit; nothing has been written to it.
    ValueError, TypeError
        An argument out of its range, or a source of another kind.
    OSError
        The file cannot be opened or read.

    Notes
    -----
    The cache needs a compressed file that is given by its path. It holds plain IDX, readable by any tool,
    and is used as long as source and cache are what they were when it was written, by size, times and
    checksum; else it is written anew. It is opened memory-mapped, copy-on-write: what you write to the
    array stays in your process. (Items of several bytes are in the wrong order in the file, so they are
    read; so are files that ``out``, ``dtype`` or ``normalize`` convert.) Where no cache can be written the
    file is read without. A mapped file may be replaced or deleted, but must not be cut short in place.
    """
    threads, max_bytes = check_threads(threads), integer_or_none("max_bytes", max_bytes, 0)
    wanted = Wanted(out, dtype, normalize, threads, trailing, max_bytes)
    return read(source, wanted) if cache is False else read_cached(source, cache, wanted)


def decode_idx(
    data: Any,
    *,
    out: NDArray[Any] | None = None,
    dtype: DTypeLike | None = None,
    normalize: tuple[float, float] | None = None,
    threads: int | None = None,
    trailing: Literal["error", "ignore"] = "error",
    max_bytes: int | None = None,
) -> NDArray[Any]:
    """Decode one IDX file held in memory, compressed or not.

    Parameters
    ----------
    data : bytes-like
        The content of the file.
    out, dtype, normalize, threads, trailing, max_bytes
        As in `read_idx`.

    Returns
    -------
    ndarray
        As from `read_idx`.

    Raises
    ------
    FormatError, CorruptDataError, TruncatedError, OutputError, ValueError, TypeError
        As from `read_idx`.
    """
    if not is_buffer(data):
        raise TypeError(f"the data must be a bytes-like object, not {type(data).__name__}")
    return read_idx(
        data,
        out=out,
        dtype=dtype,
        normalize=normalize,
        threads=threads,
        trailing=trailing,
        max_bytes=max_bytes,
    )


def write_idx(
    target: Any,
    array: ArrayLike,
    *,
    compress: Compression | None = None,
    level: int = 6,
    threads: int | None = None,
) -> None:
    """Write an array as an IDX file.

    A path is written atomically: to a temporary file in the same folder, flushed to disk, renamed.
    Whatever happens, the path holds the old content or the new, complete. (A path that names a device
    or pipe is written to directly.) A new file gets the usual permissions, a replaced one keeps its own.

    Parameters
    ----------
    target : str, os.PathLike or binary file object
        A file object is left open.
    array : array_like
        One of the six IDX dtypes (uint8, int8, int16, int32, float32, float64) in any byte order and
        memory layout, rank 1 to 64; dimensions of length zero are allowed.
    compress : {"gzip", "bgzf", False}, optional
        None: ``"gzip"`` if the path ends in ``.gz``, in upper or lower case, else False; a file object
        is then not compressed. ``"bgzf"`` writes gzip members of at most 64 KiB that state their own
        length, so that they can be found without decoding; any gzip tool reads them.
    level : int, default 6
        0 (store) to 9 (smallest). The bytes written do not depend on ``threads``.
    threads : int, optional
        Upper limit of threads that compress; None picks by size.

    Raises
    ------
    FormatError
        A dtype, rank or dimension that IDX cannot hold.
    ValueError, TypeError
        An argument out of its range, or a target of another kind.
    OSError
        The file cannot be written.
    """
    write(target, array, compress, level, threads)


def encode_idx(
    array: ArrayLike,
    *,
    compress: Compression | None = None,
    level: int = 6,
    threads: int | None = None,
) -> bytes:
    """Return the bytes of an array as an IDX file.

    Parameters
    ----------
    array : array_like
    compress : {"gzip", "bgzf", False}, optional
        None does not compress.
    level, threads
        As in `write_idx`, as is ``array``.

    Returns
    -------
    bytes

    Raises
    ------
    FormatError, ValueError, TypeError
        As from `write_idx`.
    """
    return encode(array, compress, level, threads)
