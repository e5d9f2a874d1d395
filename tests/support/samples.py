"""Kinds of data that drive a decoder into different corners, and small arrays of every IDX type.

Constant bytes exercise long overlapping matches, noise exercises literals and stored blocks, text exercises
mixed codes, gradients exercise near-constant distances, strokes look like MNIST digits: mostly black with
short bright runs. Everything is a pure function of its arguments.
"""

from __future__ import annotations

import numpy as np

WORDS = (
    b"the quick brown fox jumps over the lazy dog while seventeen grey geese quietly watch from afar".split()
)


def zeros(size: int) -> bytes:
    """The most compressible data there is."""
    return bytes(size)


def noise(size: int, key: int = 1) -> bytes:
    """Incompressible bytes."""
    return np.random.default_rng(key).bytes(size)


def text(size: int) -> bytes:
    """Words of a small vocabulary in random order."""
    picks = np.random.default_rng(2).integers(0, len(WORDS), size // 3 + 1)
    return b" ".join(WORDS[i] for i in picks)[:size]


def gradient(size: int) -> bytes:
    """Smooth ramps with a little noise in the lowest bit."""
    rng = np.random.default_rng(3)
    ramp = (np.arange(size) // 7) % 256
    return (ramp ^ rng.integers(0, 2, size)).astype(np.uint8).tobytes()


def strokes(size: int) -> bytes:
    """Black with short bright runs, as in handwritten digits."""
    rng = np.random.default_rng(4)
    out = np.zeros(size + 8, np.uint8)
    starts = rng.integers(0, max(size, 1), size // 24)
    widths = rng.integers(2, 6, starts.size)
    for step in range(5):
        here = starts[widths > step] + step
        out[here] = rng.integers(100, 256, here.size)
    out = out[:size]
    return out.tobytes()


KINDS = {"zeros": zeros, "noise": noise, "text": text, "gradient": gradient, "strokes": strokes}


def images(count: int, rows: int = 28, columns: int = 28) -> np.ndarray:
    """uint8 images (count, rows, columns), digit-like."""
    return np.frombuffer(strokes(count * rows * columns), np.uint8).reshape(count, rows, columns).copy()


def array_of(code: str, shape: tuple[int, ...]) -> np.ndarray:
    """An array of one of the six types; floats with NaN payload, -0.0, infinity and a denormal."""
    size = int(np.prod(shape, dtype=object)) if shape else 1
    array = np.frombuffer(noise(size * int(code[1]), 5), code).copy()
    if code[0] == "f" and size >= 4:
        array[:4] = [np.nan, -0.0, np.inf, np.finfo(code).smallest_subnormal]
    return array.reshape(shape)


def same(left: np.ndarray, right: np.ndarray) -> bool:
    """Same shape, dtype (byte order included) and bits; NaNs compare by their bits."""
    return left.shape == right.shape and left.dtype == right.dtype and left.tobytes() == right.tobytes()
