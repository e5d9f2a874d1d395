"""The calls of TensorFlow 1's ``tensorflow.examples.tutorials.mnist.input_data``, without TensorFlow.

As in its last version: ``read_data_sets(...).train.next_batch(100)``, with its arguments, its float32 pixels
``x * (1 / 255)``, its shuffling by NumPy's global generator, the batches that go on across the end of an
epoch and those that are views of the shuffled arrays. Otherwise than there: uncompressed and xz files
are read too, checksums are verified, labels beyond the classes are an error, and a file that is downloaded
takes its name only when it is complete.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..codec import read_idx
from ..datasets.registry import FILE_NAMES
from ..errors import MismatchError
from ._dataset import DataSet
from ._download import download
from ._files import SUFFIXES, Path, first_existing
from ._install import Installation
from ._install import install as _install

__all__ = ("DataSet", "Datasets", "dense_to_one_hot", "extract_images", "extract_labels", "read_data_sets")

DEFAULT_SOURCE_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"

_IMAGES, _LABELS = 2051, 2049


class Datasets(NamedTuple):
    """Three sets of images and labels."""

    train: DataSet
    validation: DataSet
    test: DataSet


def read_data_sets(
    train_dir: Path,
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: Any = np.float32,
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str = DEFAULT_SOURCE_URL,
) -> Datasets:
    """Read MNIST, or what has its file names, from a folder; what is not there is downloaded to it.

    Parameters
    ----------
    train_dir : str or os.PathLike
        Folder of the four files.
    fake_data : bool
        Read nothing: the sets give batches of constants.
    one_hot : bool
        Labels as float64 of shape (n, 10) instead of uint8 of shape (n,).
    dtype : {float32, uint8}
        Of the images; float32 is scaled from 0 to 1.
    reshape : bool
        Images of shape (n, 784) instead of (n, 28, 28, 1).
    validation_size : int
        How many of the training images are taken for validation, from the start.
    seed : int, optional
        Of the shuffling, which NumPy's global generator does; that is seeded, from the system if None.
    source_url : str
        Where missing files come from; the empty string means the default, MNIST.

    Returns
    -------
    Datasets

    Raises
    ------
    ValueError
        ``validation_size`` is out of range, or a file is not what it should be.
    TypeError
        Another dtype.
    OSError
        A file is neither there nor can it be downloaded.
    """
    settings: dict[str, Any] = {"dtype": dtype, "reshape": reshape, "seed": seed}
    if fake_data:
        empty = np.empty(0)
        return Datasets(
            *(DataSet(empty, empty, fake_data=True, one_hot=one_hot, **settings) for _ in range(3))
        )
    files = [_found(train_dir, name, source_url or DEFAULT_SOURCE_URL) for name in FILE_NAMES]
    images, labels, test_images, test_labels = (
        _extracted(path, one_hot if "labels" in name else None)
        for path, name in zip(files, FILE_NAMES, strict=True)
    )
    if not 0 <= validation_size <= len(images):
        size = f"between 0 and {len(images)}. Received: {validation_size}."
        raise ValueError(f"Validation size should be {size}")
    cut = validation_size
    train = DataSet(images[cut:], labels[cut:], **settings)
    validation = DataSet(images[:cut], labels[:cut], **settings)
    return Datasets(train, validation, DataSet(test_images, test_labels, **settings))


def extract_images(f: Any) -> NDArray[np.uint8]:
    """Read images from a binary file object (or a path): uint8 of shape (n, rows, columns, 1).

    Raises
    ------
    ValueError
        Another magic number, or data that are damaged or stop early; what follows them is ignored.
    """
    return _extract(f, _IMAGES, "image")[..., np.newaxis]


def extract_labels(f: Any, one_hot: bool = False, num_classes: int = 10) -> NDArray[Any]:
    """Read labels from a binary file object (or a path): uint8 (n,), or float64 (n, num_classes).

    Raises
    ------
    ValueError
        As for `extract_images`.
    """
    labels = _extract(f, _LABELS, "label")
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


def dense_to_one_hot(labels_dense: NDArray[Any], num_classes: int) -> NDArray[np.float64]:
    """Return a row for each label, 1 in the column of its class and 0 elsewhere.

    Raises
    ------
    MismatchError
        A label that is no class.
    """
    if labels_dense.size and labels_dense.max() >= num_classes:
        raise MismatchError(f"label {labels_dense.max()} is out of range for {num_classes} classes")
    rows: NDArray[np.float64] = np.eye(num_classes)[labels_dense]
    return rows


def install() -> Installation:
    """Let ``from tensorflow.examples.tutorials.mnist import input_data`` find this module.

    Where TensorFlow is not installed, ``import tensorflow`` finds an empty module meanwhile.
    """
    names = {name: globals()[name] for name in __all__}
    return _install({"tensorflow.examples.tutorials.mnist.input_data": names})


def _found(folder: Path, name: str, source_url: str) -> str:
    """Return the path of a file in the folder, downloaded if need be."""
    plain = os.path.join(folder, name.removesuffix(".gz"))
    found = first_existing(plain, (".gz", *SUFFIXES))
    if found is None:
        os.makedirs(folder, exist_ok=True)
        found = plain + ".gz"
        download(source_url + name, found)
        print(f"Successfully downloaded {name} {os.path.getsize(found)} bytes.")
    return found


def _extracted(path: str, one_hot: bool | None) -> NDArray[Any]:
    """Return images, or labels where `one_hot` is not None."""
    return extract_images(path) if one_hot is None else extract_labels(path, one_hot)


def _extract(file: Any, magic: int, kind: str) -> NDArray[Any]:
    name = getattr(file, "name", file)
    print("Extracting", name)
    array = read_idx(file, trailing="ignore")
    if array.dtype != np.uint8 or array.ndim != magic - 2048:
        code = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}[array.dtype.str[1:]]
        raise ValueError(f"Invalid magic number {code * 256 + array.ndim} in MNIST {kind} file: {name}")
    return array
