"""`fmnist-fast demo`: the main job from end to end, timed against the usual way of doing it."""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .._atomic import atomic_file
from .._backend import backend, cpu_features
from .._extras import MissingExtraError
from .._threads import usable_cpus
from .._version import __version__
from ..codec import read_idx
from ..datasets.registry import FASHION_MNIST_CLASSES, FILE_NAMES, SPLITS
from ..datasets.registry import FASHION_MNIST_MEAN as MEAN
from ..datasets.registry import FASHION_MNIST_STD as STD
from ..errors import DatasetError, MismatchError
from ..plots.sheet import contact_sheet
from ._arguments import add_command, count, positive
from ._console import progress, say, size_text, table
from ._demo_rows import Row, measure
from ._files import UsageError, refuse_existing
from ._sample import write_sample
from ._scan import scan
from ._verify import sentence

_EPILOG = """\
Without --data, a synthetic sample of the size of Fashion-MNIST is drawn into a temporary folder, which is
removed at the end. The readers take turns, each in a process of its own; the table shows medians. "read"
means four files to new uint8 arrays; "normalized" means four files to float32 images in existing arrays.

examples:
  fmnist-fast demo
  fmnist-fast demo --data ~/fashion-mnist --sheet garments.png
"""


def add(commands: Any) -> None:
    """Add this command to the parser."""
    command = add_command(
        commands,
        "demo",
        run,
        help="load, verify, normalize and time a dataset, and draw it",
        description="Load, verify, normalize and draw a dataset, and compare the speed with other readers.",
        epilog=_EPILOG,
    )
    command.add_argument("--data", type=Path, metavar="DIR", help="folder with the four .gz files")
    command.add_argument(
        "--train", type=count, default=60_000, metavar="N", help="training images to draw (default: 60000)"
    )
    command.add_argument(
        "--threads", type=positive, metavar="N", help="threads of the last row (default: one per CPU)"
    )
    command.add_argument(
        "--rounds", type=positive, default=7, metavar="N", help="measurements of each row (default: 7)"
    )
    command.add_argument(
        "--sheet",
        type=Path,
        default=Path("fmnist-demo.png"),
        metavar="FILE",
        help="contact sheet to write, an older one is replaced (default: fmnist-demo.png)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the demo."""
    threads = arguments.threads or usable_cpus()
    if arguments.data is None and arguments.train < 10:
        raise UsageError("--train must be at least 10, one of each class")
    refuse_existing(arguments.sheet, overwrite=True)
    features = cpu_features()
    say(f"fmnist_fast {__version__}, {backend} backend, CPU level {features['level']}")
    with _folder(arguments) as folder:
        same = _verify(folder)
        rows = measure(folder, arguments.rounds, threads)
        _print(rows)
        _draw(folder, arguments.sheet, FASHION_MNIST_CLASSES if same else ())
    return 0 if all(row.equal for row in rows if row.ran) else 1


@contextlib.contextmanager
def _folder(arguments: argparse.Namespace) -> Iterator[Path]:
    """Yield the caller's folder, or one with a sample that is removed afterwards."""
    if arguments.data is not None:
        for name in FILE_NAMES:
            if not (arguments.data / name).is_file():
                message = f"there is no {name}; the four files are {', '.join(FILE_NAMES)}"
                raise DatasetError(message, source=str(arguments.data))
        yield arguments.data
        return
    with tempfile.TemporaryDirectory(prefix="fmnist-fast-") as name:
        folder = Path(name)
        test = max(10, arguments.train // 6)
        say(f"drawing a sample: {arguments.train:,} + {test:,} synthetic garments (--data takes real ones)")
        # Level 6 makes files within 1 % of level 9 in a tenth of the time.
        write_sample(folder, arguments.train, test, 0, 6)
        yield folder


def _verify(folder: Path) -> bool:
    """Check the four files; return whether their classes are those of Fashion-MNIST."""
    say()
    fashion = True
    shapes = {}
    for name in FILE_NAMES:
        with progress(name, None) as advance:
            facts = scan(str(folder / name), advance)
        say(f"verified {name}: {sentence(facts)}, {size_text(facts.file_size)}")
        shapes[name] = facts.shape
        fashion = fashion and (facts.known is None or facts.known.dataset == "fashion-mnist")
    for split in SPLITS:
        images, labels = shapes[f"{split}-images-idx3-ubyte.gz"], shapes[f"{split}-labels-idx1-ubyte.gz"]
        if len(images) != 3 or len(labels) != 1 or images[0] != labels[0]:
            found = f"{split} images have shape {images} and labels {labels}"
            raise MismatchError(f"{found}, expected (n, height, width) and (n,)", source=str(folder))
        if 0 in images:
            raise DatasetError(
                f"the {split} images have shape {images}: there is nothing to show", source=str(folder)
            )
    return fashion


def _print(rows: list[Row]) -> None:
    base = rows[0]
    cells = []
    for row in rows:
        if not row.ran:
            cells.append([row.title, *"------"])
            continue
        cells.append(
            [
                row.title,
                f"{row.read * 1e3:,.0f}",
                f"{row.bytes / row.read / 1e6:,.0f}",
                f"{base.read / row.read:.2f}x",
                f"{row.normalize * 1e3:,.0f}",
                f"{base.normalize / row.normalize:.2f}x",
                "yes" if row.equal else "NO",
            ]
        )
    say()
    columns = ("reader", "read ms", "MB/s", "speed-up", "normalized ms", "speed-up", "equal")
    table(columns, cells)
    turns = len(base.answers)
    say(f"medians of {turns} turns; MB/s of decoded data; mnist_reader: gzip.open and np.frombuffer")
    say(f"normalized: read, and (pixel / 255 - {MEAN:.4f}) / {STD:.4f} as float32")
    for reason in {row.reason for row in rows if not row.ran}:
        say(f"the native backend did not run: {reason}")


def _draw(folder: Path, target: Path, names: tuple[str, ...]) -> None:
    images = read_idx(folder / FILE_NAMES[0])
    labels = read_idx(folder / FILE_NAMES[1])
    say()
    try:
        picture = contact_sheet(images, labels, names=names)
    except MissingExtraError as error:
        say(f"no contact sheet: {error}")
        return
    with atomic_file(target) as file:
        picture.save(file, "PNG")
    classes = len(np.unique(labels))
    size = f"{picture.width} x {picture.height} pixels"
    say(f"contact sheet: {target}, {size}, three rows for each of {classes} classes")
