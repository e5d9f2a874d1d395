"""Headers of gzip members, read in pieces: a part of the NumPy backend's decoder."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from . import _idx
from .errors import CorruptDataError, TruncatedError

_FHCRC, _FEXTRA, _FNAME, _FCOMMENT, _RESERVED = 0x02, 0x04, 0x08, 0x10, 0xE0
_PIECE = 1 << 16


class HeaderReader:
    """Steps from the magic bytes of a member to its DEFLATE data, each returning a status or None: go on.

    ``_data[_pos:]`` is the input of the current call, ``_step`` what to do next.
    """

    member = 0
    offset = 0
    _step: Callable[[Any], int | None]
    _data: memoryview
    _pos: int
    _final: bool

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
        self._step = HeaderReader._skipped
        return None

    def _extra_size(self) -> int | None:
        fields = self._take(2)
        if fields is None:
            return self._short(_idx.CUT_HEADER, self.member)
        self._flags &= ~_FEXTRA
        self._header_crc = zlib.crc32(fields, self._header_crc)
        self._skip = int.from_bytes(fields, "little")
        self._step = HeaderReader._skipped
        return None

    def _skipped(self) -> int | None:
        piece = bytes(self._data[self._pos : self._pos + self._skip])
        self._header_crc = zlib.crc32(piece, self._header_crc)
        self._pos += len(piece)
        self._skip -= len(piece)
        if self._skip:
            return self._short(_idx.CUT_HEADER, self.member)
        self._step = HeaderReader._extra_size if self._flags & _FEXTRA else HeaderReader._text
        return None

    def _text(self) -> int | None:
        """Skip file name and comment, each up to its zero byte."""
        if not self._flags & (_FNAME | _FCOMMENT):
            self._step = HeaderReader._header_end
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
        self._begin()
        return None

    def _begin(self) -> None:
        """Get ready for the DEFLATE data."""
        raise NotImplementedError
