"""`fmnist-fast classify report`: results as a page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ._arguments import add_command
from ._console import say, size_text

_EPILOG = """\
One HTML file that needs no network: tables to sort and filter, accuracy against time, export.
Its libraries come with python -m pip install "fmnist_fast[pages]".

examples:
  fmnist-fast classify report results.jsonl -o report.html
  fmnist-fast classify report fashion.jsonl mnist.jsonl -o both.html
"""


def add(commands: Any) -> None:
    """Add this command to the parser."""
    command = add_command(
        commands,
        "report",
        run,
        help="make a page of results",
        description="Make one self-contained page of results files.",
        epilog=_EPILOG,
    )
    command.add_argument("files", nargs="+", type=Path, metavar="FILE", help="results file of classify run")
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("report.html"),
        metavar="FILE",
        help="page to write, an older one is replaced (default: report.html)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the page."""
    from ..baselines.report import write_report

    write_report(arguments.files, arguments.output)
    say(f"{arguments.output}: {size_text(arguments.output.stat().st_size)}")
    return 0
