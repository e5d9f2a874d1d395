"""From decoded bytes to items in an array, without a full-size intermediate."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ._backend import header_size, parse_header, swap_bytes
from ._container import SCRATCH
from ._idx import Header
from ._stream import Stream
from .errors import FormatError, TruncatedError
from .normalize import Affine, Kernel

_FIRST = 1 << 24  # bytes asked for at first where nothing backs the claim of the header


class Fill(Protocol):
    """Fill ``view[start:]`` completely, or raise."""

    def __call__(self, view: Any, start: int = 0) -> None:
        """``view[:start]`` holds what the last calls wrote there."""


def read_header(stream: Stream, max_bytes: int | None = None) -> Header:
    """Read the IDX header and check its claim before anyone asks for memory.

    Raises
    ------
    FormatError
        Not IDX, or a payload of more than ``max_bytes``.
    TruncatedError
        The data ends inside the header, or the source is too short for the payload it claims.
    """
    head = _read(stream, 8)  # the shortest there is, with one dimension
    if len(head) == 8:
        head += _read(stream, header_size(head) - len(head))
    header = parse_header(head)
    if max_bytes is not None and header.nbytes > max_bytes:
        raise FormatError(f"the IDX header claims {header.nbytes} bytes of data, max_bytes is {max_bytes}")
    if stream.bound is not None and header.header_size + header.nbytes > stream.bound:
        container = "" if stream.compression == "raw" else f" of {stream.compression} data"
        raise TruncatedError(
            f"the IDX header claims {header.nbytes} bytes of data;"
            f" {stream.size} bytes{container} cannot hold as many"
        )
    return header


def _read(stream: Stream, count: int) -> bytes:
    """Return so many bytes, fewer at the end; not in what a view of may be alive in a frame of a profiler."""
    room = bytearray(count)
    return bytes(room[: stream.readinto(room)])


class Payload:
    """The bytes behind the header of a stream."""

    def __init__(self, stream: Stream, header: Header, done: int = 0) -> None:
        self._stream = stream
        self._nbytes = header.nbytes
        self._done = done  # bytes of it before the place in the stream

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return self._nbytes - self._done

    def fill(self, view: Any, start: int = 0) -> None:
        """Fill ``view[start:]`` completely; see `Stream.readinto`.

        Raises
        ------
        TruncatedError
            The data ends before.
        """
        self._count(self._stream.readinto(view, start), len(view) - start)

    def fill_affine(self, out: NDArray[Any], kernel: Affine) -> None:
        """Fill ``out`` completely with uint8 items that the kernel has converted.

        Raises
        ------
        TruncatedError
            The data ends before.
        """
        self._count(self._stream.read_affine(out, kernel.scale, kernel.shift), len(out))

    def _count(self, got: int, wanted: int) -> None:
        self._done += got
        if got < wanted:
            raise TruncatedError(
                f"the IDX header claims {self._nbytes} bytes of data, the data ends after {self._done}"
            )


def read_items(
    fill: Fill,
    count: int,
    source: np.dtype[Any],
    *,
    result: np.dtype[Any],
    kernel: Kernel | None,
    out: NDArray[Any] | None = None,
    backed: bool = True,
    fill_affine: Callable[[NDArray[Any], Affine], None] | None = None,
) -> NDArray[Any]:
    """Read ``count`` big-endian items of dtype ``source`` as one-dimensional array of dtype ``result``.

    Parameters
    ----------
    fill : callable
        Where the bytes come from.
    kernel : callable or None
        Converts items; None where ``source`` is ``result``: then ``fill`` writes to the array itself.
    out : ndarray, optional
        C-contiguous, ``count`` items of dtype ``result``.
    backed : bool
        Whether the size of the source makes ``count`` credible. If not, memory is asked for as the
        bytes come in, each time as much again.
    fill_affine : callable, optional
        Does what ``fill`` and an `Affine` kernel would do, at once.
    """
    if out is not None:
        flat = out.reshape(-1)
    else:
        flat = np.empty(count if backed else min(count, _FIRST // result.itemsize), result)
    done = 0
    while done < count:
        if done == flat.size:
            flat.resize(min(2 * done, count), refcheck=False)  # no view on it is left by now
        if fill_affine is not None and isinstance(kernel, Affine):
            fill_affine(flat[done:], kernel)
        elif kernel is None:
            fill(flat.view(np.uint8).data, done * source.itemsize)
        else:
            _fill_converted(fill, flat[done:], source, kernel)
        done = flat.size
    if kernel is None:
        to_native(flat)
    return flat


def _fill_converted(fill: Fill, target: NDArray[Any], source: np.dtype[Any], kernel: Kernel) -> None:
    scratch = np.empty(min(target.size, SCRATCH // source.itemsize), source)
    for low in range(0, target.size, scratch.size):
        part = target[low : low + scratch.size]
        items = scratch[: part.size]
        fill(items.view(np.uint8).data)
        to_native(items)
        kernel(items, part)


def to_native(items: NDArray[Any]) -> None:
    """Turn big-endian items into native ones, in place."""
    if sys.byteorder == "little" and items.itemsize > 1 and items.size:
        swap_bytes(items)
