"""A data source for Grain 0.2.18: `grain.sources.RandomAccessDataSource`, with its batched read.

Grain asks for no base class, so this module does not import it.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, SupportsIndex

from numpy.typing import ArrayLike, DTypeLike

from ._samples import Samples

__all__ = ("DataSource",)


class DataSource:
    """Images and labels in memory; may be used by any number of threads, and pickled for processes.

    An element is ``{"image": ndarray, "label": int64}``, or without ``"label"`` where there are no labels.

    Parameters
    ----------
    images : array_like, shape (n, ...)
    labels : array_like of int, shape (n,), optional
    normalize : (mean, std), optional
        As in `fmnist_fast.normalize`.
    dtype : dtype, optional
        Of the elements' images.
    shape : int or tuple of int, optional
        Of an element's image.

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
        self._samples = Samples(images, labels, normalize, dtype, shape)
        self._settings = {"normalize": normalize, "dtype": dtype, "shape": shape}

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._samples)

    def __getitem__(self, record_key: SupportsIndex) -> dict[str, Any]:
        """Return an element.

        Raises
        ------
        IndexError
            ``record_key`` is negative or too large.
        """
        return self._getitems([operator.index(record_key)])[0]

    def _getitems(self, record_keys: Sequence[int]) -> list[dict[str, Any]]:
        """Return elements; they share the memory of one pass."""
        images, labels = self._samples.take(record_keys)
        if labels is None:
            return [{"image": image} for image in images]
        return [{"image": image, "label": label} for image, label in zip(images, labels, strict=True)]

    def __repr__(self) -> str:
        """Return a text that is the same for the same data source, which Grain's checkpoints compare."""
        settings = ", ".join(f"{name}={value!r}" for name, value in self._settings.items())
        labels = "no labels" if self._samples.labels is None else "labels"
        shape = self._samples.images.shape[1:]
        return f"DataSource({len(self)} images of {shape}, {labels}, {settings})"
