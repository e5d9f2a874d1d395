"""Whole numbers that callers hand in."""

from __future__ import annotations

import operator
from typing import Any


def integer(name: str, value: Any, least: int, most: int | None = None) -> int:
    """Return a parameter as int if it is a whole number from ``least`` on.

    Whatever Python takes for an index will do, such as NumPy's integers. A bool will not: where a number is
    asked for it is a slip.

    Raises
    ------
    TypeError
        No whole number.
    ValueError
        Below ``least`` or above ``most``.
    """
    wanted = f"an int of at least {least}" if most is None else f"an int from {least} to {most}"
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None:
        raise TypeError(f"{name} must be {wanted}, not {value!r}")
    if number < least or (most is not None and number > most):
        raise ValueError(f"{name} must be {wanted}, not {number}")
    return number


def integer_or_none(name: str, value: Any, least: int) -> int | None:
    """Return a parameter that may be left out: None, or as `integer` does."""
    return None if value is None else integer(name, value, least)
