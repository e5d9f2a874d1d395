"""Transforms of torchvision that give every pixel a value by itself, so that a table of 256 tells them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._extras import optional


def steps(transform: Any) -> list[Any] | None:
    """Return the steps of a transform that is ``ToTensor()``, perhaps followed by ``Normalize``, or None."""
    kinds = optional("torchvision.transforms", "torchvision", "torchvision", "a transform")
    found = list(transform.transforms) if type(transform) is kinds.Compose else [transform]
    known = [type(step) for step in found] in ([kinds.ToTensor], [kinds.ToTensor, kinds.Normalize])
    return found if known else None


def affine(transform: Any) -> dict[str, Any]:
    """Return the keywords with which `fmnist_fast.Batches` does what a transform does.

    Raises
    ------
    TypeError
        It is none of those known.
    """
    if transform is None:
        return {}
    found = steps(transform)
    if found is None:
        raise TypeError(f"loader() can do ToTensor() and Normalize in this order only, not {transform!r}")
    if len(found) == 1:
        return {"normalize": (0.0, 1.0)}
    mean, std = (np.ravel(part) for part in (found[1].mean, found[1].std))
    if mean.size != 1 or std.size != 1:
        raise TypeError(f"the images have one channel, {found[1]!r} is for {max(mean.size, std.size)}")
    return {"normalize": (float(mean[0]), float(std[0]))}


def table(transform: Any) -> NDArray[np.float32] | None:
    """Return what a transform makes of the pixels 0 to 255, float32 of shape (256,), or None."""
    if steps(transform) is None:
        return None
    images = optional("PIL.Image", "Pillow", "torchvision", "a transform")
    ramp = images.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16))
    values = transform(ramp)
    return values.numpy().reshape(256) if tuple(values.shape) == (1, 16, 16) else None
