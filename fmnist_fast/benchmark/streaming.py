"""The contest in reading a file batch by batch, in little memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..reader import open_idx
from .contest import REFERENCE, Contest, Way, same
from .decoders import OPENERS, load
from .streams import Stream

BATCH = 128
Array = npt.NDArray[Any]
Reading = Callable[[Stream], Iterator[Array]]


def _ours(stream: Stream) -> Iterator[Array]:
    with open_idx(stream.path) as file:
        yield from file.batches(BATCH, out=np.empty((BATCH, *stream.shape[1:]), stream.dtype))


def _by_file(opened: Callable[[Path], Any]) -> Reading:
    """Read into one buffer, as a file object that decompresses allows."""

    def read(stream: Stream) -> Iterator[Array]:
        batch = np.empty((BATCH, *stream.shape[1:]), np.uint8)
        with opened(stream.path) as file:
            file.read(4 + 4 * len(stream.shape))
            for low in range(0, stream.shape[0], BATCH):
                part = batch[: stream.shape[0] - low]
                view = part.reshape(-1).data
                filled = 0
                while filled < len(view):
                    filled += file.readinto(view[filled:])
                yield part

    return read


def _drained(read: Reading) -> Callable[[Stream], Callable[[], None]]:
    def make(stream: Stream) -> Callable[[], None]:
        def call() -> None:
            for _ in read(stream):
                pass

        return call

    return make


def _way(read: Reading, needs: str = "", package: str = "") -> Way:
    def proof(stream: Stream) -> Array:
        return np.concatenate([batch.copy() for batch in read(stream)])

    return Way(_drained(read), needs, package, proof=proof)


CONTESTS = (
    Contest(
        "stream",
        f"Stream images from gzip, {BATCH} at a time",
        lambda lab: lab.images,
        {
            REFERENCE: _way(_ours),
            **{
                name: _way(_by_file(opened), module, package)
                for name, (opened, module, package) in OPENERS.items()
            },
            "indexed_gzip": _way(
                _by_file(lambda path: load("indexed_gzip").IndexedGzipFile(str(path))),
                *("indexed_gzip", "indexed_gzip"),
            ),
        },
        same,
    ),
)
