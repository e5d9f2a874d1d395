"""Decoded bytes of a source, whatever container they come in."""

from __future__ import annotations

from functools import partial
from typing import Any

from ._backend import GzipDecoder
from ._coded import CodedStream
from ._container import RawStream, Stream
from ._detect import detect
from ._restart import Restarts
from ._source import open_source
from ._threads import thread_count
from ._xz import XzDecoder
from .errors import naming

__all__ = ("LARGE", "Stream", "check_trailing", "open_stream")

LARGE = 1 << 20  # bytes of a source that is worth threads which nobody asked for


def check_trailing(trailing: str) -> None:
    """Raise ValueError unless ``trailing`` is one of its two values."""
    if trailing not in ("error", "ignore"):
        raise ValueError(f'trailing must be "error" or "ignore", not {trailing!r}')


def open_stream(
    source: Any, *, trailing: str = "error", threads: int | None = None, restarts: bool = False
) -> Stream:
    """Return the `Stream` of a source; its content decides on the container.

    Parameters
    ----------
    source : str, os.PathLike, bytes-like or binary file object
    trailing : {"error", "ignore"}
        What to do about data after the end.
    threads : int, optional
        Upper limit; 1 stays on the calling thread, None picks by size. Gzip data can use two.
    restarts : bool
        Look for, and keep, places inside gzip data that make `Stream.seek` fast; one thread.

    Raises
    ------
    FormatError, TruncatedError
        The source does not start like IDX, gzip or xz.
    ValueError
        Another value for ``trailing``.
    """
    check_trailing(trailing)
    shared = threads != 1 and not restarts
    opened = open_source(source)
    try:
        with naming(opened.name):
            compression = detect(opened)
        if compression == "raw":
            return RawStream(opened, compression, trailing)
        if compression == "xz":
            return CodedStream(opened, compression, trailing, XzDecoder)
        places = Restarts(opened) if restarts else None
        large = threads is not None or opened.size is None or opened.size >= LARGE
        count = thread_count(threads, 2) if shared and large else 1
        return CodedStream(opened, compression, trailing, partial(GzipDecoder, count), places)
    except BaseException:
        opened.close()
        raise
