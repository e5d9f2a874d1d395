"""`fmnist-fast classify report`: the results page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..baselines.report import write_report
from ._console import say, size_text
from ._files import refuse_existing

_EPILOG = """\
The page is one file that needs no network: the tabs Fashion, MNIST and Side by side, with sortable and
filtered tables, accuracy against training time, CSV export, light and dark. Several files of results are
put together; their datasets decide on the tabs. The libraries come with
python -m pip install "fmnist_fast[pages]".

examples:
  fmnist-fast classify report results.jsonl -o report.html
  fmnist-fast classify report fashion.jsonl mnist.jsonl -o report.html --overwrite
"""


def add(commands: Any) -> None:
    """Add this command to the parser."""
    command = commands.add_parser(
        "report",
        help="write the results page",
        description="Write results as one offline HTML page.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "results", nargs="+", type=Path, metavar="FILE", help="results of classify run, as JSON lines"
    )
    command.add_argument(
        "-o", "--output", required=True, type=Path, metavar="FILE", help="the HTML file to write"
    )
    command.add_argument("--overwrite", action="store_true", help="replace a file that exists")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the page."""
    target: Path = arguments.output
    refuse_existing(target, arguments.overwrite)
    write_report(arguments.results, target)
    say(f"{target}: {size_text(target.stat().st_size)}")
    return 0
