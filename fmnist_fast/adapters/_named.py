"""Published datasets by name, as arrays, for the loaders that take no path."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..datasets.loading import load

Pair = tuple[NDArray[np.uint8], NDArray[np.uint8]]

#: The class names of MNIST and of all that count from 0 to 9.
DIGITS = tuple("0123456789")


def load_both(name: str) -> tuple[Pair, Pair]:
    """Return the training and the test part of a dataset, each images (n, rows, columns) and labels (n,).

    Raises
    ------
    DatasetError
        See `fmnist_fast.load`.
    """
    train, test = load(name, ("train", "test"))
    return train, test
