"""Is a file what its name says: its sum, or else the sum of what it decodes to, decides."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._idx import build_header
from ..errors import DatasetError, MismatchError
from ._model import Dataset, KnownFile, Published
from .registry import FILES, identify

_HINT = "load(..., verify=False) reads it all the same"


def identify_file(path: str | os.PathLike[str], more: tuple[KnownFile, ...] = ()) -> KnownFile | None:
    """Return the published file, of the registry or `more`, with which this one is identical, or None."""
    with open(path, "rb") as file:
        if file.read(2) == b"\0\0":
            return None  # not compressed, as no published file is
    size = os.path.getsize(path)
    possible = [known for known in (*more, *FILES) if known.size in (None, size)]
    for algorithm in ("sha256", "md5"):
        sums = {getattr(known, algorithm): known for known in possible}
        sums.pop(None, None)
        if sums and (known := sums.get(file_sum(path, algorithm))):
            return known
    return None


def file_sum(path: str | os.PathLike[str], algorithm: str) -> str:
    """Return the checksum of a file in hexadecimal."""
    import hashlib  # costs a millisecond

    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def array_sum(array: NDArray[Any]) -> str:
    """Return the SHA-256 sum of the IDX file, not compressed, that holds this array."""
    import hashlib

    digest = hashlib.sha256(build_header(array.dtype, array.shape))
    stored = np.ascontiguousarray(array, array.dtype.newbyteorder(">"))
    digest.update(stored.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def has_sum(path: str | os.PathLike[str], published: Published) -> bool:
    """Return whether a file has size and sum of a published one, as far as they are known."""
    if published.checksum is None or published.size not in (None, os.path.getsize(path)):
        return False
    algorithm, _, value = published.checksum.partition(":")
    return file_sum(path, algorithm) == value


def check_file(path: str, wanted: KnownFile, dataset: Dataset) -> bool:
    """Return whether a file is the wanted one byte for byte; False: only what is in it can tell.

    Raises
    ------
    DatasetError
        It is another known file.
    """
    found = identify_file(path, dataset.files)
    if found is not None and found != wanted:
        raise _other(found, wanted, path)
    return found is not None


def check_array(array: NDArray[Any], wanted: KnownFile, dataset: Dataset, source: str) -> None:
    """Check that an array is the content of a known file.

    Its SHA-256 sum has to be the published one. Where none is published, dtype and shape have to be right,
    and the sum must not be that of another known file.

    Raises
    ------
    DatasetError
        It is something else.
    """
    if (array.dtype, array.shape) != (np.dtype(wanted.dtype), wanted.shape):
        raise DatasetError(
            f"holds {array.dtype} {array.shape}, but {wanted} are {wanted.dtype} {wanted.shape}; {_HINT}",
            source=source,
        )
    value = array_sum(array)
    if value == wanted.decoded_sha256:
        return
    own = (known for known in dataset.files if known.decoded_sha256 == value)
    found = next(own, None) or identify(value)
    if found is not None:
        raise _other(found, wanted, source)
    if wanted.decoded_sha256 is not None:
        raise DatasetError(
            f"is not {wanted}: its decoded content has the SHA-256 sum {value}, "
            f"{wanted.decoded_sha256} is expected; {_HINT}",
            source=source,
        )


def check_pair(images: NDArray[Any], labels: NDArray[Any], dataset: Dataset, source: str) -> None:
    """Check that images and labels belong together; `source` is where the labels come from.

    Raises
    ------
    MismatchError
        Other types or ranks than images and labels have, other lengths, or a label out of range.
    """
    problem = _disagreement(images, labels, dataset)
    if problem is not None:
        raise MismatchError(f"{dataset.title}: {problem}", source=source)


def _disagreement(images: NDArray[Any], labels: NDArray[Any], dataset: Dataset) -> str | None:
    if images.ndim != 3 or images.dtype != np.uint8:
        return f"images are uint8 of rank 3, these are {images.dtype} of rank {images.ndim}"
    if labels.ndim not in (1, 2) or labels.dtype.kind not in "iu" or 0 in labels.shape[1:]:
        return f"labels are integers, one or a row for each image; these are {labels.dtype} {labels.shape}"
    if len(images) != len(labels):
        return f"{len(images)} images but {len(labels)} labels"
    column = labels if labels.ndim == 1 else labels[:, 0]
    first, last = dataset.first_label, dataset.first_label + len(dataset.classes) - 1
    wrong = np.flatnonzero((column < first) | (column > last))
    if wrong.size:
        return f"label {column[wrong[0]]} at index {wrong[0]} is out of range; there are {first} to {last}"
    return None


def _other(found: KnownFile, wanted: KnownFile, source: str) -> DatasetError:
    return DatasetError(f"this is {found}, not {wanted}, whatever its name says", source=source)
