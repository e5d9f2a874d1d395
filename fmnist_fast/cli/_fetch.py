"""`fmnist-fast fetch`: the files of a dataset, from this machine or from the web."""

from __future__ import annotations

import argparse
from typing import Any

from ..datasets.fetch import fetch_file
from ..datasets.find import copies
from ..datasets.pairs import read_copy
from ..datasets.registry import Dataset, KnownFile, find_dataset
from ..errors import DatasetError, FmnistFastError
from ._arguments import add_command
from ._console import complain, progress, say
from ._files import UsageError

_EPILOG = """\
A file that is on this machine already, with the right content, is not downloaded again. Without --root it
may lie in the folder that FMNIST_FAST_DATA names, in data/, or where Keras and scikit-learn keep theirs;
downloads go to the user's cache. With --root only that folder counts. Mirrors are tried in turn, a download
that broke off is taken up again, and a file gets its name only when its checksum is the published one.
Needs pooch: python -m pip install "fmnist_fast[download]"

examples:
  fmnist-fast fetch fashion-mnist
  fmnist-fast fetch mnist --root data
  fmnist-fast datasets                 the names there are

exit codes: 0 all files are there, 1 one could not be had, 2 unknown name or pooch missing
"""


def add(commands: Any) -> None:
    """Add this command to the parser."""
    command = add_command(
        commands,
        "fetch",
        run,
        help="download a dataset, unless it is here already",
        description="Make sure that the files of a dataset are on this machine, intact.",
        epilog=_EPILOG,
    )
    command.add_argument("name", metavar="NAME", help="dataset, such as fashion-mnist")
    command.add_argument("--root", metavar="DIR", help="look here only, and download to DIR/NAME")


def run(arguments: argparse.Namespace) -> int:
    """Find or download each file."""
    try:
        dataset = find_dataset(arguments.name)
    except DatasetError as error:
        raise UsageError(str(error)) from None
    for known in dataset.files:
        path = _present(dataset, known, arguments.root)
        if path is not None:
            say(f"{known}: {path}, already there")
            continue
        path = fetch_file(dataset, known, arguments.root, progress=progress)
        say(f"{known}: {path}, downloaded")
    return 0


def _present(dataset: Dataset, known: KnownFile, root: str | None) -> str | None:
    """Return the path of an intact copy; complain about those that are not."""
    for copy in copies(dataset, known, root):
        try:
            read_copy(copy, known, dataset)
            return str(copy)
        except (FmnistFastError, OSError) as error:
            complain(f"not used: {error}")
    return None
