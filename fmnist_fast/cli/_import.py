"""Inputs of `fmnist-fast encode`."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .._extras import optional
from ..errors import FormatError
from ._console import progress
from ._files import UsageError


@dataclass(frozen=True)
class Loaded:
    """An array, and for a folder of classes their labels and the names that were numbered."""

    array: npt.NDArray[Any]
    labels: npt.NDArray[np.uint8] | None = None
    names: list[str] = field(default_factory=list)


def load(source: Path, key: str | None) -> Loaded:
    """Load a NumPy file or a folder of PNGs.

    Raises
    ------
    UsageError
        The input is none of these, or `key` does not name an array.
    FormatError
        The content is not what the name says, or the pictures do not have the same size.
    OSError
        A file cannot be read.
    """
    if source.is_dir():
        if key:
            raise UsageError("--key goes with an npz file, not with a folder")
        return _load_folder(source)
    suffix = source.suffix.lower()
    if suffix not in (".npy", ".npz"):
        raise UsageError(f"{source}: the input must be an npy file, an npz file or a folder of PNGs")
    if key and suffix == ".npy":
        raise UsageError("--key goes with an npz file; an npy file holds one array")
    try:
        with open(source, "rb") as file:
            return Loaded(_load_npz(source, file, key) if suffix == ".npz" else _load_npy(file))
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise FormatError(f"not a NumPy file that can be read safely: {error}", source=str(source)) from error


def _load_npy(file: Any) -> npt.NDArray[Any]:
    return np.asarray(np.lib.format.read_array(file, allow_pickle=False))


def _load_npz(source: Path, file: Any, key: str | None) -> npt.NDArray[Any]:
    with zipfile.ZipFile(file) as archive:
        names = [name.removesuffix(".npy") for name in archive.namelist()]
        chosen = key if key is not None else names[0] if len(names) == 1 else None
        if chosen not in names:
            problem = f"there is no array {key!r}" if key is not None else "--key must choose an array"
            raise UsageError(f"{source}: {problem}; the file holds {', '.join(names) or 'none'}")
        with archive.open(f"{chosen}.npy") as member:
            return _load_npy(member)


def _natural(path: Path) -> list[tuple[int, str]]:
    """Sort key that puts 2.png before 10.png."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path.name)]


def _pngs(folder: Path) -> list[Path]:
    return sorted((path for path in folder.iterdir() if path.suffix.lower() == ".png"), key=_natural)


def _load_folder(folder: Path) -> Loaded:
    image = optional("PIL.Image", "Pillow", "cli", "reading PNGs")
    classes = sorted((path for path in folder.iterdir() if path.is_dir() and _pngs(path)), key=_natural)
    here = _pngs(folder)
    if bool(here) == bool(classes):
        found = "has PNGs both in itself and in subfolders" if here else "holds no PNG files"
        raise UsageError(f"{folder}: the folder {found}")
    groups = [_pngs(path) for path in classes] or [here]
    numbers, names = _numbers([path.name for path in classes])
    images: npt.NDArray[np.uint8] | None = None
    paths = [path for group in groups for path in group]
    with progress("reading PNGs", len(paths)) as advance:
        for k, path in enumerate(paths):
            pixels = _pixels(image, path)
            if images is None:
                images = np.empty((len(paths), *pixels.shape), np.uint8)
            if pixels.shape != images.shape[1:]:
                sizes = (
                    f"{pixels.shape[1]} x {pixels.shape[0]} pixels, not {images.shape[2]} x {images.shape[1]}"
                )
                raise FormatError(f"the picture has {sizes} like the first", source=str(path))
            images[k] = pixels
            advance(1)
    assert images is not None
    labels = np.repeat(np.array(numbers, np.uint8), [len(group) for group in groups]) if classes else None
    return Loaded(images, labels, names)


def _pixels(image: Any, path: Path) -> npt.NDArray[np.uint8]:
    """Return one picture as gray values; Pillow has many ways to say that a file is damaged."""
    try:
        with open(path, "rb") as file, image.open(file) as picture:
            return np.asarray(picture.convert("L"))
    except (OSError, SyntaxError, ValueError, image.DecompressionBombError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise FormatError(f"not a picture that Pillow can read: {error}", source=str(path)) from error


def _numbers(folders: list[str]) -> tuple[list[int], list[str]]:
    """Return the label of each folder, and the names that a person has to know to read them."""
    if len(folders) > 256:
        raise UsageError(f"{len(folders)} subfolders are too many classes: labels are one byte")
    if folders and all(re.fullmatch(r"\d{1,3}", name) and int(name) < 256 for name in folders):
        return [int(name) for name in folders], []
    order = sorted(folders)
    return [order.index(name) for name in folders], order


def convert(array: npt.NDArray[Any], dtype: str | None, source: Path) -> npt.NDArray[Any]:
    """Convert an array if that keeps every value.

    Raises
    ------
    UsageError
        The dtype does not exist or cannot hold every value.
    """
    if dtype is None:
        return array
    try:
        wanted = np.dtype(dtype)
        with np.errstate(all="ignore"):
            converted = array.astype(wanted)
    except (TypeError, ValueError) as error:
        raise UsageError(f"--dtype {dtype}: {error}") from error
    if not np.array_equal(converted, array, equal_nan=array.dtype.kind == "f"):
        raise UsageError(f"{source}: {wanted.name} cannot hold every value of {array.dtype.name} here")
    return converted
