"""Gzip members over `zlib.decompressobj`: the decoder of the NumPy backend, and the specification.

`zlib` only ever sees raw DEFLATE data here. Headers, trailers and the way from one member to the next
are our own, because the one-shot functions of the standard library either drop later members or take
quadratic time in their number, and none checks the reserved flags.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from copy import copy
from typing import Any, Self

from . import _idx
from ._buffers import byte_view
from ._gunzip_header import HeaderReader
from ._inflate import InflateError, Inflater

# zlib copies whatever it leaves unread of a piece, so a member begins with small pieces (many tiny
# members stay linear) that grow while it lasts (one long member stays fast).
_FIRST_PIECE, _PIECE = 1 << 10, 1 << 14
_CHUNK = 1 << 15  # decoded bytes asked of zlib at once: what the module returns without joining pieces


class GzipDecoder(HeaderReader):
    """Decode a sequence of gzip members that arrives in pieces.

    Attributes
    ----------
    member : int
        1-based number of the member being read, 0 before the first.
    offset : int
        Compressed bytes consumed in all.
    shared : bool
        Whether two threads are decoding, and gain by it.
    """

    shared = False

    def __init__(self, threads: int = 1) -> None:  # zlib has no use for more than one
        self._step = GzipDecoder._start
        self._error: BaseException | None = None
        self._inflater = Inflater()
        self._data = self._out = memoryview(b"")
        self._final = self._pause = False
        self._pos = self._end = 0
        self._held = b""  # a byte that a call without room for it brought to light

    def copy(self) -> Self:
        """Return an independent decoder in the same state, which needs no earlier output.

        Raises
        ------
        ValueError
            Not possible now: after an error, or elsewhere than where ``decode`` pauses.
        """
        if self._error is not None:
            raise ValueError("a decoder that met an error cannot be copied")
        twin = copy(self)
        twin._inflater = self._inflater.copy()
        return twin

    def decode(
        self, data: Any, final: bool, out: Any, start: int, pause: bool = False
    ) -> tuple[int, int, int]:
        """Decode from ``data`` to ``out[start:]`` as far as either lasts.

        Parameters
        ----------
        data : buffer
            The next compressed bytes, beginning with those the last call did not consume.
        final : bool
            Whether no more will come.
        out : writable buffer of bytes
        start : int
            First byte to write. Bytes before it are this decoder's own latest output.
        pause : bool
            Return early, with ``PAUSED``, as soon as `copy` is possible and something was decoded.

        Returns
        -------
        status, consumed, produced : int
            ``NEED_INPUT``: more input is wanted. ``OUTPUT_FULL``: ``out`` is full and at least one more
            byte is to come; without room for it decoding goes as far as to know that.
            ``END``: the input ended well after a member. ``TRAILING``: something else than a member
            follows, the first byte not consumed. ``PAUSED``: asked for; `copy` is possible now.

        Raises
        ------
        CorruptDataError, TruncatedError
            With member and offset; every later call raises the same again.
        """
        if self._error is not None:
            raise copy(self._error)
        self._pos = 0
        try:
            self._data, self._out = byte_view(data), byte_view(out)
            self._final, self._pause, self._end = final, pause, start
            if not 0 <= start <= len(self._out):
                raise ValueError(f"start is {start}, out has {len(self._out)} bytes")
            status = None
            while status is None:
                status = self._step(self)
                if status is None and pause and self._end > start:
                    status = _idx.PAUSED
        except BaseException as error:  # an interrupt too loses the place
            self._error = copy(error)  # its traceback would keep the caller's buffers, and itself, alive
            raise
        finally:
            self.offset += self._pos
            # An error keeps this frame alive, but is not to keep the caller's buffers.
            data = out = self._data = self._out = memoryview(b"")
        return status, self._pos, self._end - start

    def _start(self) -> int | None:
        while self.member and self._pos < len(self._data) and self._data[self._pos] == 0:
            piece = bytes(self._data[self._pos : self._pos + _PIECE])
            self._pos += len(piece) - len(piece.lstrip(b"\0"))
        magic = bytes(self._data[self._pos : self._pos + 2])
        if not magic and self.member and self._final:
            return _idx.END
        if self.member and not b"\x1f\x8b".startswith(magic):
            return _idx.TRAILING
        if len(magic) < 2:
            return self._short(_idx.CUT_START, self.member + 1)
        if magic != b"\x1f\x8b":
            raise self._corrupt(_idx.NOT_GZIP)
        self.member += 1
        self._pos += 2
        self._step = GzipDecoder._method
        return None

    def _begin(self) -> None:
        self._inflater = Inflater()
        self._piece = _FIRST_PIECE
        self._crc = self._size = 0
        self._step = GzipDecoder._body

    def _body(self) -> int | None:
        room = len(self._out) - self._end
        if self._held:
            if not room:
                return _idx.OUTPUT_FULL
            self._emit(self._held)
            self._held = b""
        else:
            limit = min(room, _CHUNK) or 1  # zlib takes 0 for "no limit"
            try:
                # A copy is to hold little of what zlib leaves unread.
                size = _FIRST_PIECE if self._pause else self._piece
                chunk, used = self._inflater.decode(self._data[self._pos : self._pos + size], limit)
            except InflateError as error:
                raise self._corrupt(error.words, error.consumed) from None
            self._pos += used
            self._piece = min(4 * self._piece, _PIECE)
            self._crc = zlib.crc32(chunk, self._crc)
            self._size += len(chunk)
            if room:
                self._emit(chunk)
            else:
                self._held = chunk
            if not self._inflater.ended and self._pos == len(self._data) and len(chunk) < limit:
                return self._short(_idx.CUT_BODY, self.member)
        if self._inflater.ended and not self._held:
            self._step = GzipDecoder._trailer_crc
        return None

    def _emit(self, chunk: bytes) -> None:
        self._out[self._end : self._end + len(chunk)] = chunk
        self._end += len(chunk)

    def _trailer_crc(self) -> int | None:
        return self._compare(self._crc, _idx.crc_message, GzipDecoder._trailer_size)

    def _trailer_size(self) -> int | None:
        return self._compare(self._size & 0xFFFFFFFF, _idx.isize_message, GzipDecoder._start)

    def _compare(
        self, found: int, message: Callable[[int, int], str], after: Callable[[GzipDecoder], int | None]
    ) -> int | None:
        """Compare with a field of the trailer as soon as that is there: the CRC before the length."""
        fields = self._take(4)
        if fields is None:
            return self._short(_idx.CUT_TRAILER, self.member)
        expected = int.from_bytes(fields, "little")
        if expected != found:
            raise self._corrupt(message(found, expected))
        self._step = after
        return None
