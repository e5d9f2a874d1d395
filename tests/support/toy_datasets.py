"""Small datasets with all sums known, and the folders that libraries would make of them."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
from builders import idx_bytes

from fmnist_fast.datasets.registry import Archive, Dataset, KnownFile, Split

CLASSES = ("ant", "bee", "cat")
COUNTS = {"train": 12, "t10k": 6}
SIDE = 64  # large enough for a download to arrive in several pieces


def arrays(key: int) -> dict[str, np.ndarray]:
    """Images and labels of both halves by the stem of the file name; another key, other images."""
    rng = np.random.default_rng(key)
    made = {}
    for split, count in COUNTS.items():
        made[f"{split}-images-idx3-ubyte"] = rng.integers(0, 256, (count, SIDE, SIDE), np.uint8)
        made[f"{split}-labels-idx1-ubyte"] = rng.permutation(np.arange(count) % len(CLASSES)).astype(np.uint8)
    return made


def packed(array: np.ndarray) -> bytes:
    """The published form of an array: gzip, always the same bytes."""
    return gzip.compress(idx_bytes(array), mtime=0)


def describe(name: str, title: str, made: dict[str, np.ndarray], mirrors=(), **changes) -> Dataset:
    """A dataset of these arrays with true sums."""
    files = {}
    for stem, array in made.items():
        split, kind, *_ = stem.split("-")
        data = packed(array)
        files[split, kind] = KnownFile(
            dataset=name,
            title=title,
            split=split,
            kind=kind,
            name=f"{stem}.gz",
            shape=array.shape,
            size=len(data),
            md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
            sha256=hashlib.sha256(data).hexdigest(),
            decoded_sha256=hashlib.sha256(idx_bytes(array)).hexdigest(),
        )
    halves = {"train": "train", "test": "t10k"}
    splits = {name: Split(files[part, "images"], files[part, "labels"]) for name, part in halves.items()}
    facts = {"classes": CLASSES, "homepage": "https://example.org/", "license": "none"}
    return Dataset(name=name, title=title, splits=splits, mirrors=mirrors, **(facts | changes))


ARRAYS = arrays(1)
TOY = describe("toy-mnist", "Toy-MNIST", ARRAYS, npz="toy.npz")


def fill(
    folder: Path, made: dict[str, np.ndarray] = ARRAYS, *, suffix: str = ".gz", dot: bool = False
) -> Path:
    """Write the files of a dataset into a folder, which is made, and return it."""
    import lzma

    folder.mkdir(parents=True, exist_ok=True)
    for stem, array in made.items():
        data = idx_bytes(array)
        data = {".gz": packed(array), ".xz": lzma.compress(data), "": data}[suffix]
        (folder / (stem.replace("-idx", ".idx" if dot else "-idx") + suffix)).write_bytes(data)
    return folder


def zipped(made: dict[str, np.ndarray], prefix: str) -> bytes:
    """A zip archive with the published form of each array."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in made.items():
            archive.writestr(zipfile.ZipInfo(prefix + name), packed(array))
    return file.getvalue()


def archive_of(data: bytes) -> Archive:
    """The description of an archive with true sums."""
    return Archive(
        title="toy archive",
        name="gzip.zip",
        aliases=("toy.zip",),
        folder="gzip/",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
