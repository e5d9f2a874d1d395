"""The call of ``utils/mnist_reader.py`` from the Fashion-MNIST repository."""

from __future__ import annotations

import errno
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..codec import read_idx
from ..errors import FormatError, MismatchError

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
    labels = _read(path, f"{kind}-labels-idx1-ubyte", rank=1)
    images = _read(path, f"{kind}-images-idx3-ubyte", rank=3)
    if len(images) != len(labels):
        raise MismatchError(f"{len(images)} images but {len(labels)} labels", source=os.fspath(path))
    if images.shape[1] * images.shape[2] != _PIXELS:
        shape = images.shape[1:]
        raise MismatchError(f"the images are {shape}, 784 pixels are expected", source=os.fspath(path))
    return images.reshape(-1, _PIXELS), labels


def _read(folder: str | os.PathLike[str], name: str, rank: int) -> NDArray[Any]:
    plain = os.path.join(folder, name)
    for path in (plain + ".gz", plain):
        if os.path.exists(path):
            array = read_idx(path)
            if array.ndim != rank or array.dtype != np.uint8:
                found = f"{array.dtype} of rank {array.ndim}"
                raise FormatError(f"expected uint8 of rank {rank}, found {found}", source=path)
            return array
    raise FileNotFoundError(errno.ENOENT, f"{os.strerror(errno.ENOENT)}, with or without .gz", plain + ".gz")
