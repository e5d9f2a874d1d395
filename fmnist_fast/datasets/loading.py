"""Images and labels of a dataset by its name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from ..errors import DatasetError, FmnistFastError
from . import _verified
from ._model import Dataset, KnownFile
from .find import Copy, Root, copies, places
from .registry import find_dataset, find_split
from .verify import check_array, check_file, check_pair

Pair = tuple[NDArray[np.uint8], NDArray[Any]]

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
    error: FmnistFastError


@overload
def load(
    name: str | Dataset = ...,
    split: str = ...,
    *,
    root: Root = ...,
    download: bool = ...,
    verify: bool = ...,
    cache: bool = ...,
    upright: bool = ...,
    extended: bool = ...,
) -> Pair: ...


@overload
def load(
    name: str | Dataset = ...,
    split: Sequence[str] = ...,
    *,
    root: Root = ...,
    download: bool = ...,
    verify: bool = ...,
    cache: bool = ...,
    upright: bool = ...,
    extended: bool = ...,
) -> tuple[Pair, ...]: ...


def load(
    name: str | Dataset = "fashion-mnist",
    split: str | Sequence[str] = "train",
    *,
    root: Root = None,
    download: bool = True,
    verify: bool = True,
    cache: bool = True,
    upright: bool = True,
    extended: bool = False,
) -> Pair | tuple[Pair, ...]:
    """Load a dataset: from a copy on this machine, else from the web.

    Parameters
    ----------
    name : str or Dataset
        ``"fashion-mnist"``, ``"mnist"``, ``"kmnist"``, ``"qmnist"``, or ``"emnist-"`` and one of byclass,
        bymerge, balanced, letters, digits, mnist; ``fmnist-fast datasets`` lists them. Case, ``-`` and ``_``
        do not count. Or a description of a dataset of your own.
    split : str or sequence of str
        ``"train"`` or ``"test"``; QMNIST also has ``"test10k"``, ``"test50k"`` and ``"nist"``. The files of
        several splits are read together: ``(x, y), (u, v) = load(split=["train", "test"])``.
    root : str or os.PathLike, optional
        The only folder to look in, and to download to. Default: the folder named by ``FMNIST_FAST_DATA``, the
        package's own in the user's cache, ``data`` in the working directory, and those of Keras and
        scikit-learn. In each, the files lie there or in a folder named after the dataset, as torchvision's
        ``FashionMNIST/raw``; compressed or not, with a dash or a dot before ``idx``.
    download : bool
        Download what is not there. Needs pooch, from the extra ``download``.
    verify : bool
        Compare content with the published checksums, once for each file as long as it does not change. A file
        that has none of them is refused. False takes whatever has the right name and fits together.
    cache : bool
        Keep the decoded file and open it memory-mapped the next time; see `fmnist_fast.read_idx`.
    upright : bool
        Exchange rows and columns of datasets that are stored the other way, as EMNIST is, so that letters
        stand upright. False gives the images as they are in the files.
    extended : bool
        Give QMNIST's labels with all eight columns, int32; False gives the class, column 0.

    Returns
    -------
    images : ndarray of uint8, shape (n, 28, 28)
    labels : ndarray of uint8, shape (n,)
        With ``extended=True``, for QMNIST, int32 of shape (n, 8). Those of EMNIST letters start at 1.
        Both arrays are writable, and yours. For several splits, a tuple of such pairs.

    Raises
    ------
    DatasetError
        Unknown name or split; nothing found and nothing downloaded; content that is not that of the name.
    MismatchError
        Not as many images as labels, or labels out of range.
    FormatError, CorruptDataError, TruncatedError
        A damaged file, in a folder that you named.
    MissingExtraError
        A download is needed and pooch is not installed.

    Examples
    --------
    >>> import fmnist_fast as ff
    >>> images, labels = ff.load("fashion-mnist", "test")  # doctest: +SKIP
    >>> images.shape, labels.shape  # doctest: +SKIP
    ((10000, 28, 28), (10000,))
    """
    dataset = name if isinstance(name, Dataset) else find_dataset(name)
    names = [split] if isinstance(split, str) else list(split)
    splits = [find_split(dataset, wanted) for wanted in names]
    files = dict.fromkeys(file for part in splits for file in (part.images, part.labels))
    request = _Request(dataset, root, download, verify, cache)
    arrays = _read_all(list(files), request)
    for part in splits:
        check_pair(arrays[part.images], arrays[part.labels], dataset)
    if dataset.transposed and upright:
        for known in {part.images for part in splits}:
            arrays[known] = _upright(arrays[known])
    pairs = []
    for part in splits:
        images, labels = arrays[part.images][part.rows], arrays[part.labels][part.rows]
        if labels.ndim == 2 and not extended:
            labels = labels[:, 0].astype(np.uint8)
        pairs.append((images, labels))
    return pairs[0] if isinstance(split, str) else tuple(pairs)


def _read_all(files: list[KnownFile], request: _Request) -> dict[KnownFile, NDArray[Any]]:
    """Return the content of files, read together from copies; then what is missing, from the web."""
    with ThreadPoolExecutor(max(len(files), 1)) as pool:
        found = list(pool.map(lambda known: _read_copy(known, request), files))
    arrays = {}
    for known, (array, refused) in zip(files, found, strict=True):  # downloads stop at Ctrl-C in this thread
        arrays[known] = _download(known, request, refused) if array is None else array
    return arrays


def _read_copy(known: KnownFile, request: _Request) -> tuple[NDArray[Any] | None, list[_Refusal]]:
    """Return the content of the first copy of a file that is what it should be, and those that are not."""
    refused: list[_Refusal] = []
    for copy in copies(request.dataset, known, request.root):
        try:
            return request.read(copy, known), refused
        except FmnistFastError as error:
            refused.append(_Refusal(copy, error))
    return None, refused


def _download(known: KnownFile, request: _Request, refused: list[_Refusal]) -> NDArray[Any]:
    for copy, error in refused:
        if copy.chosen:
            raise error
    if not request.download:
        raise _not_found(known, request, refused)
    from .fetch import fetch_file  # only where there is something to fetch

    path = fetch_file(request.dataset, known, request.root)
    return request.read(Copy(path, None, True), known)


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


def _not_found(known: KnownFile, request: _Request, refused: Sequence[_Refusal]) -> DatasetError:
    """Return the error that says where was looked and what to put where."""
    looked = [place.folder for place in places(request.root)]
    lines = [f"{known} is not on this machine; looked for {known.name}, with or without compression, in"]
    lines += [f"  {folder}{'' if os.path.isdir(folder) else ' (no such folder)'}" for folder in looked]
    lines += [f"  refused: {error}" for _, error in refused]
    target = os.path.join(looked[0], request.dataset.name)
    lines.append(f"put it into {target}, from {request.dataset.homepage},")
    lines.append(f'or let it be downloaded: download=True, or "fmnist-fast fetch {request.dataset.name}"')
    return DatasetError("\n".join(lines))
