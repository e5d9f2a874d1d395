"""What is being done at the moment, on a line of the terminal that the next one takes."""

from __future__ import annotations

import shutil
import sys


def show(text: str = "") -> None:
    """Write on standard error what begins; without a text, clear the line.

    Nothing happens between two calls, so nothing runs beside what is measured. Where standard error is no
    terminal nothing is written.
    """
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        print(f"\r{text[:width]:{width}}", end="\r", file=sys.stderr, flush=True)
