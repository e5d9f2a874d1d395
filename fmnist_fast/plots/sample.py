"""Images of a dataset, drawn at random, the same number of each class."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..codec import read_idx
from ..datasets.find import file_called
from ..datasets.registry import FASHION_MNIST_CLASSES, identify
from ..errors import DatasetError, MismatchError
from .sheet import class_name


@dataclass(frozen=True)
class Sample:
    """Some images of a dataset.

    Attributes
    ----------
    title : str
        Name of the dataset.
    images : ndarray, shape (n, height, width)
        In order of their classes.
    labels : ndarray of int, shape (n,)
    index : ndarray of int, shape (n,)
        Where the images lie in the file.
    names : sequence of str
        Class names by label, as far as they are known; see `name`.
    seed : int
        What they were drawn with.
    """

    title: str
    images: npt.NDArray[Any]
    labels: npt.NDArray[np.int64]
    index: npt.NDArray[np.int64]
    names: Sequence[str]
    seed: int

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)

    def name(self, label: int) -> str:
        """Return what a class is called: by its name, or else by its number."""
        return class_name(self.names, label)

    @property
    def classes(self) -> list[int]:
        """The labels that occur, in ascending order."""
        return [int(label) for label in np.unique(self.labels)]


def read_sample(
    folder: Path, n: int, seed: int, *, split: str = "train", names: Sequence[str] | None = None
) -> Sample:
    """Draw images from the IDX files in a folder.

    Parameters
    ----------
    folder : Path
        With ``train-images-idx3-ubyte`` and ``train-labels-idx1-ubyte``, compressed or not; see
        `fmnist_fast.datasets.find.file_called`.
    n : int
        How many: ``n // classes`` of each class, or all of a class that has fewer.
    seed : int
    split : {"train", "t10k"}
    names : sequence of str, optional
        Class names; otherwise those of the published dataset that the files belong to, or the numbers.

    Returns
    -------
    Sample

    Raises
    ------
    DatasetError
        A file is missing, there are no images, or a label is no integer or negative.
    MismatchError
        The files do not hold as many labels as images, or not of rank 1 and 3.
    FormatError, CorruptDataError, TruncatedError
        See `fmnist_fast.read_idx`.
    """
    paths = [_find(folder, f"{split}-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1")]
    images, labels = (read_idx(path) for path in paths)
    if images.ndim != 3 or labels.shape != images.shape[:1]:
        found = f"{split} images have shape {images.shape} and labels {labels.shape}"
        raise MismatchError(f"{found}, expected (n, height, width) and (n,)", source=str(folder))
    if not images.size:
        raise DatasetError(f"the images have shape {images.shape}: nothing to show", source=str(folder))
    if labels.dtype.kind not in "iu":
        raise DatasetError(f"labels must be integers, found {labels.dtype}", source=str(paths[1]))
    if labels.min() < 0:
        raise DatasetError(f"labels must be 0 or more, found {labels.min()}", source=str(paths[1]))
    labels = labels.astype(np.int64)
    index = _draw(labels, n, np.random.default_rng(seed))
    known = identify(hashlib.sha256(paths[1].read_bytes()).hexdigest())
    title = known.title if known else folder.resolve().name
    if names is None:
        fashion = known is not None and known.dataset == "fashion-mnist"
        names = FASHION_MNIST_CLASSES if fashion else ()
    return Sample(title, images[index], labels[index], index, names, seed)


def _find(folder: Path, name: str) -> Path:
    path = file_called(folder, name)
    if path is None:
        raise DatasetError(f"there is neither {name}.gz nor {name}", source=str(folder))
    return path


def _draw(labels: npt.NDArray[np.int64], n: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return places of about `n` labels, as many of each class, in order of the classes."""
    classes = np.unique(labels)
    each = max(1, n // len(classes))
    drawn = [rng.permutation(np.flatnonzero(labels == label))[:each] for label in classes]
    return np.concatenate(drawn)
