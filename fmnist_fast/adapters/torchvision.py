"""Torchvision 0.28's MNIST, FashionMNIST, KMNIST, QMNIST and EMNIST, and its three functions that read files.

The classes are torchvision's own with another reader under them: arguments, folders, attributes, transforms
and `download` are theirs. Different are three things. Files need not be unpacked: ``.gz`` (QMNIST's ``.xz``)
is read as it is. What is wrong with a file is said in a sentence, by an error that is also of each builtin
class that torchvision's would be. And a `DataLoader` gets its samples a batch at a time, which are the same
bit for bit, where the transform is ``ToTensor()``, perhaps followed by ``Normalize``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import errors
from .._extras import optional
from ..codec import read_idx
from ._files import existing, first_existing, raised_as
from ._install import Installation
from ._install import install as _install

torch = optional("torch", "PyTorch", "torch", "fmnist_fast.adapters.torchvision")
_theirs = optional(
    "torchvision.datasets.mnist", "torchvision", "torchvision", "fmnist_fast.adapters.torchvision"
)

_CLASSES = ("MNIST", "FashionMNIST", "KMNIST", "QMNIST", "EMNIST")
_READERS = ("read_image_file", "read_label_file", "read_sn3_pascalvincent_tensor")
__all__ = ("EMNIST", "KMNIST", "MNIST", "QMNIST", "FashionMNIST", "TensorFileError", *_READERS)

_SAMPLERS = (_theirs.MNIST.__getitem__, _theirs.QMNIST.__getitem__)


class TensorFileError(errors.FormatError, AssertionError, KeyError, RuntimeError):
    """The file is no sound IDX file of rank 1 to 3.

    torchvision raises one or another of the bases, as it happens.
    """


def read_sn3_pascalvincent_tensor(path: str | os.PathLike[str], strict: bool = True) -> Any:
    """Read an IDX file as tensor, in native byte order and writable.

    Parameters
    ----------
    path : str or os.PathLike
        Compressed or not.
    strict : bool
        Makes no difference, as in torchvision: too few or too many data are an error either way.

    Returns
    -------
    torch.Tensor
        Of rank 1 to 3 and the file's dtype.

    Raises
    ------
    TensorFileError
        Another rank, or anything wrong with the data.
    """
    with raised_as(TensorFileError):
        array = read_idx(path)
        if array.ndim > 3:
            raise errors.FormatError(f"expected rank 1 to 3, found {array.ndim}", source=os.fspath(path))
    return torch.from_numpy(array)


def read_image_file(path: str | os.PathLike[str]) -> Any:
    """Read images: a uint8 tensor of shape (n, rows, columns).

    Raises
    ------
    TypeError, ValueError
        Another dtype or rank.
    TensorFileError
        See `read_sn3_pascalvincent_tensor`.
    """
    return _checked(read_sn3_pascalvincent_tensor(path, strict=False), 3)


def read_label_file(path: str | os.PathLike[str]) -> Any:
    """Read uint8 labels: an int64 tensor of shape (n,).

    Raises
    ------
    TypeError, ValueError
        Another dtype or rank.
    TensorFileError
        See `read_sn3_pascalvincent_tensor`.
    """
    return _checked(read_sn3_pascalvincent_tensor(path, strict=False), 1).long()


def _checked(tensor: Any, rank: int) -> Any:
    if tensor.dtype != torch.uint8:
        raise TypeError(f"x should be of dtype torch.uint8 instead of {tensor.dtype}")
    if tensor.ndimension() != rank:
        raise ValueError(f"x should have {rank} dimension instead of {tensor.ndimension()}")
    return tensor


class _Direct:
    """What the five have in common: files as they are, and samples a batch at a time."""

    def _paths(self: Any) -> tuple[str, str]:
        split = "train" if self.train else "t10k"
        names = (f"{split}-images-idx3-ubyte", f"{split}-labels-idx1-ubyte")
        return os.path.join(self.raw_folder, names[0]), os.path.join(self.raw_folder, names[1])

    def _needed(self: Any) -> Sequence[str]:
        return [os.path.join(self.raw_folder, name.removesuffix(".gz")) for name, _ in self.resources]

    def _check_exists(self: Any) -> bool:
        return all(first_existing(path) is not None for path in self._needed())

    def _load_data(self: Any) -> tuple[Any, Any]:
        images, labels = (existing(path) for path in self._paths())
        return read_image_file(images), read_label_file(labels)

    def __getitems__(self: Any, indices: Sequence[int]) -> list[Any]:
        """Return samples, those of ``[self[index] for index in indices]``."""
        from ._pixelwise import table

        regular = type(self).__getitem__ in _SAMPLERS and self.data.dtype == torch.uint8
        values = table(self.transform) if regular and self.data.ndim == 3 else None
        if values is None:
            return [self[index] for index in indices]
        pixels = self.data.numpy().take(indices, axis=0)
        images = torch.from_numpy(values.take(pixels, mode="wrap"))  # "raise" takes four times as long
        targets = map(self._target, self.targets.numpy().take(indices, axis=0))
        return list(zip(images.unsqueeze(1), targets, strict=True))

    def _target(self: Any, target: Any) -> Any:
        classes = target.ndim == 0 or self.compat
        found = int(target.flat[0]) if classes else torch.from_numpy(target)
        return found if self.target_transform is None else self.target_transform(found)


class MNIST(_Direct, _theirs.MNIST):  # type: ignore
    """`torchvision.datasets.MNIST`, read by this package."""


class FashionMNIST(_Direct, _theirs.FashionMNIST):  # type: ignore
    """`torchvision.datasets.FashionMNIST`, read by this package."""


class KMNIST(_Direct, _theirs.KMNIST):  # type: ignore
    """`torchvision.datasets.KMNIST`, read by this package."""


class EMNIST(_Direct, _theirs.EMNIST):  # type: ignore
    """`torchvision.datasets.EMNIST`, read by this package. Images lie on their side, as there."""

    def _paths(self) -> tuple[str, str]:
        return self.images_file, self.labels_file

    _needed = _paths


class QMNIST(_Direct, _theirs.QMNIST):  # type: ignore
    """`torchvision.datasets.QMNIST`, read by this package."""

    def _paths(self) -> tuple[str, str]:
        return self.images_file, self.labels_file

    _needed = _paths

    def _load_data(self) -> tuple[Any, Any]:
        images, labels = (existing(path) for path in self._paths())
        data, targets = read_image_file(images), read_sn3_pascalvincent_tensor(labels).long()
        if targets.ndimension() != 2:
            raise ValueError(f"targets should have 2 dimensions instead of {targets.ndimension()}")
        part = {"test10k": np.s_[:10000], "test50k": np.s_[10000:]}.get(self.what)
        return (data, targets) if part is None else (data[part].clone(), targets[part].clone())


def install() -> Installation:
    """Let ``torchvision.datasets`` offer these classes and functions; see `fmnist_fast.adapters`."""
    classes = {name: globals()[name] for name in _CLASSES}
    readers = {name: globals()[name] for name in _READERS}
    return _install({"torchvision.datasets": classes, "torchvision.datasets.mnist": classes | readers})
