"""Rows of images mirrored and moved, in NumPy: what the native gather does on its way."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = tuple[int, int, int]


def check_moves(moves: NDArray[Any], image: Image | None, count: int, row: int) -> None:
    """Check what `moved_rows` asks for, for this many rows of this many bytes.

    Raises
    ------
    ValueError
        The moves are none, or the rows no images of this size.
    """
    if moves.shape != (count, 3) or moves.dtype != np.int16 or not moves.flags.c_contiguous:
        raise ValueError(f"moves must be a C-contiguous int16 array of shape ({count}, 3)")
    height, width, item = image or (0, 0, 0)
    if min(height, width, item) < 1 or row % (height * width * item):
        raise ValueError(f"rows of {row} bytes are no images of {height} x {width} items of {item}")


def moved_rows(
    source: NDArray[Any], indices: NDArray[Any], moves: NDArray[Any], image: Image
) -> NDArray[np.uint8]:
    """Return rows by their numbers, each taken for one or more images that are mirrored and moved.

    Parameters
    ----------
    source : ndarray, uint8, shape (rows, bytes)
    indices : ndarray, int64
        Of rows that exist.
    moves : ndarray, int16, shape (number of indices, 3)
        C-contiguous. Down, right: items to move the images of a row by, up and left if negative; then
        whether to mirror them first, left to right. What nothing is moved to is zero bytes.
    image : (height, width, bytes of an item)

    Returns
    -------
    ndarray, shape (number of indices, bytes)
    """
    height, width, item = image
    down, right, flip = moves.astype(np.int64).T[:, :, np.newaxis]
    y, x = np.arange(height) - down, np.arange(width) - right  # where each line and column comes from
    inside = ((y >= 0) & (y < height))[:, :, np.newaxis] & ((x >= 0) & (x < width))[:, np.newaxis, :]
    x = np.where(flip, width - 1 - x, x)
    y, x = y.clip(0, height - 1), x.clip(0, width - 1)
    planes = source.shape[1] // (height * width * item)
    images = source.reshape(len(source), planes, height, width, item)
    found = images.swapaxes(1, 3)[indices[:, np.newaxis, np.newaxis], x[:, np.newaxis], y[:, :, np.newaxis]]
    found[~inside] = 0
    return np.ascontiguousarray(np.moveaxis(found, 3, 1)).reshape(len(indices), source.shape[1])
