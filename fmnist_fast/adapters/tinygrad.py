"""The function `tinygrad.nn.datasets.mnist` of tinygrad 0.14.0.

As there: four tensors of uint8. Otherwise than there: they come from `fmnist_fast.load`, which verifies them.
"""

from __future__ import annotations

from typing import Any

from .._extras import optional
from ._install import Installation
from ._install import install as _install
from ._named import load_both

__all__ = ("mnist",)


def mnist(device: str | tuple[str, ...] | None = None, fashion: bool = False) -> tuple[Any, Any, Any, Any]:
    """Load MNIST or Fashion-MNIST.

    Parameters
    ----------
    device : str or tuple of str, optional
        Where the tensors go; None for tinygrad's default.
    fashion : bool

    Returns
    -------
    X_train, Y_train, X_test, Y_test : tinygrad.Tensor of uint8
        Of shape (60000, 1, 28, 28), (60000,), (10000, 1, 28, 28), (10000,).

    Raises
    ------
    DatasetError
        See `fmnist_fast.load`.
    """
    tensor = optional("tinygrad", "tinygrad", "tinygrad", "fmnist_fast.adapters.tinygrad").Tensor
    (x_train, y_train), (x_test, y_test) = load_both("fashion-mnist" if fashion else "mnist")
    arrays = (x_train[:, None], y_train, x_test[:, None], y_test)
    x, y, x_other, y_other = (tensor(array, device=device) for array in arrays)
    return x, y, x_other, y_other


def install() -> Installation:
    """Let `tinygrad.nn.datasets` offer this function; see `fmnist_fast.adapters`."""
    return _install({"tinygrad.nn.datasets": {"mnist": mnist}})
