"""Published datasets by name, as arrays, for the loaders that take no path."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..datasets._mnist import DIGITS
from ..datasets.loading import load

Pair = tuple[NDArray[np.uint8], NDArray[np.uint8]]

__all__ = ("DIGITS", "Pair", "load_both")


def load_both(name: str) -> tuple[Pair, Pair]:
    """Return the training and the test part of a dataset, each images (n, rows, columns) and labels (n,).

    Raises
    ------
    DatasetError
        See `fmnist_fast.load`.
    """
    train, test = load(name, ("train", "test"))
    return train, test
