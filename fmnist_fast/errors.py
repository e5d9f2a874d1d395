"""Exceptions of fmnist_fast.

Each one is a `FmnistFastError` and also the builtin that callers of the older readers already catch,
so ``except ValueError`` or ``except gzip.BadGzipFile`` keeps working.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = (
    "CorruptDataError",
    "DatasetError",
    "FmnistFastError",
    "FormatError",
    "MismatchError",
    "OutputError",
    "TruncatedError",
)


class FmnistFastError(Exception):
    """Base of every error this package raises about data.

    Parameters
    ----------
    message : str
        What was expected and what was found.
    source : str, optional
        Name of the file the data came from.
    member : int, optional
        1-based number of the gzip member that was being read.
    offset : int, optional
        Compressed bytes consumed when the error was noticed, counted from the start of the source.

    Attributes
    ----------
    message, source, member, offset
        The parameters; outer layers fill in what they know, so all four may be assigned to.
    """

    def __init__(
        self, message: str, *, source: str | None = None, member: int | None = None, offset: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.member = member
        self.offset = offset

    def __str__(self) -> str:
        """Return ``SOURCE: message (member 2, compressed offset 1234)`` without the absent parts."""
        place = []
        if self.member is not None:
            place.append(f"member {self.member}")
        if self.offset is not None:
            place.append(f"compressed offset {self.offset}")
        text = f"{self.message} ({', '.join(place)})" if place else self.message
        return text if self.source is None else f"{self.source}: {text}"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by message and attributes; `OSError` would otherwise have its own say."""
        return type(self), (self.message,), self.__dict__.copy()


class FormatError(FmnistFastError, ValueError):
    """The data is not IDX, or is an IDX variant that is not supported."""


class CorruptDataError(FmnistFastError, ValueError, gzip.BadGzipFile):
    """Bad gzip framing, bad DEFLATE or XZ data, or a checksum that does not match."""


class TruncatedError(FmnistFastError, ValueError, EOFError):
    """The data stops before its end."""


class OutputError(FmnistFastError, ValueError):
    """An ``out=`` array that does not fit: shape, dtype, layout or writability."""


class MismatchError(FmnistFastError, ValueError):
    """Images and labels do not belong together."""


class DatasetError(FmnistFastError, RuntimeError):
    """A dataset was not found, or its files have other content than its name says."""


@contextmanager
def naming(source: str | None) -> Iterator[None]:
    """Put the name of the source on any `FmnistFastError` that passes and has none yet."""
    try:
        yield
    except FmnistFastError as error:
        if error.source is None:
            error.source = source
        raise
