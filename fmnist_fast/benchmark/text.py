"""Results as text: rows of a table for the terminal, and Markdown for the documentation."""

from __future__ import annotations

from collections.abc import Sequence

from .results import Row

_SPANS = ("95 % interval", "quartiles")
_QUANTITIES = {"ms": "time", "MiB": "memory"}
Cells = tuple[str, ...]


def table(rows: Sequence[Row]) -> tuple[Cells, list[Cells]]:
    """Return head and lines of what one contest has measured; columns that would be empty are left out.

    Where nothing has a ratio, the intervals are those of the times or amounts themselves.
    """
    measured = [row for row in rows if row.value is not None]
    alone = not any(row.ratio for row in measured)
    head: Cells = ("ours", "against", "figure", *_SPANS)
    if not rows[0].against:
        head = ("way", _QUANTITIES[rows[0].unit], "MB/s", "relative", *_SPANS)
    lines = [cells(row, alone=alone) for row in measured]
    shown = [k for k in range(len(head)) if any(line[k] for line in lines)]
    head, *lines = [tuple(line[k] for k in shown) for line in (head, *lines)]
    return head, lines


def missing(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Return the names of what was not measured, and why."""
    return [(row.name, row.note) for row in rows if row.value is None]


def cells(row: Row, *, alone: bool = False) -> Cells:
    """Return the figures of a row as text."""
    assert row.value is not None  # the caller has looked
    shown = row.value if row.ratio is None and (row.against or alone) else row.ratio
    spans = ("", "") if shown is None else (_span(shown.interval), _span(shown.quartiles))
    value = f"{significant(row.value.median)} {row.unit}"
    relative = f"{significant(row.ratio.median)}x" if row.ratio else ""
    if row.against:
        return row.against, row.way, relative or value, *spans
    return row.way, value, f"{row.rate:,.0f}" if row.rate else "", relative, *spans


def significant(value: float) -> str:
    """Return a number with three digits that count."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"


def _span(pair: tuple[float, float]) -> str:
    return " - ".join(map(significant, pair))
