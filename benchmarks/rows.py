"""What is measured, in groups. Each group yields results at the CPU level of this process."""

from __future__ import annotations

import inspect
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from proof import close, same
from targets import EVERYWHERE, Result, compared, target

from fmnist_fast import cpu_features, decode_idx, read_idx
from fmnist_fast._threads import usable_cpus
from fmnist_fast.benchmark import contents, decoders, outside
from fmnist_fast.benchmark.decode import MEAN, STD, fresh, reused, then_numpy
from fmnist_fast.benchmark.encoders import ENCODERS
from fmnist_fast.benchmark.paired import CLOCKS, Call, Comparison, Spread, compare, measure, pinned
from fmnist_fast.benchmark.streams import ITEMS, ITEMS_QUICK, Library, Stream

#: Rivals of the rows "peers".
PEERS = ("mnist_reader", "zlib", "zlib-ng", "isal", "libdeflate", "rapidgzip")


@dataclass(frozen=True)
class Bench:
    """What all groups share.

    Attributes
    ----------
    library : Library
    quick : bool
        Few and small streams.
    pairs : int
        Behind each ratio.
    cpu : int or None
        Where rows with one thread are pinned.
    clock : {"wall", "cpu"}
        By which rows with one thread are timed; those with several always by the wall.
    """

    library: Library
    quick: bool
    pairs: int
    cpu: int | None
    clock: str

    @property
    def level(self) -> str:
        return cpu_features()["level"]

    @property
    def images(self) -> Stream:
        return self.library.canonical("t10k" if self.quick else "train", "images")

    @property
    def best(self) -> bool:
        return cpu_features()["detected"][-1:] == [self.level] or self.level == "numpy"

    def owed(self, key: str) -> dict[str, Any]:
        floor, aim = target(key, self.level, self.best)
        return {"floor": floor, "aim": aim}

    def turns(self, ours: Call, *others: Call, threads: int = 1, pairs: int = 0) -> list[Comparison]:
        with pinned(self.cpu if threads == 1 else None):
            clock = CLOCKS[self.clock if threads == 1 else "wall"]
            return compare(ours, *others, pairs=pairs or self.pairs, clock=clock)

    def against(
        self,
        group: str,
        title: str,
        peer: str,
        stream: Stream,
        ours: Call,
        other: Call | None = None,
        *,
        threads: int = 1,
        check: Callable[..., None] | None = None,
        **rest: Any,
    ) -> Result:
        """Compare with one peer, once both have shown that they read the same."""
        if peer in decoders.missing():
            return Result(group, title, self.level, note=f"{peer} is not installed")
        other = other or decoders.reader(peer, stream)
        (check or same)(stream, ours(), other())
        (found,) = self.turns(ours, other, threads=threads)
        return compared(group, title, self.level, found, stream=stream.name, against=peer, **rest)


def read(bench: Bench) -> Iterator[Result]:
    """Plain reading of the images against libdeflate."""
    stream, peer = bench.images, "libdeflate"
    for key, ours in (("fresh", fresh), ("reused", reused)):
        title = f"images, 1 thread, {key} array : {peer}"
        yield bench.against("read", title, peer, stream, ours(stream), **bench.owed(key))
    title = f"images, 2 threads, reused array : {peer}"
    if usable_cpus() < 2:
        yield Result("read", title, bench.level, note="there is one CPU only")
    else:
        yield second_cpu(bench, stream)
        ours = reused(stream, 2)
        yield bench.against("read", title, peer, stream, ours, threads=2, **bench.owed("two threads"))
    data = stream.path.read_bytes()
    title = f"images from memory, 1 thread, fresh array : {peer}"
    ours = lambda: decode_idx(data, threads=1)  # noqa: E731
    yield bench.against("read", title, peer, stream, ours, lambda: decoders.from_memory(data, stream))


def second_cpu(bench: Bench, stream: Stream) -> Result:
    """What a second CPU is worth at this moment: a virtual machine may have two and get the time of one."""
    both = [reused(stream), reused(stream)]

    def at_once() -> None:
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(call) for call in both]:
                done.result()

    (found,) = bench.turns(at_once, lambda: [call() for call in both], threads=2)
    title = "two readers at once : one after the other"
    return compared("read", title, bench.level, found, stream=stream.name, against="one thread")


def everyone(bench: Bench) -> Iterator[Result]:
    """Plain reading of the images against every peer, for information."""
    for peer in PEERS:
        threads = 2 if peer == "rapidgzip" else 1
        title = f"images, 1 thread, fresh array : {peer}"
        yield bench.against("peers", title, peer, bench.images, fresh(bench.images), threads=threads)


def kinds(bench: Bench) -> Iterator[Result]:
    """Contents that are not garments."""
    for kind in ("mnist", "text"):
        stream = bench.library.get(kind, "zlib-9", ITEMS_QUICK if bench.quick else ITEMS)
        title = f"{kind}-like, 1 thread, reused array : libdeflate"
        yield bench.against("kinds", title, "libdeflate", stream, reused(stream), **bench.owed("kinds"))


def normalize(bench: Bench) -> Iterator[Result]:
    """Reading and normalizing in one call against reading, then NumPy."""
    stream, group = bench.images, "normalize"
    out = np.zeros(stream.shape, np.float32)
    scale = (MEAN, STD)
    for threads in (1, 2):
        ours = lambda threads=threads: read_idx(stream.path, normalize=scale, out=out, threads=threads)  # noqa: E731
        for title, reuse in (("NumPy", False), ("NumPy in place", True)):
            owed = bench.owed("normalize") if threads == 2 and not reuse else {}
            title = f"normalized, {threads} thread{'s' * (threads - 1)}, reused : mnist_reader + {title}"
            yield bench.against(
                group, title, "mnist_reader", stream, ours, then_numpy("mnist_reader", reuse=reuse)(stream),
                threads=threads, check=close, **owed,
            )  # fmt: skip


