"""A data source for Grain 0.2.18: `grain.sources.RandomAccessDataSource`, with its batched read.

Grain asks for no base class, so this module does not import it.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, SupportsIndex

from ._samples import Samples

__all__ = ("DataSource",)


class DataSource(Samples):
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
        images, labels = self._take(record_keys)
        if labels is None:
            return [{"image": image} for image in images]
        return [{"image": image, "label": label} for image, label in zip(images, labels, strict=True)]

    def __repr__(self) -> str:
        """Return a text that is the same for the same data source, which Grain's checkpoints compare."""
        settings = f"normalize={self.normalize!r}, dtype={self.dtype!r}, shape={self.shape}"
        labels = "no labels" if self.labels is None else "labels"
        return f"DataSource({len(self)} images of {self.images.shape[1:]}, {labels}, {settings})"
