"""Contests on arrays in memory: normalizing, and reopening what has been decoded before."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import numpy as np

from .._threads import usable_cpus
from ..codec import read_idx
from ..normalize import normalize
from .contest import REFERENCE, Contest, Way, normalized, same
from .decode import MEAN, STD, fresh
from .decoders import load
from .paired import Call
from .streams import Stream, content


def _kernel(threads: int) -> Callable[[Stream], Call]:
    def make(stream: Stream) -> Call:
        images, out = content(stream), np.zeros(stream.shape, np.float32)
        return lambda: normalize(images, MEAN, STD, out=out, threads=threads)

    return make


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


def _kernels() -> dict[str, Way]:
    several = {f"{REFERENCE}, {n} threads": Way(_kernel(n), threads=n) for n in [usable_cpus()] if n > 1}
    return {REFERENCE: Way(_kernel(1)), **several}


@contextlib.contextmanager
def _own_cache() -> Iterator[None]:
    """Keep decoded files in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="fmnist_fast_bench_") as folder:
        names = dict.fromkeys(("XDG_CACHE_HOME", "LOCALAPPDATA"), folder)
        with mock.patch.dict(os.environ, names):
            yield


def _reopened(stream: Stream) -> Call:
    return lambda: read_idx(stream.path, cache=True)


def _mapped(stream: Stream) -> Call:
    path = Path(os.environ["XDG_CACHE_HOME"], "images.npy")
    np.save(path, content(stream))
    return lambda: np.load(path, mmap_mode="c")


CONTESTS = (
    Contest(
        "normalize",
        "Normalize images in memory to float32, into an array that is there",
        lambda lab: lab.images,
        {
            **_kernels(),
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
        around=_own_cache,
    ),
)
