"""Contests in reading files: gzip, raw, normalized, of other kinds, and small ones."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..codec import decode_idx, read_idx
from ..reader import open_idx
from .contest import REFERENCE, Contest, Lab, Way, WrongResultError, normalized, same, threaded
from .decoders import DECODERS, OPENERS, load, reader, to_array
from .idx_readers import GZIP_READERS, RAW_READERS
from .paired import Call
from .streams import ITEMS, Stream, content

MEAN, STD = 0.2860, 0.3530
#: Decoders that the small contests leave out: each is a slower way around zlib, or has the same engine.
_SLOW = ("gzip", "zlib", "indexed_gzip", "rapidgzip")


def fresh(stream: Stream, threads: int = 1) -> Call:
    """Return a call that reads into a new array."""
    return lambda: read_idx(stream.path, threads=threads)


def reused(stream: Stream, threads: int = 1) -> Call:
    """Return a call that reads into the same array each time."""
    out = np.full(stream.shape, 0xA5, stream.dtype)
    return lambda: read_idx(stream.path, out=out, threads=threads)


def _into_floats(stream: Stream, threads: int) -> Call:
    out = np.zeros(stream.shape, np.float32)
    return lambda: read_idx(stream.path, out=out, normalize=(MEAN, STD), threads=threads)


def _then_numpy(name: str, *, reuse: bool = True) -> Callable[[Stream], Call]:
    """Read with a decoder, then normalize in place, into the same array each time or into new ones."""

    def make(stream: Stream) -> Call:
        read, out = reader(name, stream), np.zeros(stream.shape, np.float32) if reuse else None

        def call() -> object:
            values = np.divide(read(), np.float32(255), out=out)
            values -= np.float32(MEAN)
            values /= np.float32(STD)
            return values

        return call

    return make


def _ours_from_memory(stream: Stream) -> Call:
    data = stream.path.read_bytes()
    return lambda: decode_idx(data, threads=1)


def _from_memory(decompress: Callable[[bytes], Any]) -> Callable[[Stream], Call]:
    def make(stream: Stream) -> Call:
        data = stream.path.read_bytes()
        return lambda: to_array(decompress(data), stream)

    return make


def memcpy(stream: Stream) -> Call:
    """Return a call that copies the decoded array: no reader can be faster."""
    source = content(stream).copy()
    target = np.zeros_like(source)

    def call() -> object:
        np.copyto(target, source)
        return target

    return call


def _decoders(*leave_out: str) -> dict[str, Way]:
    return {
        name: Way(lambda stream, name=name: reader(name, stream), it.needs, it.package, it.threads)  # type: ignore[misc]
        for name, it in DECODERS.items()
        if name not in leave_out
    }


def _shape(path: Path, opened: Callable[[Path], Any]) -> tuple[int, ...]:
    with opened(path) as file:
        head = file.read(16)
    return tuple(int.from_bytes(head[at : at + 4], "big") for at in range(4, 4 + 4 * head[3], 4))


def _header(opened: Callable[[Path], Any]) -> Callable[[Stream], Call]:
    return lambda stream: lambda: _shape(stream.path, opened)


def _our_header(stream: Stream) -> Call:
    def call() -> object:
        with open_idx(stream.path) as file:
            return file.shape

    return call


def _same_shape(stream: Stream, result: object) -> None:
    if result != stream.shape:
        raise WrongResultError(f"expected the shape {stream.shape}, found {result}")


def _raw_images(lab: Lab) -> Stream:
    lab.library.raw(lab.split, "labels")  # two readers insist on them
    return lab.library.raw(lab.split, "images")


_OURS = {**threaded(REFERENCE, fresh), **threaded(f"{REFERENCE}, out=", reused)}
_KINDS = {
    "mnist": ("strokes like MNIST's", "mnist", "zlib-9"),
    "text": ("Python source text", "text", "zlib-9"),
    "random": ("random bytes", "random", "zlib-6"),
    "zeros": ("zeros", "zeros", "zlib-6"),
    "stored": ("garments in stored blocks", "fashion", "stored"),
    "fixed": ("garments in fixed-code blocks", "fashion", "fixed"),
}


def _kind(name: str) -> Contest:
    title, kind, encoder = _KINDS[name]

    def job(lab: Lab) -> Stream:
        return lab.library.get(kind, encoder, ITEMS)

    return Contest(f"decode-{name}", f"Read {title}", job, {**_OURS, **_decoders(*_SLOW)}, same)


def of_file(stream: Stream) -> Contest:
    """Return the contest in reading a file of the user's, gzip or raw."""
    packed = stream.path.read_bytes()[:2] == b"\x1f\x8b"
    peers = {**_decoders(), **GZIP_READERS} if packed else RAW_READERS
    ways = {**_OURS, **peers, "memcpy": Way(memcpy)}
    return Contest(f"file-{stream.name}", f"Read {stream.name}", lambda _: stream, ways, same)


CONTESTS = (
    Contest(
        "decode",
        "Read images from gzip into an array",
        lambda lab: lab.images,
        {**_OURS, **_decoders(), **GZIP_READERS, "memcpy": Way(memcpy)},
        same,
    ),
    Contest(
        "decode-normalized",
        "Read images from gzip, normalized to float32",
        lambda lab: lab.images,
        threaded(REFERENCE, _into_floats)
        | {"mnist_reader + NumPy, new arrays": Way(_then_numpy("mnist_reader", reuse=False))}
        | {
            f"{name} + NumPy": Way(_then_numpy(name), DECODERS[name].needs, DECODERS[name].package)
            for name in ("mnist_reader", "isal", "libdeflate")
        },
        lambda stream, result: normalized(stream, result, MEAN, STD),
    ),
    Contest(
        "decode-memory",
        "Read images from gzip that is in memory",
        lambda lab: lab.images,
        {
            REFERENCE: Way(_ours_from_memory),
            "zlib": Way(_from_memory(lambda data: zlib.decompress(data, 31))),
            "libdeflate": Way(
                _from_memory(lambda data: load("deflate").gzip_decompress(data)), "deflate", "deflate"
            ),
        },
        same,
    ),
    Contest(
        "decode-raw",
        "Read images from a file without compression",
        _raw_images,
        {REFERENCE: Way(fresh), f"{REFERENCE}, out=": Way(reused), **RAW_READERS, "memcpy": Way(memcpy)},
        same,
    ),
    *map(_kind, _KINDS),
    Contest(
        "labels",
        "Read 10,000 labels: the fixed cost of a call",
        lambda lab: lab.library.canonical("t10k", "labels"),
        {REFERENCE: Way(fresh), **_decoders()},
        same,
    ),
    Contest(
        "header",
        "Open a gzip file of images and learn its shape",
        lambda lab: lab.images,
        {
            REFERENCE: Way(_our_header),
            **{
                name: Way(_header(opened), module, package)
                for name, (opened, module, package) in OPENERS.items()
            },
        },
        _same_shape,
        throughput=False,
    ),
)
