"""`fmnist-fast classify submit` and `merge`: results for the leaderboard."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ._arguments import add_command
from ._console import complain, say

_SUBMIT_EPILOG = """\
Taken are results on all of Fashion-MNIST, MNIST or KMNIST, from .gz files with the published checksums, that
can be true: accuracies between 0 and 1 that are a whole number of test images, times that fit each other,
settings that the named grid has. Settings that failed are left out. With --leaderboard, what is there already
is refused. Written are an entry, NAME.jsonl, and NAME.md, the text of a pull request, its title first.

examples:
  fmnist-fast classify submit results.jsonl
  fmnist-fast classify submit results.jsonl --leaderboard leaderboard.jsonl -o entries

exit codes: 0 written, 1 refused, with a sentence for each reason
"""

_MERGE_EPILOG = """\
Every entry is checked as "submit" checks it, and against the leaderboard: all are taken, or none. The lines
of the leaderboard are sorted by dataset, the best accuracy first.

examples:
  fmnist-fast classify merge entries/*.jsonl --into leaderboard.jsonl

exit codes: 0 merged, 1 refused, with a sentence for each reason
"""


def add(commands: Any) -> None:
    """Add both commands to the parser."""
    submit = add_command(
        commands,
        "submit",
        _submit,
        help="check results and write an entry for the leaderboard",
        description="Check a results file and make a submission of it.",
        epilog=_SUBMIT_EPILOG,
    )
    submit.add_argument("file", type=Path, metavar="FILE", help="results file of classify run")
    submit.add_argument("--leaderboard", type=Path, metavar="FILE", help="results accepted so far")
    submit.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("submission"),
        metavar="DIR",
        help="folder for the entry, made if missing (default: submission)",
    )
    merge = add_command(
        commands,
        "merge",
        _merge,
        help="fold entries into a leaderboard file",
        description="Check entries and fold them into a leaderboard file.",
        epilog=_MERGE_EPILOG,
    )
    merge.add_argument("entries", nargs="+", type=Path, metavar="ENTRY", help="file that submit wrote")
    merge.add_argument(
        "--into", required=True, type=Path, metavar="FILE", help="leaderboard, made if missing"
    )


def _submit(arguments: argparse.Namespace) -> int:
    from ..baselines.submission import RefusedError, submit

    try:
        entry = submit(arguments.file, arguments.output, arguments.leaderboard)
    except RefusedError as error:
        return _refuse(error)
    failed = f", {entry.left_out} settings that failed are left out" if entry.left_out else ""
    say(f"{entry.results}: {entry.lines} results{failed}")
    say(f"{entry.text}: the text of a pull request that adds that file")
    return 0


def _merge(arguments: argparse.Namespace) -> int:
    from ..baselines.submission import RefusedError, merge

    try:
        count = merge(arguments.entries, arguments.into)
    except RefusedError as error:
        return _refuse(error)
    say(f"{arguments.into}: {count} results")
    return 0


def _refuse(error: Any) -> int:
    for sentence in error.sentences:
        complain(f"{error.source}: {sentence}")
    return 1
