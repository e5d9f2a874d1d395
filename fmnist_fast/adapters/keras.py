"""Keras 3.15's `keras.datasets.fashion_mnist` and `keras.datasets.mnist`.

As there: ``(x_train, y_train), (x_test, y_test)``, uint8, the arrays of Fashion-MNIST read-only and those of
MNIST writable. Otherwise than there: the files are those that `fmnist_fast.load` finds or downloads, Keras's
cache among them, and they are verified, so that a damaged file does not stay one for ever.
"""

from __future__ import annotations

from types import SimpleNamespace

from ._install import Installation
from ._install import install as _install
from ._named import Pair, load_both

__all__ = ("fashion_mnist", "mnist")

_PLACES = ("keras.datasets", "keras._tf_keras.keras.datasets")


def _load_fashion_mnist() -> tuple[Pair, Pair]:
    """Load Fashion-MNIST.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : ndarray of uint8
        Of shape (60000, 28, 28), (60000,), (10000, 28, 28) and (10000,); read-only.

    Raises
    ------
    DatasetError
        See `fmnist_fast.load`.
    """
    pairs = load_both("fashion-mnist")
    for array in (*pairs[0], *pairs[1]):
        array.flags.writeable = False
    return pairs


def _load_mnist(path: str = "mnist.npz") -> tuple[Pair, Pair]:
    """Load MNIST.

    Parameters
    ----------
    path : str
        Where Keras keeps its ``.npz`` file, which is not needed here.

    Returns
    -------
    (x_train, y_train), (x_test, y_test) : ndarray of uint8
        Of shape (60000, 28, 28), (60000,), (10000, 28, 28) and (10000,).

    Raises
    ------
    DatasetError
        See `fmnist_fast.load`.
    """
    return load_both("mnist")


fashion_mnist = SimpleNamespace(load_data=_load_fashion_mnist)
mnist = SimpleNamespace(load_data=_load_mnist)


def install() -> Installation:
    """Let `keras.datasets`, and with it `tf.keras.datasets`, offer these; see `fmnist_fast.adapters`."""
    readers = {"fashion_mnist": fashion_mnist, "mnist": mnist}
    return _install(
        {f"{place}.{name}": vars(reader) for place in _PLACES for name, reader in readers.items()}
    )
