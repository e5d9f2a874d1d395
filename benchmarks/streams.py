"""The compressed files that everything is measured on, made once and kept in a folder.

``manifest.json`` in that folder tells how each file was made and its SHA-256. A file whose recipe or sum does
not agree is made again, so a result can always be traced to its input.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import contents
from encoders import ENCODERS

#: Raised whenever a generator in `contents` changes, so that old files are not taken for new ones.
RECIPE = 1
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
    sha256, content_sha256 : str
        Of the file, and of the array in it.
    recipe : str
        What it was made from, by which version of what.
    """

    name: str
    path: Path
    shape: tuple[int, ...]
    compressed: int
    sha256: str
    content_sha256: str
    recipe: str


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
        if self.drawn and not all((self.dataset / name).is_file() for name in contents.CANONICAL):
            say("drawing a dataset of 60,000 + 10,000 images")
            contents.draw_dataset(self.dataset)

    def canonical(self, split: str, kind: str) -> Stream:
        """Return one of the four files of the dataset, as it was found."""
        rank = 3 if kind == "images" else 1
        path = self.dataset / f"{split}-{kind}-idx{rank}-ubyte.gz"
        name = path.name.removesuffix(".gz")
        if name not in self._known:
            blob = path.read_bytes()
            shape, sha256 = self._look_inside(path, rank)
            recipe = "drawn" if self.drawn else "found"
            self._known[name] = Stream(name, path, shape, len(blob), _sha256(blob), sha256, recipe)
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
        return Stream(**(entry | {"path": self.folder / entry["path"], "shape": tuple(entry["shape"])}))

    def _stored(self, name: str, kind: str, count: int, encoder: str) -> Stream:
        source = ""
        if kind in ("fashion", "labels"):
            source = " of " + self.canonical("train", "images" if kind == "fashion" else "labels").sha256[:16]
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
        content, blob, size = hashlib.sha256(), hashlib.sha256(), 0

        def pieces() -> Any:
            yield contents.header(shape)
            for array in contents.pieces(kind, count, self.dataset):
                part = array.tobytes()
                content.update(part)
                yield part

        path = self.folder / f"{name}.gz"
        partial = self.folder / f"{name}.partial"
        with partial.open("wb") as file:
            for part in ENCODERS[encoder].encode(pieces()):
                blob.update(part)
                size += file.write(part)
        partial.replace(path)
        return Stream(name, path, shape, size, blob.hexdigest(), content.hexdigest(), recipe)

    def _manifest(self) -> dict[str, Any]:
        try:
            return json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}

    @staticmethod
    def _look_inside(path: Path, rank: int) -> tuple[tuple[int, ...], str]:
        """Return shape and SHA-256 of an array, by the standard library alone."""
        with gzip.open(path) as file:
            data = file.read()
        shape = tuple(int.from_bytes(data[at : at + 4], "big") for at in range(4, 4 + 4 * rank, 4))
        return shape, _sha256(memoryview(data)[4 + 4 * rank :])


def _sha256(data: bytes | memoryview) -> str:
    return hashlib.sha256(data).hexdigest()


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    """Make every stream of a full run and list them."""
    library = Library()
    for encoder in ENCODERS:
        for kind in contents.KINDS:
            try:
                stream = library.get(kind, encoder)
            except MissingEncoder as error:
                print(error)
                break
            print(f"{stream.name:32} {stream.compressed:>12,}  {stream.sha256[:16]}")


if __name__ == "__main__":
    main()
