"""Flat views of bytes over what callers hand in."""

from __future__ import annotations

from typing import Any


def is_buffer(data: Any) -> bool:
    """Return whether an object gives access to its bytes."""
    try:
        memoryview(data).release()
    except (TypeError, ValueError):  # NumPy raises the latter for dtypes without a buffer format
        return False
    return True


def byte_view(buffer: Any) -> memoryview:
    """Return a flat view of bytes over a contiguous buffer; it is writable if the buffer is.

    Raises
    ------
    TypeError
        Not a buffer, or not C-contiguous.
    """
    view = memoryview(buffer)
    if view.ndim == 1 and view.format == "B" and view.c_contiguous:
        return view
    if not view.c_contiguous:
        raise TypeError("the buffer must be C-contiguous")
    return view.cast("B") if view.nbytes else memoryview(bytearray())