def numpy_backend(bench: Bench) -> Iterator[Result]:
    """The NumPy backend against the reader that it does without a compiler as well."""
    for stream in (bench.images, bench.library.canonical("train", "labels")):
        images = stream is bench.images
        title = f"{'images' if images else 'labels'}, fresh array : mnist_reader"
        owed = bench.owed("numpy") if images else {}
        yield bench.against("numpy", title, "mnist_reader", stream, fresh(stream), **owed)


def linear(bench: Bench) -> Iterator[Result]:
    """Cost of one image in a large file over that in a small one."""
    counts = (2_500, 10_000, 60_000) if bench.quick else (10_000, 60_000, 600_000)
    streams = [bench.library.get("fashion", "zlib-6", count) for count in counts]
    for small, large in itertools.pairwise(streams):
        factor = small.shape[0] / large.shape[0]
        calls = reused(small), reused(large)
        for stream, call in zip((small, large), calls, strict=True):
            same(stream, call())
        (found,) = bench.turns(*calls, pairs=min(bench.pairs, 9))
        ratio = found.ratio.scaled(factor)
        title = f"cost per image, {large.shape[0]:,} : {small.shape[0]:,} images"
        yield Result("linear", title, bench.level, f"{large.name} : {small.name}", "cost", 1.1, 1.0, ratio)


def memory(bench: Bench) -> Iterator[Result]:
    """Peak memory above the output array."""
    rounds = 3 if bench.quick else 5
    streams = (
        [bench.images] if bench.quick else [bench.images, bench.library.get("fashion", "zlib-6", 600_000)]
    )
    for stream in streams:
        for threads in (1, 2):
            found = outside.memory(stream, "fmnist_fast", threads=threads, rounds=rounds)
            title = (
                f"memory above the array, {stream.shape[0]:,} images, {threads} thread{'s' * (threads - 1)}"
            )
            floor = stream.compressed / 2**20 + 4
            yield Result("memory", title, bench.level, stream.name, "MiB", floor, 1.0, found)
    for peer in ("libdeflate", "mnist_reader"):
        if bench.best and peer not in decoders.missing():
            found = outside.memory(bench.images, peer, rounds=rounds)
            title = f"memory above the array, {bench.images.shape[0]:,} images, {peer}"
            yield Result("memory", title, "-", bench.images.name, "MiB", spread=found)


def import_time(bench: Bench) -> Iterator[Result]:
    """What the import adds to that of NumPy."""
    found, whole = outside.import_time(bench.clock, 7 if bench.quick else 15)
    note = f"({whole:.1f} ms more per process)"
    yield Result("import", "import after NumPy", bench.level, "", "ms", 30.0, 10.0, found, note=note)


def cache(bench: Bench) -> Iterator[Result]:
    """Opening a file again whose decoded form is kept."""
    title = "reopen from the decoded cache"
    if "cache" not in inspect.signature(read_idx).parameters:
        yield Result("cache", title, bench.level, note="read_idx has no parameter cache yet")
        return
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, XDG_CACHE_HOME=folder):
        path = Path(shutil.copy(bench.images.path, folder))
        call: Call = lambda: read_idx(path, cache=True)  # noqa: E731
        same(bench.images, call(), call())
        found: Spread = measure(call, rounds=bench.pairs).scaled(1e3)
        yield Result("cache", title, bench.level, bench.images.name, "ms", 10.0, 1.0, found)


def matrix(bench: Bench) -> Iterator[Result]:
    """Every content by every encoder, against zlib and libdeflate."""
    rivals = [name for name in EVERYWHERE if name not in decoders.missing()]
    items = ITEMS_QUICK if bench.quick else ITEMS
    for encoder in (e for e in ENCODERS.values() if e.quick or not bench.quick):
        if encoder.version is None:
            yield Result("matrix", encoder.name, bench.level, note=f"{encoder.package} is not installed")
            continue
        for kind in contents.KINDS:
            title = f"{kind} by {encoder.name}"
            stream = bench.library.get(kind, encoder.name, items)
            calls = [decoders.reader(name, stream) for name in rivals]
            ours = fresh(stream)
            same(stream, ours(), *(call() for call in calls))
            found = bench.turns(ours, *calls, pairs=min(bench.pairs, 9))
            for name, comparison in zip(rivals, found, strict=True):
                floor, aim = EVERYWHERE[name]
                yield compared(
                    "matrix", title, bench.level, comparison,
                    stream=stream.name, against=name, floor=floor, aim=aim,
                )  # fmt: skip


#: Groups of the process's own level, of the other levels of the CPU, and of the NumPy backend.
GROUPS: dict[str, Callable[[Bench], Iterator[Result]]] = {
    "read": read, "kinds": kinds, "normalize": normalize, "linear": linear, "memory": memory,
    "cache": cache, "import": import_time, "peers": everyone, "numpy": numpy_backend, "matrix": matrix,
}  # fmt: skip
OWN = tuple(name for name in GROUPS if name != "numpy")
OTHER = ("read", "kinds", "normalize", "memory", "matrix")
NUMPY = ("numpy",)
