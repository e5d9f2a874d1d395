"""The dataset of a benchmark: found in a folder, cut to size, scaled, and shared through memory maps."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._extras import optional
from ..codec import read_idx
from ..datasets.find import file_called
from ..datasets.registry import FILE_NAMES, FILES, SPLITS, identify
from ..errors import DatasetError, MismatchError

_KINDS = (("images", 3), ("labels", 1))
_CHUNK = 4096


@dataclass(frozen=True)
class Dataset:
    """Images and labels to fit and to score on.

    Attributes
    ----------
    train_images, test_images : ndarray of uint8, shape (n, pixels)
    train_labels, test_labels : ndarray of uint8, shape (n,)
    facts : dict
        ``dataset`` of a result line, see `fmnist_fast.baselines.schema`.
    """

    train_images: NDArray[Any]
    train_labels: NDArray[Any]
    test_images: NDArray[Any]
    test_labels: NDArray[Any]
    facts: dict[str, Any] = field(default_factory=dict)


def load_dataset(
    folder: str | os.PathLike[str], *, train: int | None = None, test: int | None = None, seed: int = 0
) -> Dataset:
    """Read the IDX files of a folder.

    Parameters
    ----------
    folder : str or os.PathLike
        With the four canonical files, compressed or not; or with one file of images and one of labels, which
        are then split in two parts that have no row in common.
    train, test : int, optional
        Rows of each part, drawn so that every class keeps its share; all by default. Where there is only
        one pair of files, `test` has to be given, and `train` is the rest by default.
    seed : int
        Of the drawing.

    Returns
    -------
    Dataset

    Raises
    ------
    DatasetError
        The files are not there, or have fewer rows than asked for.
    MismatchError
        Images and labels do not belong together.
    FormatError, CorruptDataError, TruncatedError
        See `fmnist_fast.read_idx`.
    """
    folder = Path(folder)
    pairs = _find(folder)
    arrays = [_read(pair) for pair in pairs]
    if len(arrays) == 2 and arrays[0][0].shape[1] != arrays[1][0].shape[1]:
        sizes = " and ".join(f"{images.shape[1]:,}" for images, _ in arrays)
        message = f"the images of the two splits have different sizes: {sizes} pixels"
        raise MismatchError(message, source=str(folder))
    if len(pairs) == 2:
        parts = [
            _draw(images, labels, rows, seed, f"{folder}: {name}")
            for (images, labels), rows, name in zip(arrays, (train, test), ("train", "test"), strict=True)
        ]
    else:
        parts = _split(*arrays[0], train, test, seed, str(folder))
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for pair in pairs for path in pair}
    name = _published(pairs, sums)
    facts = {
        "name": name or _unverified(folder),
        "known": name is not None,
        "sha256": _checksum(arrays),
        "files": sums,
        "train": len(parts[0][1]),
        "test": len(parts[1][1]),
    }
    return Dataset(*parts[0], *parts[1], facts)


def share(dataset: Dataset, folder: Path) -> None:
    """Write the arrays to files that any number of processes can map; training images are scaled first.

    Each pixel gets mean 0 and variance 1 over the training images, as float64; the test images are scaled
    in the same way.
    """
    preprocessing = optional("sklearn.preprocessing", "scikit-learn", "classify", "the classifier benchmark")
    scaler = preprocessing.StandardScaler()
    for chunk in _chunks(dataset.train_images):
        scaler.partial_fit(chunk)
    for split in ("train", "test"):
        images, labels = getattr(dataset, f"{split}_images"), getattr(dataset, f"{split}_labels")
        np.save(folder / f"{split}_images.npy", images)
        np.save(folder / f"{split}_labels.npy", labels)
        target = folder / f"{split}_scaled.npy"
        scaled = np.lib.format.open_memmap(target, mode="w+", dtype=np.float64, shape=images.shape)
        for out, chunk in zip(_chunks(scaled), _chunks(images), strict=True):
            out[...] = scaler.transform(chunk)
        scaled.flush()


def shared(folder: Path, split: str, kind: str) -> NDArray[Any]:
    """Return an array that `share` wrote, memory-mapped and read-only.

    Parameters
    ----------
    folder : Path
    split : {"train", "test"}
    kind : {"images", "scaled", "labels"}
    """
    array: NDArray[Any] = np.load(folder / f"{split}_{kind}.npy", mmap_mode="r")
    return array


def _chunks(array: NDArray[Any]) -> list[NDArray[Any]]:
    return [array[start : start + _CHUNK] for start in range(0, len(array), _CHUNK)]


def _find(folder: Path) -> list[tuple[Path, Path]]:
    """Return the pairs of images and labels in a folder: two, or one that has to be split."""
    if not folder.is_dir():
        raise DatasetError("there is no such folder", source=str(folder))
    found = [
        tuple(file_called(folder, f"{split}-{kind}-idx{rank}-ubyte") for kind, rank in _KINDS)
        for split in SPLITS
    ]
    whole = [(images, labels) for images, labels in found if images and labels]
    if len(whole) == 2:
        return whole
    caches = (".cache.idx", ".cache.json")  # which read_idx leaves beside a file
    only = [
        [path for path in folder.glob(f"*{kind}*ubyte*") if not path.name.endswith(caches)]
        for kind, _ in _KINDS
    ]
    if len(only[0]) == len(only[1]) == 1:
        return [(only[0][0], only[1][0])]
    names = ", ".join(FILE_NAMES)
    raise DatasetError(
        f"expected the four files {names}, or one file of images and one of labels", source=str(folder)
    )


def _read(pair: tuple[Path, Path]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return images as rows, and labels."""
    images, labels = map(read_idx, pair)
    if images.ndim != 3 or images.dtype != np.uint8 or labels.shape != images.shape[:1]:
        found = f"{images.dtype} {images.shape} and labels {labels.shape}"
        raise MismatchError(f"expected uint8 images and a label for each, found {found}", source=str(pair[0]))
    return images.reshape(len(images), -1), labels


