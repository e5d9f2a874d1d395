"""How values look in a table, how they sort, and how they are exported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .model import Column

MISSING = "–"  # noqa: RUF001  (a dash, as wide as a digit)


@dataclass(frozen=True)
class Cell:
    """A value in its three forms.

    Attributes
    ----------
    text : str
        What people read.
    order : str or None
        A number to sort and to compare with; None where the text itself serves.
    export : str
        What CSV files hold: all digits of a number, times in ISO 8601.
    """

    text: str
    order: str | None
    export: str


def cell(column: Column, value: Any) -> Cell:
    """Return the cell for a value of a column."""
    if value is None:
        return Cell(MISSING, None if column.kind in ("text", "code") else "", "")
    if column.kind == "number":
        return Cell(f"{value:,.{column.digits}f}", repr(value), repr(value))
    if column.kind == "duration":
        return Cell(duration(value), repr(value), repr(value))
    if column.kind == "time":
        moment = datetime.fromtimestamp(value, UTC)
        return Cell(f"{moment:%Y-%m-%d %H:%M}", repr(value), f"{moment:%Y-%m-%dT%H:%M:%SZ}")
    return Cell(str(value), None, str(value))


def duration(seconds: float) -> str:
    """Return seconds for people.

    Examples
    --------
    >>> duration(0.0123), duration(1.5), duration(75), duration(3725)
    ('0.012 s', '1.5 s', '1:15 min', '1:02:05 h')
    """
    if seconds < 59.95:
        return f"{seconds:.{3 if seconds < 1 else 1}f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d} h"
