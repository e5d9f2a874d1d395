"""`fmnist-fast decode`: from IDX to a format that other programs and languages read."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .._atomic import atomic_file
from ..codec import read_idx, write_idx
from ..errors import MismatchError
from ._arguments import add_command, positive
from ._console import say, size_text
from ._export import SAVERS, Job
from ._files import UsageError, refuse_existing

_EPILOG = """\
The ending of OUT decides on the format:
  .npy             one array, for NumPy and everything that reads its format
  .npz             the same with a name (--key), and the labels beside it if --labels is given
  .idx, -ubyte     IDX without compression; with .gz behind it, gzipped
  .csv             one line per image, the label first if --labels is given
  .parquet         one row per image, the pixels as a list (needs pyarrow, extra "table")
  .png             contact sheet; with --labels each class takes three rows (needs Pillow, extra "cli")

examples:
  fmnist-fast decode train-images-idx3-ubyte.gz -o train.npy
  fmnist-fast decode t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz -o test.csv
  fmnist-fast decode train-images-idx3-ubyte.gz --labels train-labels-idx1-ubyte.gz -o sheet.png
"""


def add(commands: Any) -> None:
    """Add this command to the parser."""
    command = add_command(
        commands,
        "decode",
        run,
        help="convert an IDX file to npy, npz, idx, csv, parquet or png",
        description="Convert an IDX file to a format that other programs read.",
        epilog=_EPILOG,
    )
    command.add_argument("file", metavar="FILE", help="IDX file: gzip, xz or raw")
    command.add_argument("-o", "--output", required=True, type=Path, metavar="OUT", help="file to write")
    command.add_argument("--labels", metavar="FILE", help="IDX file of the labels (npz, csv, parquet, png)")
    command.add_argument("--key", default="data", help="name of the array in an npz file (default: data)")
    command.add_argument(
        "--columns", type=positive, default=30, metavar="N", help="png: images per row (default: 30)"
    )
    command.add_argument(
        "--limit", type=positive, default=900, metavar="N", help="png: draw at most N images (default: 900)"
    )
    command.add_argument(
        "--scale", type=positive, default=1, metavar="N", help="png: enlarge every pixel N times (default: 1)"
    )
    command.add_argument("--overwrite", action="store_true", help="replace OUT if it exists")


def run(arguments: argparse.Namespace) -> int:
    """Decode the file completely, then write the output, whole or not at all."""
    output: Path = arguments.output
    ending = _ending(output)
    if ending in (".npy", ".idx", ".gz") and arguments.labels:
        raise UsageError(f"{output}: {ending} holds one array; --labels goes with npz, csv, parquet and png")
    refuse_existing(output, arguments.overwrite)
    array = read_idx(arguments.file)
    labels = read_idx(arguments.labels) if arguments.labels else None
    if labels is not None and labels.shape != array.shape[:1]:
        found = f"labels of shape {labels.shape} do not fit items of shape {array.shape}"
        raise MismatchError(found, source=arguments.labels)
    if ending in (".idx", ".gz"):
        write_idx(output, array)
    else:
        job = Job(
            array, labels, arguments.file, arguments.key, arguments.columns, arguments.limit, arguments.scale
        )
        with atomic_file(output) as file:
            SAVERS[ending](file, job)
    written = size_text(output.stat().st_size)
    say(f"{output}: {array.dtype.name} {array.shape} from {arguments.file}, {written}")
    return 0


def _ending(output: Path) -> str:
    suffix = output.suffix.lower()
    if suffix in SAVERS or suffix in (".idx", ".gz"):
        return suffix
    if output.name.endswith("-ubyte"):
        return ".idx"
    known = ", ".join([*SAVERS, ".idx", "-ubyte", ".gz"])
    raise UsageError(f"{output}: the ending decides on the format and must be one of {known}")
