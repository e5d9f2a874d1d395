"""Two runs side by side."""

from __future__ import annotations

from collections.abc import Sequence

from .paired import Spread
from .results import Row, Run
from .text import significant

COLUMNS = ("contest", "way", "A", "A's interval", "B", "B : A", "")

#: Facts that change with every run and mean nothing for the comparison.
_FLEETING = ("load",)


def differing(a: dict[str, str], b: dict[str, str]) -> list[str]:
    """Return the names of the facts about machine and software in which two runs differ."""
    return [name for name in dict.fromkeys((*a, *b)) if name not in _FLEETING and a.get(name) != b.get(name)]


def lines(a: Run, b: Run) -> list[tuple[str, ...]]:
    """Return a line for each row that both have.

    Ratios stand for the ways of others, which are far steadier than times; times and memory for ours. In the
    last column: "outside" if the figure of B is not within the interval of A, "surely" if the intervals do
    not even touch.
    """
    before = {row.key: row for row in a.rows}
    found: list[tuple[str, ...]] = []
    for row in b.rows:
        old = before.get(row.key)
        if old is None or old.value is None or row.value is None:
            continue
        x, y, unit = _figures(old, row)
        figures = [f"{significant(spread.median)} {unit}" for spread in (x, y)]
        interval = " - ".join(map(significant, x.interval))
        change = f"{y.median / x.median - 1:+.1%}" if x.median else ""
        found.append((row.contest, row.name, figures[0], interval, figures[1], change, _verdict(x, y)))
    return found


def conclusion(found: Sequence[tuple[str, ...]]) -> str:
    """Return how many of the lines' figures are reproduced."""
    inside = sum(not line[-1] for line in found)
    return f"{inside} of {len(found)} figures of B lie within the interval of A"


def _verdict(x: Spread, y: Spread) -> str:
    if x.interval[1] < y.interval[0] or y.interval[1] < x.interval[0]:
        return "surely"
    return "" if x.interval[0] <= y.median <= x.interval[1] else "outside"


def _figures(old: Row, new: Row) -> tuple[Spread, Spread, str]:
    if old.ratio is not None and new.ratio is not None:
        return old.ratio, new.ratio, "x"
    assert old.value is not None  # the caller has looked
    assert new.value is not None
    return old.value, new.value, new.unit
