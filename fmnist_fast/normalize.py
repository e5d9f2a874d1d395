"""Normalization: ``(x/255 - mean)/std`` for uint8, ``(x - mean)/std`` for the other IDX dtypes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ._backend import affine_u8
from ._idx import idx_dtype
from ._threads import check_threads, ordered_map, thread_count
from .errors import OutputError

#: Dtypes of the results.
FLOATS = (np.dtype(np.float32), np.dtype(np.float64), np.dtype(np.float16))

#: Items that are worth a thread.
PART = 1 << 20

_BLOCK = 1 << 15  # items converted at once where NumPy needs a temporary


def normalize(
    images: ArrayLike,
    mean: float,
    std: float,
    *,
    dtype: DTypeLike | None = np.float32,
    out: NDArray[Any] | None = None,
    threads: int | None = None,
) -> NDArray[Any]:
    """Normalize an array to floats in one pass.

    Parameters
    ----------
    images : array_like, any shape
        One of the six IDX dtypes, in any byte order and memory layout.
    mean, std : float
        On the scale of ``x/255`` for uint8 images, on that of the items for other dtypes.
    dtype : dtype, default float32
        float32, float64 or float16.
    out : ndarray, optional
        Receives the result: shape of ``images``, this dtype, C-contiguous and writable.
    threads : int, optional
        1 stays on the calling thread; None picks by size.

    Returns
    -------
    ndarray
        ``out``, or a new C-contiguous array.

    Raises
    ------
    FormatError
        ``images`` has none of the IDX dtypes.
    OutputError
        ``out`` does not fit or overlaps ``images``; nothing is written to it.
    ValueError, TypeError
        Another dtype, a mean or std that is not finite, a std of zero, or both so far apart that the
        result cannot be told in ``dtype``; an argument of another kind.

    Notes
    -----
    uint8 items become ``fma(x, scale, shift)`` with ``scale = 1/(255*std)`` and ``shift = -mean/std``,
    both rounded to the precision of the result: one rounding for each item. Other items are converted
    to that precision, then ``mean`` is subtracted and the difference divided by ``std``, each rounded.
    float16 results are computed in float32 and rounded once more.
    """
    array = np.asarray(images)
    kernel, result = float_kernel(idx_dtype(array.dtype), mean, std, dtype)
    threads = check_threads(threads)
    if out is None:
        out = np.empty(array.shape, result)
    else:
        check_out(out, array.shape, result)
        if np.may_share_memory(out, array):
            raise OutputError("out overlaps the images in memory")
    source, target = np.ascontiguousarray(array).reshape(-1), out.reshape(-1)
    parts = [slice(low, low + PART) for low in range(0, source.size, PART)]
    for _ in ordered_map(lambda p: kernel(source[p], target[p]), parts, thread_count(threads, len(parts))):
        pass
    return out


Kernel = Callable[[NDArray[Any], NDArray[Any]], None]


@dataclass(frozen=True)
class Affine:
    """The kernel for uint8 items: ``item*scale + shift``, rounded once."""

    scale: float
    shift: float

    def __call__(self, items: NDArray[Any], out: NDArray[Any]) -> None:
        """Convert items to ``out``, which has as many."""
        affine_u8(items, out, self.scale, self.shift)


@dataclass(frozen=True)
class Standardize:
    """The kernel for the other IDX dtypes: ``(item - mean)/std``, each operation rounded to ``work``."""

    mean: float
    std: float
    work: np.dtype[Any]

    def __call__(self, items: NDArray[Any], out: NDArray[Any]) -> None:
        """Convert items to ``out``, which has as many."""
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            for low in range(0, items.size, _BLOCK):
                part = slice(low, low + _BLOCK)
                block = items[part].astype(self.work)
                block -= self.mean
                block /= self.std
                out[part] = block


def float_kernel(
    source: np.dtype[Any], mean: float, std: float, dtype: DTypeLike | None
) -> tuple[Kernel, np.dtype[Any]]:
    """Return ``kernel(items, out)`` that normalizes items of an IDX dtype, and the result's dtype.

    The kernel takes one-dimensional C-contiguous arrays of equal length.

    Raises
    ------
    ValueError
        See `normalize`.
    """
    result = float_dtype(dtype)
    if source == np.uint8:
        scale, shift = coefficients(mean, std, result)
        return Affine(scale, shift), result
    work = np.dtype(np.float64 if result == np.float64 else np.float32)
    numbers = _in_precision(mean, std, work)
    if not all(map(math.isfinite, numbers)) or not numbers[1]:
        raise _unusable(mean, std, result)
    return Standardize(*numbers, work), result


def coefficients(mean: float, std: float, dtype: DTypeLike) -> tuple[float, float]:
    """Return ``scale`` and ``shift`` such that ``x*scale + shift`` is ``(x/255 - mean)/std``.

    Both are computed in float64 and rounded to the precision of ``dtype`` (float32 for float16).

    Raises
    ------
    ValueError
        See `normalize`.
    """
    result = float_dtype(dtype)
    exact_mean, exact_std = _in_precision(mean, std, np.dtype(np.float64))
    divisor = 255.0 * exact_std
    if not math.isfinite(exact_mean) or not math.isfinite(exact_std) or not divisor:
        raise _unusable(mean, std, result)
    numbers = _in_precision(1.0 / divisor, -exact_mean / exact_std, result)
    if not all(map(math.isfinite, numbers)):
        raise _unusable(mean, std, result)
    return numbers


def float_dtype(dtype: DTypeLike | None) -> np.dtype[Any]:
    """Return the native-order dtype if it is float32, float64 or float16; float32 for None.

    Raises
    ------
    ValueError
        Another dtype.
    """
    result = FLOATS[0] if dtype is None else native_dtype(dtype)
    if result not in FLOATS:
        raise ValueError(f"normalized data is float32, float64 or float16, not {result}")
    return result


def native_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    """Return a dtype in native byte order.

    Raises
    ------
    ValueError
        It is none.
    """
    try:
        return np.dtype(dtype).newbyteorder("=")
    except TypeError as error:
        raise ValueError(f"dtype {dtype!r} is unknown to NumPy") from error


def _in_precision(first: float, second: float, dtype: np.dtype[Any]) -> tuple[float, float]:
    """Return both numbers rounded to the precision of a dtype (float32 for float16)."""
    work = np.float64 if dtype == np.float64 else np.float32
    try:
        with np.errstate(over="ignore", under="ignore"):
            return float(work(first)), float(work(second))
    except (TypeError, ValueError) as error:
        raise type(error)(f"mean and std must be numbers, not {first!r} and {second!r}") from error


def _unusable(mean: float, std: float, dtype: np.dtype[Any]) -> ValueError:
    return ValueError(
        f"mean and std must be finite, std not zero, and 1/std and mean/std within the range of {dtype};"
        f" mean is {mean}, std is {std}"
    )


def check_out(out: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    """Check that a caller's array can receive a result of this shape and dtype as it is.

    Raises
    ------
    OutputError
        Not an array, or another shape, dtype, byte order or layout, or not writable.
    """
    if not isinstance(out, np.ndarray):
        raise OutputError(f"out must be a numpy.ndarray, not {type(out).__name__}")
    if out.shape != shape or out.dtype != dtype:
        raise OutputError(f"out must be {dtype} of shape {shape}, it is {out.dtype} of shape {out.shape}")
    flags = {
        "C-contiguous": out.flags.c_contiguous,
        "aligned": out.flags.aligned,
        "writable": out.flags.writeable,
    }
    if not all(flags.values()):
        lacking = " and not ".join(name for name, present in flags.items() if not present)
        raise OutputError(f"out must be C-contiguous, aligned and writable, it is not {lacking}")
