"""The call of ``utils/mnist_reader.py`` from the Fashion-MNIST repository."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from ._files import existing, read_pair
from ._install import Installation
from ._install import install as _install

_PIXELS = 784


def load_mnist(
    path: str | os.PathLike[str], kind: str = "train"
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Load images and labels from a folder.

    Same result as `mnist_reader`'s function of this name, but the headers and checksums are verified,
    uncompressed files will do where there is no ``.gz``, and the arrays are writable.

    Parameters
    ----------
    path : str or os.PathLike
        Folder with ``<kind>-images-idx3-ubyte.gz`` and ``<kind>-labels-idx1-ubyte.gz``.
    kind : str
        Start of the file names: ``"train"`` or ``"t10k"``.

    Returns
    -------
    images : ndarray of uint8, shape (n, 784)
    labels : ndarray of uint8, shape (n,)

    Raises
    ------
    FileNotFoundError
        Neither the ``.gz`` nor the uncompressed file is there.
    MismatchError
        Not as many images as labels, or images of another size than 784 pixels.
    FormatError, CorruptDataError, TruncatedError
        See `fmnist_fast.read_idx`.
    """
    suffixes = (".gz", "")
    labels = existing(os.path.join(path, f"{kind}-labels-idx1-ubyte"), suffixes)
    pixels, classes = read_pair(
        existing(os.path.join(path, f"{kind}-images-idx3-ubyte"), suffixes), labels, _PIXELS
    )
    return pixels.reshape(-1, _PIXELS), classes


def install(module: str = "utils.mnist_reader") -> Installation:
    """Let ``from utils import mnist_reader``, as in the repository's own scripts, find this function.

    Parameters
    ----------
    module : str
        The name the reader is imported by; ``"mnist_reader"`` where it is a file beside the script.
    """
    return _install({module: {"load_mnist": load_mnist}})
