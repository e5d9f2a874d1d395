"""What a garment is made of: tone, light, folds, patterns and the grain of the camera."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ._draw import SIDE, Field, Pen, X, Y

#: Chance of (horizontal stripes, vertical stripes, blotchy print) for each class, in label order.
_PATTERNS = (
    (0.22, 0.05, 0.20),
    (0.0, 0.05, 0.05),
    (0.25, 0.06, 0.15),
    (0.10, 0.08, 0.25),
    (0.08, 0.06, 0.08),
    (0.0, 0.0, 0.15),
    (0.20, 0.25, 0.25),
    (0.05, 0.08, 0.15),
    (0.06, 0.06, 0.18),
    (0.04, 0.03, 0.12),
)


def dye(pen: Pen, label: int, cover: Field, ink: Field) -> npt.NDArray[np.uint8]:
    """Turn coverage and ink into gray values.

    Parameters
    ----------
    pen : Pen
        Source of randomness for this group of pictures.
    label : int
        Class of the group, for the likelihood of patterns.
    cover, ink : ndarray of float32, shape (n, 28, 28)
        What a garment function returned.

    Returns
    -------
    ndarray of uint8, shape (n, 28, 28)
        0 is background, as in Fashion-MNIST.
    """
    rows, columns, print_ = _PATTERNS[label]
    tone = pen.mix(0.72, (150, 262), (40, 150))
    strength = pen.between(10, 65)
    cloth = tone + strength * pen.chance(rows) * np.sin(Y * pen.between(0.7, 2.4) + pen.between(0, 6))
    cloth = cloth + strength * pen.chance(columns) * np.sin(X * pen.between(0.7, 2.4) + pen.between(0, 6))
    cloth = cloth + pen.between(-1.6, 1.6) * (X - 14) + pen.between(-1.2, 1.2) * (Y - 14)
    fold = X * pen.between(-0.9, 0.9) + Y * pen.between(-0.6, 0.6) + pen.between(0, 6)
    cloth = cloth + pen.between(2, 16) * np.sin(fold)
    blotch = pen.rng.standard_normal((pen.n, SIDE // 2, SIDE // 2), np.float32).repeat(2, 1).repeat(2, 2)
    blotch[:, 1:] += blotch[:, :-1]
    blotch[:, :, 1:] += blotch[:, :, :-1]
    blotch *= np.float32(0.5)
    cloth = cloth + blotch * (strength * pen.chance(print_) + pen.between(2, 9))
    cloth = cloth * ink
    grain = pen.rng.standard_normal((pen.n, SIDE, SIDE), np.float32) * pen.mix(0.75, (3, 10), (10, 25))
    gray = cover * np.clip(cloth + grain, 1, 255)
    return np.asarray(np.rint(gray), np.uint8)
