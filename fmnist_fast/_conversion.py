"""From items as they are stored to items as they are wanted: kernel and dtype of the result."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ._idx import idx_dtype
from .normalize import FLOATS, Affine, Kernel, float_kernel, native_dtype


def conversion(
    source: np.dtype[Any], dtype: DTypeLike | None, normalize: tuple[float, float] | None
) -> tuple[Kernel | None, np.dtype[Any]]:
    """Return the kernel from items to result items (None: none is needed) and the result's dtype.

    Parameters
    ----------
    source : numpy.dtype
        Of the items, in native byte order.
    dtype : dtype, optional
        Of the result. None: float32 with ``normalize``, else that of the items.
    normalize : (mean, std), optional

    Raises
    ------
    FormatError
        ``normalize`` for items that have none of the IDX dtypes.
    ValueError, TypeError
        A dtype that is no number, a pair that is none, or arguments that `float_kernel` refuses.
    """
    if normalize is not None:
        return float_kernel(idx_dtype(source), *_pair(normalize), dtype)
    result = source if dtype is None else native_dtype(dtype)
    if result.kind not in "biufc":
        raise ValueError(f"dtype must be boolean, integer, real or complex, not {result}")
    if result == source:
        return None, result
    exact = source == np.uint8 and result in FLOATS  # then the kernel for uint8 is the faster cast
    return (Affine(1.0, 0.0) if exact else _cast), result


def _pair(normalize: tuple[float, float]) -> tuple[float, float]:
    try:
        mean, std = normalize
    except (TypeError, ValueError) as error:
        raise type(error)(f"normalize must be (mean, std), not {normalize!r}") from error
    return mean, std


def _cast(items: NDArray[Any], out: NDArray[Any]) -> None:
    np.copyto(out, items, casting="unsafe")  # as astype does
