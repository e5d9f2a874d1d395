"""Images that are told apart by their labels, which are their numbers."""

from __future__ import annotations

import numpy as np

ROWS = 103
IMAGES = np.random.default_rng(5).integers(0, 256, (ROWS, 7, 6), dtype=np.uint8)
LABELS = np.arange(ROWS)


def numbers(batches, limit: int | None = None) -> list[int]:
    """Rows of an epoch in the order they come; and every image is the one of its label."""
    found: list[int] = []
    for count, (x, y) in enumerate(batches):
        if count == limit:
            break
        assert np.array_equal(x, IMAGES[y])
        found += y.tolist()
    return found
