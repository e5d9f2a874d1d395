"""The call of ``mlxtend`` 0.25.0 that reads MNIST files: `mlxtend.data.loadlocal_mnist`.

As there: images first in the arguments and in the result, one row of 784 pixels for each image, writable.
Beyond it: gzip and xz files are read, and headers, checksums and numbers are verified, so what is wrong is
an error of this package (a `ValueError`) instead of noise or `struct.error`.
"""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from ._files import read_pair
from ._install import Installation
from ._install import install as _install

__all__ = ("loadlocal_mnist",)

_PIXELS = 784


def loadlocal_mnist(
    images_path: str | os.PathLike[str], labels_path: str | os.PathLike[str]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read a file of images and its file of labels.

    Parameters
    ----------
    images_path, labels_path : str or os.PathLike

    Returns
    -------
    images : ndarray of uint8, shape (n, 784)
    labels : ndarray of uint8, shape (n,)

    Raises
    ------
    MismatchError
        Not as many images as labels, or images of another size than 784 pixels.
    FormatError, CorruptDataError, TruncatedError
        See `fmnist_fast.read_idx`.
    """
    images, labels = read_pair(images_path, labels_path, _PIXELS)
    return images.reshape(-1, _PIXELS), labels


def install() -> Installation:
    """Let ``mlxtend.data`` offer this function; see `fmnist_fast.adapters`."""
    names = {"loadlocal_mnist": loadlocal_mnist}
    return _install({"mlxtend.data": names, "mlxtend.data.local_mnist": names})
