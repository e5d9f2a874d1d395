"""The calls of ``mnist`` 0.2.2 (datapythonista), not to be taken for python-mnist, which shares its name.

As there: writable arrays in native byte order; files are looked for in ``temporary_dir()`` and downloaded
to it from ``datasets_url``; `IdxDecodeError` for what is wrong with the data. Beyond it: a download takes
its name only when it is complete, and gzip is told by content, not by name.
"""

from __future__ import annotations

import gzip
import os
import sys
import tempfile
from types import ModuleType
from typing import Any
from urllib.parse import urljoin

import numpy as np
from numpy.typing import NDArray

from .. import errors
from ..codec import read_idx
from ._download import download
from ._files import raised_as
from ._install import Installation
from ._install import install as _install

__all__ = (
    *("IdxDecodeError", "download_and_parse_mnist_file", "download_file", "parse_idx"),
    *("test_images", "test_labels", "train_images", "train_labels"),
)

#: Where missing files come from, and what tells the folder they go to; both may be assigned to.
datasets_url = "http://yann.lecun.com/exdb/mnist/"
temporary_dir = tempfile.gettempdir


class IdxDecodeError(errors.FormatError, gzip.BadGzipFile, EOFError):
    """The data is not a sound IDX file.

    Damaged gzip data raises one or the other of the builtins there.
    """


def parse_idx(fd: Any) -> NDArray[Any]:
    """Read an IDX file from a binary file object, to its end.

    Raises
    ------
    IdxDecodeError
        Anything wrong with the data, trailing bytes included.
    """
    with raised_as(IdxDecodeError):
        return read_idx(fd)


def download_file(fname: str, target_dir: str | None = None, force: bool = False) -> str:
    """Return the path of a file, which is downloaded if it is not there.

    Parameters
    ----------
    fname : str
        Such as ``"train-images-idx3-ubyte.gz"``.
    target_dir : str, optional
        Default ``temporary_dir()``.
    force : bool
        Download it even if it is there.

    Raises
    ------
    OSError
        It cannot be downloaded (`urllib.error.URLError`), or not be written.
    """
    home = _home()
    path = os.path.join(target_dir or home.temporary_dir(), fname)
    if force or not os.path.isfile(path):
        download(urljoin(home.datasets_url, fname), path)
    return path


def download_and_parse_mnist_file(
    fname: str, target_dir: str | None = None, force: bool = False
) -> NDArray[Any]:
    """Read the file that `download_file` finds.

    Raises
    ------
    IdxDecodeError
        Anything wrong with its content.
    OSError
        See `download_file`.
    """
    with raised_as(IdxDecodeError):
        return read_idx(download_file(fname, target_dir, force))


def train_images() -> NDArray[np.uint8]:
    """Return the training images, uint8 of shape (60000, 28, 28)."""
    return download_and_parse_mnist_file("train-images-idx3-ubyte.gz")


def train_labels() -> NDArray[np.uint8]:
    """Return the training labels, uint8 of shape (60000,)."""
    return download_and_parse_mnist_file("train-labels-idx1-ubyte.gz")


def test_images() -> NDArray[np.uint8]:
    """Return the test images, uint8 of shape (10000, 28, 28)."""
    return download_and_parse_mnist_file("t10k-images-idx3-ubyte.gz")


def test_labels() -> NDArray[np.uint8]:
    """Return the test labels, uint8 of shape (10000,)."""
    return download_and_parse_mnist_file("t10k-labels-idx1-ubyte.gz")


def install() -> Installation:
    """Let ``import mnist`` find these functions; see `fmnist_fast.adapters`.

    `datasets_url` and `temporary_dir` are then those of the module ``mnist``.
    """
    installation = _install({"mnist": {name: globals()[name] for name in __all__}})
    module = sys.modules["mnist"]
    for name in ("datasets_url", "temporary_dir"):
        if not hasattr(module, name):
            installation.replace(module, name, globals()[name])
    return installation


def _home() -> ModuleType:
    """Return the module whose settings count: ``mnist`` where these functions are installed in it."""
    found = sys.modules.get("mnist")
    return found if getattr(found, "parse_idx", None) is parse_idx and found else sys.modules[__name__]
