"""`fmnist-fast plot`: pictures of a dataset."""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .. import plots
from .._atomic import atomic_file
from ..datasets.registry import FASHION_MNIST_CLASSES, SPLITS
from ..errors import FmnistFastError
from ..plots.projection import METHODS
from ._arguments import add_command, count, seed
from ._console import progress, say, size_text
from ._files import UsageError, refuse_existing

_KINDS = {
    "sheet": "contact sheet, each class in three rows",
    "pca": "the images as points, by their two principal components",
    "tsne": "the images as points, by t-SNE (openTSNE where installed, else scikit-learn)",
    "umap": "the images as points, by UMAP (umap-learn)",
    "compare": "two datasets side by side: images of each class, and points by --method",
    "sprite": "a folder for the projector of TensorBoard: sprite, vectors, classes, configuration",
}
_FORMATS = (".png", ".svg", ".html")
_DEFAULT_N = {"sheet": 900, "sprite": 2_500}

_EPILOG = """\
kinds:
{kinds}

The ending of FILE decides on the format: .png, .svg or .html. HTML pages need no network, and show the image
of the point under the pointer. The same number of images of each class is chosen at random; the same --seed
chooses the same images. For the published files of Fashion-MNIST the class names are known; for other files
classes are shown as numbers unless --classes names them. The libraries come with
python -m pip install "fmnist_fast[plots]".

examples:
  fmnist-fast plot sheet --data fashion -o sheet.png
  fmnist-fast plot tsne --data fashion --n 5000 --seed 1 -o tsne.html
  fmnist-fast plot compare --data fashion --against mnist --method umap -o compare.svg
  fmnist-fast plot sprite --data fashion -o projector && tensorboard --logdir projector
""".format(kinds="\n".join(f"  {kind:<8} {text}" for kind, text in _KINDS.items()))


def add(commands: Any) -> None:
    """Add this command to the parser."""
    command = add_command(
        commands,
        "plot",
        run,
        help="draw a contact sheet, or the images as points of PCA, t-SNE or UMAP",
        description="Draw pictures of a dataset.",
        epilog=_EPILOG,
    )
    option = command.add_argument
    option("kind", choices=tuple(_KINDS), metavar="KIND", help=", ".join(_KINDS))
    option("--data", required=True, type=Path, metavar="DIR", help="folder with the IDX files")
    option("--against", type=Path, metavar="DIR", help="folder of the second dataset, for compare")
    option("--split", choices=SPLITS, default="train", help="which files (default: train)")
    option("--classes", metavar="NAMES", help='class names of --data: "fashion", or a list with commas')
    option("--method", choices=METHODS, default="tsne", help="projection for compare (default: tsne)")
    option(
        "--n",
        type=count,
        metavar="N",
        help="number of images (default: 900 in a sheet, 2500 in a sprite, else 2000)",
    )
    option("--seed", type=seed, default=0, metavar="S", help="random seed (default: 0)")
    option(
        "-o", "--output", required=True, type=Path, metavar="FILE", help="file to write; for sprite, a folder"
    )
    option("--overwrite", action="store_true", help="replace files that exist")


def run(arguments: argparse.Namespace) -> int:
    """Draw what was asked for."""
    _check(arguments)
    for path in _write(arguments):
        say(f"{path}: {size_text(path.stat().st_size)}")
    return 0


@contextmanager
def _usage_errors_about(folder: Path) -> Iterator[None]:
    """Make wrong usage of ValueErrors: too few images, or too many, or values that cannot be projected."""
    try:
        yield
    except FmnistFastError:
        raise
    except ValueError as error:
        raise UsageError(f"{folder}: {error}") from error


def _write(arguments: argparse.Namespace) -> list[Path]:
    if arguments.kind == "sprite":
        with _usage_errors_about(arguments.data):
            return plots.write_projector(_sample(arguments, arguments.data), arguments.output)
    content = (_html if arguments.output.suffix == ".html" else _image)(arguments)
    with atomic_file(arguments.output) as file:
        file.write(content)
    return [arguments.output]


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what cannot be drawn as asked, before any work is done."""
    if (arguments.kind == "compare") != (arguments.against is not None):
        raise UsageError("compare needs --against, and only compare takes it")
    if arguments.n is not None and arguments.n < 10:
        raise UsageError("--n must be at least 10")
    target: Path = arguments.output
    if arguments.kind == "sprite":
        if target.exists() and not target.is_dir():
            raise UsageError(f"{target}: is not a folder")
        if not arguments.overwrite and target.exists() and any(target.iterdir()):
            raise UsageError(f"{target}: the folder is not empty; --overwrite writes into it")
        return
    if target.suffix not in _FORMATS:
        raise UsageError(f"{target}: the output must end with one of {', '.join(_FORMATS)}")
    refuse_existing(target, arguments.overwrite)


def _sample(arguments: argparse.Namespace, folder: Path) -> plots.Sample:
    names = _names(arguments.classes) if folder == arguments.data else None
    n = arguments.n or _DEFAULT_N.get(arguments.kind, 2_000)
    with _usage_errors_about(folder):
        return plots.read_sample(folder, n, arguments.seed, split=arguments.split, names=names)


def _names(text: str | None) -> Sequence[str] | None:
    if text is None or text == "fashion":
        return None if text is None else FASHION_MNIST_CLASSES
    return [name.strip() for name in text.split(",")]


def _projections(arguments: argparse.Namespace) -> list[plots.Projection]:
    compare = arguments.kind == "compare"
    method = arguments.method if compare else arguments.kind
    folders = [folder for folder in (arguments.data, arguments.against) if folder]
    samples = [_sample(arguments, folder) for folder in folders]
    made = []
    with progress(f"{method} of {len(samples[0]):,} images", len(samples)) as advance:
        for folder, sample in zip(folders, samples, strict=True):
            with _usage_errors_about(folder):
                made.append(plots.project(sample, method))
            advance(1)
    return made


def _image(arguments: argparse.Namespace) -> bytes:
    kind = arguments.output.suffix[1:]
    if arguments.kind == "sheet":
        return _saved(plots.sheet_figure(_sample(arguments, arguments.data)), kind)
    projections = _projections(arguments)
    if arguments.kind == "compare":
        return _saved(plots.comparison_figure(projections), kind)
    return _saved(plots.projection_figure(projections[0]), kind)


def _html(arguments: argparse.Namespace) -> bytes:
    if arguments.kind == "sheet":
        sample = _sample(arguments, arguments.data)
        png = _saved(plots.sheet_figure(sample), "png")
        return plots.picture_html(png, f"{sample.title}: {len(sample):,} images").encode()
    return plots.projection_html(_projections(arguments)).encode()


def _saved(figure: Any, kind: str) -> bytes:
    file = io.BytesIO()
    plots.save_figure(figure, file, kind)
    return file.getvalue()
