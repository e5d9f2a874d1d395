"""Hugging Face `datasets` 5.2: what ``load_dataset("zalando-datasets/fashion_mnist")`` gives, and MNIST's.

As there: a `datasets.Dataset` with the features ``image`` (`datasets.Image`, mode L) and ``label``
(`datasets.ClassLabel`, with the class names used there). Otherwise than there: an image is stored as binary
PGM, which is its pixels and 13 bytes, instead of PNG, so nothing has to be compressed first or inflated
later. Everything `load_dataset` is asked for besides is passed on to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._extras import optional
from ..datasets.loading import load
from ..errors import FormatError, MismatchError
from ._install import Installation
from ._install import install as _install
from ._named import DIGITS
from ._samples import class_numbers

__all__ = ("from_arrays", "load_dataset")

_FASHION = (
    *("T - shirt / top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
_KNOWN = {
    **dict.fromkeys(("fashion_mnist", "zalando-datasets/fashion_mnist"), ("fashion-mnist", _FASHION)),
    **dict.fromkeys(("mnist", "ylecun/mnist"), ("mnist", DIGITS)),
}
_CHUNK = 1 << 30  # bytes; Arrow's offsets have 31 bits


def from_arrays(images: ArrayLike, labels: ArrayLike, names: Sequence[str] = DIGITS) -> Any:
    """Make a `datasets.Dataset` of images and labels.

    Parameters
    ----------
    images : array_like of uint8, shape (n, rows, columns)
    labels : array_like of int, shape (n,)
    names : sequence of str
        Of the classes; the index is the label.

    Returns
    -------
    datasets.Dataset

    Raises
    ------
    FormatError
        Images of another dtype or rank.
    MismatchError
        Not as many labels as images, or a label that is no class.
    ValueError
        A label that is no whole number.
    """
    library = optional("datasets", "Hugging Face datasets", "huggingface", "fmnist_fast.adapters.datasets")
    arrow = optional("pyarrow", "pyarrow", "huggingface", "fmnist_fast.adapters.datasets")
    pixels, classes = np.asarray(images), class_numbers(labels)
    if pixels.dtype != np.uint8 or pixels.ndim != 3:
        raise FormatError(f"expected uint8 of rank 3, found {pixels.dtype} of rank {pixels.ndim}")
    if classes.shape != pixels.shape[:1]:
        raise MismatchError(f"expected a label for each of {len(pixels)} images, found {classes.shape}")
    if classes.size and not 0 <= classes.min() <= classes.max() < len(names):
        found = f"{classes.min()} to {classes.max()}"
        raise MismatchError(f"expected labels from 0 to {len(names) - 1}, found {found}")
    features = library.Features({"image": library.Image(), "label": library.ClassLabel(names=list(names))})
    step = max(_CHUNK // (pixels[0].size + 64), 1) if len(pixels) else 1
    parts = [_stored(arrow, pixels[low : low + step]) for low in range(0, len(pixels), step)]
    stored = arrow.chunked_array(parts, features["image"].pa_type)
    table = arrow.table({"image": stored, "label": arrow.array(classes)})
    table = library.table.InMemoryTable(table.cast(features.arrow_schema))
    return library.Dataset(table, info=library.DatasetInfo(features=features))


def load_dataset(path: str, name: str | None = None, *, split: str | None = None, **options: Any) -> Any:
    """Load Fashion-MNIST or MNIST from wherever `fmnist_fast.load` finds it, or what `datasets` finds.

    Parameters
    ----------
    path : str
        Such as ``"zalando-datasets/fashion_mnist"``, ``"ylecun/mnist"``, or the same without owner.
    name : str, optional
        None or the last part of ``path``.
    split : {"train", "test"}, optional
        None: both.
    **options
        Of `datasets.load_dataset`; with any of them, or another split, it is asked instead.

    Returns
    -------
    datasets.Dataset, or datasets.DatasetDict of "train" and "test"

    Raises
    ------
    DatasetError
        See `fmnist_fast.load`.
    """
    library = optional("datasets", "Hugging Face datasets", "huggingface", "fmnist_fast.adapters.datasets")
    ours = path in _KNOWN and name in (None, path.rpartition("/")[2]) and split in (None, "train", "test")
    if options or not ours:
        return library.load.load_dataset(path, name, split=split, **options)
    dataset, names = _KNOWN[path]
    parts = ("train", "test") if split is None else (split,)
    found = {part: from_arrays(*load(dataset, part), names) for part in parts}
    return library.DatasetDict(found) if split is None else found[split]


def install() -> Installation:
    """Let `datasets` offer this `load_dataset`; see `fmnist_fast.adapters`."""
    return _install({"datasets": {"load_dataset": load_dataset}})


def _stored(arrow: Any, pixels: NDArray[np.uint8]) -> Any:
    """Return images as `datasets.Image` stores them: the bytes of a file, and no path."""
    count, rows, columns = pixels.shape
    head = np.frombuffer(f"P5 {columns} {rows} 255\n".encode(), np.uint8)
    files = np.empty((count, head.size + rows * columns), np.uint8)
    files[:, : head.size] = head
    files[:, head.size :] = pixels.reshape(count, -1)
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(files.shape[1])
    buffers = [None, arrow.py_buffer(offsets), arrow.py_buffer(files)]
    content = arrow.Array.from_buffers(arrow.binary(), count, buffers)
    return arrow.StructArray.from_arrays([content, arrow.nulls(count, arrow.string())], ["bytes", "path"])
