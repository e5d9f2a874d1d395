"""The function of ``mnist/mnist.py`` in the repository mlx-examples.

As there: NumPy arrays, float32 from 0 to 1 and uint32. The caller turns them into ``mlx.core.array``.
Otherwise than there: pixels are multiplied by 1 / 255 instead of divided by 255, which differs in the last
bit of some.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..normalize import normalize
from ._install import Installation
from ._install import install as _install
from ._named import Pair, load_both

__all__ = ("fashion_mnist", "mnist")

Four = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]


def mnist(save_dir: str | None = None) -> Four:
    """Load MNIST.

    Parameters
    ----------
    save_dir : str, optional
        Where the original keeps its pickled copy, which is not needed here.

    Returns
    -------
    train_x, train_y, test_x, test_y : ndarray
        float32 of shape (60000, 784), uint32 of shape (60000,), and the same of 10000.

    Raises
    ------
    DatasetError
        See `fmnist_fast.load`.
    """
    train, test = load_both("mnist")
    return *_converted(train), *_converted(test)


def fashion_mnist(save_dir: str | None = None) -> Four:
    """Load Fashion-MNIST; argument, result and errors as with `mnist`."""
    train, test = load_both("fashion-mnist")
    return *_converted(train), *_converted(test)


def install(module: str = "mnist") -> Installation:
    """Let ``import mnist`` in mlx-examples find these functions.

    Parameters
    ----------
    module : str
        What they are imported from.
    """
    return _install({module: {"mnist": mnist, "fashion_mnist": fashion_mnist}})


def _converted(pair: Pair) -> tuple[NDArray[Any], NDArray[np.uint32]]:
    images, labels = pair
    return normalize(images.reshape(len(images), -1), 0.0, 1.0), labels.astype(np.uint32)
