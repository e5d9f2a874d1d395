"""A run as a bar chart, in PNG."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .._atomic import atomic_file
from .._extras import optional
from .contest import REFERENCE
from .results import Row, Run
from .text import significant

_OURS, _OTHERS = "#0072b2", "#b8b8b8"
_LIMIT = "memcpy"
#: Longer lists, and contests without a rate, are for tables.
_PANELS = ("decode", "decode-normalized", "stream", "encode-6", "normalize", "epoch")


def check() -> None:
    """Raise `MissingExtraError` where matplotlib is missing, before anything is measured."""
    optional("matplotlib", "matplotlib", "bench", "a bar chart")


def write(run: Run, target: Path) -> None:
    """Draw the rates of the main contests, or of all if those are not among them.

    Parameters
    ----------
    run : Run
    target : Path
        A PNG file; an older one is replaced.
    """
    contests = {name: _drawn(rows) for name, rows in run.contests().items()}
    panels = [rows for name in _PANELS if (rows := contests.get(name))]
    panels = panels or [rows for rows in contests.values() if rows]
    figures = optional("matplotlib.figure", "matplotlib", "bench", "a bar chart")
    columns = min(2, max(1, len(panels)))
    lines = [panels[k : k + columns] for k in range(0, len(panels), columns)]
    heights = [max(map(len, line)) + 2.0 for line in lines] or [3.0]
    figure = figures.Figure(figsize=(6.4 * columns, 0.27 * sum(heights) + 0.8), dpi=120, layout="constrained")
    grid = figure.add_gridspec(len(heights), columns, height_ratios=heights)
    for number, line in enumerate(lines):
        for place, rows in enumerate(line):
            _panel(figure.add_subplot(grid[number, place]), rows)
    figure.supxlabel(f"{run.facts.get('CPU', '')}, {run.label}, {run.time[:10]}", fontsize=8, color="#555555")
    with atomic_file(target) as file:
        figure.savefig(file, format="png")


def _drawn(rows: list[Row]) -> list[Row]:
    """Return the rows that have a rate, the slowest first; the limit would leave the others no room."""
    return sorted((row for row in rows if row.rate and row.way != _LIMIT), key=lambda row: row.rate)


def _panel(axes: Any, rows: list[Row]) -> None:
    colors = [_OURS if row.way.startswith(REFERENCE) else _OTHERS for row in rows]
    drawn = axes.barh([row.way for row in rows], [row.rate for row in rows], color=colors, height=0.72)
    axes.bar_label(drawn, [significant(row.rate) for row in rows], padding=3, fontsize=8)
    axes.set_title(rows[0].title, fontsize=9, loc="left")
    axes.set_xlabel("MB/s of decoded data", fontsize=8)
    axes.tick_params(labelsize=8)
    axes.margins(x=0.12)
    axes.spines[["top", "right"]].set_visible(False)
