"""Results as text: rows of a table for the terminal, and Markdown for the documentation."""

from __future__ import annotations

from collections.abc import Sequence

from .results import Row

_FIGURES = ("MB/s", "relative", "95 % interval", "quartiles")
_QUANTITIES = {"ms": "time", "MiB": "memory"}


def columns(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the names of what `cells` returns."""
    if rows[0].against:
        return "ours", "against", "figure", *_FIGURES[2:]
    return "way", _QUANTITIES[rows[0].unit], *_FIGURES


def cells(row: Row) -> tuple[str, ...]:
    """Return the figures of a row that has some as text."""
    assert row.value
    if row.against:
        shown, unit = (row.value, f" {row.unit}") if row.ratio is None else (row.ratio, "x")
        figure = f"{significant(shown.median)}{unit}"
        return row.against, row.way, figure, _span(shown.interval), _span(shown.quartiles)
    relative = interval = quartiles = ""
    if row.ratio is not None:
        relative = f"{row.ratio.median:.2f}x"
        interval, quartiles = (_span(span) for span in (row.ratio.interval, row.ratio.quartiles))
    rate = f"{row.rate:,.0f}" if row.rate else ""
    return row.way, f"{significant(row.value.median)} {row.unit}", rate, relative, interval, quartiles


def significant(value: float) -> str:
    """Return a number with three digits that count."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"


def _span(pair: tuple[float, float]) -> str:
    return f"{pair[0]:.2f} - {pair[1]:.2f}"
