"""What the commands print: tables, progress and sizes; rich draws them where it is installed.

It does so on terminals only, so that pipes and logs always get the same plain text.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

Advance = Callable[[int], object]


def say(text: str = "") -> None:
    """Print one line of output."""
    print(text, flush=True)


def complain(text: str) -> None:
    """Print one line on standard error, after the name of the program."""
    print(f"fmnist-fast: {text}", file=sys.stderr, flush=True)


def say_json(data: Any) -> None:
    """Print data as JSON."""
    say(json.dumps(data, indent=2))


def size_text(count: int) -> str:
    """Return a number of bytes for people."""
    if count < 1024:
        return f"{count} bytes"
    value, unit = float(count), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if value >= 1024:
            value, unit = value / 1024, larger
    return f"{value:.1f} {unit}"


def _rich(stream: Any) -> bool:
    """Whether rich is installed and somebody is watching."""
    if not stream.isatty():
        return False
    try:
        importlib.import_module("rich")
    except ImportError:
        return False
    return True


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> None:
    """Print a table; the first `left` columns are aligned to the left, the others to the right.

    The words are the same with and without rich, which only adds color and lines on a terminal.
    """
    if _rich(sys.stdout):
        from rich import box
        from rich.console import Console
        from rich.table import Table

        drawn = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
        for k, column in enumerate(columns):
            drawn.add_column(column, justify="left" if k < left else "right", overflow="fold")
        for row in rows:
            drawn.add_row(*row)
        Console(markup=False, highlight=False).print(drawn)
        return
    widths = [max(len(row[k]) for row in (columns, *rows)) for k in range(len(columns))]
    for row in (columns, *rows):
        cells = [
            cell.ljust(width) if k < left else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        say("  ".join(cells).rstrip())


def pairs(items: Sequence[tuple[str, str]]) -> None:
    """Print names and values under each other."""
    width = max(len(name) for name, _ in items)
    for name, value in items:
        say(f"  {name.ljust(width)}  {value}")


@contextmanager
def progress(description: str, total: int | None) -> Iterator[Advance]:
    """Show a progress bar on standard error while the block runs.

    Yields
    ------
    callable
        Takes the amount done since the last call. It does nothing where standard error is no terminal or
        rich is not installed.
    """
    if not _rich(sys.stderr):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(escape(description), total=total)
        yield lambda count: bar.advance(task, count)
