"""A run, and the runs before it, as an offline HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .._extras import optional
from ..pages import Bars, Column, Page, Scatter, Tab, write_page
from .contest import REFERENCE
from .results import Row, Run, history

_LIMIT = "memcpy"
_WAY = Column("way", "Way", shown="always")
_PEER = Column("way", "Way", filter="choice", shown="always")
_OURS = Column("against", "Ours", shown="always")
_AGAINST = Column("way", "Against", shown="always")
_DUEL = Column("duel", "Ours: other", filter="choice", shown="always")
_WHOSE = Column("whose", "Whose", filter="choice", shown="asked")
_RATE = Column(
    "rate", "MB/s", "number", digits=0, help="Decoded bytes in a second.", filter="range", shown="always"
)
_RELATIVE = Column(
    "relative",
    "Relative",
    "number",
    digits=2,
    help="Time over that of fmnist_fast on one thread: the median of alternating pairs.",
    filter="range",
    shown="always",
)
_SPREAD = (
    Column("low", "95 % from", "number", digits=2, help="Bootstrap interval of the median ratio."),
    Column("high", "95 % to", "number", digits=2),
    Column("first", "Lower quartile", "number", digits=2, shown="asked"),
    Column("third", "Upper quartile", "number", digits=2, shown="asked"),
    Column("pairs", "Pairs", "number", digits=0, shown="asked"),
)
_TIME = Column("ms", "Time, ms", "number", digits=3, filter="range")
_MEMORY = Column("mib", "MiB above the array", "number", digits=1, filter="range", shown="always")
_CONTEST = Column("key", "Contest", filter="choice", shown="always")
_TITLE = Column("contest", "Job", shown="asked")
_REST = (Column("input", "Input", "code", shown="asked"), Column("note", "Remark", shown="asked"))


def check() -> None:
    """Raise `MissingExtraError`, before anything is measured, where a library is missing."""
    for module, library in (("jinja2", "Jinja"), ("itables", "itables"), ("bokeh", "Bokeh")):
        optional(module, library, "pages", "an HTML page")


def write(run: Run, target: Path, past: Path | None = None) -> None:
    """Write the page of a run.

    Parameters
    ----------
    run : Run
    target : Path
    past : Path, optional
        A history, whose runs get a tab of their own.

    Raises
    ------
    MissingExtraError
        A library of the extra "pages" is missing.
    """
    runs = history(past) if past is not None and past.exists() else []
    facts = [f"{name}: {value}." for name, value in run.facts.items()]
    inputs = [
        f"Input {name}: {entry['bytes']:,} bytes, SHA-256 {entry['sha256']}, {entry['recipe']}."
        for name, entry in run.inputs.items()
    ]
    intro = [
        f"Run {run.label}, {run.time}, by fmnist-fast bench. Contestants take turns in one process, A B A B; "
        "every result was compared with what is in the file before anything was timed."
    ]
    write_page(
        Page("How fast", _tabs(run, runs), noun="figures", intro=intro, notes=[*facts, *inputs]), target
    )


def _tabs(run: Run, runs: Sequence[Run]) -> list[Tab]:
    rows = [_flat(row) for row in run.rows]
    tabs = [
        _bars(key, title, [row for row in rows if row["key"] == name], x)
        for key, title, name, x in (
            ("read", "Reading", "decode", _RATE),
            ("normalized", "Normalized", "decode-normalized", _RATE),
            ("stream", "Streaming", "stream", _RATE),
            ("write", "Writing", "encode-6", _RATE),
            ("epoch", "An epoch", "epoch", _RATE),
            ("memory", "Memory", "memory", _MEMORY),
        )
    ]
    short = Tab(
        "short",
        "In short",
        [_OURS, _AGAINST, _RELATIVE, *_SPREAD, _TIME, _MEMORY],
        [row for row in rows if row["key"] == "summary"],
        order=("against", "asc"),
        intro="Ours against the best of the others, also at other CPU levels, and what stands alone.",
    )
    everything = Tab(
        "all",
        "Everything",
        [_CONTEST, _TITLE, _PEER, _WHOSE, _TIME, _RATE, _RELATIVE, *_SPREAD, _MEMORY, *_REST],
        rows,
        order=("key", "asc"),
        intro="Every contest, also with what could not be measured; the remark says why.",
    )
    return [tab for tab in (*tabs, short, everything, *_past(runs)) if tab.rows]


def _bars(key: str, title: str, rows: list[dict[str, Any]], x: Column) -> Tab:
    limit = next((row["rate"] for row in rows if row["way"] == _LIMIT), None)
    intro = rows[0]["contest"] + "." if rows else ""
    if limit:
        intro += f" Copying the pixels, which no reader can beat: {limit:,.0f} MB/s."
    measured = [row for row in rows if row[x.key] is not None and row["way"] != _LIMIT]
    columns = [_WAY, _WHOSE, _TIME, _RATE, _RELATIVE, *_SPREAD] if x is _RATE else [_WAY, _WHOSE, _MEMORY]
    chart = Bars(x.key, "way", "whose", ["way", x.key])
    return Tab(key, title, columns, measured, order=(x.key, "desc"), intro=intro, chart=chart)


def _past(runs: Sequence[Run]) -> list[Tab]:
    """Return tabs with the figures over all runs of a history: in short, and all."""
    run = Column("run", "Run", "number", digits=0, filter="range", help="In the order of the history.")
    label = Column("label", "Commit", "code", filter="choice", shown="always")
    rows = [
        _flat(row) | {"run": number, "label": it.label, "date": it.time}
        for number, it in enumerate(runs, 1)
        for row in it.rows
        if row.ratio is not None
    ]
    intro = "Each ratio in every run; of the times themselves little can be said across machines and days."

    def tab(key: str, title: str, rows: list[dict[str, Any]], *names: Column) -> Tab:
        details = ["label", *(column.key for column in names), "relative"]
        chart = Scatter("run", "relative", names[0].key, details, log_y=True)
        columns = [run, label, Column("date", "Time"), *names, _RELATIVE, *_SPREAD]
        return Tab(key, title, columns, rows, order=("run", "desc"), intro=intro, chart=chart)

    short = [row for row in rows if row["key"] == "summary"]
    return [
        tab("past", "Over commits", short, _DUEL),
        tab("past-all", "All over commits", rows, _CONTEST, _PEER),
    ]


def _flat(row: Row) -> dict[str, Any]:
    """Return a row as the columns want it."""
    ratio, value, against = row.ratio, row.value, row.against.replace("`", "")
    amount = value.median if value else None
    return {
        "key": row.contest,
        "contest": row.title,
        "way": row.way or None,
        "against": against,
        "duel": f"{against}: {row.way}" if against else None,
        "whose": REFERENCE if row.way.startswith(REFERENCE) else "others",
        "input": row.stream,
        "ms": amount if row.unit == "ms" else None,
        "mib": amount if row.unit == "MiB" else None,
        "rate": row.rate or None,
        "relative": ratio.median if ratio else None,
        "low": ratio.interval[0] if ratio else None,
        "high": ratio.interval[1] if ratio else None,
        "first": ratio.quartiles[0] if ratio else None,
        "third": ratio.quartiles[1] if ratio else None,
        "pairs": ratio.count if ratio else None,
        "note": row.note,
    }
