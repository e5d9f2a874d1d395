"""A stand-in for Fashion-MNIST that is drawn, not downloaded.

Ten classes of garments in the label order of the dataset, 28 x 28 gray values on black. The pictures
compress like the real ones (gzip level 9 makes them about 1.85 times smaller) and can be learned: a linear
classifier gets most of them right and is least sure about shirts. They are for trying things out and for
measuring, not for publishing accuracies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

from .._integers import integer
from . import _footwear, _garments
from ._draw import SIDE, Pen
from ._fabric import dye

Images = npt.NDArray[np.uint8]
Split = Literal["train", "t10k"]

_DRAW = (
    _garments.t_shirt, _garments.trouser, _garments.pullover, _garments.dress, _garments.coat,
    _footwear.sandal, _garments.shirt, _footwear.sneaker, _footwear.bag, _footwear.ankle_boot,
)  # fmt: skip

#: Pictures drawn together; part of the recipe, because each chunk has its own random stream.
CHUNK = 2000


def sample(
    count: int, *, split: Split = "train", seed: int = 0, progress: Callable[[int], object] | None = None
) -> tuple[Images, Images]:
    """Draw `count` garments and their labels.

    Parameters
    ----------
    count : int
        Number of pictures, 0 or more.
    split : {"train", "t10k"}
        The two splits never share a random stream.
    seed : int
        Not negative. The same seed gives the same arrays on the same platform and NumPy version.
    progress : callable, optional
        Called with the number of pictures just finished.

    Returns
    -------
    images : ndarray of uint8, shape (count, 28, 28)
    labels : ndarray of uint8, shape (count,)
        0-9; each class equally often, up to one.

    Raises
    ------
    ValueError
        `count` or `seed` is negative, or `split` is neither of the two.
    """
    count, seed = integer("count", count, 0), integer("seed", seed, 0)
    if split not in ("train", "t10k"):
        raise ValueError(f"split must be 'train' or 't10k', not {split!r}")
    stream = 0 if split == "train" else 1
    labels = (np.arange(count) % len(_DRAW)).astype(np.uint8)
    np.random.default_rng([seed, stream]).shuffle(labels)
    images = np.empty((count, SIDE, SIDE), np.uint8)
    for number, start in enumerate(range(0, count, CHUNK)):
        rng = np.random.default_rng([seed, stream, number])
        here = labels[start : start + CHUNK]
        for label, draw in enumerate(_DRAW):
            places = np.flatnonzero(here == label)
            if len(places):
                pen = Pen(rng, len(places))
                images[start + places] = dye(pen, label, *draw(pen))
        if progress is not None:
            progress(len(here))
    return images, labels
