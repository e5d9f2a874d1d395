"""Originals that no package index has, restated with NumPy, gzip and pickle: what they do, in our own words.

`mnist_reader` is a file of the Fashion-MNIST repository, `input_data` left with TensorFlow 1, and those of
JAX and MLX are example files of their repositories.
"""

from __future__ import annotations

import array
import gzip
import pickle
import struct
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

SPLITS = ("train", "t10k")


def mnist_reader(folder: Path, kind: str = "train") -> Any:
    """Read images as rows and labels; headers are skipped."""
    with gzip.open(folder / f"{kind}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    with gzip.open(folder / f"{kind}-images-idx3-ubyte.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=16).reshape(len(labels), 784), labels


def extract(path: Path, magic: int) -> Any:
    """Read a file as ``input_data`` did: the magic is compared, what follows the items is ignored."""
    with gzip.open(path) as file:
        found, *shape = np.frombuffer(file.read(4 * (magic - 2047)), ">u4").tolist()
        if found != magic:
            raise ValueError(f"Invalid magic number {found} in MNIST file: {path}")
        return np.frombuffer(file.read(int(np.prod(shape))), np.uint8).reshape(shape)


def read_data_sets(
    folder: Path, validation_size: int = 0, seed: int | None = None, source_url: str = ""
) -> Any:
    """Read the four files, those that are missing from `source_url`, as three sets of float32 and uint8."""
    found = []
    for kind in SPLITS:
        for name, magic in (("images-idx3", 2051), ("labels-idx1", 2049)):
            path = folder / f"{kind}-{name}-ubyte.gz"
            if not path.exists():
                urllib.request.urlretrieve(source_url + path.name, path)
            found.append(extract(path, magic))
    images, labels, *test = found
    cut = validation_size
    parts = (images[cut:], labels[cut:]), (images[:cut], labels[:cut]), test
    sets = [DataSet(*part, seed) for part in parts]
    return SimpleNamespace(train=sets[0], validation=sets[1], test=sets[2])


class DataSet:
    """Images from 0 to 1 and labels, in batches that go on across the end of an epoch."""

    def __init__(self, images: Any, labels: Any, seed: int | None) -> None:
        np.random.seed(seed)  # noqa: NPY002  (the global generator, as there)
        rows = images.reshape(len(images), int(np.prod(images.shape[1:]))).astype(np.float32)
        self.images, self.labels = np.multiply(rows, 1.0 / 255.0), labels
        self.num_examples, self.epochs, self.start = len(images), 0, 0

    def next_batch(self, size: int) -> Any:
        """Return the next images and labels."""
        if self.start == 0 == self.epochs:
            self._shuffle()
        low, self.start = self.start, self.start + size
        if self.start <= self.num_examples:
            return self.images[low : self.start], self.labels[low : self.start]
        tail = self.images[low:], self.labels[low:]
        self.epochs, self.start = self.epochs + 1, self.start - self.num_examples
        self._shuffle()
        head = self.images[: self.start], self.labels[: self.start]
        return tuple(np.concatenate(both) for both in zip(tail, head, strict=True))

    def _shuffle(self) -> None:
        order = np.arange(self.num_examples)
        np.random.shuffle(order)  # noqa: NPY002
        self.images, self.labels = self.images[order], self.labels[order]


def jax_mnist_raw(folder: Path) -> Any:
    """Read the four files by `struct` and `array`, as in ``examples/datasets.py``."""
    return tuple(part for kind in SPLITS for part in _jax_pair(folder, kind))


def _jax_pair(folder: Path, kind: str) -> Any:
    with gzip.open(folder / f"{kind}-images-idx3-ubyte.gz") as file:
        _, *shape = struct.unpack(">IIII", file.read(16))
        images = np.array(array.array("B", file.read()), np.uint8).reshape(shape)
    with gzip.open(folder / f"{kind}-labels-idx1-ubyte.gz") as file:
        struct.unpack(">II", file.read(8))
        return images, np.array(array.array("B", file.read()), np.uint8)


def jax_mnist(folder: Path) -> Any:
    """Return the same as float32 rows from 0 to 1 and rows with one 1."""
    x, y, x_test, y_test = jax_mnist_raw(folder)
    rows = [images.reshape(len(images), -1) / np.float32(255.0) for images in (x, x_test)]
    hot = [np.array(labels[:, None] == np.arange(10), np.float32) for labels in (y, y_test)]
    return rows[0], hot[0], rows[1], hot[1]


def mlx_save(folder: Path) -> None:
    """Unpack the four files into the pickle that the example keeps from its first call on."""
    four = []
    for kind in SPLITS:
        for name, offset, shape in (("images-idx3", 16, (-1, 784)), ("labels-idx1", 8, (-1,))):
            with gzip.open(folder / f"{kind}-{name}-ubyte.gz") as file:
                four.append(np.frombuffer(file.read(), np.uint8, offset=offset).reshape(shape))
    with open(folder / "mlx.pkl", "wb") as file:
        pickle.dump(four, file)


def mlx_mnist(folder: Path) -> Any:
    """Return float32 rows from 0 to 1 and uint32 labels from the pickle."""
    if not (folder / "mlx.pkl").exists():
        mlx_save(folder)
    with open(folder / "mlx.pkl", "rb") as file:
        x, y, x_test, y_test = pickle.load(file)
    rows = [images.astype(np.float32) / 255.0 for images in (x, x_test)]
    return rows[0], y.astype(np.uint32), rows[1], y_test.astype(np.uint32)
