"""What is promised, what was measured, and whether the one holds the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fmnist_fast.benchmark.paired import Comparison, Spread

Target = tuple[float, float]

#: (at least, aim): ratios of speed on the best CPU level of a machine, unless a level is named.
TARGETS: dict[str, Target] = {
    "fresh": (1.3, 1.6),
    "two threads": (2.2, 2.8),
    "kinds": (1.4, 1.8),
    "normalize": (8.0, 11.0),
    "numpy": (1.0, 1.2),
}
TARGETS_BY_LEVEL: dict[tuple[str, str], Target] = {
    ("fresh", "generic"): (0.95, 1.2),
    ("reused", "generic"): (0.95, 1.2),
    ("reused", "avx2"): (1.3, 2.0),
    ("reused", "avx512"): (1.6, 2.0),
}
#: Never slower than zlib, never more than 10 % slower than libdeflate, whatever the stream.
EVERYWHERE: dict[str, Target] = {"zlib": (1.0, 1.0), "libdeflate": (1 / 1.1, 1.0)}
NOTHING_OWED = (None, None)


def target(key: str, level: str, best: bool) -> Target | tuple[None, None]:
    """Return what is owed, if anything, for a row at a CPU level."""
    return TARGETS_BY_LEVEL.get((key, level)) or (TARGETS.get(key) if best else None) or NOTHING_OWED


@dataclass(frozen=True)
class Result:
    """One row of the report.

    Attributes
    ----------
    group, title, level, stream : str
        What was measured, at which CPU level, on which input.
    unit : str
        "x" for a ratio of speed, where more is better; otherwise less is better.
    floor, aim : float or None
        What is owed and what is hoped for; None where the row only informs.
    spread : Spread or None
        None if the row was skipped.
    ours, peer : float
        Median milliseconds of both sides, where there are two.
    against, note : str
        Name of the peer; reason for skipping or a remark.
    """

    group: str
    title: str
    level: str
    stream: str = ""
    unit: str = "x"
    floor: float | None = None
    aim: float | None = None
    spread: Spread | None = None
    ours: float = 0.0
    peer: float = 0.0
    against: str = ""
    note: str = ""

    @property
    def verdict(self) -> str:
        """In a word or two; a question mark where the interval lies on both sides of what is owed."""
        if self.spread is None:
            return "skipped"
        if self.floor is None or self.aim is None:
            return ""
        sign = 1 if self.unit == "x" else -1
        doubt = "?" if self.spread.interval[0] < self.floor < self.spread.interval[1] else ""
        if sign * self.spread.median < sign * self.floor:
            return f"BELOW{doubt}" if sign == 1 else f"ABOVE{doubt}"
        return "aim" if sign * self.spread.median >= sign * self.aim else f"held{doubt}"


def compared(group: str, title: str, level: str, found: Comparison, **rest: object) -> Result:
    """Return the row of a comparison."""
    ours, peer = (spread.median * 1e3 for spread in (found.ours, found.peer))
    return Result(group, title, level, spread=found.ratio, ours=ours, peer=peer, **rest)  # type: ignore[arg-type]


def table(results: Iterable[Result]) -> str:
    """Return rows as text."""
    lines = [
        f"{'CPU level':9} {'row':62} {'owed':>9} {'aim':>9} {'median':>9}  {'95 % interval':17}"
        f" {'quartiles':17} {'ours ms':>8} {'peer ms':>8}  verdict"
    ]
    for row in results:
        head = f"{row.level:9} {row.title:62}"
        if row.spread is None:
            lines.append(f"{head} skipped: {row.note}")
            continue
        owed = _figure(row.floor, row.unit, "" if row.unit == "x" else "<=")
        both = (f"{row.ours:8.2f}", f"{row.peer:8.2f}") if row.peer else (" " * 8, " " * 8)
        lines.append(
            f"{head} {owed:>9} {_figure(row.aim, row.unit):>9} {_figure(row.spread.median, row.unit):>9}"
            f"  {_range(row.spread.interval):17} {_range(row.spread.quartiles):17} {' '.join(both)}"
            f"  {row.verdict}{'  ' + row.note if row.note else ''}"
        )
    return "\n".join(lines)


def grid(results: Iterable[Result]) -> str:
    """Return the matrix of contents and encoders as text: speed against zlib / against libdeflate."""
    rows = [row for row in results if row.group == "matrix"]
    text = []
    for level in dict.fromkeys(row.level for row in rows):
        here = [row for row in rows if row.level == level and row.spread]
        cells: dict[tuple[str, str], dict[str, str]] = {}
        for row in here:
            kind, encoder = row.title.split(" by ")
            mark = "!" if row.verdict.startswith("BELOW") else " "
            cells.setdefault((encoder, kind), {})[row.against] = f"{row.spread.median:5.2f}{mark}"
        kinds = list(dict.fromkeys(kind for _, kind in cells))
        text.append(f"{level:13}" + "".join(f"{kind:^14}" for kind in kinds))
        for encoder in dict.fromkeys(encoder for encoder, _ in cells):
            pairs = [cells.get((encoder, kind), {}) for kind in kinds]
            text.append(
                f"{encoder:13}"
                + "".join(f"{p.get('zlib', ''):>6}/{p.get('libdeflate', ''):<7}" for p in pairs).rstrip()
            )
        missed = sum(row.verdict.startswith("BELOW") for row in here)
        text.append(f"{len(here) - missed} of {len(here)} as owed (a mark ! where not)\n")
    return "\n".join(text)


def _figure(value: float | None, unit: str, before: str = "") -> str:
    if value is None:
        return "-"
    return f"{before}{value:.2f}x" if unit in ("x", "cost") else f"{before}{value:.2f} {unit}"


def _range(pair: tuple[float, float]) -> str:
    return f"{pair[0]:.2f} .. {pair[1]:.2f}"
