"""Cuts of one large file, each of which has to be refused as truncated: `cuts.py FILE [COUNT [START]]`.

COUNT places at random, every place in the first 64 KiB and every 64th in the last: the file as a whole. Then
every place in the last 64 KiB, from a state of the decoder that was kept in front of them.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import fmnist_fast as ff
from fmnist_fast import _idx
from fmnist_fast._backend import GzipDecoder

EDGE = 1 << 16
ROOM = 1 << 25


def refused(work, cut: int) -> None:
    """Raise AssertionError unless the data are called truncated."""
    try:
        work()
    except ff.TruncatedError:
        return
    raise AssertionError(f"the first {cut} bytes pass for the file")


def state_near(data: memoryview, offset: int) -> GzipDecoder | None:
    """Return a decoder that stands at the last end of a block up to a place, if there is one."""
    decoder, room, kept = GzipDecoder(), bytearray(ROOM), None
    while True:
        status, _, _ = decoder.decode(data[decoder.offset :], True, room, 0, pause=True)
        if status == _idx.END or decoder.offset > offset:
            return kept
        if status == _idx.PAUSED:
            kept = decoder.copy()


def last_cuts(data: memoryview) -> int:
    """Try every place in the last 64 KiB."""
    edge, room = max(len(data) - EDGE, 0), bytearray(ROOM)
    state = state_near(data, edge)
    start = state.offset if state else 0
    begin = state.copy if state else GzipDecoder
    for cut in range(edge, len(data)):
        refused(lambda cut=cut: begin().decode(data[start:cut], True, room, 0), cut)
    return len(data) - edge


def main(file: str, count: str = "10000", start: str = "1") -> None:
    """Read all of them."""
    data, rng, began = memoryview(Path(file).read_bytes()), random.Random(int(start)), time.monotonic()
    out = ff.read_idx(data)
    cuts = [rng.randrange(len(data)) for _ in range(int(count))]
    cuts += [*range(min(EDGE, len(data))), *range(max(len(data) - EDGE, 0), len(data), 64), len(data) - 1]
    for cut in cuts:
        refused(lambda cut=cut: ff.read_idx(data[:cut], out=out), cut)
    print(f"{len(cuts)} cuts refused, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{last_cuts(data)} more at the end, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
