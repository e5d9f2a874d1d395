"""The datasets that are known by name, and the files that are known by content.

A file is recognized by its content, never by its name: the four names are the same for several datasets,
and a folder of digits that is taken for Fashion-MNIST trains without a complaint. The MD5 sums are those
published with the datasets, the SHA-256 sums and sizes those that TensorFlow Datasets checks its downloads
against. A sum that no source gives is None.
"""

from __future__ import annotations

from ..errors import DatasetError
from ._emnist import EMNIST
from ._fashion_mnist import CLASSES as FASHION_MNIST_CLASSES
from ._fashion_mnist import FASHION_MNIST
from ._mnist import KMNIST, MNIST
from ._model import Archive, Dataset, KnownFile, Split
from ._qmnist import QMNIST

__all__ = (
    "DATASETS",
    "FASHION_MNIST_CLASSES",
    "FASHION_MNIST_MEAN",
    "FASHION_MNIST_STD",
    "FILES",
    "FILE_NAMES",
    "SPLITS",
    "Archive",
    "Dataset",
    "KnownFile",
    "Split",
    "find_dataset",
    "find_split",
    "identify",
    "plain",
)

#: Mean and standard deviation of the training images of Fashion-MNIST, with pixels from 0 to 1.
FASHION_MNIST_MEAN, FASHION_MNIST_STD = 0.2860, 0.3530

#: First part of the file names of Fashion-MNIST, MNIST and KMNIST.
SPLITS = ("train", "t10k")

#: Their four files, images before labels.
FILE_NAMES = tuple(f"{split}-{kind}-ubyte.gz" for split in SPLITS for kind in ("images-idx3", "labels-idx1"))

#: Every known dataset by name.
DATASETS = {dataset.name: dataset for dataset in (FASHION_MNIST, MNIST, KMNIST, QMNIST, *EMNIST)}

#: Every known file.
FILES: tuple[KnownFile, ...] = tuple(known for dataset in DATASETS.values() for known in dataset.files)

_BY_SUM = {
    value: known for known in FILES for value in (known.sha256, known.md5, known.decoded_sha256) if value
}


def identify(checksum: str) -> KnownFile | None:
    """Return the known file with this sum, or None.

    `checksum` is, in hexadecimal, the SHA-256 or MD5 sum of the published file or the SHA-256 sum of the
    decoded one.
    """
    return _BY_SUM.get(checksum.lower())


def plain(name: str) -> str:
    """Return a name without what people write differently: ``"Fashion_MNIST"`` gives ``"fashionmnist"``."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def find_dataset(name: str) -> Dataset:
    """Return the dataset of this name; case, ``-``, ``_`` and spaces do not count.

    Raises
    ------
    DatasetError
        No dataset has this name; the message names those there are, and the nearest.
    """
    by_plain_name = {plain(known): dataset for known, dataset in DATASETS.items()}
    if plain(name) in by_plain_name:
        return by_plain_name[plain(name)]
    raise DatasetError(_unknown("dataset", name, list(DATASETS)))


def find_split(dataset: Dataset, name: str) -> Split:
    """Return the split of this name; ``"t10k"`` is another word for ``"test"``.

    Raises
    ------
    DatasetError
        The dataset has no such split; the message names those it has, and the nearest.
    """
    wanted = "test" if name == "t10k" else name
    if wanted in dataset.splits:
        return dataset.splits[wanted]
    raise DatasetError(_unknown(f"split of {dataset.title}", name, list(dataset.splits)))


def _unknown(what: str, name: str, known: list[str]) -> str:
    import difflib  # only here, and slow to import

    nearest = difflib.get_close_matches(name.lower(), known, 1)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    return f"unknown {what}: {name!r}; there are {', '.join(known)}{hint}"
