"""Calls that a type checker accepts, with the types they give. Checked by mypy, never run."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, assert_type

import numpy as np
import numpy.typing as npt

import fmnist_fast as ff


def read(path: Path, name: str, data: memoryview, file: io.BytesIO, out: npt.NDArray[np.uint8]) -> None:
    assert_type(ff.read_idx(path), npt.NDArray[Any])
    assert_type(ff.read_idx(name, normalize=(0.286, 0.353), dtype=np.float16), npt.NDArray[Any])
    assert_type(ff.read_idx(file, trailing="ignore", max_bytes=1 << 20, threads=1), npt.NDArray[Any])
    assert_type(ff.read_idx(data, out=out), npt.NDArray[Any])
    assert_type(ff.decode_idx(b"", dtype="float64"), npt.NDArray[Any])
    assert_type(ff.decode_idx(bytearray()), npt.NDArray[Any])
    images: npt.NDArray[np.uint8] = ff.read_idx(path)
    assert_type(ff.normalize(images, 0.5, 0.25, out=np.empty((1,), np.float32)), npt.NDArray[Any])


def write(path: Path, file: io.BytesIO, array: npt.NDArray[np.int16]) -> None:
    assert_type(ff.encode_idx(array), bytes)
    assert_type(ff.encode_idx(array, compress="gzip", level=9), bytes)
    ff.write_idx(path, array)
    ff.write_idx(str(path), array, compress=False)
    ff.write_idx(file, array, compress="gzip", level=1)


def stream(path: Path, out: npt.NDArray[np.uint8]) -> None:
    with ff.open_idx(path) as reader:
        assert_type(reader, ff.IdxReader)
        assert_type(reader.shape, tuple[int, ...])
        assert_type(reader.dtype, np.dtype[Any])
        assert_type(len(reader), int)
        assert_type(reader.read(10), npt.NDArray[Any])
        assert_type(reader.readinto(out), int)
        assert_type(reader.batches(128, normalize=(0.5, 0.5)), Iterator[npt.NDArray[Any]])
        assert_type(reader.tell(), int)
        reader.seek(0)


def train(images: npt.NDArray[np.uint8], labels: list[int]) -> None:
    batches = ff.Batches(
        images, labels, 64, shuffle=True, seed=1, normalize=(0.286, 0.353), shape=(1, 28, 28)
    )
    ff.Batches(images, dtype="f2", shard=(0, 2), drop_last=True, reuse=True, threads=1)
    assert_type(len(batches), int)
    assert_type(batches.epoch, int)
    batches.set_epoch(3)
    batches.load_state_dict(batches.state_dict())
    for x, y in batches:
        print(x, y)


def dataset(folder: Path) -> None:
    images, labels = ff.load_mnist(folder, kind="t10k")
    assert_type(images, npt.NDArray[np.uint8])
    assert_type(labels, npt.NDArray[np.uint8])
    pair = ff.load("fashion-mnist", "test", root=folder, download=False, verify=False, cache=False)
    assert_type(pair, tuple[npt.NDArray[np.uint8], npt.NDArray[Any]])
    both = ff.load("qmnist", ["train", "test"], extended=True)
    assert_type(both, tuple[tuple[npt.NDArray[np.uint8], npt.NDArray[Any]], ...])
    ff.load("emnist-letters", upright=False)


def facts() -> None:
    assert_type(ff.__version__, str)
    assert_type(ff.backend, str)
    ff.cpu_features()["level"]


def errors(error: ff.FmnistFastError) -> tuple[str, str | None, int | None, int | None]:
    try:
        ff.read_idx("train-images-idx3-ubyte.gz")
    except (ff.FormatError, ff.CorruptDataError, ff.TruncatedError, ff.OutputError) as found:
        value: ValueError = found
        raise value from None
    return error.message, error.source, error.member, error.offset
