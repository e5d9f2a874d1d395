"""Antialiased shapes for whole groups of small pictures at once.

Every number that differs from picture to picture is an array of shape ``(n, 1, 1)``; a quantity that
changes from row to row is ``(n, 28, 1)``, from column to column ``(n, 1, 28)``. Broadcasting does the
rest, so one call draws the same garment ``n`` times with ``n`` different measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Field = npt.NDArray[Any]  #: float32 throughout; NumPy's types lose that in mixed expressions


SIDE = 28
Y: Field = (np.arange(SIDE, dtype=np.float32) + np.float32(0.5)).reshape(1, SIDE, 1)
X: Field = Y.reshape(1, 1, SIDE)


def inside(depth: Field) -> Field:
    """Coverage of a pixel whose center lies `depth` pixels inside an edge: 0 outside, 1 well inside."""
    return np.asarray(np.clip(depth + np.float32(0.5), 0, 1))


def between(low: Field, at: Field, high: Field) -> Field:
    """Coverage of the band from `low` to `high` along the coordinate `at`."""
    return inside(at - low) * inside(high - at)


def knots(at: Field, places: Sequence[Field], values: Sequence[Field]) -> Field:
    """Value at `at` of the broken line through ``(places[k], values[k])``, constant beyond its ends.

    Parameters
    ----------
    at : ndarray
        Row or column coordinates, in pixels.
    places, values : sequence of ndarray, shape (n, 1, 1)
        Ascending coordinates of the knots and the values there.

    Returns
    -------
    ndarray of float32
        Broadcast shape of all arguments.
    """
    line = np.asarray(values[0], np.float32)
    for k in range(len(places) - 1):
        span = np.maximum(places[k + 1] - places[k], np.float32(1e-3))
        line = line + np.clip((at - places[k]) / span, 0, 1) * (values[k + 1] - values[k])
    return line


def soften(line: Field, axis: int) -> Field:
    """Round the corners of a broken line given along one axis of full length."""
    for _ in range(2):
        line = np.concatenate([line.take([0], axis), line, line.take([-1], axis)], axis)
        inner = np.arange(1, line.shape[axis] - 1)
        line = 0.5 * line.take(inner, axis) + 0.25 * (line.take(inner - 1, axis) + line.take(inner + 1, axis))
    return line


def ring(cx: Field, cy: Field, rx: Field, ry: Field, width: Field | float) -> Field:
    """Coverage of an elliptic ring; `width` is exact on the axes and close to it between them."""
    radius = np.hypot((X - cx) / rx, (Y - cy) / ry)
    return inside(np.float32(0.5) * np.float32(width) - np.abs(radius - 1) * np.minimum(rx, ry))


def line_at(at: Field, center: Field | float, width: Field | float) -> Field:
    """Soft line, 1 on `center` and falling off over `width` pixels: seams, zips and stitches."""
    distance = (at - center) / np.float32(width)
    return np.asarray(np.exp(-distance * distance))


class Pen:
    """Source of the random measures of `n` pictures.

    Parameters
    ----------
    rng : numpy.random.Generator
        All randomness comes from here, in a fixed order.
    n : int
        Number of pictures drawn together.
    """

    def __init__(self, rng: np.random.Generator, n: int) -> None:
        self.rng = rng
        self.n = n

    def between(self, low: float, high: float) -> Field:
        """One number per picture, uniform in ``[low, high)``."""
        return (low + (high - low) * self.rng.random((self.n, 1, 1), np.float32)).astype(np.float32)

    def chance(self, probability: float) -> Field:
        """1 for about `probability` of the pictures, else 0."""
        return (self.rng.random((self.n, 1, 1), np.float32) < probability).astype(np.float32)

    def mix(self, probability: float, one: tuple[float, float], other: tuple[float, float]) -> Field:
        """Uniform in the range `one` with `probability`, else uniform in the range `other`."""
        pick = self.chance(probability)
        return np.where(pick, self.between(*one), self.between(*other))
