"""Images and labels of splits: from the copies on this machine, else from the web."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._extras import MissingExtraError
from ..errors import DatasetError, FmnistFastError
from . import _verified
from ._model import Dataset, KnownFile
from .find import Copy, copies, places
from .loading import Pair, Root
from .registry import find_dataset, find_split
from .verify import check_array, check_file, check_pair

_ROWS = 4096  # images transposed at a time: the copy stays in the processor's cache


class _Request(NamedTuple):
    dataset: Dataset
    root: Root
    download: bool
    verify: bool
    cache: bool

    def read(self, copy: Copy, known: KnownFile) -> NDArray[Any]:
        return read_copy(copy, known, self.dataset, verify=self.verify, cache=self.cache)


class _Refusal(NamedTuple):
    copy: Copy
    error: FmnistFastError | OSError


class _Found(NamedTuple):
    """The content of a file, and where it was."""

    array: NDArray[Any]
    source: str


def load_pairs(
    name: str | Dataset,
    splits: Sequence[str],
    *,
    root: Root,
    download: bool,
    verify: bool,
    cache: bool,
    upright: bool,
    extended: bool,
) -> list[Pair]:
    """Return images and labels of each split; see `fmnist_fast.load`."""
    if not isinstance(name, str | Dataset):
        raise TypeError(f"name must be a str or a Dataset, not {type(name).__name__}")
    names = list(splits) if isinstance(splits, Iterable) else [splits]
    if not all(isinstance(split, str) for split in names):
        raise TypeError(f"split must be a str or a sequence of str, not {splits!r}")
    dataset = name if isinstance(name, Dataset) else find_dataset(name)
    parts = [find_split(dataset, split) for split in names]
    files = list(dict.fromkeys(file for part in parts for file in (part.images, part.labels)))
    found = _read_all(files, _Request(dataset, root, download, verify, cache))
    arrays = {known: array for known, (array, _) in found.items()}
    for part in parts:
        check_pair(arrays[part.images], arrays[part.labels], dataset, found[part.labels].source)
    if dataset.transposed and upright:
        for known in {part.images for part in parts}:
            arrays[known] = _upright(arrays[known])
    pairs = []
    for part in parts:
        images, labels = arrays[part.images][part.rows], arrays[part.labels][part.rows]
        if labels.ndim == 2 and not extended:
            labels = labels[:, 0].astype(np.uint8)
        pairs.append((images, labels))
    return pairs


def _read_all(files: list[KnownFile], request: _Request) -> dict[KnownFile, _Found]:
    """Return the content of files, read together from copies; then what is missing, from the web."""
    with ThreadPoolExecutor(max(len(files), 1)) as pool:
        read = list(pool.map(lambda known: _read_copy(known, request), files))
    files_found = {}
    for known, (found, refused) in zip(files, read, strict=True):  # downloads stop at Ctrl-C in this thread
        files_found[known] = found or _download(known, request, refused)
    return files_found


def _read_copy(known: KnownFile, request: _Request) -> tuple[_Found | None, list[_Refusal]]:
    """Return the content of the first copy of a file that is what it should be, and those that are not."""
    refused: list[_Refusal] = []
    for copy in copies(request.dataset, known, request.root):
        try:
            return _Found(request.read(copy, known), str(copy)), refused
        except (FmnistFastError, OSError) as error:
            refused.append(_Refusal(copy, error))
    return None, refused


def _download(known: KnownFile, request: _Request, refused: list[_Refusal]) -> _Found:
    for copy, error in refused:
        if copy.chosen:
            raise error
    if not request.download:
        raise _not_found(known, request, refused)
    from .fetch import fetch_file  # only where there is something to fetch

    try:
        path = fetch_file(request.dataset, known, request.root)
    except DatasetError as error:
        raise _not_found(known, request, refused, error.message) from error
    except MissingExtraError as error:
        raise MissingExtraError(str(_not_found(known, request, refused, str(error)))) from error
    return _Found(request.read(Copy(path, None, True), known), path)


def read_copy(
    copy: Copy, known: KnownFile, dataset: Dataset, *, verify: bool = True, cache: bool = False
) -> NDArray[Any]:
    """Return what a copy holds, if it is what the known file holds or nobody asks.

    Raises
    ------
    DatasetError
        It is something else.
    FormatError, CorruptDataError, TruncatedError
        It is damaged.
    """
    alone = copy.member is None
    if not verify or (alone and _verified.is_noted(copy.path, known)):
        return copy.read(cache)
    before = _verified.stamp(copy.path)
    certain = alone and check_file(copy.path, known, dataset)
    may_be_refused = not certain and known.decoded_sha256 is not None
    array = copy.read(cache and not may_be_refused)  # what is refused is not worth keeping
    if not certain:
        check_array(array, known, dataset, str(copy))
    if alone:
        _verified.note(copy.path, before, known)
    return array


def _upright(images: NDArray[Any]) -> NDArray[Any]:
    """Exchange rows and columns, in place where the images are square."""
    if images.shape[1] != images.shape[2]:
        return np.ascontiguousarray(images.swapaxes(1, 2))
    for start in range(0, len(images), _ROWS):
        block = images[start : start + _ROWS]
        block[:] = block.swapaxes(1, 2).copy()
    return images


def _not_found(
    known: KnownFile, request: _Request, refused: Sequence[_Refusal], failure: str = ""
) -> DatasetError:
    """Return the error that says where was looked and what to put where."""
    looked = [place.folder for place in places(request.root)]
    lines = [f"{known} are not on this machine; looked for {known.name}, with or without compression, in"]
    lines += [f"  {folder}{'' if os.path.isdir(folder) else ' (no such folder)'}" for folder in looked]
    lines += [f"  refused: {error}" for _, error in refused]
    lines.append(
        failure or f'it can be downloaded: download=True, or "fmnist-fast fetch {request.dataset.name}"'
    )
    target = os.path.join(looked[0], request.dataset.name)
    lines.append(f"it can be put into {target} by hand, from {request.dataset.homepage}")
    return DatasetError("\n".join(lines))
