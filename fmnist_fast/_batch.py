"""Single batches: room for one, and the rows that belong in it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._augment import Moves
from ._gather import Gather, row_shape
from ._order import Order
from .errors import MismatchError

_LINE = 64  # bytes of a cache line: stores of vectors that cross one take twice as long

Buffers = tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]


class BatchMaker:
    """Makes batches of images and labels, of any rows.

    Parameters
    ----------
    gather : Gather
        Of the images.
    labels : array_like, shape (rows, ...), optional
    shape : int or tuple of int, optional
        Of a row in the batch.

    Attributes
    ----------
    rows : int
        How many there are.

    Raises
    ------
    MismatchError
        Not as many labels as images.
    ValueError
        A row cannot be given this shape.
    """

    def __init__(self, gather: Gather, labels: ArrayLike | None, shape: int | tuple[int, ...] | None) -> None:
        self._gather = gather
        self.rows = gather.shape[0]
        self._shape = gather.shape[1:] if shape is None else row_shape(gather.shape[1:], shape)
        self._labels = None if labels is None else np.asarray(labels, order="C")
        if self._labels is not None and self._labels.shape[:1] != (self.rows,):
            found = "no array" if not self._labels.ndim else f"{len(self._labels)} labels"
            raise MismatchError(f"expected a label for each of {self.rows} images, found {found}")

    def buffers(self, rows: int) -> Buffers:
        """Return room for a batch: ``x``, the same row by row, and ``y``."""
        x = _aligned((rows, *self._shape), self._gather.dtype)
        labels = self._labels
        y = None if labels is None else np.empty((rows, *labels.shape[1:]), labels.dtype)
        return x, x.reshape(rows, self._gather.row), y

    def fill(self, indices: Order, moves: Moves | None, buffers: Buffers) -> Any:
        """Return the batch of these rows in these buffers, which may be longer."""
        x, flat, y = buffers
        if len(indices) < len(x):
            x, flat, y = x[: len(indices)], flat[: len(indices)], None if y is None else y[: len(indices)]
        self._gather(indices, flat, moves)
        if self._labels is None or y is None:
            return x
        self._labels.take(indices, axis=0, out=y, mode="clip")  # "raise" would copy y
        return x, y


def _aligned(shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return an empty array that begins with a cache line, as what NumPy allocates seldom does."""
    size = math.prod(shape) * dtype.itemsize
    room = np.empty(size + _LINE, np.uint8)
    start = -room.ctypes.data % _LINE
    return room[start : start + size].view(dtype).reshape(shape)
