"""Rows of an array by their numbers, converted as asked for: one native pass where there is one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ._augment import Moves
from ._backend import gather_affine, gather_rows
from ._conversion import conversion
from ._threads import check_threads, ordered_map, thread_count
from .normalize import PART, Affine


class Gather:
    """Takes rows out of an array.

    Parameters
    ----------
    images : array_like, rank 1 or more
        Numbers. Not copied if C-contiguous and in native byte order.
    normalize : (mean, std), optional
        As for `normalize`.
    dtype : dtype, optional
        Of the result.
    threads : int, optional
        As for `normalize`.

    Attributes
    ----------
    shape : tuple of int
        Of the array.
    dtype : dtype
        Of the result.
    row : int
        Items in a row.
    threads : int or None

    Notes
    -----
    The last two axes are height and width where rows are augmented, which happens before they are converted.
    """

    def __init__(
        self,
        images: ArrayLike,
        normalize: tuple[float, float] | None,
        dtype: DTypeLike | None,
        threads: int | None,
    ) -> None:
        array = np.asarray(images)
        if array.dtype.kind not in "biufc" or not array.ndim:
            raise ValueError(f"images must be an array of numbers, not {array.dtype} of rank {array.ndim}")
        array = np.ascontiguousarray(array, array.dtype.newbyteorder("="))
        self.shape, self.row = array.shape, math.prod(array.shape[1:])
        self.threads = check_threads(threads)
        self._source = array.dtype
        self._image = (*(1, 1, *array.shape[1:])[-2:], array.itemsize)
        self._bytes = array.reshape(len(array), self.row).view(np.uint8)
        self._convert, self.dtype = conversion(array.dtype, dtype, normalize)

    def __call__(self, indices: NDArray[np.int64], out: NDArray[Any], moves: Moves | None = None) -> None:
        """Write rows to ``out``: C-contiguous, of the result's dtype, (number of indices, items in a row)."""
        if out.size <= PART:
            self._part(indices, out, moves)
            return
        step = max(PART // self.row, 1)
        parts = [slice(low, low + step) for low in range(0, len(indices), step)]
        threads = thread_count(self.threads, len(parts))

        def work(part: slice) -> None:
            self._part(indices[part], out[part], None if moves is None else moves[part])

        for _ in ordered_map(work, parts, threads):
            pass

    def _part(self, indices: NDArray[np.int64], out: NDArray[Any], moves: Moves | None) -> None:
        convert, image = self._convert, self._image
        if isinstance(convert, Affine):
            gather_affine(self._bytes, indices, out, convert.scale, convert.shift, moves, image)
        elif convert is None:
            gather_rows(self._bytes, indices, out.view(np.uint8), moves, image)
        else:
            rows = np.empty(out.shape, self._source)
            gather_rows(self._bytes, indices, rows.view(np.uint8), moves, image)
            convert(rows.reshape(-1), out.reshape(-1))


def row_shape(row: tuple[int, ...], shape: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return ``shape`` without its -1, if it has as many items as a row.

    Raises
    ------
    ValueError
        It has not.
    """
    try:
        return np.empty(row, np.bool_).reshape(shape).shape
    except ValueError as error:
        raise ValueError(f"rows of shape {row} cannot be given the shape {shape}") from error
