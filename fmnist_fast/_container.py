"""What every stream of decoded bytes can do, and the stream of a file that is not compressed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ._backend import affine_u8
from ._source import Source
from .errors import FormatError

DRAIN_LIMIT = 1 << 30
SCRATCH = 1 << 17  # decoded bytes between the decoder and a conversion


class Stream(ABC):
    """Decoded bytes, in order, and a proof at the end that the container was sound.

    Attributes
    ----------
    name : str or None
        Name of the source.
    compression : str
        ``"gzip"``, ``"xz"`` or ``"raw"``.
    source : Source
        Where the bytes come from.
    """

    def __init__(self, source: Source, compression: str, trailing: str) -> None:
        self.compression = compression
        self.name = source.name
        self.source = source
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
        return self.source.offset

    @property
    def size(self) -> int | None:
        """Bytes of the source, or None where they are not known beforehand."""
        return self.source.size

    @abstractmethod
    def readinto(self, view: Any, start: int = 0) -> int:
        """Fill ``view[start:]``, completely unless the data ends before, and return the bytes written.

        ``view[:start]`` must be what the last calls wrote there: it serves as the DEFLATE window.

        Raises
        ------
        CorruptDataError, TruncatedError
        """

    def read_affine(self, out: NDArray[Any], scale: float, shift: float) -> int:
        """Fill a one-dimensional array of floats with ``byte*scale + shift``; see `readinto`."""
        scratch = np.empty(min(SCRATCH, len(out)), np.uint8)
        end = 0
        while end < len(out):
            part = scratch[: len(out) - end]
            count = self.readinto(part.data)
            affine_u8(part[:count], out[end : end + count], scale, shift)
            end += count
            if count < len(part):
                break
        return end

    @abstractmethod
    def finish(self) -> None:
        """Prove that the source ends here and that its checksums hold.

        With ``trailing="ignore"`` what follows is let go, but decoded bytes of the same container are
        still decoded, up to 1 GiB, because the checksum covers them.

        Raises
        ------
        FormatError
            More decoded bytes follow than ``trailing`` or the limit allow.
        CorruptDataError
            A checksum does not match, or something that is no member follows.
        TruncatedError
            The container stops before its end.
        """

    @abstractmethod
    def seek(self, position: int, total: int, lost: bool = False) -> int:
        """Go to a place in the decoded data, or before it, wherever decoding gets to it soonest.

        Parameters
        ----------
        position : int
        total : int
            Decoded bytes there are in all, by the IDX header.
        lost : bool
            Whether to leave the present place in any case, after an error.

        Returns
        -------
        int
            The place: the present one, another one up to ``position``, or 0, the start.

        Raises
        ------
        io.UnsupportedOperation
            The source would have to seek, and cannot. The place is the present one.
        """

    def close(self) -> None:
        """Close the source."""
        self.source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()


class RawStream(Stream):
    """The bytes of the source as they are."""

    @property
    def bound(self) -> int | None:
        return self.source.size

    def readinto(self, view: Any, start: int = 0) -> int:
        view = memoryview(view)
        end = start
        while end < len(view):
            count = self.source.readinto(view[end:])
            if not count:
                break
            end += count
        return end - start

    def seek(self, position: int, total: int, lost: bool = False) -> int:
        if not self.source.seekable and not lost and position >= self.source.offset:
            return self.source.offset
        self.source.seek(position)
        return position

    def finish(self) -> None:
        if self._trailing == "error" and self.source.readinto(memoryview(bytearray(1))):
            raise FormatError("more data follows the last item that the IDX header announces")
