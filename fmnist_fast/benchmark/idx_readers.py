"""Libraries that read IDX files themselves, each called as its documentation says."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from .contest import Way
from .decoders import load, to_array
from .paired import Call
from .streams import Stream


def _idx2numpy_gzip(path: Path) -> object:
    with gzip.open(path, "rb") as file:
        return load("idx2numpy").convert_from_file(file)


def mnist() -> Callable[[Any], object]:
    """Return the reader of the package mnist; python-mnist is imported by that name too, and has none."""
    reader: Callable[[Any], object] = load("mnist").parse_idx
    return reader


def _mnist_gzip(path: Path) -> object:
    with gzip.open(path, "rb") as file:
        return mnist()(file)


def _mnist_raw(path: Path) -> object:
    with path.open("rb") as file:
        return mnist()(file)


def _labels(path: Path) -> str:
    """Return the labels that two readers insist on beside the images."""
    return str(path.with_name(path.name.replace("images-idx3", "labels-idx1")))


def _python_mnist(path: Path) -> object:
    packed = path.suffix == ".gz"
    loader = load("mnist.loader").MNIST(str(path.parent), return_type="numpy", gz=packed)
    images, _ = loader.load(str(path).removesuffix(".gz"), _labels(path).removesuffix(".gz"))
    return loader.process_images(images)


def _mlxtend(path: Path) -> object:
    images, _ = load("mlxtend.data").loadlocal_mnist(str(path), _labels(path))
    return images


def torchvision() -> Any:
    """Import torchvision's readers.

    Wheels of torch and torchvision from different builds do not fit together: describing the compiled
    operators fails. Reading files needs none of them, so it is tried once more without.
    """
    try:
        return load("torchvision.datasets.mnist")
    except RuntimeError:
        descriptions = "torchvision._meta_registrations"
        sys.modules[descriptions] = ModuleType(descriptions)
        return load("torchvision.datasets.mnist")


def _reading(read: Callable[[Path], object]) -> Callable[[Stream], Call]:
    return lambda stream: lambda: read(stream.path)


def _from_file(stream: Stream) -> Call:
    header = 4 + 4 * len(stream.shape)
    dtype = np.dtype(stream.dtype).newbyteorder(">")
    return lambda: np.fromfile(stream.path, dtype, offset=header).reshape(stream.shape)


GZIP_READERS: dict[str, Way] = {
    "idx2numpy": Way(_reading(_idx2numpy_gzip), "idx2numpy", "idx2numpy"),
    "mnist": Way(_reading(_mnist_gzip), mnist, "mnist"),
    "python-mnist": Way(_reading(_python_mnist), "mnist.loader", "python-mnist"),
}
RAW_READERS: dict[str, Way] = {
    "np.fromfile": Way(_from_file),
    "open and np.frombuffer": Way(lambda stream: lambda: to_array(stream.path.read_bytes(), stream)),
    "idx2numpy": Way(
        _reading(lambda path: load("idx2numpy").convert_from_file(str(path))), "idx2numpy", "idx2numpy"
    ),
    "mnist": Way(_reading(_mnist_raw), mnist, "mnist"),
    "python-mnist": Way(_reading(_python_mnist), "mnist.loader", "python-mnist"),
    "mlxtend": Way(_reading(_mlxtend), "mlxtend.data", "mlxtend"),
    "torchvision": Way(
        _reading(lambda path: torchvision().read_image_file(str(path))), torchvision, "torchvision"
    ),
}
