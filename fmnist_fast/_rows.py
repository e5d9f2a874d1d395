"""Rows of an IDX stream, decoded a little ahead; what `IdxReader` is a locked and checked form of."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._conversion import conversion
from ._payload import Payload, read_header, read_items
from ._stream import open_stream
from .errors import FmnistFastError, FormatError, naming

_BUFFER = 1 << 17  # decoded ahead, so that reading row by row is cheap


class RowStream:
    """Consecutive rows, with a way to start over.

    Attributes
    ----------
    header : Header
    row : int
        Number of the next row.
    """

    def __init__(self, source: Any, trailing: str) -> None:
        self._stream = open_stream(source, trailing=trailing, restarts=True)
        self._broken: FmnistFastError | None = None
        self._busy = False
        try:
            with naming(self._stream.name):
                self.header = read_header(self._stream)
        except BaseException:
            self._stream.close()
            raise
        self._row_size = math.prod(self.header.shape[1:])
        self._buffer = np.empty(min(_BUFFER, self.header.nbytes), np.uint8).data
        self.row = 0
        self._start()

    def _start(self, done: int = 0) -> None:
        """Take the place in the stream as that of a byte of the payload."""
        self._payload = Payload(self._stream, self.header, done)
        self._low = self._high = 0  # what of the buffer was decoded and not handed out
        self._proved = False

    def read(
        self,
        rows: int,
        out: NDArray[Any] | None = None,
        normalize: tuple[float, float] | None = None,
        result: np.dtype[Any] | None = None,
    ) -> NDArray[Any]:
        """Read rows that exist; with the last one, prove that the stream ends well."""
        header = self.header
        kernel, result = conversion(header.dtype, result if normalize else None, normalize)
        with self._moving():
            items = read_items(
                self._fill,
                rows * self._row_size,
                header.dtype,
                result=result,
                kernel=kernel,
                out=out,
                backed=self._stream.bound is not None,
            )
            if self.row + rows == header.shape[0] and not self._proved:
                self._stream.finish()
                self._proved = True
            self.row += rows
        return items.reshape((rows, *header.shape[1:])) if out is None else out

    def seek(self, row: int) -> None:
        """Go to a row; see `IdxReader.seek`."""
        if self._busy:
            raise RuntimeError("the source called the reader that was reading from it")
        to = row * self._row_size * self.header.itemsize
        if self._broken is not None or not 0 <= to - self._here() <= self._high - self._low:
            self._move(to)
        with self._moving():
            self._skip(to - self._here())
            self.row = row

    def _here(self) -> int:
        """Return the bytes of the payload that were handed out, or passed over."""
        return self.header.nbytes - self._payload.left - (self._high - self._low)

    def _move(self, to: int) -> None:
        """Go to the nearest place in the stream from which this byte of the payload can be reached."""
        size = self.header.header_size
        total = size + self.header.nbytes
        place = self._stream.seek(size + to, total, lost=self._broken is not None)
        if 0 < place < size:  # members of a few bytes
            place = self._stream.seek(0, total)
        self._broken = None
        with self._moving():
            if place == 0:
                if read_header(self._stream) != self.header:
                    raise FormatError("the file has another header than when it was opened")
                place = size
            self._start(place - size)

    def _skip(self, count: int) -> None:
        while count:
            if self._low == self._high:
                self._ahead(count)
            step = min(count, self._high - self._low)
            self._low += step
            count -= step

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()

    @contextmanager
    def _moving(self) -> Iterator[None]:
        """Note any failure: the place in the stream is then no longer that of the next row."""
        if self._broken is not None:
            raise copy(self._broken)
        if self._busy:
            raise RuntimeError("the source called the reader that was reading from it")
        self._busy = True
        try:
            with naming(self._stream.name):
                yield
        except FmnistFastError as error:
            self._broken = copy(error)  # without the traceback, which keeps the caller's buffers alive
            raise
        except BaseException:
            self._broken = FmnistFastError("an earlier read did not end well; seek() starts over")
            raise
        finally:
            self._busy = False

    def _fill(self, view: Any, start: int = 0) -> None:
        view = memoryview(view)[start:]
        if self._low == self._high and len(view) < len(self._buffer):
            self._ahead(len(view))
        have = min(self._high - self._low, len(view))
        view[:have] = self._buffer[self._low : self._low + have]
        self._low += have
        if have < len(view):
            rest = view[have:]
            if len(rest) < len(self._buffer):
                self._fill(rest)
            else:  # too large to gain from the buffer: straight into the caller's memory
                self._payload.fill(rest)

    def _ahead(self, wanted: int) -> None:
        """Fill the empty buffer, or as much of it as the data allows."""
        # The last byte waits until it is asked for: the checksum is looked at with it, and rows that
        # come before would be lost to an error there.
        count = min(len(self._buffer), max(wanted, self._payload.left - 1))
        self._low, self._high = 0, count
        self._payload.fill(self._buffer[:count])
