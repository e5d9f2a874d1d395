"""The functions of ``examples/datasets.py`` in JAX's repository: `mnist_raw` and `mnist`.

As there: NumPy arrays, training part first. Otherwise than there: pixels are multiplied by 1 / 255 instead
of divided by 255, which differs in the last bit of some. ``fashion=True`` is new.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..normalize import normalize
from ._install import Installation
from ._install import install as _install
from ._named import load_both

__all__ = ("mnist", "mnist_raw")

Four = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]


def mnist_raw(fashion: bool = False) -> Four:
    """Return images and labels as they are filed.

    Returns
    -------
    train_images, train_labels, test_images, test_labels : ndarray of uint8
        Of shape (60000, 28, 28), (60000,), (10000, 28, 28), (10000,).

    Raises
    ------
    DatasetError
        See `fmnist_fast.load`.
    """
    train, test = load_both("fashion-mnist" if fashion else "mnist")
    return *train, *test


def mnist(permute_train: bool = False, fashion: bool = False) -> Four:
    """Return images as rows from 0 to 1 and labels as rows with one 1.

    Parameters
    ----------
    permute_train : bool
        Shuffle the training part, always in the same way.
    fashion : bool
        Fashion-MNIST instead of MNIST.

    Returns
    -------
    train_images, train_labels, test_images, test_labels : ndarray of float32
        Of shape (60000, 784), (60000, 10), (10000, 784), (10000, 10).

    Raises
    ------
    DatasetError
        See `fmnist_fast.load`.
    """
    train_images, train_labels, test_images, test_labels = mnist_raw(fashion)
    if permute_train:
        order = np.random.RandomState(0).permutation(len(train_images))
        train_images, train_labels = train_images[order], train_labels[order]
    hot = np.eye(10, dtype=np.float32)
    return _rows(train_images), hot[train_labels], _rows(test_images), hot[test_labels]


def install(module: str = "examples.datasets") -> Installation:
    """Let scripts in JAX's repository find these functions.

    Parameters
    ----------
    module : str
        What they are imported from; ``"datasets"`` for a copy beside the script.
    """
    return _install({module: {"mnist": mnist, "mnist_raw": mnist_raw}})


def _rows(images: NDArray[np.uint8]) -> NDArray[Any]:
    return normalize(images.reshape(len(images), -1), 0.0, 1.0)
