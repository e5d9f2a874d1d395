"""Calls that a type checker has to refuse: an ignore that mypy finds unused fails the test. Never run."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

import fmnist_fast as ff


def read(path: Path, out: npt.NDArray[np.uint8]) -> None:
    ff.read_idx()  # type: ignore[call-arg]
    ff.read_idx(path, out)  # type: ignore[call-arg]
    ff.read_idx(path, out=bytearray(10))  # type: ignore[arg-type]
    ff.read_idx(path, normalize=0.5)  # type: ignore[arg-type]
    ff.read_idx(path, trailing="maybe")  # type: ignore[arg-type]
    ff.read_idx(path, threads=1.5)  # type: ignore[arg-type]


def write(path: Path, array: npt.NDArray[np.uint8]) -> None:
    ff.write_idx(path)  # type: ignore[call-arg]
    ff.write_idx(path, array, compress="zip")  # type: ignore[arg-type]
    text: str = ff.encode_idx(array)  # type: ignore[assignment]
    print(text)


def stream(path: Path) -> None:
    with ff.open_idx(path) as reader:
        reader.read("all")  # type: ignore[arg-type]
        reader.batches()  # type: ignore[call-arg]


def train(images: npt.NDArray[np.uint8]) -> None:
    ff.Batches()  # type: ignore[call-arg]
    ff.Batches(images, None, 128, True)  # type: ignore[call-arg]
    ff.Batches(images, normalize=0.5)  # type: ignore[arg-type]
    ff.Batches(images, shard=1)  # type: ignore[arg-type]
