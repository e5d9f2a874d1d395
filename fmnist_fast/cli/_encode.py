"""`fmnist-fast encode`: from NumPy files or folders of PNGs to IDX."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Literal

from ..codec import write_idx
from ._arguments import add_command, add_level
from ._console import say, size_text
from ._files import UsageError, refuse_existing
from ._import import convert, load

_EPILOG = """\
IN is one of
  FILE.npy         one array
  FILE.npz         one array of several; --key names it if there is more than one
  FOLDER           PNG files of equal size, as gray values, in the order of their names;
                   with PNGs in subfolders each subfolder is a class, and a file of labels is written too:
                   subfolders named by whole numbers keep them, others are numbered in alphabetical order

examples:
  fmnist-fast encode train.npy -o train-images-idx3-ubyte.gz
  fmnist-fast encode mnist.npz --key y_train -o train-labels-idx1-ubyte.gz
  fmnist-fast encode photos/ -o photos-images-idx3-ubyte.gz --labels photos-labels-idx1-ubyte.gz
  fmnist-fast encode train.npy -o train-images-idx3-ubyte.gz --compress bgzf
"""


def add(commands: Any) -> None:
    """Add this command to the parser."""
    command = add_command(
        commands,
        "encode",
        run,
        help="make an IDX file from npy, npz or a folder of PNGs",
        description="Make an IDX file.",
        epilog=_EPILOG,
    )
    command.add_argument("input", type=Path, metavar="IN", help="npy or npz file, or folder of PNGs")
    command.add_argument("-o", "--output", required=True, type=Path, metavar="OUT", help="IDX file to write")
    command.add_argument(
        "--labels",
        type=Path,
        metavar="OUT",
        help="where the labels of a folder go (default: OUT with labels-idx1 for images-idx3)",
    )
    command.add_argument("--key", help="name of the array in an npz file")
    command.add_argument("--dtype", help="convert to this dtype first; an error if that would change a value")
    command.add_argument(
        "--compress",
        choices=("gzip", "bgzf", "none"),
        help="bgzf: gzip that can be read from any row (default: gzip if OUT ends in .gz, else none)",
    )
    add_level(command, 6)
    command.add_argument("--overwrite", action="store_true", help="replace outputs that exist")


def run(arguments: argparse.Namespace) -> int:
    """Load everything, then write each output, whole or not at all."""
    output: Path = arguments.output
    refuse_existing(output, arguments.overwrite)
    loaded = load(arguments.input, arguments.key)
    jobs = [(output, convert(loaded.array, arguments.dtype, arguments.input))]
    if loaded.labels is not None:
        target = arguments.labels or _labels_path(output)
        refuse_existing(target, arguments.overwrite)
        jobs.append((target, loaded.labels))
    elif arguments.labels:
        raise UsageError(f"{arguments.input}: --labels goes with a folder whose subfolders are classes")
    compress: Literal["gzip", "bgzf", False] | None = (
        False if arguments.compress == "none" else arguments.compress
    )
    for target, array in jobs:
        write_idx(target, array, compress=compress, level=arguments.level)
        say(f"{target}: {array.dtype.name} {array.shape}, {size_text(target.stat().st_size)}")
    for label, name in enumerate(loaded.names):
        say(f"  class {label}: {name}")
    return 0


def _labels_path(output: Path) -> Path:
    name = output.name.replace("images", "labels").replace("idx3", "idx1")
    if name == output.name:
        raise UsageError(
            f"{output}: the subfolders are classes; name the file for their labels with --labels"
        )
    return output.with_name(name)
