"""Files under one of their usual names, and what must be in them."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..codec import read_idx
from ..errors import FmnistFastError, FormatError, MismatchError
from ..reader import IdxReader

Path = str | os.PathLike[str]


#: What a file may be called besides its plain name.
SUFFIXES = ("", ".gz", ".xz")


def first_existing(path: Path, suffixes: Sequence[str] = SUFFIXES) -> str | None:
    """Return the first of ``path + suffix`` that is a file, or None."""
    return next((name for end in suffixes if os.path.isfile(name := os.fspath(path) + end)), None)


def existing(path: Path, suffixes: Sequence[str] = SUFFIXES) -> str:
    """Return the first of ``path + suffix`` that is a file.

    Raises
    ------
    FileNotFoundError
        None is.
    """
    found = first_existing(path, suffixes)
    if found is not None:
        return found
    reason = f"{os.strerror(errno.ENOENT)}, with or without {' or '.join(filter(None, suffixes))}"
    raise FileNotFoundError(errno.ENOENT, reason, os.fspath(path) + suffixes[0])


def check_kind(found: NDArray[Any] | IdxReader, rank: int, source: Path) -> None:
    """Raise `FormatError` unless the items are uint8 and the rank is this one."""
    if len(found.shape) != rank or found.dtype != np.uint8:
        kind = f"{found.dtype} of rank {len(found.shape)}"
        raise FormatError(f"expected uint8 of rank {rank}, found {kind}", source=os.fspath(source))


def read_kind(path: Path, rank: int) -> NDArray[np.uint8]:
    """Read a file that must hold uint8 items and have this rank.

    Raises
    ------
    FormatError, CorruptDataError, TruncatedError
        It does not; see `fmnist_fast.read_idx`.
    """
    array = read_idx(path)
    check_kind(array, rank, path)
    return array


def read_pair(images: Path, labels: Path, pixels: int | None = None) -> tuple[NDArray[Any], NDArray[Any]]:
    """Read images, shape (n, rows, columns), and their labels, shape (n,), both uint8.

    Parameters
    ----------
    images, labels : str or os.PathLike
    pixels : int, optional
        What an image must have, as rows times columns.

    Raises
    ------
    MismatchError
        Not as many images as labels, or images of another size.
    FormatError, CorruptDataError, TruncatedError
        See `fmnist_fast.read_idx`.
    """
    y, x = read_kind(labels, 1), read_kind(images, 3)
    if len(x) != len(y):
        raise MismatchError(f"{len(x)} images but {len(y)} labels", source=os.fspath(images))
    if pixels is not None and x.shape[1] * x.shape[2] != pixels:
        shape = x.shape[1:]
        raise MismatchError(f"the images are {shape}, {pixels} pixels are expected", source=os.fspath(images))
    return x, y


@contextmanager
def raised_as(kind: type[FmnistFastError]) -> Iterator[None]:
    """Turn every error about data into one of this class, with the same message and place."""
    try:
        yield
    except FmnistFastError as error:
        raise kind(error.message, source=error.source, member=error.member, offset=error.offset) from error
