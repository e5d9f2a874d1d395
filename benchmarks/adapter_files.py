"""The files that adapters and originals are run on: sound ones, and the same damaged in several ways."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fmnist_fast as ff

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
#: Where torchvision looks, below its root; `fmnist_fast.load` looks there too.
RAW = Path("FashionMNIST", "raw")
_FEW = 100  # images in a damaged file


class Files:
    """The four files, raw and ``.gz``, where the readers look for them.

    Attributes
    ----------
    root, raw : Path
        The folder to work in, and the one of the files.
    parts : dict of {"train", "t10k"} to (images, labels)
        What the files hold; uint8 of shape (n, 28, 28) and (n,).
    """

    def __init__(self, source: str, scratch: str, count: int) -> None:
        self.root, self.raw = Path(scratch), Path(scratch) / RAW
        self.parts = {}
        for kind in ("train", "t10k"):
            images, labels = (array[:count] for array in ff.load_mnist(source, kind))
            self.parts[kind] = images.reshape(-1, 28, 28), labels
        write_four(self.raw, self.parts)
        self.images, self.labels = str(self.raw / IMAGES), str(self.raw / LABELS)


def write_four(folder: Path, parts: dict[str, Any]) -> None:
    """Write the four files, raw and ``.gz``."""
    folder.mkdir(parents=True)
    for kind, arrays in parts.items():
        for name, array in zip(("images-idx3", "labels-idx1"), arrays, strict=True):
            for suffix in ("", ".gz"):
                ff.write_idx(folder / f"{kind}-{name}-ubyte{suffix}", array, level=6)


def _cut(folder: Path) -> None:
    for suffix in ("", ".gz"):
        data = (folder / (IMAGES + suffix)).read_bytes()
        (folder / (IMAGES + suffix)).write_bytes(data[: len(data) // 2])


def _short(folder: Path) -> None:
    _rewrite(folder, lambda data: data[:-1])


def _bad_crc(folder: Path) -> None:
    data = bytearray((folder / f"{IMAGES}.gz").read_bytes())
    data[-8] ^= 1
    (folder / f"{IMAGES}.gz").write_bytes(data)


def _wrong_magic(folder: Path) -> None:
    _rewrite(folder, lambda data: b"<htm" + data[4:])


def _missing(folder: Path) -> None:
    for suffix in ("", ".gz"):
        (folder / (IMAGES + suffix)).unlink()


def _rewrite(folder: Path, change: Callable[[bytes], bytes]) -> None:
    """Change what the file holds; the ``.gz`` around it stays sound."""
    data = change((folder / IMAGES).read_bytes())
    (folder / IMAGES).write_bytes(data)
    (folder / f"{IMAGES}.gz").write_bytes(gzip.compress(data, 1))


#: What is done to the file of training images, by the name of the column.
DAMAGE = {
    "cut in half": _cut,
    "one byte short": _short,
    "bad CRC": _bad_crc,
    "wrong magic": _wrong_magic,
    "missing": _missing,
}


def damaged(files: Files) -> dict[str, Path]:
    """Write a small set of files for each kind of damage; return their roots."""
    few = {kind: tuple(array[:_FEW] for array in arrays) for kind, arrays in files.parts.items()}
    roots = {}
    for kind, damage in DAMAGE.items():
        roots[kind] = files.root / "damaged" / kind.replace(" ", "-")
        write_four(roots[kind] / RAW, few)
        damage(roots[kind] / RAW)
    return roots


def load_from(root: Path, *, verify: bool) -> Callable[[str, str], Any]:
    """Return `fmnist_fast.load` bound to a folder; nothing is downloaded.

    Parameters
    ----------
    root : Path
    verify : bool
        Ask for the published checksums, which only the whole published files have.
    """
    return lambda name, split: _load(name, split, root=root, download=False, verify=verify)


_load = ff.load  # the name in the package is replaced while adapters are measured


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for `Files` that goes with the process."""
    return tempfile.TemporaryDirectory(prefix="fmnist_fast-")
