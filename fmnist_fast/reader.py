"""Streaming: rows of an IDX file a few at a time, in little memory."""

from __future__ import annotations

import operator
import threading
from collections.abc import Callable, Iterator
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from ._conversion import conversion
from ._integers import integer
from ._rows import RowStream
from .errors import OutputError
from .normalize import check_out


class IdxReader:
    """Rows of an IDX file, in order; made by `open_idx`.

    Reading the last row also reads to the end of the source and verifies its checksums. Where they do
    not hold, that read raises and its rows are not returned.

    A reader may be shared between threads, and so may what `batches` returns: each call, and each step of
    that, reads consecutive rows. After an error in the data every call raises it again, until `seek` starts
    over. Once it is closed, reading is a ValueError.

    Attributes
    ----------
    shape : tuple of int
        Shape of the whole array; a row is ``shape[1:]``.
    dtype : numpy.dtype
        Dtype of the items, in native byte order.
    """

    def __init__(self, source: Any, *, trailing: Literal["error", "ignore"] = "error") -> None:
        self._lock = threading.RLock()
        self._closed = False
        self._stream = RowStream(source, trailing)
        self.shape = self._stream.header.shape
        self.dtype = self._stream.header.dtype

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.shape[0]

    def tell(self) -> int:
        """Return the number of the next row."""
        return self._stream.row

    def read(self, n: int = -1) -> NDArray[Any]:
        """Read the next rows.

        Parameters
        ----------
        n : int
            How many; fewer are returned at the end. Negative: all that are left.

        Returns
        -------
        ndarray, shape (rows, *shape[1:])
            New, C-contiguous, writable.

        Raises
        ------
        FormatError, CorruptDataError, TruncatedError
            See `fmnist_fast.read_idx`.
        """
        with self._lock:
            rows = self._rows(operator.index(n))
            return self._stream.read(rows)

    def readinto(self, out: NDArray[Any]) -> int:
        """Read the next rows into a caller's array.

        Parameters
        ----------
        out : ndarray, shape (rows, *shape[1:])
            Of this dtype, C-contiguous and writable. Rows beyond the last of the file stay as they are.

        Returns
        -------
        int
            Rows read: ``len(out)``, or fewer at the end.

        Raises
        ------
        OutputError
            ``out`` does not fit; nothing was read.
        FormatError, CorruptDataError, TruncatedError
            See `fmnist_fast.read_idx`.
        """
        if isinstance(out, np.ndarray) and out.ndim == 0:
            raise OutputError("out must have a first axis for the rows")
        check_out(out, (*np.shape(out)[:1], *self.shape[1:]), self.dtype)
        with self._lock:
            rows = self._rows(len(out))
            self._stream.read(rows, out[:rows])
            return rows

    def batches(
        self, n: int, out: NDArray[Any] | None = None, normalize: tuple[float, float] | None = None
    ) -> Iterator[NDArray[Any]]:
        """Iterate over the rows that are left, ``n`` at a time; the last batch may be shorter.

        Parameters
        ----------
        n : int
            Rows of a batch.
        out : ndarray, shape (n, *shape[1:]), optional
            Receives every batch: what is yielded is ``out`` or its beginning.
        normalize : (mean, std), optional
            Yield floats as `fmnist_fast.read_idx` would return them: of the dtype of ``out`` (float32,
            float64 or float16), or float32.

        Yields
        ------
        ndarray, shape (rows, *shape[1:])

        Raises
        ------
        ValueError
            ``n`` below 1, or a bad mean or std.
        OutputError
            ``out`` does not fit.
        FormatError, CorruptDataError, TruncatedError
            See `fmnist_fast.read_idx`.
        """
        n = integer("n", n, 1)
        wanted = out.dtype if normalize is not None and isinstance(out, np.ndarray) else None
        if wanted is not None and wanted.kind != "f":
            raise OutputError(f"out must be float32, float64 or float16 to normalize, it is {wanted}")
        _, result = conversion(self.dtype, wanted, normalize)
        if out is not None:
            check_out(out, (n, *self.shape[1:]), result)

        def take() -> NDArray[Any]:
            with self._lock:
                rows = self._rows(n)
                part = None if out is None else out[:rows]
                return self._stream.read(rows, part, normalize, result)

        return _RowBatches(take)

    def seek(self, row: int) -> None:
        """Go to a row, without decoding all that lies before it where that can be avoided.

        An uncompressed file is simply read from there. In a BGZF file the members between are passed
        over, by the lengths they name. In other gzip files decoding starts at the best of a few places
        remembered from reading; xz is decoded from where one is, or from the start.

        What is decoded after a seek is verified as ever, to the end of the file; what was passed over is
        not. Where the lengths in a BGZF file do not add up, or the member that they lead to is not what
        it should be, the file is decoded in order.

        Parameters
        ----------
        row : int
            0 to ``len(self)``.

        Raises
        ------
        ValueError
            The file has no such row.
        io.UnsupportedOperation
            Back, in a source that is neither a path nor bytes nor a seekable file object.
        """
        row = operator.index(row)
        if not 0 <= row <= len(self):
            raise ValueError(f"row {row} is not between 0 and {len(self)}")
        with self._lock:
            self._check_open()
            self._stream.seek(row)

    def close(self) -> None:
        """Close the reader, and the file if the reader opened it."""
        with self._lock:
            self._closed = True
            self._stream.close()

    def __enter__(self) -> Self:
        """Return the reader itself."""
        return self

    def __exit__(self, *details: object) -> None:
        """Close the reader."""
        self.close()

    def _check_open(self) -> None:
        if self._closed:
            raise ValueError("I/O operation on a closed IdxReader")

    def _rows(self, n: int) -> int:
        self._check_open()
        left = len(self) - self._stream.row
        return left if n < 0 else min(n, left)


class _RowBatches(Iterator[NDArray[Any]]):
    """What ``take`` returns, up to the first array without rows; for several threads, as no generator is."""

    def __init__(self, take: Callable[[], NDArray[Any]]) -> None:
        self._take = take
        self._ended = False

    def __next__(self) -> NDArray[Any]:
        """Return the next batch."""
        batch = None if self._ended else self._take()
        if batch is None or not len(batch):
            self._ended = True
            raise StopIteration
        return batch


def open_idx(source: Any, *, trailing: Literal["error", "ignore"] = "error") -> IdxReader:
    """Open an IDX file to read it row by row.

    Memory stays within 1 MiB of the caller's arrays, however large the file is (an xz file also needs
    the dictionary its header asks for).

    Parameters
    ----------
    source : str, os.PathLike, bytes-like or binary file object
        As in `read_idx`. A file object is left open and must not be used meanwhile.
    trailing : {"error", "ignore"}
        Whether data after the last item is an error.

    Returns
    -------
    IdxReader

    Raises
    ------
    FormatError, CorruptDataError, TruncatedError
        The start of the data is no sound IDX file, or claims more than the source can hold.
    ValueError, TypeError
        Another value for ``trailing``, or a source of another kind.
    OSError
        The file cannot be opened.
    """
    return IdxReader(source, trailing=trailing)
