"""Features of images for the modern grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._extras import optional


def hog(images: NDArray[Any], orientations: int = 8, cell: int = 4, block: int = 2) -> NDArray[np.float32]:
    """Return histograms of oriented gradients [1]_ of square gray images, computed by scikit-image.

    Parameters
    ----------
    images : ndarray, shape (n, side * side)
    orientations : int
        Bins of the histogram of each cell.
    cell : int
        Side of a cell in pixels.
    block : int
        Side of a block, within which histograms are normalized, in cells.

    Returns
    -------
    ndarray of float32, shape (n, features)
        1152 features for 28 x 28 images and the default parameters.

    Raises
    ------
    MissingExtraError
        scikit-image is not installed.

    References
    ----------
    .. [1] N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005.
    """
    feature = optional("skimage.feature", "scikit-image", "classify", "the feature HOG")
    side = round(images.shape[1] ** 0.5)
    geometry = {
        "orientations": orientations,
        "pixels_per_cell": (cell, cell),
        "cells_per_block": (block, block),
    }
    return np.stack([feature.hog(row.reshape(side, side), **geometry) for row in images]).astype(np.float32)
