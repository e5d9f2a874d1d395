"""Random flips and shifts of images: what is drawn for an epoch."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._integers import integer

Moves = NDArray[np.int16]

_LARGEST = 1 << 14  # 2*shift + 1 values are drawn with 16 bits


@dataclass(frozen=True)
class Augmentation:
    """What may happen to an image.

    Attributes
    ----------
    flip : float
        Probability of a mirror image, left to right.
    shift : int
        Items that it is moved by at most, down or up and right or left; all distances are equally likely.
    """

    flip: float
    shift: int

    def draw(self, rows: int, seed: int, epoch: int) -> Moves:
        """Return what happens to every row in an epoch.

        Parameters
        ----------
        rows, seed, epoch : int
            At least 0. Nothing else matters: not the platform, not the version of NumPy.

        Returns
        -------
        ndarray, int16, shape (rows, 3)
            Items down (up if negative), items to the right (to the left), whether to mirror the image first.
        """
        sequence = np.random.SeedSequence([seed, epoch], spawn_key=(1,))  # another one than the order's
        raw = np.random.PCG64(sequence).random_raw(rows)
        values = np.uint64(2 * self.shift + 1)
        moves = np.empty((rows, 3), np.int16)
        for column, offset in enumerate((32, 48)):
            bits = raw >> np.uint64(offset) & np.uint64(0xFFFF)
            moves[:, column] = (bits * values >> np.uint64(16)).astype(np.int64) - self.shift
        moves[:, 2] = raw & np.uint64(0xFFFFFFFF) < round(self.flip * 2**32)
        return moves


def check_augmentation(flip: float, shift: int, row: tuple[int, ...]) -> Augmentation | None:
    """Return what may happen to rows of this shape; None if nothing may.

    Raises
    ------
    ValueError
        ``flip`` is no probability, ``shift`` is out of range, or the rows are no images.
    TypeError
        They are no numbers of their kind.
    """
    if isinstance(flip, bool):
        raise TypeError(f"flip is a probability, such as 0.5, not {flip}")
    if not 0 <= flip <= 1:
        raise ValueError(f"flip is a probability, from 0 to 1, not {flip}")
    shift = integer("shift", shift, 0)
    if not flip and not shift:
        return None
    if len(row) < 2:
        raise ValueError(f"flip and shift need images of rank 3 or more, the rows have shape {row}")
    height, width = row[-2:]
    if shift and shift >= min(height, width, _LARGEST):
        raise ValueError(
            f"shift must be below {_LARGEST}, height and width of {height} x {width}, not {shift}"
        )
    return Augmentation(float(flip), shift) if math.prod(row) else None
