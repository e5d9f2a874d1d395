"""The compressed files that everything is measured on, made once and kept in a folder.

``manifest.json`` in that folder tells how each file was made and its SHA-256. A file whose recipe or sum does
not agree is made again, so a result can always be traced to its input.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
import math
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .._idx import DTYPES
from ..errors import FormatError
from . import contents
from .encoders import ENCODERS

#: Raised whenever a generator in `contents` changes, so that old files are not taken for new ones.
RECIPE = 2
#: Items in one file of the matrix of contents and encoders: full, and in a quick run.
ITEMS, ITEMS_QUICK = 10_000, 2_500


@dataclass(frozen=True)
class Stream:
    """One gzip IDX file.

    Attributes
    ----------
    name : str
    path : Path
    shape : tuple of int
        Of the uint8 array in it.
    compressed : int
        Bytes of the file.
    sha256 : str
        Of the file.
    recipe : str
        What it was made from, by which version of what.
    dtype : str
        Of the array, without byte order.
    """

    name: str
    path: Path
    shape: tuple[int, ...]
    compressed: int
    sha256: str
    recipe: str
    dtype: str = "uint8"

    @property
    def nbytes(self) -> int:
        """Bytes of the array."""
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize


class MissingEncoder(LookupError):
    """The package that would write a stream is not installed."""


class Library:
    """Streams by name, made when they are first asked for.

    Parameters
    ----------
    folder : path, optional
        Where they are kept; a folder of the system's temporary one by default.
    dataset : path, optional
        Four canonical files. Without: `FMNIST_FAST_DATA` if it has them, else the package's drawings.
    say : callable
        Told what is being made.
    """

    def __init__(
        self,
        folder: str | Path | None = None,
        dataset: str | None = None,
        say: Callable[[str], object] = print,
    ) -> None:
        self.folder = Path(folder or Path(tempfile.gettempdir(), "fmnist_fast_benchmarks"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self._say = say
        self._known: dict[str, Stream] = {}
        found = contents.find_dataset(dataset)
        self.drawn = found is None
        self.dataset = found or self.folder / "drawn"

    def canonical(self, split: str, kind: str) -> Stream:
        """Return one of the four files of the dataset, as it was found, or drawn if there is none."""
        path = self.dataset / f"{split}-{kind}-idx{3 if kind == 'images' else 1}-ubyte.gz"
        name = path.name.removesuffix(".gz")
        if name not in self._known:
            if self.drawn and not path.is_file():
                self._say(f"drawing {contents.COUNTS[split]:,} images")
                contents.draw_split(self.dataset, "train" if split == "train" else "t10k")
            self._known[name] = describe(path, name, "drawn" if self.drawn else "found")
        return self._known[name]

    def raw(self, split: str, kind: str) -> Stream:
        """Return one of the four files without compression."""
        packed = self.canonical(split, kind)
        name = f"{packed.name}, raw"
        if name not in self._known:
            folder = self.folder / "raw" / self.canonical(split, "images").sha256[:16]
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / packed.name
            path.write_bytes(_decompressed(packed.path))
            self._known[name] = describe(path, name, f"decompressed from {packed.sha256[:16]}")
        return self._known[name]

    def get(self, kind: str, encoder: str, items: int = ITEMS) -> Stream:
        """Return a stream of `items` items of a kind of content, written by an encoder.

        Labels are few bytes, and there are always as many of them as the dataset has.

        Raises
        ------
        MissingEncoder
            Its package is not installed.
        """
        writer = ENCODERS[encoder]
        if writer.version is None:
            raise MissingEncoder(f"{encoder} needs the package {writer.package}")
        count = self.canonical("train", "labels").shape[0] if kind == "labels" else int(items * writer.share)
        name = f"{kind}-{count}-{encoder}"
        if name not in self._known:
            self._known[name] = self._stored(name, kind, count, encoder)
        return self._known[name]

    def used(self, names: Iterable[str]) -> list[Stream]:
        """Return the streams that are mentioned in some names of inputs, in order of mention."""
        single = dict.fromkeys(part for name in names for part in name.split(" : ") if part)
        known = self._known | {name: self._from_manifest(entry) for name, entry in self._manifest().items()}
        return [known[name] for name in single if name in known]

    def _from_manifest(self, entry: dict[str, Any]) -> Stream:
        known = {field.name: entry[field.name] for field in fields(Stream) if field.name in entry}
        return Stream(**(known | {"path": self.folder / entry["path"], "shape": tuple(entry["shape"])}))

    def _stored(self, name: str, kind: str, count: int, encoder: str) -> Stream:
        source = ""
        if kind in contents.SOURCES:
            source = " of " + self.canonical(*contents.source(kind, count)).sha256[:16]
        recipe = f"{RECIPE}: {count} {kind}{source} by {encoder} ({ENCODERS[encoder].version})"
        old = self._manifest().get(name)
        if old and old["recipe"] == recipe:
            stream = self._from_manifest(old)
            if stream.path.is_file() and _file_sha256(stream.path) == stream.sha256:
                return stream
        self._say(f"writing {name}")
        stream = self._write(name, kind, count, encoder, recipe)
        entry = asdict(replace(stream, path=Path(stream.path.name))) | {"path": stream.path.name}
        partial = self.folder / "manifest.json.partial"
        partial.write_text(json.dumps(self._manifest() | {name: entry}, indent=1), encoding="utf-8")
        partial.replace(self.folder / "manifest.json")
        return stream

    def _write(self, name: str, kind: str, count: int, encoder: str, recipe: str) -> Stream:
        shape = contents.shape_of(kind, count)
        arrays = (array.tobytes() for array in contents.pieces(kind, count, self.dataset))
        path = self.folder / f"{name}.gz"
        partial = self.folder / f"{name}.partial"
        with partial.open("wb") as file:
            file.writelines(ENCODERS[encoder].encode(chain([contents.header(shape)], arrays)))
        partial.replace(path)
        return Stream(name, path, shape, path.stat().st_size, _file_sha256(path), recipe)

    def _manifest(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return found


def describe(path: Path, name: str, recipe: str) -> Stream:
    """Look into an IDX file, gzip or raw, by means of the standard library and NumPy alone."""
    data = memoryview(_decompressed(path))
    if len(data) < 4 or bytes(data[:2]) != b"\0\0" or data[2] not in DTYPES:
        raise FormatError("expected an IDX file, gzipped or not", source=str(path))
    header = 4 + 4 * data[3]
    shape = tuple(int.from_bytes(data[at : at + 4], "big") for at in range(4, header, 4))
    stream = Stream(name, path, shape, path.stat().st_size, _file_sha256(path), recipe, DTYPES[data[2]].name)
    if len(data) != header + stream.nbytes:
        raise FormatError(
            f"expected {header + stream.nbytes} bytes of content, found {len(data)}", source=str(path)
        )
    return stream


def native(decompressed: bytes | memoryview, stream: Stream) -> npt.NDArray[Any]:
    """Return the array in a decompressed IDX file, in native byte order."""
    dtype = np.dtype(stream.dtype)
    values = np.frombuffer(decompressed, dtype.newbyteorder(">"), offset=4 + 4 * len(stream.shape))
    return values.reshape(stream.shape).astype(dtype, copy=False)


@functools.lru_cache(maxsize=2)
def content(stream: Stream) -> npt.NDArray[Any]:
    """Return the array in a stream: what every contestant has to deliver.

    It is a copy in memory that NumPy has asked for: from 4 MiB in huge pages, where the system has them.
    """
    return native(_decompressed(stream.path), stream).copy()


def _decompressed(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
