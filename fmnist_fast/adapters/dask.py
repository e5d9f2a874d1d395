"""IDX files as lazy Dask arrays: every block reads the rows that it needs, where it is computed."""

from __future__ import annotations

import operator
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._extras import optional
from ..errors import MismatchError
from ..reader import open_idx
from ._shared_readers import borrowed_reader

StrPath = str | os.PathLike[str]


def from_idx(source: StrPath | Sequence[StrPath], chunks: Any = "auto") -> Any:
    """Return a Dask array over one IDX file, or over several that continue each other.

    Nothing but the headers is read here. A block opens its file in the process that computes it, goes to
    its first row and decodes from there; slices of the array read no rows beside them. How far that goes
    depends on the file, see `fmnist_fast.IdxReader.seek`: in uncompressed and in BGZF files
    (``write_idx(..., compress="bgzf")``) blocks cost what their own rows cost; other gzip files are decoded
    from a place that the process remembers, at first their start.

    Parameters
    ----------
    source : str or os.PathLike, or a sequence of them
        Paths that mean the same files wherever blocks are computed. Rows follow in this order.
    chunks : int, str, tuple or dict, default "auto"
        An int is rows in a block; all else is Dask's notation, in which the axes after the first have to
        stay whole. No block goes beyond the end of a file.

    Returns
    -------
    dask.array.Array
        Of the files' dtype, in native byte order.

    Raises
    ------
    MissingExtraError
        Dask is not installed.
    MismatchError
        The files have not the same shape of rows and dtype; on computing: a file has changed.
    ValueError
        No file, or ``chunks`` that divide rows.
    FormatError, CorruptDataError, TruncatedError, OSError
        See `fmnist_fast.open_idx`; on computing, see `fmnist_fast.read_idx`.

    Examples
    --------
    >>> images = from_idx(["train-images-idx3-ubyte.gz", "more-images-idx3-ubyte.gz"],
    ...                   chunks=10_000)                               # doctest: +SKIP
    >>> images[20_000:30_000].mean(axis=0).compute()                   # doctest: +SKIP
    """
    array = optional("dask.array", "Dask", "dask", "fmnist_fast.adapters.dask.from_idx")
    paths = [source] if isinstance(source, str | os.PathLike) else list(source)
    if not paths:
        raise ValueError("expected a path or several, found none")
    files = [IdxRows(path) for path in paths]
    for file in files[1:]:
        if (file.shape[1:], file.dtype) != (files[0].shape[1:], files[0].dtype):
            first = f"{files[0].dtype} of {files[0].shape[1:]} in {files[0].path}"
            message = f"expected rows of {first}, found {file.dtype} of {file.shape[1:]}"
            raise MismatchError(message, source=file.path)
    parts = [
        array.from_array(
            file,
            chunks=_row_chunks(array, chunks, file),
            asarray=False,
            fancy=False,
            inline_array=True,
            meta=np.empty((0,) * file.ndim, file.dtype),
        )
        for file in files
    ]
    return parts[0] if len(parts) == 1 else array.concatenate(parts)


def _row_chunks(array: Any, chunks: Any, file: IdxRows) -> Any:
    """Return Dask's full form of ``chunks`` for one file."""
    if chunks == "auto" or isinstance(chunks, int | np.integer):
        chunks = (chunks, *(-1,) * (file.ndim - 1))
    full = array.core.normalize_chunks(chunks, file.shape, dtype=file.dtype)
    if any(len(sizes) > 1 for sizes in full[1:]):
        raise ValueError(f"blocks hold whole rows of shape {file.shape[1:]}, chunks={chunks!r} divides them")
    return full


class IdxRows:
    """Rows of an IDX file by slices, read when asked for; small, and fit to be sent to another process.

    Parameters
    ----------
    path : str or os.PathLike

    Attributes
    ----------
    path : str
        Absolute.
    shape : tuple of int
    dtype : numpy.dtype
    ndim : int

    Raises
    ------
    FormatError, CorruptDataError, TruncatedError, OSError
        See `fmnist_fast.open_idx`.
    """

    def __init__(self, path: StrPath) -> None:
        self.path = os.path.abspath(os.fspath(path))
        with open_idx(self.path) as reader:
            self.shape, self.dtype = reader.shape, reader.dtype
        self.ndim = len(self.shape)

    def __dask_tokenize__(self) -> tuple[Any, ...]:
        """Return what tells this array from others, so that blocks of a changed file have other names."""
        status = os.stat(self.path)
        return self.path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino

    def __getitem__(self, key: Any) -> NDArray[Any]:
        """Return items by NumPy's basic indexing; of the rows, those between the first and the last are read.

        Raises
        ------
        MismatchError
            The file has another shape or dtype than it had.
        IndexError
            There is no such row.
        """
        index: tuple[Any, ...]
        first, *rest = key if isinstance(key, tuple) else (key,)
        if isinstance(first, slice):
            rows = range(len(self))[first]
            low, high = (min(rows[0], rows[-1]), max(rows[0], rows[-1]) + 1) if rows else (0, 0)
            items, index = self._read(low, high), (slice(None, None, rows.step), *rest)
        else:
            row = range(len(self))[operator.index(first)]
            items, index = self._read(row, row + 1), (0, *rest)
        found: NDArray[Any] = items[index]
        return found

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.shape[0]

    def _read(self, low: int, high: int) -> NDArray[Any]:
        with borrowed_reader(self.path, low) as reader:
            if (reader.shape, reader.dtype) != (self.shape, self.dtype):
                was, found = f"{self.dtype} of {self.shape}", f"{reader.dtype} of {reader.shape}"
                raise MismatchError(f"the file was {was}, now it is {found}", source=self.path)
            reader.seek(low)
            return reader.read(high - low)
