"""The NumPy backend: the same names, results and errors as the compiled modules, in NumPy and zlib."""

from __future__ import annotations

import zlib
from fractions import Fraction
from functools import lru_cache
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _gunzip, _idx
from ._idx import header_size, parse_header
from ._moved import Image, check_moves, moved_rows

__all__ = (
    "GzipDecoder",
    "affine_u8",
    "cpu_features",
    "crc32",
    "gather_affine",
    "gather_rows",
    "header_size",
    "parse_header",
    "swap_bytes",
)

Array = NDArray[Any]

_SCRATCH = 1 << 17  # decoded bytes between the decoder and a conversion
_SLICE = 1 << 16  # np.take widens its indices to 8 bytes: by slices, half a megabyte at most


class GzipDecoder(_gunzip.GzipDecoder):
    """Decode a sequence of gzip members that arrives in pieces, to bytes or to floats."""

    def decode_affine(
        self, data: Any, final: bool, out: Array, start: int, scale: float, shift: float
    ) -> tuple[int, int, int]:
        """Decode from ``data`` to ``out[start:]`` as `affine_u8` would convert the bytes.

        Parameters
        ----------
        data, final
            As for `decode`.
        out : ndarray, float16, float32 or float64
            One-dimensional, C-contiguous.
        start : int
            First item to write.
        scale, shift : float
            As for `affine_u8`.

        Returns
        -------
        status, consumed, produced : int
            As from `decode`; ``produced`` counts items.

        Raises
        ------
        CorruptDataError, TruncatedError
            As from `decode`.
        """
        if not 0 <= start <= len(out):
            raise ValueError(f"start is {start}, out has {len(out)} items")
        view, used, end = memoryview(data).cast("B"), 0, start
        scratch = np.empty(min(_SCRATCH, len(out) - start), np.uint8)
        while True:
            room = scratch[: len(out) - end]
            status, consumed, produced = self.decode(view[used:], final, room, 0)
            affine_u8(room[:produced], out[end : end + produced], scale, shift)
            used, end = used + consumed, end + produced
            if status != _idx.OUTPUT_FULL or end == len(out):
                return status, used, end - start


def affine_u8(src: Any, out: Array, scale: float, shift: float) -> None:
    """Write ``fma(src, scale, shift)`` to ``out``, with one rounding for each item.

    Parameters
    ----------
    src : buffer of uint8
    out : ndarray, float16, float32 or float64
        C-contiguous, as many items as ``src``.
    scale, shift : float
        Rounded to float32 first unless ``out`` is float64. A float16 item is the float32 result
        rounded once more, to nearest even.
    """
    _check_floats(out)
    items, flat = np.frombuffer(src, np.uint8), out.reshape(-1)
    if items.size != flat.size:
        raise ValueError(f"out has {flat.size} items, src has {items.size}")
    if (scale, shift) == (1, 0):  # a cast, which NumPy does eight times as fast as it looks items up
        np.copyto(flat, items)
        return
    table = _table(out.dtype, float(scale).hex(), float(shift).hex())
    for low in range(0, items.size, _SLICE):
        part = slice(low, low + _SLICE)
        np.take(table, items[part], out=flat[part], mode="clip")  # "raise" would go through a copy of out


def _check_floats(out: Array) -> None:
    if out.dtype not in (np.float16, np.float32, np.float64) or not out.flags.c_contiguous:
        raise ValueError("out must be a C-contiguous float16, float32 or float64 array")


@lru_cache(maxsize=16)
def _table(dtype: np.dtype[Any], scale_hex: str, shift_hex: str) -> Array:
    """Return the 256 possible results. The key is text because 0.0 and -0.0 are one key as numbers."""
    scale, shift = float.fromhex(scale_hex), float.fromhex(shift_hex)
    if dtype == np.float64:
        return np.array([_fma(item, scale, shift) for item in range(256)])
    single = _table_float32(np.float32(scale), np.float32(shift))
    with np.errstate(over="ignore"):
        return single.astype(dtype)


def _fma(item: int, scale: float, shift: float) -> float:
    exact = item * Fraction(scale) + Fraction(shift)
    if exact == 0:
        return item * scale + shift  # only here does the sign of a zero matter, and nothing is rounded
    try:
        return exact.numerator / exact.denominator  # int / int is correctly rounded, subnormals included
    except OverflowError:
        return inf if exact > 0 else -inf


