"""Contests on arrays in memory: normalizing, and reopening what has been decoded before."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import numpy as np

from ..codec import read_idx
from ..normalize import normalize
from .contest import REFERENCE, Contest, Way, normalized, same, threaded
from .decode import MEAN, STD, fresh
from .decoders import load
from .paired import Call
from .streams import Stream, content

_SCRATCH = "FMNIST_FAST_BENCH_SCRATCH"


def _kernel(stream: Stream, threads: int) -> Call:
    images, out = content(stream), np.zeros(stream.shape, np.float32)
    return lambda: normalize(images, MEAN, STD, out=out, threads=threads)


def _idiom(stream: Stream) -> Call:
    images = content(stream)
    return lambda: (images.astype(np.float32) / 255 - MEAN) / STD


def _in_place(stream: Stream) -> Call:
    images, out = content(stream), np.zeros(stream.shape, np.float32)
    scale, shift = np.float32(1 / (255 * STD)), np.float32(-MEAN / STD)

    def call() -> object:
        np.multiply(images, scale, out=out, dtype=np.float32)
        return np.add(out, shift, out=out)

    return call


def _torch(stream: Stream) -> Call:
    torch = load("torch")
    torch.set_num_threads(1)
    images = torch.from_numpy(content(stream).copy())
    return lambda: images.float().div_(255).sub_(MEAN).div_(STD)


@contextlib.contextmanager
def _scratch() -> Iterator[None]:
    """Have a folder for decoded files, named by the environment, that is removed afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="fmnist_fast_bench_") as folder,
        mock.patch.dict(os.environ, {_SCRATCH: folder}),
    ):
        yield


def _reopened(stream: Stream) -> Call:
    folder = os.environ[_SCRATCH]  # never beside the source, which may be the user's
    return lambda: read_idx(stream.path, cache=folder)


def _mapped(stream: Stream) -> Call:
    path = Path(os.environ[_SCRATCH], "images.npy")
    np.save(path, content(stream))
    return lambda: np.load(path, mmap_mode="c")


CONTESTS = (
    Contest(
        "normalize",
        "Normalize images in memory to float32, into an array that is there",
        lambda lab: lab.images,
        {
            **threaded(REFERENCE, _kernel),
            "NumPy idiom": Way(_idiom),
            "NumPy in place": Way(_in_place),
            "torch, 1 thread": Way(_torch, "torch", "torch"),
        },
        lambda stream, result: normalized(stream, result, MEAN, STD),
    ),
    Contest(
        "reopen",
        "Open images again that have been decoded before",
        lambda lab: lab.images,
        {
            REFERENCE: Way(_reopened),
            "fmnist_fast, not cached": Way(fresh),
            "np.load, mmap_mode": Way(_mapped),
        },
        same,
        throughput=False,
        around=_scratch,
    ),
)
