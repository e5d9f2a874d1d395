"""Other ways from an IDX file to an array, each the shortest that its library offers.

All start from a path and end with a uint8 array, and none checks more than its library does by itself.
"""

from __future__ import annotations

import gzip
import importlib
import importlib.util
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from streams import Stream

Array = npt.NDArray[Any]
MEAN, STD = np.float32(0.2860), np.float32(0.3530)

#: What has to be importable for a peer; no entry where the standard library will do.
MODULES = {"isal": "isal", "zlib-ng": "zlib_ng", "libdeflate": "deflate", "rapidgzip": "rapidgzip"}


def mnist_reader(path: Path) -> bytes:
    """`gzip.open`, as in the reader that the dataset is published with."""
    with gzip.open(path, "rb") as file:
        return file.read()


def _rapidgzip(path: Path) -> bytes:
    with importlib.import_module("rapidgzip").open(str(path), parallelization=0) as file:
        return file.read()


DECODE: dict[str, Callable[[Path], bytes]] = {
    "mnist_reader": mnist_reader,
    "zlib": lambda path: zlib.decompress(path.read_bytes(), 31),
    "zlib-ng": lambda path: importlib.import_module("zlib_ng.zlib_ng").decompress(path.read_bytes(), 31),
    "isal": lambda path: importlib.import_module("isal.isal_zlib").decompress(path.read_bytes(), 31),
    "libdeflate": lambda path: importlib.import_module("deflate").gzip_decompress(path.read_bytes()),
    "rapidgzip": _rapidgzip,
}


def missing() -> list[str]:
    """Return the peers that cannot be measured here."""
    return [name for name, module in MODULES.items() if importlib.util.find_spec(module) is None]


def reader(name: str, stream: Stream) -> Callable[[], Array]:
    """Return a call that reads a stream the way of a peer."""
    decode, offset = DECODE[name], 4 + 4 * len(stream.shape)
    return lambda: np.frombuffer(decode(stream.path), np.uint8, offset=offset).reshape(stream.shape)


def from_memory(data: bytes, stream: Stream) -> Array:
    """Decode a file already in memory with libdeflate."""
    decoded = importlib.import_module("deflate").gzip_decompress(data)
    return np.frombuffer(decoded, np.uint8, offset=4 + 4 * len(stream.shape)).reshape(stream.shape)


def normalizing(stream: Stream, out: Array | None = None) -> Callable[[], Array]:
    """Return a call that reads with mnist_reader and normalizes with NumPy, in as few passes as it takes.

    Parameters
    ----------
    stream : Stream
    out : ndarray of float32, optional
        Reused; a new array in each call without.
    """
    read = reader("mnist_reader", stream)

    def call() -> Array:
        values = np.divide(read(), np.float32(255), out=out)
        values -= MEAN
        values /= STD
        return values

    return call
