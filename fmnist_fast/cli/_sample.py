"""`fmnist-fast sample`: synthetic garments as the four canonical files."""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

from ..codec import write_idx
from ..datasets.registry import FILE_NAMES
from ..datasets.synthetic import sample
from ._arguments import add_command, add_level, count
from ._console import progress, say, size_text
from ._files import UsageError, refuse_existing

_EPILOG = """\
Ten classes in the order of Fashion-MNIST: T-shirt/top, trouser, pullover, dress, coat, sandal, shirt,
sneaker, bag and ankle boot. They are drawn, with a random cut, cloth, pattern and grain for each; the files
compress like the real ones and a linear classifier learns them. The same seed gives the same garments.

examples:
  fmnist-fast sample -o data
  fmnist-fast sample -o small --train 1000 --test 200 --seed 7
"""


def add(commands: Any) -> None:
    """Add this command to the parser."""
    command = add_command(
        commands,
        "sample",
        run,
        help="draw synthetic garments and write the four canonical files",
        description="Draw a stand-in for Fashion-MNIST and write its four files.",
        epilog=_EPILOG,
    )
    command.add_argument(
        "-o", "--output", required=True, type=Path, metavar="DIR", help="output folder, made if missing"
    )
    command.add_argument(
        "--train", type=count, default=60_000, metavar="N", help="training images (default: 60000)"
    )
    command.add_argument(
        "--test", type=count, default=10_000, metavar="N", help="test images (default: 10000)"
    )
    command.add_argument("--seed", type=count, default=0, metavar="S", help="random seed (default: 0)")
    add_level(command, 9)
    command.add_argument("--overwrite", action="store_true", help="replace files that exist")


def run(arguments: argparse.Namespace) -> int:
    """Draw both splits and write them."""
    folder: Path = arguments.output
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is not a folder")
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILE_NAMES:
        refuse_existing(folder / name, arguments.overwrite)
    shapes = write_sample(folder, arguments.train, arguments.test, arguments.seed, arguments.level)
    for name in FILE_NAMES:
        path = folder / name
        say(f"{path}: uint8 {shapes[name]}, {size_text(path.stat().st_size)}")
    return 0


def write_sample(folder: Path, train: int, test: int, seed: int, level: int) -> dict[str, tuple[int, ...]]:
    """Draw and write the four files, and return their shapes by name."""
    shapes: dict[str, tuple[int, ...]] = {}
    with progress("drawing and compressing", 2 * (train + test)) as advance:

        def make(split: Literal["train", "t10k"], number: int) -> None:
            images, labels = sample(number, split=split, seed=seed, progress=advance)
            for name, array in ((f"{split}-images-idx3", images), (f"{split}-labels-idx1", labels)):
                write_idx(folder / f"{name}-ubyte.gz", array, compress="gzip", level=level)
                shapes[f"{name}-ubyte.gz"] = array.shape
            advance(number)

        # The longer part stays on this thread, where Ctrl-C can stop it.
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(make, "t10k", test)
            make("train", train)
            other.result()
    return shapes