def _table_float32(scale: np.float32, shift: np.float32) -> NDArray[np.float32]:
    """Return ``fma(0..255, scale, shift)``.

    A product of 8 and 24 bits is exact in float64. The sum may not be: it is rounded to odd, that is,
    to the neighbor with an odd last bit, which makes the second rounding to float32 the only one
    that counts (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008).
    """
    product = np.arange(256, dtype=np.float64) * np.float64(scale)
    addend = np.float64(shift)
    total = product + addend
    virtual = total - product
    error = (product - (total - virtual)) + (addend - virtual)
    even = (total.view(np.int64) & 1) == 0
    total = np.where((error != 0) & even, np.nextafter(total, np.copysign(np.inf, error)), total)
    with np.errstate(over="ignore"):
        return total.astype(np.float32)


def gather_rows(
    source: Array, indices: Array, out: Array, moves: Array | None = None, image: Image | None = None
) -> None:
    """Write the rows of ``source`` that have these numbers to ``out``, in this order.

    Parameters
    ----------
    source : ndarray, uint8, rank 2
        C-contiguous.
    indices : ndarray, int64, rank 1
        C-contiguous; each at least 0 and below the number of rows. Any may occur several times.
    out : ndarray, uint8
        C-contiguous, as many items as the rows have; overlaps none of the others.
    moves, image : optional
        As for `moved_rows`, to write the rows as it returns them.

    Raises
    ------
    IndexError
        There is no such row; nothing has been written.
    """
    if out.dtype != np.uint8 or not out.flags.c_contiguous:
        raise ValueError("out must be a C-contiguous uint8 array")
    rows = _check_gather(source, indices, out, moves, image)
    if moves is None or image is None:
        np.take(source, indices, axis=0, out=rows, mode="clip")  # "raise" would go through a copy of out
    else:
        rows[...] = moved_rows(source, indices, moves, image)


def gather_affine(
    source: Array,
    indices: Array,
    out: Array,
    scale: float,
    shift: float,
    moves: Array | None = None,
    image: Image | None = None,
) -> None:
    """Write the rows of ``source`` that have these numbers to ``out``, as `affine_u8` would convert them.

    Parameters
    ----------
    source, indices
        As for `gather_rows`.
    out : ndarray, float16, float32 or float64
        C-contiguous, as many items as the rows have; overlaps none of the others.
    scale, shift : float
        As for `affine_u8`.
    moves, image : optional
        As for `moved_rows`, to convert the rows as it returns them.

    Raises
    ------
    IndexError
        There is no such row; nothing has been written.
    """
    _check_floats(out)
    rows = _check_gather(source, indices, out, moves, image)
    step = max(_SLICE // max(source.shape[1], 1), 1)
    for low in range(0, len(indices), step):
        part = slice(low, low + step)
        if moves is None or image is None:
            items = np.take(source, indices[part], axis=0, mode="clip")
        else:
            items = moved_rows(source, indices[part], moves[part], image)
        affine_u8(items, rows[part], scale, shift)


def _check_gather(
    source: Array, indices: Array, out: Array, moves: Array | None, image: Image | None
) -> Array:
    """Check what both gathers ask for, and return ``out`` by rows."""
    if source.ndim != 2 or source.dtype != np.uint8 or not source.flags.c_contiguous:
        raise ValueError("source must be a C-contiguous uint8 array of rank 2")
    if indices.ndim != 1 or indices.dtype != np.int64 or not indices.flags.c_contiguous:
        raise ValueError("indices must be a C-contiguous int64 array of rank 1")
    rows, row = source.shape
    if out.size != len(indices) * row:
        raise ValueError(f"out has {out.size} items, {len(indices)} rows of {row} were asked for")
    if moves is not None:
        check_moves(moves, image, len(indices), row)
    bad = (indices < 0) | (indices >= rows)
    if bad.any():
        raise IndexError(f"index {indices[bad.argmax()]} is out of range for {rows} rows")
    return out.reshape(len(indices), row)


def swap_bytes(array: Array) -> None:
    """Reverse the bytes of every item in place; items of 2, 4 or 8 bytes."""
    if array.dtype.itemsize not in (2, 4, 8):
        raise ValueError(f"items of {array.dtype.itemsize} bytes cannot be swapped")
    array.byteswap(inplace=True)


def crc32(data: Any, value: int = 0) -> int:
    """Return the CRC-32 of a buffer, going on from ``value``."""
    return zlib.crc32(data, value)


def cpu_features() -> dict[str, Any]:
    """Return which CPU level runs (here: ``"numpy"``) and which instruction sets were looked for."""
    return {"level": "numpy", "detected": []}
