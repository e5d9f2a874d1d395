"""Copies of a dataset that this machine already holds, whichever library or person put them there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._cache import cache_folder
from ..codec import decode_idx, read_idx
from ..errors import DatasetError, FormatError, naming
from ._model import Dataset, KnownFile
from .loading import Root
from .registry import plain

_SUFFIXES = (".gz", "", ".xz")
_INSIDE = ("", "raw", "gzip")  # torchvision keeps its files in raw/, the archive of EMNIST in gzip/


@dataclass(frozen=True)
class Place:
    """A folder to look in; `chosen` by the user, or one of those that libraries use."""

    folder: str
    chosen: bool


@dataclass(frozen=True)
class Copy:
    """A file that may be a copy of a known one: by its name, which says little.

    Attributes
    ----------
    path : str
        The file, or the zip archive that holds it.
    member : str or None
        Its name in the archive.
    chosen : bool
        The user named the folder, so that wrong content is an error.
    """

    path: str
    member: str | None
    chosen: bool

    def __str__(self) -> str:
        """Return the path, and the member after it."""
        return self.path if self.member is None else f"{self.path}:{self.member}"

    def read(self, cache: bool) -> NDArray[Any]:
        """Return the array in the file.

        Raises
        ------
        FormatError, CorruptDataError, TruncatedError
            See `fmnist_fast.read_idx`; also for a damaged archive.
        OSError
            The file cannot be read.
        """
        if self.member is None:
            return read_idx(self.path, cache=cache)
        import zipfile  # not needed for files of their own

        try:
            if self.path.endswith(".npz"):
                with open(self.path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
                    return np.ascontiguousarray(arrays[self.member])
            with zipfile.ZipFile(self.path) as archive:
                data = archive.read(self.member)
        except OSError:
            raise
        except Exception as error:
            # Of every kind: zipfile, its decompressors and NumPy each raise their own. MemoryError, too: the
            # header of a damaged array may claim any size.
            raise FormatError(f"cannot be read: {error}", source=str(self)) from None
        with naming(str(self)):
            return decode_idx(data)


def places(root: Root = None) -> list[Place]:
    """Return the folders to look in, the best first.

    With `root`, only that one. Else the one named by ``FMNIST_FAST_DATA``, the package's own, ``data`` in
    the working directory, where examples of torchvision put theirs, and those of Keras and scikit-learn.

    Raises
    ------
    DatasetError
        ``FMNIST_FAST_DATA`` is not a folder.
    """
    if root is not None:
        return [Place(os.path.abspath(os.path.expanduser(os.fsdecode(root))), True)]
    found = []
    named = os.environ.get("FMNIST_FAST_DATA")
    if named:
        if not os.path.isdir(named):
            raise DatasetError(f"FMNIST_FAST_DATA={named} is not a folder")
        found.append(Place(os.path.abspath(named), True))
    keras = os.path.join(os.environ.get("KERAS_HOME") or "~/.keras", "datasets")
    sklearn = os.environ.get("SCIKIT_LEARN_DATA") or "~/scikit_learn_data"
    others = (cache_folder(), os.path.abspath("data"), keras, sklearn)
    return found + [Place(os.path.expanduser(folder), False) for folder in others]


def copies(dataset: Dataset, known: KnownFile, root: Root = None) -> Iterator[Copy]:
    """Yield the files that have one of the names of a known file, the best place first.

    They lie in one of `places`, in a folder in it that is named after the dataset (``fashion-mnist``,
    ``FashionMNIST``, ...), or in ``raw`` or ``gzip`` in either. A name may have a dot instead of the dash
    before ``idx``, and end with ``.gz``, ``.xz`` or neither.

    Parameters
    ----------
    dataset : Dataset
    known : KnownFile
        One of its files.
    root : str or os.PathLike, optional
        The only folder to look in.

    Yields
    ------
    Copy
    """
    for place in places(root):
        for folder in _folders(place.folder, dataset):
            for name, member in _names(dataset, known):
                path = os.path.join(folder, name)
                if os.path.isfile(path):
                    yield Copy(path, member, place.chosen)


def file_called(folder: str | os.PathLike[str], stem: str) -> Path | None:
    """Return the file in a folder that is called like ``train-images-idx3-ubyte``, or None.

    Its name may have a dot instead of the dash before ``idx``, and end with ``.gz``, ``.xz`` or neither.
    """
    paths = (Path(folder, name) for name in _spellings(stem))
    return next((path for path in paths if path.is_file()), None)


def _spellings(stem: str) -> Iterator[str]:
    for spelled in (stem, stem.replace("-idx", ".idx")):
        for suffix in _SUFFIXES:
            yield spelled + suffix


def _names(dataset: Dataset, known: KnownFile) -> Iterator[tuple[str, str | None]]:
    """Yield file names, each with the member to read where the file is an archive."""
    for name in _spellings(known.stem):
        yield name, None
    if dataset.npz:
        yield dataset.npz, f"{'x' if known.kind == 'images' else 'y'}_{_half(known)}"
    if dataset.archive:
        for name in (dataset.archive.name, *dataset.archive.aliases):
            yield name, dataset.archive.folder + known.name


def _half(known: KnownFile) -> str:
    return "test" if known.split == "t10k" else known.split


def _folders(base: str, dataset: Dataset) -> Iterator[str]:
    """Yield a folder and those in it that may hold the dataset."""
    titles = {plain(name) for name in (dataset.name, dataset.title, *dataset.folders)}
    named = []
    with suppress(OSError):
        named = sorted(name for name in os.listdir(base) if plain(name) in titles)
    for folder in ("", *named):
        for inside in _INSIDE:
            yield os.path.join(base, folder, inside)
