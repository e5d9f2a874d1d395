"""Correctly rounded arithmetic from fractions: slow, short, and with nothing in common with the kernels."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

# dtype: (bits of precision, exponent of the smallest subnormal, largest finite number)
FORMATS = {
    name: (np.finfo(name).nmant + 1, int(np.finfo(name).minexp) - np.finfo(name).nmant)
    for name in ("f2", "f4", "f8")
}


def nearest(value: Fraction, name: str) -> float:
    """`value` rounded to nearest even in a binary format, as a float (which holds all three)."""
    precision, tiny = FORMATS[name]
    if value == 0:
        return 0.0
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    if abs(value) < Fraction(2) ** exponent:
        exponent -= 1
    quantum = max(exponent - precision + 1, tiny)
    rounded = round(value / Fraction(2) ** quantum)  # Fraction rounds half to even
    result = Fraction(rounded) * Fraction(2) ** quantum
    largest = Fraction(float(np.finfo(name).max))
    if abs(result) > largest:
        return math.copysign(math.inf, result)
    return float(result)


def fma(item: int, scale: float, shift: float, name: str) -> float:
    """`item * scale + shift`, rounded once; the constants are float32 unless the result is float64."""
    work = "f8" if name == "f8" else "f4"
    scale, shift = nearest(Fraction(scale), work), nearest(Fraction(shift), work)
    exact = nearest(item * Fraction(scale) + Fraction(shift), work)
    return nearest(Fraction(exact), "f2") if name == "f2" and math.isfinite(exact) else exact


def fma_table(scale: float, shift: float, name: str) -> np.ndarray:
    """The 256 results for uint8 items."""
    return np.array([fma(item, scale, shift, name) for item in range(256)]).astype(name)


def ulps(left: np.ndarray, right: np.ndarray) -> int:
    """Largest distance in units in the last place between two arrays of finite floats."""
    name = f"i{left.dtype.itemsize}"
    keys = []
    for array in (left, right):
        bits = array.view(name).astype(np.int64)
        keys.append(np.where(bits < 0, np.iinfo(name).min - bits, bits))
    return int(np.abs(keys[0] - keys[1]).max())
