"""Figures in Markdown files, kept between two marks that name the contests they come from.

``<!-- bench: NAME ... -->`` begins a part, ``<!-- /bench -->`` ends it. All between is rewritten: a table for
each contest named, or all of them and the facts about the machine for the name "all".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import FormatError
from .results import Row, Run
from .text import missing, table

_PART = re.compile(r"(<!-- bench: ([^>]*?) -->\n).*?(<!-- /bench -->)", re.DOTALL)


def check(path: Path) -> None:
    """Raise `FormatError` unless a file has a part to be rewritten.

    Raises
    ------
    FormatError
        There is none.
    OSError
        The file cannot be read.
    """
    if not _PART.search(path.read_text(encoding="utf-8")):
        raise FormatError(
            "expected <!-- bench: all --> and <!-- /bench --> around the figures", source=str(path)
        )


def write(run: Run, path: Path) -> None:
    """Rewrite the parts of a file; what a run has not measured stays as it is."""
    contests = run.contests()

    def body(names: str) -> str | None:
        if names == "all":
            return "\n\n".join((_facts(run), *map(_section, contests.values())))
        if set(names.split()) <= set(contests):
            return "\n\n".join(_section(contests[name]) for name in names.split())
        return None

    fill(path, body)


def fill(path: Path, body: Callable[[str], str | None]) -> None:
    """Rewrite the parts of a file: `body` takes what a part names, and returns None to leave it alone."""

    def filled(part: re.Match[str]) -> str:
        text = body(part[2])
        return part[0] if text is None else f"{part[1]}\n{text}\n\n{part[3]}"

    path.write_text(_PART.sub(filled, path.read_text(encoding="utf-8")), encoding="utf-8")


def _facts(run: Run) -> str:
    lines = [(name, value) for name, value in run.facts.items()]
    lines += [
        (
            f"input `{name}`",
            f"{entry['bytes']:,} bytes, SHA-256 `{entry['sha256'][:16]}...`, {entry['recipe']}",
        )
        for name, entry in run.inputs.items()
    ]
    return _markdown((f"run `{run.label}`", run.time), lines, right=False)


def _section(rows: Sequence[Row]) -> str:
    """Return the table of one contest, and what is missing in it."""
    parts = [f"**{rows[0].title}** (`{rows[0].contest}`)"]
    head, lines = table(rows)
    if lines:
        parts.append(_markdown(head, lines))
    if without := [f"{name} ({reason})" for name, reason in missing(rows)]:
        parts.append(f"Without figures: {'; '.join(without)}.")
    return "\n\n".join(parts)


def _markdown(head: Sequence[str], lines: Sequence[Sequence[str]], *, right: bool = True) -> str:
    marks = ["---", *["---:" if right else "---"] * (len(head) - 1)]
    escaped = ([cell.replace("|", r"\|") for cell in line] for line in (head, marks, *lines))
    return "\n".join(f"| {' | '.join(line)} |" for line in escaped)
