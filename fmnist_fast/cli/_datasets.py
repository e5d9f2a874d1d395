"""`fmnist-fast datasets`: which datasets are known by name, and which of their files are here."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from typing import Any

from ..datasets.find import copies
from ..datasets.registry import DATASETS, Dataset
from ._arguments import add_command
from ._console import say, say_json, size_text, table

_EPILOG = """\
"here" counts the files found by their name, in the folder that FMNIST_FAST_DATA names, in the user's cache,
in data/, and where Keras and scikit-learn keep theirs; their content is checked when they are loaded. Several
datasets have the same file names, so that a folder which does not say whose they are counts for each.
"download" is "-" where the size is not published.

examples:
  fmnist-fast datasets
  fmnist-fast datasets --root data --json
  python -c 'import fmnist_fast as ff; images, labels = ff.load("fashion-mnist", "test")'
"""


def add(commands: Any) -> None:
    """Add this command to the parser."""
    command = add_command(
        commands,
        "datasets",
        run,
        help="list the datasets that are known by name",
        description="List the datasets that load and fetch know, and what is found of them.",
        epilog=_EPILOG,
    )
    command.add_argument("--root", metavar="DIR", help="look here only")
    command.add_argument("--json", action="store_true", help="print all that is known, as a JSON list")


@dataclass(frozen=True)
class _Here:
    """What is found of a dataset: number of its files, and the folders they lie in."""

    count: int
    folders: tuple[str, ...]


def run(arguments: argparse.Namespace) -> int:
    """Print one row for each dataset."""
    found = {name: _here(dataset, arguments.root) for name, dataset in DATASETS.items()}
    if arguments.json:
        say_json([_as_json(dataset, found[name]) for name, dataset in DATASETS.items()])
        return 0
    rows = [_row(dataset, found[name]) for name, dataset in DATASETS.items()]
    table(["name", "splits", "here", "images", "classes", "download"], rows, left=3)
    for name, here in found.items():
        for folder in here.folders:
            say(f"{name}: {folder}")
    return 0


def _here(dataset: Dataset, root: str | None) -> _Here:
    first = [next(copies(dataset, known, root), None) for known in dataset.files]
    paths = [copy.path for copy in first if copy is not None]
    return _Here(len(paths), tuple(dict.fromkeys(os.path.dirname(path) for path in paths)))


def _download_size(dataset: Dataset) -> int | None:
    if dataset.archive is not None:
        return dataset.archive.size
    sizes = [known.size for known in dataset.files]
    return None if None in sizes else sum(size or 0 for size in sizes)


def _row(dataset: Dataset, here: _Here) -> list[str]:
    size = _download_size(dataset)
    images = sum(known.shape[0] for known in dataset.files if known.kind == "images")
    return [
        dataset.name,
        ", ".join(dataset.splits),
        f"{here.count} of {len(dataset.files)}",
        f"{images:,}",
        str(len(dataset.classes)),
        "-" if size is None else size_text(size),
    ]


def _as_json(dataset: Dataset, here: _Here) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "title": dataset.title,
        "splits": {name: len(split) for name, split in dataset.splits.items()},
        "classes": list(dataset.classes),
        "first_label": dataset.first_label,
        "mean": dataset.mean,
        "std": dataset.std,
        "download_size": _download_size(dataset),
        "files": [
            {"name": known.name, "size": known.size, "md5": known.md5, "sha256": known.sha256}
            for known in dataset.files
        ],
        "mirrors": list(dataset.mirrors),
        "homepage": dataset.homepage,
        "license": dataset.license,
        "duplicates": {where: [list(pair) for pair in pairs] for where, pairs in dataset.duplicates.items()},
        "notes": dataset.notes,
        "here": {"files": here.count, "folders": list(here.folders)},
    }
