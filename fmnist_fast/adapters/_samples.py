"""Images and labels in memory, of which any rows are taken in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .._gather import Gather, row_shape
from ..errors import MismatchError

Rows = NDArray[np.int64]


def class_numbers(labels: ArrayLike) -> Rows:
    """Return labels as int64.

    Raises
    ------
    ValueError
        One of them is no whole number.
    """
    found = np.asarray(labels)
    if found.dtype.kind == "f" and (found != np.floor(found)).any():
        raise ValueError(f"labels must be whole numbers, not {found[found != np.floor(found)][0]}")
    return found.astype(np.int64, copy=False)


class Samples:
    """What the map-style datasets of several libraries are below their own calls.

    Parameters
    ----------
    images : array_like, shape (n, ...)
    labels : array_like of int, shape (n,), optional
    normalize : (mean, std), optional
    dtype : dtype, optional
    shape : int or tuple of int, optional
        Of an image as it is taken; default: as it is.

    Attributes
    ----------
    images : ndarray
    labels : ndarray of int64, or None
    normalize, dtype
        As they were given.
    shape : tuple of int
        Of an image as it is taken.

    Raises
    ------
    MismatchError
        Not as many labels as images.
    FormatError, ValueError
        See `fmnist_fast.Batches`.
    """

    def __init__(
        self,
        images: ArrayLike,
        labels: ArrayLike | None = None,
        *,
        normalize: tuple[float, float] | None = None,
        dtype: DTypeLike | None = None,
        shape: int | tuple[int, ...] | None = None,
    ) -> None:
        self.images: NDArray[Any] = np.asarray(images)
        self.labels = None if labels is None else class_numbers(labels)
        self.normalize, self.dtype = normalize, dtype
        self._gather = Gather(self.images, normalize, dtype, threads=1)
        row = self._gather.shape[1:]
        self.shape = row_shape(row, self._usual_shape(row) if shape is None else shape)
        if self.labels is not None and self.labels.shape != (len(self),):
            raise MismatchError(f"expected a label for each of {len(self)} images, found {self.labels.shape}")

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.images)

    def _usual_shape(self, row: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of an image where none is asked for."""
        return row

    def _take(
        self, indices: Sequence[int] | NDArray[np.int64]
    ) -> tuple[NDArray[Any], NDArray[np.int64] | None]:
        """Return these images, in new memory, and their labels.

        Raises
        ------
        IndexError
            A number is negative or too large.
        """
        rows = np.asarray(indices, np.int64)
        if rows.size and not 0 <= rows.min() <= rows.max() < len(self):
            found = f"found {rows.min()} to {rows.max()}"
            raise IndexError(f"expected numbers from 0 to {len(self) - 1}, {found}: out of range")
        images = np.empty((len(rows), *self.shape), self._gather.dtype)
        self._gather(rows, images.reshape(len(rows), self._gather.row))
        return images, None if self.labels is None else self.labels[rows]
