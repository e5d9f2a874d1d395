"""The class of python-mnist 0.7, ``from mnist import MNIST`` (not the package ``mnist``, see `.mnist`).

As there: lists of int and `array.array` by default, int64 with ``return_type="numpy"``; the two binarized
modes, with the same draws from `random` and `numpy.random`; EMNIST turned upright by `select_emnist`; one
empty batch at the end where the batch size divides the number of images. Otherwise than there: data that
stops early, or numbers of images and labels that disagree, are a `ValueError` and not short or empty rows,
and a batch larger than the data holds what there is.
"""

from __future__ import annotations

import os
import random
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import MismatchError
from ..reader import IdxReader, open_idx
from ._files import check_kind
from ._install import Installation
from ._install import install as _install

__all__ = ("MNIST",)

_MODES = ("vanilla", "randomly_binarized", "rounded_binarized")
_RETURN_TYPES = ("lists", "numpy")


class MNIST:
    """Images and labels from a folder.

    Parameters
    ----------
    path : str or os.PathLike
        The folder.
    mode : {"vanilla", "randomly_binarized", "rounded_binarized"}
        Pixels from 0 to 255, or 1 with probability pixel / 255, or 1 where pixel / 255 > 0.5.
    return_type : {"lists", "numpy"}
    gz : bool
        Whether ``.gz`` is appended to the file names.

    Raises
    ------
    AssertionError
        Another mode or return type.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] = ".",
        mode: str = "vanilla",
        return_type: str = "lists",
        gz: bool = False,
    ) -> None:
        if mode not in _MODES:
            raise AssertionError(f"selected mode '{mode}' not in {_MODES}")
        if return_type not in _RETURN_TYPES:
            raise AssertionError(f"selected return_type '{return_type}' not in {_RETURN_TYPES}")
        self.path, self.gz, self.emnistRotate = path, gz, False
        self._mode, self._return_type = mode, return_type
        self._name("train-{}-ubyte", "t10k-{}-ubyte")
        self.train_images: Any = []
        self.train_labels: Any = []
        self.test_images: Any = []
        self.test_labels: Any = []

    @property
    def mode(self) -> str:
        """The mode, which cannot be changed."""
        return self._mode

    @property
    def return_type(self) -> str:
        """The return type, which cannot be changed."""
        return self._return_type

    def select_emnist(self, dataset: str = "digits") -> None:
        """Read the files of a part of EMNIST, gzip-compressed, and turn the images upright.

        Parameters
        ----------
        dataset : {"balanced", "byclass", "bymerge", "digits", "letters", "mnist"}
        """
        self.gz = self.emnistRotate = True
        self._name(f"emnist-{dataset}-train-{{}}-ubyte", f"emnist-{dataset}-test-{{}}-ubyte")

    def load_training(self) -> tuple[Any, Any]:
        """Return training images and labels, and keep them as attributes.

        Raises
        ------
        FileNotFoundError
        ValueError
            The files are not what they should be; see `fmnist_fast.read_idx`.
        """
        self.train_images, self.train_labels = self._load(self._train)
        return self.train_images, self.train_labels

    def load_testing(self) -> tuple[Any, Any]:
        """Return test images and labels, and keep them as attributes; errors as in `load_training`."""
        self.test_images, self.test_labels = self._load(self._test)
        return self.test_images, self.test_labels

    def load_training_in_batches(self, batch_size: int) -> Iterator[tuple[Any, Any]]:
        """Yield the training data in parts; the files are read only once, and only as far as needed.

        Raises
        ------
        ValueError
            ``batch_size`` is no int, or the files are not what they should be.
        """
        if type(batch_size) is not int:
            raise ValueError("batch_size must be a int number")
        with self._open(self._train) as (images, labels):
            last = False
            while not last:
                last = len(images) - images.tell() < batch_size
                pixels = self._upright(images.read(batch_size))
                self.train_images, self.train_labels = self._processed(pixels, labels.read(batch_size))
                yield self.train_images, self.train_labels

    def load(
        self, path_img: str, path_lbl: str, batch: Sequence[int] | None = None
    ) -> tuple[list[list[int]], array[int]]:
        """Return the pixels of two files as lists, whatever mode and return type.

        Parameters
        ----------
        path_img, path_lbl : str
            Without the ``.gz`` that `gz` appends.
        batch : list of int, optional
            First image and number of images.

        Raises
        ------
        ValueError
            ``batch`` is no list of two, or the files are not what they should be.
        """
        if batch is not None and (type(batch) is not list or len(batch) != 2):
            raise ValueError("batch should be a 1-D list (start_point, batch_size)")
        start, count = batch or (0, -1)
        return _lists(*self._read((path_img, path_lbl), start, count))

    def process_images(self, images: Any) -> Any:
        """Return images, as lists or an array, in the mode and return type chosen."""
        if self.return_type == "numpy":
            return self.process_images_to_numpy(images)
        return self.process_images_to_lists(images)

    def process_images_to_numpy(self, images: Any) -> NDArray[Any]:
        """Return images as int64 in the mode chosen; float64 of shape (0,) if there are none."""
        pixels = np.array(images, np.int64) if len(images) else np.array([])
        if self.mode == "randomly_binarized":
            return (np.random.random(pixels.shape) <= pixels / 255).astype(int)  # noqa: NPY002  (as there)
        return (pixels / 255 > 0.5).astype(int) if self.mode == "rounded_binarized" else pixels

    def process_images_to_lists(self, images: list[list[int]]) -> list[list[int]]:
        """Binarize lists in place where that is the mode, and return them."""
        for row in images if self.mode != "vanilla" else ():
            if self.mode == "randomly_binarized":
                row[:] = [int(random.random() <= pixel / 255) for pixel in row]
            else:
                row[:] = [int(pixel / 255 > 0.5) for pixel in row]
        return images

    def process_labels(self, labels: Any) -> Any:
        """Return labels in the return type chosen: as they are, or as an array."""
        return np.array(labels) if self.return_type == "numpy" else labels

    @classmethod
    def display(cls, img: Sequence[int], width: int = 28, threshold: int = 200) -> str:
        """Draw an image with ``@`` where a pixel is above the threshold and ``.`` elsewhere."""
        marks = "".join("@" if pixel > threshold else "." for pixel in img)
        return "".join(f"\n{marks[at : at + width]}" for at in range(0, len(marks), width))

    def _name(self, train: str, test: str) -> None:
        kinds = ("images-idx3", "labels-idx1")
        self.train_img_fname, self.train_lbl_fname = (train.format(kind) for kind in kinds)
        self.test_img_fname, self.test_lbl_fname = (test.format(kind) for kind in kinds)

    @property
    def _train(self) -> tuple[str, str]:
        return os.path.join(self.path, self.train_img_fname), os.path.join(self.path, self.train_lbl_fname)

    @property
    def _test(self) -> tuple[str, str]:
        return os.path.join(self.path, self.test_img_fname), os.path.join(self.path, self.test_lbl_fname)

    def _load(self, paths: tuple[str, str]) -> tuple[Any, Any]:
        return self._processed(*self._read(paths, 0, -1))

    def _processed(self, images: NDArray[Any], labels: NDArray[Any]) -> tuple[Any, Any]:
        if self.return_type == "numpy":
            return self.process_images(_flat(images)), labels
        pixels, classes = _lists(images, labels)
        return self.process_images(pixels), classes

    def _read(self, paths: tuple[str, str], start: int, count: int) -> tuple[NDArray[Any], NDArray[Any]]:
        with self._open(paths) as (images, labels):
            for reader in (images, labels):
                reader.seek(min(start, len(reader)))
            return self._upright(images.read(count)), labels.read(count)

    @contextmanager
    def _open(self, paths: tuple[str, str]) -> Iterator[tuple[IdxReader, IdxReader]]:
        files = [path + ".gz" * bool(self.gz) for path in paths]
        with open_idx(files[1]) as labels, open_idx(files[0]) as images:
            check_kind(labels, 1, files[1])
            check_kind(images, 3, files[0])
            if len(images) != len(labels):
                raise MismatchError(f"{len(images)} images but {len(labels)} labels", source=files[0])
            yield images, labels

    def _upright(self, images: NDArray[Any]) -> NDArray[Any]:
        return images.swapaxes(1, 2) if self.emnistRotate else images


def _flat(images: NDArray[Any]) -> NDArray[Any]:
    return images.reshape(len(images), images.shape[1] * images.shape[2])


def _lists(images: NDArray[Any], labels: NDArray[Any]) -> tuple[list[list[int]], array[int]]:
    return _flat(images).tolist(), array("B", labels.tobytes())


def install() -> Installation:
    """Let ``from mnist import MNIST`` find this class; see `fmnist_fast.adapters`."""
    return _install({"mnist": {"MNIST": MNIST}, "mnist.loader": {"MNIST": MNIST}})
