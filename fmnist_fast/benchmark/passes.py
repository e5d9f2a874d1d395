"""Several runs as one.

The interval of a median in one process says nothing of the next process, which finds other pages, other
neighbors, another clock. Several runs do: theirs is the interval in which a further run is expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..errors import FormatError
from .comparison import differing
from .paired import Spread
from .results import Row, Run

#: Student's t for 95 %, from one degree of freedom on.
_T = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26)


def combined(runs: Sequence[Run]) -> Run:
    """Return the medians of runs, each with the interval in which 95 of 100 further runs are expected.

    Parameters
    ----------
    runs : sequence of Run
        At least one and at most ten, under the same conditions.

    Raises
    ------
    FormatError
        They differ in the machine, the software or what was measured.
    """
    *others, last = runs
    if not others:
        return last
    for run in others:
        if other := differing(run.facts, last.facts):
            raise FormatError(f"runs {run.label} and {last.label} differ in {', '.join(other)}")
        if [row.key for row in run.rows] != [row.key for row in last.rows]:
            raise FormatError(f"runs {run.label} and {last.label} have measured different things")
    facts = last.facts | {"passes": f"{len(runs)}; intervals are for a further one"}
    facts["load"] = "; ".join(run.facts.get("load", "-") for run in runs)
    rows = [_row(same) for same in zip(*(run.rows for run in runs), strict=True)]
    return replace(last, facts=facts, rows=rows)


def _row(rows: Sequence[Row]) -> Row:
    values, ratios = ([getattr(row, name) for row in rows] for name in ("value", "ratio"))
    if None in values:
        return next(row for row in rows if row.value is None)
    return replace(
        rows[-1],
        value=expected(values),
        ratio=None if None in ratios else expected(ratios),
        rate=float(np.median([row.rate for row in rows])),
    )


def expected(parts: Sequence[Spread]) -> Spread:
    """Return the medians of two to ten measurements, and the interval in which a further one is expected."""
    medians = np.array([part.median for part in parts])
    quartiles = np.median([part.quartiles for part in parts], axis=0)
    bounds = np.array([_prediction(medians), *(part.interval for part in parts)])
    return Spread(
        float(np.median(medians)),
        (float(quartiles[0]), float(quartiles[1])),
        (float(bounds[:, 0].min()), float(bounds[:, 1].max())),
        sum(part.count for part in parts),
    )


def _prediction(medians: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float]:
    """Return the prediction interval of one more value, by factors where all are positive."""
    positive = bool((medians > 0).all())
    values = np.log(medians) if positive else medians
    count = len(values)
    reach = _T[count - 2] * values.std(ddof=1) * (1 + 1 / count) ** 0.5
    bounds = values.mean() - reach, values.mean() + reach
    low, high = np.exp(bounds) if positive else bounds
    return float(low), float(high)