def _published(pairs: list[tuple[Path, Path]], sums: dict[str, str]) -> str | None:
    """Return the registry name of the dataset, if every file is what was published for its place."""
    if len(pairs) != 2:
        return None
    names = set()
    for split, pair in zip(SPLITS, pairs, strict=True):
        for (kind, _), path in zip(_KINDS, pair, strict=True):
            known = identify(sums[path.name])
            names.add(known.dataset if known and (known.split, known.kind) == (split, kind) else None)
    return names.pop() if len(names) == 1 else None


def _unverified(folder: Path) -> str:
    """Return the folder's name, marked where it is the name of a published dataset that this is not."""
    name = folder.resolve().name
    return f"{name} (not verified)" if name in {file.dataset for file in FILES} else name


def _checksum(arrays: list[tuple[NDArray[Any], NDArray[Any]]]) -> str:
    """Return the SHA-256 sum of what was decoded, however the files are packed."""
    digest = hashlib.sha256()
    for pair in arrays:
        for array in pair:
            digest.update(f"{array.dtype}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def draw_rows(labels: NDArray[Any], rows: int, seed: int) -> NDArray[Any]:
    """Return the numbers of `rows` rows, so that each class keeps its share."""
    utils = optional("sklearn.utils", "scikit-learn", "classify", "the classifier benchmark")
    drawn: NDArray[Any] = utils.resample(
        np.arange(len(labels)), replace=False, n_samples=rows, stratify=labels, random_state=seed
    )
    return drawn


def _draw(
    images: NDArray[Any], labels: NDArray[Any], rows: int | None, seed: int, what: str
) -> tuple[NDArray[Any], NDArray[Any]]:
    if rows is None or rows == len(labels):
        return images, labels
    if not 0 < rows < len(labels):
        raise DatasetError(f"{rows} rows were asked for, there are {len(labels)}", source=what)
    drawn = draw_rows(labels, rows, seed)
    return images[drawn], labels[drawn]


def _split(
    images: NDArray[Any], labels: NDArray[Any], train: int | None, test: int | None, seed: int, what: str
) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    if test is None:
        message = "there are no test files here; test (--test) must say how many rows to set aside"
        raise DatasetError(message, source=what)
    if not 0 < test < len(labels):
        raise DatasetError(
            f"{test} rows to test on were asked for, there are {len(labels)} in all", source=what
        )
    aside = draw_rows(labels, test, seed)
    rest = np.setdiff1d(np.arange(len(labels)), aside)
    return [_draw(images[rest], labels[rest], train, seed, what), (images[aside], labels[aside])]
