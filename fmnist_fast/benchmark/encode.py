"""Contests in writing: the same level everywhere, and blocks that several threads can read again."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from typing import Any, Literal

from ..codec import encode_idx
from .contents import header
from .contest import REFERENCE, Contest, Lab, Way, same, threaded
from .decoders import load, to_array
from .paired import Call
from .streams import ITEMS_QUICK, Stream, content

LEVELS = (1, 6, 9)
#: Takes the bytes of an IDX file and a level.
Compress = Callable[[bytes, int], Any]


def _zlib(data: bytes, level: int) -> bytes:
    state = zlib.compressobj(level, zlib.DEFLATED, 31)
    return state.compress(data) + state.flush()


#: isal has levels 0 to 3 only; its highest stands beside zlib's first.
_PEERS: dict[str, tuple[Compress, str, str]] = {
    "gzip": (lambda data, level: gzip.compress(data, level, mtime=0), "", ""),
    "zlib": (_zlib, "", ""),
    "zlib-ng": (
        lambda data, level: load("zlib_ng.gzip_ng").compress(data, level, mtime=0),
        *("zlib_ng.gzip_ng", "zlib-ng"),
    ),
    "libdeflate": (
        lambda data, level: load("deflate").gzip_compress(data, level),
        *("deflate", "deflate"),
    ),
    "cramjam": (lambda data, level: load("cramjam").gzip.compress(data, level), "cramjam", "cramjam"),
    "isal, level 3": (
        lambda data, _: load("isal.igzip").compress(data, 3, mtime=0),
        *("isal.igzip", "isal"),
    ),
}


def _ours(level: int, kind: Literal["gzip", "bgzf"]) -> Callable[[Stream, int], Call]:
    def make(stream: Stream, threads: int) -> Call:
        array = content(stream)
        return lambda: encode_idx(array, compress=kind, level=level, threads=threads)

    return make


def _theirs(compress: Compress, level: int) -> Callable[[Stream], Call]:
    def make(stream: Stream) -> Call:
        array = content(stream)
        return lambda: compress(header(array.shape) + array.tobytes(), level)

    return make


def _reads_back(stream: Stream, result: object) -> None:
    """Check with zlib that a file holds the array."""
    same(stream, to_array(gzip.decompress(bytes(result)), stream))  # type: ignore[call-overload]


def _job(lab: Lab) -> Stream:
    """Return few images: levels are slow, and the time is linear."""
    return lab.library.get("fashion", "zlib-6", 1_000 if lab.quick else ITEMS_QUICK)


def _contest(level: int) -> Contest:
    peers = {
        name: Way(_theirs(compress, level), needs, package)
        for name, (compress, needs, package) in _PEERS.items()
        if level == 1 or not name.startswith("isal")
    }
    ways = {REFERENCE: Way(lambda stream: _ours(level, "gzip")(stream, 1)), **peers}
    return Contest(f"encode-{level}", f"Write images as gzip, level {level}", _job, ways, _reads_back)


def _bgzf() -> Contest:
    ways = threaded(REFERENCE, _ours(6, "bgzf"))
    for name in ("gzip", "libdeflate"):
        compress, needs, package = _PEERS[name]
        ways[f"{name}, one member"] = Way(_theirs(compress, 6), needs, package)
    return Contest("encode-bgzf", "Write images as BGZF, level 6", _job, ways, _reads_back)


CONTESTS = (*map(_contest, LEVELS), _bgzf())
