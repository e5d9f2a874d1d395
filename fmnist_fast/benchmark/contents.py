"""What the measured files hold, before anything is compressed.

Pieces come one after the other, so that the largest file never has to be in memory as a whole.
"""

from __future__ import annotations

import gzip
import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..datasets import synthetic

Pixels = npt.NDArray[np.uint8]

#: Canonical names of the four files of a dataset.
CANONICAL = tuple(
    f"{split}-{kind}-ubyte.gz" for split in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")
)
#: Images of each split.
COUNTS = {"train": 60_000, "t10k": 10_000}
#: Kinds that are taken from a dataset, and from which of its files.
SOURCES = {"fashion": "images", "labels": "labels"}
KINDS = ("fashion", "mnist", "text", "random", "zeros", "labels")
PIXELS = 784


def find_dataset(given: str | os.PathLike[str] | None) -> Path | None:
    """Return the folder with four canonical files, or None.

    A folder that is asked for has to have them; one that `FMNIST_FAST_DATA` names need not.
    """
    folder = given or os.environ.get("FMNIST_FAST_DATA")
    if not folder:
        return None
    missing = [name for name in CANONICAL if not Path(folder, name).is_file()]
    if missing and given:
        raise FileNotFoundError(f"{folder} has no {', '.join(missing)}")
    return None if missing else Path(folder)


def draw_split(folder: Path, split: synthetic.Split) -> None:
    """Write the package's own drawings under two of the names, compressed like the published files."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [name for name in CANONICAL if name.startswith(split)]
    for name, array in zip(names, synthetic.sample(COUNTS[split], split=split), strict=True):
        partial = folder / f"{name}.partial"
        partial.write_bytes(gzip.compress(header(array.shape) + array.tobytes(), 9, mtime=0))
        partial.replace(folder / name)


def header(shape: tuple[int, ...]) -> bytes:
    """Return the IDX header of a uint8 array."""
    return bytes((0, 0, 8, len(shape))) + b"".join(size.to_bytes(4, "big") for size in shape)


def shape_of(kind: str, count: int) -> tuple[int, ...]:
    """Return the shape of `count` items: text and labels are one row of bytes, the others images.

    As much text as there would be pixels, so that times can be set side by side.
    """
    return {"text": (count * PIXELS,), "labels": (count,)}.get(kind, (count, 28, 28))


def source(kind: str, count: int) -> tuple[str, str]:
    """Return split and kind of the file that items are taken from: the smaller one if it will do."""
    return ("t10k" if SOURCES[kind] == "images" and count <= COUNTS["t10k"] else "train"), SOURCES[kind]


def pieces(kind: str, count: int, dataset: Path) -> Iterator[Pixels]:
    """Yield the bytes of `count` items of a kind, in parts."""
    if kind in SOURCES:
        split, of = source(kind, count)
        rank = 3 if of == "images" else 1
        items = _payload(dataset / f"{split}-{of}-idx{rank}-ubyte.gz", 4 + 4 * rank)
        yield from _repeat(items.reshape(-1, 28, 28) if of == "images" else items, count)
    elif kind == "text":
        yield _library_sources(count * PIXELS)
    elif kind == "mnist":
        yield from strokes(count)
    elif kind == "random":
        yield np.random.default_rng(1).integers(0, 256, (count, 28, 28), np.uint8)
    elif kind == "zeros":
        yield np.zeros((count, 28, 28), np.uint8)
    else:
        raise ValueError(f"no content is called {kind!r}")


def _payload(path: Path, offset: int) -> Pixels:
    with gzip.open(path) as file:
        return np.frombuffer(file.read(), np.uint8, offset=offset)


def _repeat(items: Pixels, count: int) -> Iterator[Pixels]:
    """Yield the items as they are, then again and again in another order, too far apart for any window."""
    rng = np.random.default_rng(2)
    order = np.arange(len(items))
    while count > 0:
        part = items[order[:count]]
        yield part
        count -= len(part)
        order = rng.permutation(len(items))


def _library_sources(size: int) -> Pixels:
    """Return Python sources of the standard library, one after the other, from the start again if need be."""
    root = Path(sysconfig.get_path("stdlib"))
    text = bytearray()
    for path in sorted(root.rglob("*.py")):
        if "site-packages" not in path.parts and "dist-packages" not in path.parts:
            text += path.read_bytes()
        if len(text) >= size:
            break
    return np.resize(np.frombuffer(bytes(text), np.uint8), size)


def strokes(count: int, seed: int = 3) -> Iterator[Pixels]:
    """Yield images like handwriting: one bright pen stroke with soft edges on black.

    Compressed they are the opposite of garments, as MNIST is: not one byte in ten is a literal, two or three
    stand in a row, and everything else is matches of twenty bytes on average.
    """
    rng = np.random.default_rng(seed)
    grid = np.arange(28, dtype=np.float32)
    t = np.linspace(0, 1, 16, dtype=np.float32)[None, :, None]
    weights = np.concatenate(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3), axis=2)[0]
    while count > 0:
        number = min(count, 500)
        corners = rng.uniform(3.5, 23.5, (number, 4, 2)).astype(np.float32)
        corners[:, 0, 0], corners[:, 3, 0] = 5, 22  # from the top to the bottom, as digits are written
        path = weights @ corners
        near = (path[:, :, :1, None] - grid[None, None, :, None]) ** 2 + (path[:, :, None, 1:] - grid) ** 2
        edge = 2.9 - np.sqrt(near.min(axis=1)) + rng.normal(0, 0.2, (number, 28, 28)).astype(np.float32)
        ink = np.where(edge > 0.2, np.minimum(edge * 145, 253.4), 0)
        yield ink.astype(np.uint8)
        count -= number
