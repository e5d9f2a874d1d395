"""XZ streams through the standard library, with the same calls as `GzipDecoder`."""

from __future__ import annotations

from typing import Any

from . import _idx
from ._buffers import byte_view
from .errors import CorruptDataError, FormatError, TruncatedError

_MAGIC = b"\xfd7zXZ\0"
_MEMORY = 1 << 28  # for a dictionary as large as the header asks; `xz -9` takes a quarter of it
_TOO_MUCH = "Memory usage limit exceeded"
_PIECE = _CHUNK = 1 << 16


class XzDecoder:
    """Decode a sequence of XZ streams; see `GzipDecoder` for the calls and attributes."""

    shared = False

    def __init__(self) -> None:
        self.member = 0
        self.offset = 0
        self._stream: Any = None
        self._held = b""
        self._lent = 0

    def decode(self, data: Any, final: bool, out: Any, start: int) -> tuple[int, int, int]:
        """Decode from ``data`` to ``out[start:]``; see `GzipDecoder.decode`."""
        data, out = byte_view(data), byte_view(out)
        try:
            used, end = 0, start
            while True:
                if self._stream is not None and self._stream.eof and not self._held:
                    self._stream = None
                if self._stream is None:
                    status, count = self._next(data[used:], final)
                    used += count
                    self.offset += count
                    if status == _idx.NEED_INPUT:
                        status = self._short(final)
                    if status is not None:
                        return status, used, end - start
                room = len(out) - end
                chunk = self._held
                if not chunk:
                    chunk, count = self._decompress(data[used : used + _PIECE], min(room, _CHUNK) or 1)
                    used += count
                    self.offset += count
                self._held = b"" if room else chunk
                if room:
                    out[end : end + len(chunk)] = chunk
                    end += len(chunk)
                if chunk and end == len(out):
                    return _idx.OUTPUT_FULL, used, end - start
                if not chunk and not self._stream.eof and self._stream.needs_input and used == len(data):
                    return self._short(final), used, end - start
        finally:
            data = out = memoryview(b"")  # an error keeps this frame alive, but not the caller's buffers

    def _next(self, data: memoryview, final: bool) -> tuple[int | None, int]:
        """Go to the next stream, over zero padding; return a status to stop with and the bytes used."""
        used = 0
        while self.member and used < len(data) and data[used] == 0:
            piece = bytes(data[used : used + _PIECE])
            used += len(piece) - len(piece.lstrip(b"\0"))
        magic = bytes(data[used : used + len(_MAGIC)])
        if not magic and self.member and final:
            return _idx.END, used
        if not _MAGIC.startswith(magic):
            return _idx.TRAILING, used
        if len(magic) < len(_MAGIC):
            return _idx.NEED_INPUT, used
        import lzma

        self.member += 1
        self._stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)
        return None, used

    def _decompress(self, piece: memoryview, limit: int) -> tuple[bytes, int]:
        """Return decoded bytes and how much of the piece is used up.

        The library keeps a copy of what it was given and could not use yet. Until it has, the piece
        counts as lent, not as used: the end of the stream may turn out to lie inside it.
        """
        import lzma

        try:
            chunk = self._stream.decompress(b"" if self._lent else piece, limit)
        except lzma.LZMAError as error:
            del piece
            if str(error) == _TOO_MUCH:  # sound as it may be
                message = f"xz: the header asks for a dictionary that does not fit into {_MEMORY >> 20} MiB"
                raise FormatError(message, member=self.member, offset=self.offset) from None
            raise CorruptDataError(f"xz: {error}", member=self.member, offset=self.offset) from None
        self._lent = self._lent or len(piece)
        if not (self._stream.eof or self._stream.needs_input):
            return chunk, 0
        used = self._lent - len(self._stream.unused_data)
        self._lent = 0
        return chunk, used

    def _short(self, final: bool) -> int:
        if final:
            raise TruncatedError(
                "the data ends inside an xz stream", member=self.member or 1, offset=self.offset
            )
        return _idx.NEED_INPUT
