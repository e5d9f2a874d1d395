"""Decode with guard pages around both buffers; run as a script by `test_guard_pages.py`, for it may crash.

Usage: guard_pages.py numpy|native [touch]. With `touch` it writes one byte too far on purpose.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
import zlib
from contextlib import suppress

from backends import load_backend
from bitwriter import EOB, BitWriter
from builders import gzip_member, raw_deflate
from samples import images, noise, text

PAGE = mmap.PAGESIZE
ROOM = 4 * PAGE


def guarded() -> tuple[memoryview, int]:
    """A writable view between two pages that nobody may touch, and its address."""
    libc = ctypes.CDLL(None, use_errno=True)
    memory = mmap.mmap(-1, ROOM + 2 * PAGE)
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    for address in (start, start + PAGE + ROOM):
        if libc.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(PAGE), 0):
            raise OSError(ctypes.get_errno(), "mprotect")
    return memoryview(memory)[PAGE : PAGE + ROOM], start + PAGE


def matches(distance: int, count: int) -> bytes:
    """Stored noise, then matches that copy it at one distance."""
    writer = BitWriter().stored(noise(distance), final=False)
    return writer.fixed([*[(258, distance)] * count, (7, distance), EOB]).getvalue()


def streams() -> list[bytes]:
    """Bare streams that end in literals, in long and in overlapping matches, in stored data, in nothing."""
    return [
        raw_deflate(noise(400), 0),
        raw_deflate(noise(700), 9, strategy=zlib.Z_HUFFMAN_ONLY),
        raw_deflate(text(900), 9),
        raw_deflate(images(1).tobytes(), 9),
        raw_deflate(text(600), 9, strategy=zlib.Z_FIXED),
        raw_deflate(b""),
        *(matches(distance, 3) for distance in (1, 2, 3, 7, 16, 33, 300)),
    ]


def decode_at_every_distance(backend, raw: bytes, source: memoryview, target: memoryview) -> int:
    """Decode with the buffers' ends at every distance from the guard pages; return how often."""
    data = zlib.decompress(raw, -15)
    member = gzip_member(data, raw=raw)
    runs = 0
    for slack_in in range(65):
        view = source[len(source) - len(member) - slack_in :]
        view[:] = member + bytes(slack_in)
        fine = slack_in < 3
        for slack_out in range(0 if fine else slack_in % 7, 321, 1 if fine else 7):
            out = target[len(target) - len(data) - slack_out :]
            status, consumed, produced = backend.GzipDecoder().decode(view, True, out, 0)
            assert (status, consumed) == (2, len(view)) or (status, slack_out) == (1, 0), status
            assert produced == len(data)
            assert out[:produced] == data
            runs += 1
    for cut in range(len(member)):  # here the input ends in the middle of everything
        view = source[len(source) - cut :] if cut else source[:0]
        view[:] = member[:cut]
        out = target[len(target) - len(data) - cut % 300 :]
        with suppress(backend.TruncatedError):
            backend.GzipDecoder().decode(view, True, out, 0)
            raise AssertionError("a cut member was accepted")
        runs += 1
    return runs


def go_on_in_another_room(backend, raw: bytes, target: memoryview) -> int:
    """Decode the beginning elsewhere: matches reach back behind the start of the room. Return how often."""
    data = zlib.decompress(raw, -15)
    member = gzip_member(data, raw=raw)
    for first in range(1, len(data)):
        decoder = backend.GzipDecoder()
        elsewhere = bytearray(first)
        _, consumed, produced = decoder.decode(member, True, elsewhere, 0)
        assert (produced, elsewhere) == (first, data[:first])
        status, _, produced = decoder.decode(member[consumed:], True, target, 0)
        assert (status, target[:produced]) == (2, data[first:])
    return max(len(data) - 1, 0)


def main(name: str, touch: str = "") -> None:
    """Decode all streams and print how many times."""
    backend = load_backend(name)
    (source, _), (target, address) = guarded(), guarded()
    if touch:
        ctypes.memset(address + ROOM, 1, 1)
    runs = 0
    for raw in streams():
        runs += decode_at_every_distance(backend, raw, source, target)
        runs += go_on_in_another_room(backend, raw, target)
    print(runs)


if __name__ == "__main__":
    main(*sys.argv[1:])
