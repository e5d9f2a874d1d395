"""Gzip members over `zlib.decompressobj`: the decoder of the NumPy backend, and the specification.

`zlib` only ever sees raw DEFLATE data here. Headers, trailers and the way from one member to the next
are our own, because the one-shot functions of the standard library either drop later members or take
quadratic time in their number, and none checks the reserved flags.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from copy import copy
from typing import Any

from . import _idx
from ._buffers import byte_view
from ._inflate import InflateError, Inflater
from .errors import CorruptDataError, TruncatedError

_FHCRC, _FEXTRA, _FNAME, _FCOMMENT, _RESERVED = 0x02, 0x04, 0x08, 0x10, 0xE0

# zlib copies whatever it leaves unread of a piece, so a member begins with small pieces (many tiny
# members stay linear) that grow while it lasts (one long member stays fast).
_FIRST_PIECE, _PIECE = 1 << 10, 1 << 16
_CHUNK = 1 << 17  # decoded bytes asked of zlib at once: bounds the memory outside the caller's buffer


class GzipDecoder:
    """Decode a sequence of gzip members that arrives in pieces.

    Attributes
    ----------
    member : int
        1-based number of the member being read, 0 before the first.
    offset : int
        Compressed bytes consumed in all.
    """

    member = 0
    offset = 0

    def __init__(self) -> None:
        self._step: Callable[[GzipDecoder], int | None] = GzipDecoder._start
        self._error: BaseException | None = None
        self._data = self._out = memoryview(b"")
        self._final = False
        self._pos = self._end = 0
        self._held = b""  # a byte that a call without room for it brought to light

    def decode(self, data: Any, final: bool, out: Any, start: int) -> tuple[int, int, int]:
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

        Returns
        -------
        status, consumed, produced : int
            ``NEED_INPUT``: more input is wanted. ``OUTPUT_FULL``: ``out`` is full and at least one more
            byte is to come; without room for it decoding goes as far as to know that.
            ``END``: the input ended well after a member. ``TRAILING``: something else than a member
            follows, the first byte not consumed.

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
            self._final, self._end = final, start
            if not 0 <= start <= len(self._out):
                raise ValueError(f"start is {start}, out has {len(self._out)} bytes")
            status = None
            while status is None:
                status = self._step(self)
        except BaseException as error:  # an interrupt too loses the place
            self._error = copy(error)  # its traceback would keep the caller's buffers, and itself, alive
            raise
        finally:
            self.offset += self._pos
            # An error keeps this frame alive, but is not to keep the caller's buffers.
            data = out = self._data = self._out = memoryview(b"")
        return status, self._pos, self._end - start

    def _corrupt(self, message: str, consumed: int = 0) -> CorruptDataError:
        return CorruptDataError(message, member=self.member or 1, offset=self.offset + self._pos + consumed)

    def _short(self, message: str, member: int) -> int:
        """Ask for more input, or find that there is none."""
        if self._final:
            raise TruncatedError(message, member=member, offset=self.offset + len(self._data))
        return _idx.NEED_INPUT

    def _take(self, count: int) -> bytes | None:
        """Return the next bytes, or None where fewer are at hand."""
        if len(self._data) - self._pos < count:
            return None
        self._pos += count
        return bytes(self._data[self._pos - count : self._pos])

    def _start(self) -> int | None:
        while self.member and self._pos < len(self._data) and self._data[self._pos] == 0:
            piece = bytes(self._data[self._pos : self._pos + _PIECE])
            self._pos += len(piece) - len(piece.lstrip(b"\0"))
        magic = bytes(self._data[self._pos : self._pos + 2])
        if not magic and self.member and self._final:
            return _idx.END
        if not b"\x1f\x8b".startswith(magic):
            if self.member:
                return _idx.TRAILING
            raise self._corrupt(_idx.NOT_GZIP)
        if len(magic) < 2:
            return self._short(_idx.CUT_START, self.member + 1)
        self.member += 1
        self._pos += 2
        self._step = GzipDecoder._method
        return None

    def _method(self) -> int | None:
        fields = self._take(2)
        if fields is None:
            return self._short(_idx.CUT_HEADER, self.member)
        method, self._flags = fields
        if method != 8:
            raise self._corrupt(_idx.BAD_METHOD)
        if self._flags & _RESERVED:
            raise self._corrupt(_idx.BAD_FLAGS)
        self._header_crc = zlib.crc32(b"\x1f\x8b" + fields)
        self._skip = 6  # time, compressor flags, system: none of them matters
        self._step = GzipDecoder._skipped
        return None

    def _extra_size(self) -> int | None:
        fields = self._take(2)
        if fields is None:
            return self._short(_idx.CUT_HEADER, self.member)
        self._flags &= ~_FEXTRA
        self._header_crc = zlib.crc32(fields, self._header_crc)
        self._skip = int.from_bytes(fields, "little")
        self._step = GzipDecoder._skipped
        return None

    def _skipped(self) -> int | None:
        piece = bytes(self._data[self._pos : self._pos + self._skip])
        self._header_crc = zlib.crc32(piece, self._header_crc)
        self._pos += len(piece)
        self._skip -= len(piece)
        if self._skip:
            return self._short(_idx.CUT_HEADER, self.member)
        self._step = GzipDecoder._extra_size if self._flags & _FEXTRA else GzipDecoder._text
        return None

    def _text(self) -> int | None:
        """Skip file name and comment, each up to its zero byte."""
        if not self._flags & (_FNAME | _FCOMMENT):
            self._step = GzipDecoder._header_end
            return None
        piece = bytes(self._data[self._pos : self._pos + _PIECE])
        if not piece:
            return self._short(_idx.CUT_HEADER, self.member)
        zero = piece.find(b"\0")
        if zero >= 0:
            piece = piece[: zero + 1]
            self._flags &= ~(_FNAME if self._flags & _FNAME else _FCOMMENT)
        if self._flags & _FHCRC:
            self._header_crc = zlib.crc32(piece, self._header_crc)
        self._pos += len(piece)
        return None

    def _header_end(self) -> int | None:
        if self._flags & _FHCRC:
            fields = self._take(2)
            if fields is None:
                return self._short(_idx.CUT_HEADER, self.member)
            if int.from_bytes(fields, "little") != self._header_crc & 0xFFFF:
                raise self._corrupt(_idx.BAD_HEADER_CRC)
        self._inflater = Inflater()
        self._piece = _FIRST_PIECE
        self._crc = self._size = 0
        self._step = GzipDecoder._body
        return None

    def _body(self) -> int | None:
        room = len(self._out) - self._end
        if self._held:
            if not room:
                return _idx.OUTPUT_FULL
            self._emit(self._held)
            self._held = b""
        elif not self._inflater.ended:
            limit = min(room, _CHUNK) or 1  # zlib takes 0 for "no limit"
            try:
                chunk, used = self._inflater.decode(self._data[self._pos : self._pos + self._piece], limit)
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
