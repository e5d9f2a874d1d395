"""`fmnist-fast classify`: the classifier benchmark."""

from __future__ import annotations

from typing import Any

from . import _classify_report, _classify_run, _classify_submit
from ._arguments import add_command

_EPILOG = """\
examples:
  fmnist-fast classify run --data fashion --out results.jsonl
  fmnist-fast classify run --data fashion --grid modern --train 6000 --test 1000 --jobs 4 --out small.jsonl
  fmnist-fast classify report results.jsonl -o report.html
  fmnist-fast classify submit results.jsonl

"fmnist-fast classify COMMAND --help" explains one of them. The libraries come with
python -m pip install "fmnist_fast[classify]", those of "report" with "fmnist_fast[pages]".
"""

_COMMANDS = (_classify_run, _classify_report, _classify_submit)


def add(commands: Any) -> None:
    """Add this command and those below it to the parser."""
    command = add_command(
        commands,
        "classify",
        None,
        help="benchmark scikit-learn classifiers on a dataset",
        description="Run grids of scikit-learn classifiers, and collect what they reach.",
        epilog=_EPILOG,
    )
    below = command.add_subparsers(dest="subcommand", metavar="COMMAND", required=True)
    for module in _COMMANDS:
        module.add(below)
