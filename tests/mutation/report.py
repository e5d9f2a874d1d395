"""The score, and what it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from accepted import REASONS, SILENT, Accepted

GOAL = 0.9


def _stage(row: dict[str, Any]) -> str:
    """Who killed it."""
    return str(row["by"]).split(" ")[0]


def summary(rows: Sequence[dict[str, Any]], accepted: Accepted) -> tuple[str, bool]:
    """Text, and whether the goal is reached and each survivor has its reason."""
    verdicts = Counter(row["verdict"] for row in rows)
    survivors = [row for row in rows if row["verdict"] == "survived"]
    reasons = Counter(accepted.reason(row["key"]) for row in survivors)
    stages = Counter(_stage(row) for row in rows if row["verdict"] == "killed")
    counted = verdicts["killed"] + verdicts["survived"]
    score = verdicts["killed"] / counted if counted else 0.0
    loud = verdicts["killed"] / max(1, counted - sum(reasons[name] for name in SILENT))
    killers = ", ".join(f"{name} {n}" for name, n in stages.most_common())
    lines = [
        f"killed     {verdicts['killed']:5}  ({killers})",
        f"survived   {verdicts['survived']:5}",
        *(f"  {name:12} {reasons[name]:5}  {words}" for name, words in REASONS.items() if reasons[name]),
        *([f"  {'no reason':12} {reasons['']:5}"] if reasons[""] else []),
        f"equivalent {verdicts['equivalent']:5}  the released machine code is the same; not counted",
        f"invalid    {verdicts['invalid']:5}  does not compile; not counted",
        f"score      {score:6.1%}  of all {counted}",
        f"           {loud:6.1%}  of those that change a byte or a verdict: without {', '.join(SILENT)}",
    ]
    for row in survivors:
        if not accepted.reason(row["key"]):
            file, function, text, change = row["key"]
            lines.append(f"no reason: {file}:{row['line']}: {function}: {change}: {text}")
    return "\n".join(lines), loud >= GOAL and not reasons[""]
