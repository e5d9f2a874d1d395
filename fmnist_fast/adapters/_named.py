"""Published datasets by name, as arrays, for the loaders that take no path."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pair = tuple[NDArray[np.uint8], NDArray[np.uint8]]

#: The class names of MNIST and of all that count from 0 to 9.
DIGITS = tuple("0123456789")


def load_pair(name: str, split: str) -> Pair:
    """Return images (n, rows, columns) and labels (n,) of a dataset, wherever `fmnist_fast.load` finds it.

    Raises
    ------
    DatasetError
        See `fmnist_fast.load`.
    """
    package: Any = importlib.import_module("fmnist_fast")  # it has imported this package of adapters itself
    images, labels = package.load(name, split)
    return images, labels


def load_both(name: str) -> tuple[Pair, Pair]:
    """Return the training and the test part; see `load_pair`."""
    return load_pair(name, "train"), load_pair(name, "test")
