"""`load`: images and labels of a dataset by its name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ._model import Dataset

Pair = tuple[NDArray[np.uint8], NDArray[Any]]
Root = str | os.PathLike[str] | None


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
        are ignored. Or your own `fmnist_fast.datasets.registry.Dataset`.
    split : str or sequence of str
        ``"train"`` or ``"test"``; QMNIST also has ``"test10k"``, ``"test50k"`` and ``"nist"``. The files of
        several splits are read together: ``(x, y), (u, v) = load(split=["train", "test"])``.
    root : str or os.PathLike, optional
        The only folder to look in, and to download to. Default: the folder named by ``FMNIST_FAST_DATA``, the
        package's own in the user's cache, ``data`` in the working directory, and those of Keras and
        scikit-learn. In each, the files may be in the folder itself or in one named after the dataset, for
        example torchvision's ``FashionMNIST/raw``; compressed or not, with a dash or a dot before ``idx``.
    download : bool
        Download missing files. Needs pooch, from the extra ``download``.
    verify : bool
        Compare content with the published checksums, once for each file until it changes, and refuse files
        that match none of them. Where no checksum of the content is published (EMNIST; KMNIST and QMNIST if
        the file is not byte for byte the published one), dtype and shape must be right, and the file must not
        be another known one. False accepts any files of the right names whose images and labels fit together.
    cache : bool
        Keep the decoded file and open it memory-mapped the next time; see `fmnist_fast.read_idx`.
    upright : bool
        Swap rows and columns of datasets that are stored transposed, as EMNIST is, so that letters stand
        upright. False returns the images as they are in the files.
    extended : bool
        Return QMNIST's labels with all eight columns, int32; False returns the class, column 0.

    Returns
    -------
    images : ndarray of uint8, shape (n, 28, 28)
    labels : ndarray of uint8, shape (n,)
        With ``extended=True``, for QMNIST, int32 of shape (n, 8). Those of EMNIST letters start at 1.
        Both arrays are writable; changes stay in this process. For several splits, a tuple of such pairs;
        splits that have rows in common, as QMNIST's test and test10k, share the memory of these rows.

    Raises
    ------
    DatasetError
        Unknown name or split; files that are neither found nor downloaded; other content than the name says.
    MismatchError
        Not as many images as labels, or labels out of range.
    FormatError, CorruptDataError, TruncatedError
        A damaged file, in a folder that you named.
    MissingExtraError
        A download is needed and pooch is not installed.
    TypeError
        ``name`` is neither a str nor a Dataset, or ``split`` is no str and does not hold any.

    Examples
    --------
    >>> import fmnist_fast as ff
    >>> images, labels = ff.load("fashion-mnist", "test")  # doctest: +SKIP
    >>> images.shape, labels.shape  # doctest: +SKIP
    ((10000, 28, 28), (10000,))
    """
    from .pairs import load_pairs  # with the registry; `import fmnist_fast` does without

    pairs = load_pairs(
        name,
        [split] if isinstance(split, str) else split,
        root=root,
        download=download,
        verify=verify,
        cache=cache,
        upright=upright,
        extended=extended,
    )
    return pairs[0] if isinstance(split, str) else tuple(pairs)
