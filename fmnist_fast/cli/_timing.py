"""One row of the demo's table: a process that loads a dataset its own way whenever it is told to.

Started by `fmnist-fast demo` as ``python -m fmnist_fast.cli._timing READER DIR THREADS``, with the backend
chosen in its environment. For each line it reads it does the job once and answers with one line of JSON;
the answer to "check" also carries what is needed to compare the results.
"""

from __future__ import annotations

import gc
import gzip
import json
import signal
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .._backend import backend
from ..codec import read_idx
from ..datasets.registry import FASHION_MNIST_MEAN as MEAN
from ..datasets.registry import FASHION_MNIST_STD as STD
from ..datasets.registry import FILE_NAMES, SPLITS

Arrays = list[npt.NDArray[np.uint8]]


class MnistReader:
    """The way of `mnist_reader`: `gzip.open`, `np.frombuffer`, and NumPy arithmetic to normalize."""

    def __init__(self, folder: Path, threads: int) -> None:
        self.folder = folder

    def read(self) -> Arrays:
        """Return images and labels of both splits."""
        arrays: Arrays = []
        for split in SPLITS:
            with gzip.open(self.folder / f"{split}-labels-idx1-ubyte.gz", "rb") as file:
                labels = np.frombuffer(file.read(), dtype=np.uint8, offset=8)
            with gzip.open(self.folder / f"{split}-images-idx3-ubyte.gz", "rb") as file:
                images = np.frombuffer(file.read(), dtype=np.uint8, offset=16).reshape(len(labels), -1)
            arrays += [images, labels]
        return arrays

    def normalize(self, out: list[npt.NDArray[np.float32]]) -> None:
        """Read again, and write normalized images into the arrays given."""
        arrays = self.read()
        for images, target in zip(arrays[::2], out, strict=True):
            flat = target.reshape(images.shape)
            np.divide(images, np.float32(255), out=flat)
            flat -= np.float32(MEAN)
            flat /= np.float32(STD)


class FmnistFast:
    """The way of this package, with the backend of this process."""

    def __init__(self, folder: Path, threads: int) -> None:
        self.folder = folder
        self.threads = threads

    def read(self) -> Arrays:
        """Return images and labels of both splits."""
        return [read_idx(self.folder / name, threads=self.threads) for name in FILE_NAMES]

    def normalize(self, out: list[npt.NDArray[np.float32]]) -> None:
        """Read again, and decode into the arrays given, normalized on the way."""
        for split, target in zip(SPLITS, out, strict=True):
            images = self.folder / f"{split}-images-idx3-ubyte.gz"
            read_idx(images, out=target, normalize=(MEAN, STD), threads=self.threads)
            read_idx(self.folder / f"{split}-labels-idx1-ubyte.gz", threads=self.threads)


READERS: dict[str, type[MnistReader | FmnistFast]] = {"mnist_reader": MnistReader, "fmnist_fast": FmnistFast}


def _timed(call: Any, *arguments: Any) -> tuple[float, Any]:
    gc.collect()
    start = time.perf_counter()
    result = call(*arguments)
    return time.perf_counter() - start, result


def _error(images: npt.NDArray[np.uint8], normalized: npt.NDArray[np.float32]) -> float:
    """Return the largest difference from the exact value, a thousand images at a time."""
    worst = 0.0
    flat = normalized.reshape(images.shape)
    for start in range(0, len(images), 1000):
        exact = (images[start : start + 1000] / 255 - MEAN) / STD
        worst = max(worst, float(np.abs(exact - flat[start : start + 1000]).max(initial=0)))
    return worst


def main(reader_name: str, folder: str, threads: str) -> None:
    """Answer lines on standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the demo too, which then ends this process
    reader = READERS[reader_name](Path(folder), int(threads))
    first = reader.read()
    out = [np.zeros(images.shape, np.float32) for images in first[::2]]
    for line in sys.stdin:
        read_seconds, arrays = _timed(reader.read)
        normalize_seconds, _ = _timed(reader.normalize, out)
        answer: dict[str, Any] = {"read": read_seconds, "normalize": normalize_seconds, "backend": backend}
        if line.strip() == "check":
            answer["crc32"] = [zlib.crc32(array) for array in arrays]
            answer["bytes"] = sum(array.nbytes for array in arrays)
            answer["error"] = max(
                _error(images, values) for images, values in zip(arrays[::2], out, strict=True)
            )
        del arrays
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
