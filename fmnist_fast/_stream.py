"""Decoded bytes of a source, whatever container they come in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Self

from . import _idx
from ._backend import GzipDecoder
from ._detect import detect
from ._source import Source, open_source
from ._xz import XzDecoder
from .errors import CorruptDataError, FormatError, naming

_MAX_RATIO = 1032  # a DEFLATE match makes at most 258 bytes and costs at least two bits
_DRAIN_LIMIT = 1 << 30
_SCRATCH = 1 << 16


class Stream(ABC):
    """Decoded bytes, in order, and a proof at the end that the container was sound.

    Attributes
    ----------
    name : str or None
        Name of the source.
    compression : str
        ``"gzip"``, ``"xz"`` or ``"raw"``.
    """

    def __init__(self, source: Source, compression: str, trailing: str) -> None:
        self.compression = compression
        self.name = source.name
        self._source = source
        self._trailing = trailing

    @property
    @abstractmethod
    def bound(self) -> int | None:
        """Upper bound on the decoded bytes, or None where there is none."""

    @property
    def members(self) -> int:
        """Members (gzip) or streams (xz) begun so far; 0 for raw files."""
        return 0

    @property
    def offset(self) -> int:
        """Bytes of the source consumed so far."""
        return self._source.offset

    @property
    def size(self) -> int | None:
        """Bytes of the source, or None where they are not known beforehand."""
        return self._source.size

    @abstractmethod
    def readinto(self, view: Any, start: int = 0) -> int:
        """Fill ``view[start:]``, completely unless the data ends before, and return the bytes written.

        ``view[:start]`` must be what the last calls wrote there: it serves as the DEFLATE window.

        Raises
        ------
        CorruptDataError, TruncatedError
        """

    @abstractmethod
    def finish(self, drain_limit: int = _DRAIN_LIMIT) -> None:
        """Prove that the source ends here and that its checksums hold.

        With ``trailing="ignore"`` what follows is let go, but decoded bytes of the same container are
        still decoded, up to ``drain_limit``, because the checksum covers them.

        Raises
        ------
        FormatError
            More decoded bytes follow than ``trailing`` or the limit allow.
        CorruptDataError
            A checksum does not match, or something that is no member follows.
        TruncatedError
            The container stops before its end.
        """

    def rewind(self) -> None:
        """Start again from the first byte; see `Source.rewind`."""
        self._source.rewind()

    def close(self) -> None:
        """Close the source."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()


class _RawStream(Stream):
    @property
    def bound(self) -> int | None:
        return self._source.size

    def readinto(self, view: Any, start: int = 0) -> int:
        view = memoryview(view)
        end = start
        while end < len(view):
            count = self._source.readinto(view[end:])
            if not count:
                break
            end += count
        return end - start

    def finish(self, drain_limit: int = _DRAIN_LIMIT) -> None:
        if self._trailing == "error" and self._source.readinto(memoryview(bytearray(1))):
            raise FormatError("more data follows the last item that the IDX header announces")


class _CodedStream(Stream):
    def __init__(self, source: Source, compression: str, trailing: str, decoder: Callable[[], Any]) -> None:
        super().__init__(source, compression, trailing)
        self._new_decoder = decoder
        self._decoder = decoder()
        self._status = _idx.NEED_INPUT

    @property
    def bound(self) -> int | None:
        if self.compression != "gzip" or self._source.size is None:
            return None
        return _MAX_RATIO * self._source.size

    @property
    def members(self) -> int:
        return int(self._decoder.member)

    def readinto(self, view: Any, start: int = 0) -> int:
        view = memoryview(view)
        end = start
        while end < len(view) and self._status not in (_idx.END, _idx.TRAILING):
            end += self._decode(view, end)
        return end - start

    def _decode(self, view: Any, start: int) -> int:
        source = self._source
        status, consumed, produced = self._decoder.decode(source.data, source.final, view, start)
        source.advance(consumed)
        if status == _idx.NEED_INPUT:
            source.fill()
        self._status = status
        return int(produced)

    def finish(self, drain_limit: int = _DRAIN_LIMIT) -> None:
        scratch = bytearray()
        drained = 0
        while self._status not in (_idx.END, _idx.TRAILING):
            drained += self._decode(scratch, 0)
            if self._status == _idx.OUTPUT_FULL:
                if self._trailing == "error":
                    message = "more decoded data follows the last item that the IDX header announces"
                    raise FormatError(message, member=self.members, offset=self.offset)
                if drained > drain_limit:
                    raise FormatError(
                        f"more than {drain_limit} bytes follow the last item", offset=self.offset
                    )
                scratch = scratch or bytearray(_SCRATCH)
        if self._status == _idx.TRAILING and self._trailing == "error":
            found = bytes(self._source.data[:4]).hex(" ")
            message = f"{found} follows the last {self.compression} member and does not start another"
            raise CorruptDataError(message, member=self.members, offset=self.offset)

    def rewind(self) -> None:
        super().rewind()
        self._decoder = self._new_decoder()
        self._status = _idx.NEED_INPUT


def open_stream(source: Any, *, trailing: str = "error", threads: int | None = None) -> Stream:
    """Return the `Stream` of a source; its content decides on the container.

    Parameters
    ----------
    source : str, os.PathLike, bytes-like or binary file object
    trailing : {"error", "ignore"}
        What to do about data after the end.
    threads : int, optional
        Upper limit for decoders that can use more than the calling thread; today's use one.

    Raises
    ------
    FormatError, TruncatedError
        The source does not start like IDX, gzip or xz.
    ValueError
        Another value for ``trailing``.
    """
    if trailing not in ("error", "ignore"):
        raise ValueError(f'trailing must be "error" or "ignore", not {trailing!r}')
    opened = open_source(source)
    try:
        with naming(opened.name):
            compression = detect(opened)
        if compression == "raw":
            return _RawStream(opened, compression, trailing)
        decoder = GzipDecoder if compression == "gzip" else XzDecoder
        return _CodedStream(opened, compression, trailing, decoder)
    except BaseException:
        opened.close()
        raise
