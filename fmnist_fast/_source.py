"""Where the bytes of a file come from: a path, a buffer in memory, or a binary file object.

Files are read, never memory-mapped: a mapping whose file is cut short while it is read kills the process.
"""

from __future__ import annotations

import io
import os
import threading
from typing import Any

from ._buffers import byte_view, is_buffer
from ._file_objects import ask, bytes_left, position, raw_file

_FIRST = 1 << 13  # bytes at hand at first: for who only wants the header
_BUFFER = 1 << 18  # and later, at the most where decoders consume them


class Source:
    """Bytes at hand, and a way to get more of them behind those.

    This class serves a buffer in memory, where everything is at hand from the start.

    Attributes
    ----------
    name : str or None
        For messages.
    size : int or None
        Bytes from the start position to the end, where that is known.
    data : memoryview
        The bytes at hand that were not advanced over.
    final : bool
        Whether nothing follows ``data``.
    offset : int
        Bytes advanced over in all.
    seekable : bool
        Whether `seek` and `peek` work.
    """

    seekable = True

    def __init__(self, whole: memoryview) -> None:
        self.name: str | None = None
        self.size: int | None = whole.nbytes
        self.final = True
        self.offset = 0
        self._whole = whole
        self._lock = threading.Lock()

    @property
    def data(self) -> memoryview:
        """The bytes at hand; valid until the next `fill`."""
        return self._whole[self.offset :]

    def advance(self, count: int) -> None:
        """Leave ``count`` of the bytes at hand behind."""
        self.offset += count

    def fill(self) -> None:
        """Read more bytes behind those at hand, or set ``final``."""

    def widen(self, size: int) -> None:
        """Have up to ``size`` bytes at hand from now on."""

    def readinto(self, view: memoryview) -> int:
        """Move up to ``len(view)`` bytes to ``view`` and return how many; 0 only at the end."""
        if not len(self.data):
            self.fill()
        count = min(len(view), len(self.data))
        view[:count] = self.data[:count]
        self.advance(count)
        return count

    def seek(self, offset: int) -> None:
        """Go to a place, counted from the start position.

        Raises
        ------
        io.UnsupportedOperation
            The file cannot seek.
        """
        self.offset = offset

    def peek(self, offset: int, count: int) -> Any:
        """Return up to ``count`` bytes from a place without moving; for several threads at once.

        Only where `seekable` is true.
        """
        with self._lock:  # a memoryview counts its parts, which CPython 3.13 without a GIL does wrong in two
            return bytes(self._whole[offset : offset + count])

    def close(self) -> None:
        """Let go of the data; files are closed only where this module opened them."""
        self._whole.release()


class _FileSource(Source):
    def __init__(self, file: Any, owned: bool) -> None:
        super().__init__(memoryview(b""))
        name = getattr(file, "name", None)
        self.name = os.fsdecode(name) if isinstance(name, str | bytes) else None
        self.size = bytes_left(file)
        self.final = False
        self._file = file
        self._owned = owned
        self._origin = position(file)
        self.seekable = self._origin is not None
        self._strayed = False  # the file stands somewhere else than behind the bytes at hand
        self._room = self._sensible(_BUFFER)
        self._buffer = bytearray(self._sensible(_FIRST))
        self._low = self._high = 0

    def _sensible(self, room: int) -> int:
        return min(room, self.size + 1) if self.size else room

    @property
    def data(self) -> memoryview:
        return memoryview(self._buffer)[self._low : self._high]

    def advance(self, count: int) -> None:
        self._low += count
        self.offset += count

    def fill(self) -> None:
        widen = self._high and len(self._buffer) < self._room
        if widen or self._low:
            rest = bytes(self.data)  # short: decoders consume all but a few bytes, or leave their last block
            if widen:
                self._buffer = bytearray(self._room)
            self._buffer[: len(rest)] = rest
            self._low, self._high = 0, len(rest)
        elif self._high == len(self._buffer):
            self._buffer = self._buffer + bytes(len(self._buffer))
        if not self.final:
            count = self._pull(memoryview(self._buffer)[self._high :])
            self._high += count
            self.final = count == 0

    def widen(self, size: int) -> None:
        self._room = self._sensible(size)

    def readinto(self, view: memoryview) -> int:
        if len(self.data) or len(view) < len(self._buffer) or self.final:
            return super().readinto(view)
        count = self._pull(view)  # nothing is at hand: past the buffer
        self.offset += count
        self.final = count == 0
        return count

    def _pull(self, view: memoryview) -> int:
        """Read once, behind the bytes at hand."""
        if self._strayed:
            self._file.seek((self._origin or 0) + self.offset + self._high - self._low)
            self._strayed = False
        return ask(self._file, view)

    def seek(self, offset: int) -> None:
        if self._origin is None:
            raise io.UnsupportedOperation("going back needs a path, a buffer or a seekable file object")
        self.offset, self._low, self._high = offset, 0, 0
        self.final, self._strayed = False, True

    def peek(self, offset: int, count: int) -> Any:
        raw, offset = raw_file(self._file), (self._origin or 0) + offset
        if type(raw) is io.FileIO and hasattr(os, "pread"):
            return os.pread(raw.fileno(), count, offset)
        with self._lock:
            self._strayed = True
            self._file.seek(offset)
            piece = memoryview(bytearray(count))  # read() of io.RawIOBase would believe what readinto() says
            return piece[: ask(self._file, piece)]

    def close(self) -> None:
        if self._owned:
            self._file.close()


def open_source(source: Any) -> Source:
    """Return the `Source` for what a caller handed in.

    Parameters
    ----------
    source : str, os.PathLike, bytes-like or binary file object
        A file object is read from where it stands and is not closed.

    Raises
    ------
    TypeError
        Something else, a text file object, or a buffer that is not contiguous.
    OSError
        The file cannot be opened.
    """
    if isinstance(source, str | os.PathLike):
        path = os.fspath(source)
        opened = _FileSource(open(path, "rb", buffering=0), True)  # noqa: SIM115  (close() closes it)
        opened.name = os.fsdecode(path)
        return opened
    if isinstance(source, io.TextIOBase):
        raise TypeError("the file object was opened in text mode; open it in binary mode")
    if is_buffer(source):  # before the next question, to which an mmap object would say yes as well
        return Source(byte_view(source))
    if hasattr(source, "readinto") or hasattr(source, "read"):
        return _FileSource(source, False)
    kinds = "a path, a bytes-like object or a binary file object"
    raise TypeError(f"the source must be {kinds}, not {type(source).__name__}")
