"""Other ways to decompress a gzip file, each the shortest that its library offers.

All take a path and return the decompressed bytes, and none checks more than its library does by itself.
"""

from __future__ import annotations

import gzip
import importlib
import importlib.metadata
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .._threads import usable_cpus
from .streams import Stream

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Decoder:
    """A way to get the content of a gzip file.

    Attributes
    ----------
    read : callable
        Takes a path, returns bytes or another buffer.
    needs : str
        Module to import; empty for the standard library.
    package : str
        Distribution that brings it.
    threads : int
        How many it may use.
    """

    read: Callable[[Path], Any]
    needs: str = ""
    package: str = ""
    threads: int = 1


def load(module: str) -> Any:
    """Import a peer when it is first needed."""
    return importlib.import_module(module)


def absent(needs: str | Callable[[], object]) -> str:
    """Return why a module, or what imports it, cannot be used; empty if it can."""
    try:
        if callable(needs):
            needs()
        elif needs:
            load(needs)
    except Exception as error:  # a broken peer is one that cannot be measured, whatever it raises
        return f"{type(error).__name__}: {error}".splitlines()[0]
    return ""


def version(package: str) -> str:
    """Return the version of a distribution, or "missing"."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def mnist_reader(path: Path) -> bytes:
    """`gzip.open`, as in the reader that the dataset is published with."""
    with gzip.open(path, "rb") as file:
        return file.read()


def _rapidgzip(path: Path) -> bytes:
    with load("rapidgzip").open(str(path), parallelization=0) as file:
        return bytes(file.read())


def _indexed_gzip(path: Path) -> bytes:
    with load("indexed_gzip").IndexedGzipFile(str(path)) as file:
        return bytes(file.read())


DECODERS: dict[str, Decoder] = {
    "mnist_reader": Decoder(mnist_reader),
    "gzip": Decoder(lambda path: gzip.decompress(path.read_bytes())),
    "zlib": Decoder(lambda path: zlib.decompress(path.read_bytes(), 31)),
    "zlib-ng": Decoder(
        lambda path: load("zlib_ng.zlib_ng").decompress(path.read_bytes(), 31), "zlib_ng.zlib_ng", "zlib-ng"
    ),
    "isal": Decoder(
        lambda path: load("isal.isal_zlib").decompress(path.read_bytes(), 31), "isal.isal_zlib", "isal"
    ),
    "libdeflate": Decoder(
        lambda path: load("deflate").gzip_decompress(path.read_bytes()), "deflate", "deflate"
    ),
    "cramjam": Decoder(lambda path: load("cramjam").gzip.decompress(path.read_bytes()), "cramjam", "cramjam"),
    "indexed_gzip": Decoder(_indexed_gzip, "indexed_gzip", "indexed_gzip"),
    "rapidgzip": Decoder(_rapidgzip, "rapidgzip", "rapidgzip", usable_cpus()),
}


#: File objects that decompress: what opens a path, the module that it needs, the distribution that brings it.
OPENERS: dict[str, tuple[Callable[[Path], Any], str, str]] = {
    "gzip": (gzip.open, "", ""),
    "isal": (lambda path: load("isal.igzip").open(path), "isal.igzip", "isal"),
    "zlib-ng": (lambda path: load("zlib_ng.gzip_ng").open(path), "zlib_ng.gzip_ng", "zlib-ng"),
}


def to_array(decoded: Any, stream: Stream) -> Array:
    """Return what a decompressed IDX file holds, without a copy where the byte order allows."""
    array = np.frombuffer(decoded, np.dtype(stream.dtype).newbyteorder(">"), offset=4 + 4 * len(stream.shape))
    return array.reshape(stream.shape)


def reader(name: str, stream: Stream) -> Callable[[], Array]:
    """Return a call that reads a stream with a decoder and `numpy.frombuffer`."""
    decode = DECODERS[name].read
    return lambda: to_array(decode(stream.path), stream)
