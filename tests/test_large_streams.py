"""Streams long enough for everything a decoder only does when much input is at hand.

Fast loops, several decoders inside one block, windows over blocks of regular size: none of it starts on the
small streams of the other tests. So here are blocks of tens of thousands of symbols, whole, cut, flipped, in
pieces, and with one single fault at a chosen depth, where the verdict must still be that of zlib.
"""

from __future__ import annotations

import functools
import random
import zlib

import numpy as np
import pytest
from backends import SEED
from bitwriter import EOB, BitWriter
from builders import gzip_member, idx_bytes, raw_deflate
from drive import drive, raw_verdict, wrap_raw
from samples import images, noise, same, text

import fmnist_fast as ff

LITLEN = {**dict.fromkeys(range(200), 8), **dict.fromkeys(range(200, 256), 9), EOB: 9}
LITLEN |= {257: 7, 258: 8, 265: 9, 270: 9, 280: 10, 284: 10, 285: 6}
# What is left of the code space goes to longer and longer codes, so that subtables are needed too.
LEFT = 2**15 - sum(2 ** (15 - length) for length in LITLEN.values())
DIST = dict.fromkeys(range(28), 5) | {28: 4, 29: 4}


def complete() -> dict[int, int]:
    """`LITLEN` with the code space that is left given to the other length symbols."""
    litlen, left = dict(LITLEN), LEFT
    free = [symbol for symbol in range(259, 284) if symbol not in litlen]
    for number, symbol in enumerate(free):
        need = len(free) - number - 1  # each symbol behind needs one slot at least
        length = next(bits for bits in range(1, 16) if 2 ** (15 - bits) <= left - need)
        litlen[symbol] = length
        left -= 2 ** (15 - length)
    assert left == 0
    return litlen


@functools.cache
def long_block(count: int, fault_at: int = -1, excess: int = 0, share: float = 0.14) -> bytes:
    """One dynamic block of `count` symbols, a share of them matches.

    At symbol `fault_at` stands a match that reaches `excess` bytes before the first byte of the output.
    """
    rng = random.Random(1)  # fixed: how far a match may reach depends on it
    tokens, produced = [], 0
    for index in range(count):
        if index == fault_at:
            tokens.append((3, produced + excess))
            produced += 3
        elif produced > 4 and rng.random() < share:
            length = rng.choice([3, 4, 11, 12, 23, 26, 115, 130, 227, 257, 258])
            tokens.append((length, rng.randint(1, min(produced, rng.choice([4, 300, 32_768])))))
            produced += length
        else:
            tokens.append(rng.randrange(256))
            produced += 1
    return BitWriter().dynamic([*tokens, EOB], complete(), DIST).getvalue()


def flushed() -> bytes:
    """Blocks of very different sizes, some of a few symbols."""
    rng, packer, raw = random.Random(3), zlib.compressobj(6, zlib.DEFLATED, -15), b""
    data = images(300).tobytes() + text(60_000)
    at = 0
    while at < len(data):
        size = rng.choice([10, 500, 3000, 40_000])
        raw += packer.compress(data[at : at + size]) + packer.flush(
            rng.choice([zlib.Z_FULL_FLUSH, zlib.Z_SYNC_FLUSH])
        )
        at += size
    return raw + packer.flush()


STREAMS = {
    "pictures": lambda: raw_deflate(images(700).tobytes(), 9),
    "pictures, level 1": lambda: raw_deflate(images(400).tobytes(), 1),
    "text": lambda: raw_deflate(text(400_000), 9),
    "text in large blocks": lambda: raw_deflate(text(300_000), 6, memlevel=9),
    "literals only": lambda: raw_deflate(text(80_000) + images(60).tobytes(), strategy=zlib.Z_HUFFMAN_ONLY),
    "noise with a pattern": lambda: raw_deflate((np.frombuffer(noise(90_000), "u1") & 0x3F).tobytes(), 9),
    "blocks of all sizes": flushed,
    "one block": lambda: long_block(60_000),
    "noise between": lambda: raw_deflate(text(50_000) + noise(90_000) + text(50_000), 9),
}


@pytest.fixture(params=STREAMS, scope="module")
def raw(request) -> bytes:
    return STREAMS[request.param]()


def agree(backend, raw: bytes, what, **options) -> str:
    """Assert that the backend and zlib agree on a bare stream; return the verdict."""
    expected = raw_verdict(raw)
    got = drive(backend, wrap_raw(raw), **options)
    assert (got.kind, got.data) == (expected.kind, expected.data), what
    assert expected.message in got.message, what
    return expected.kind


def test_whole(backend, raw):
    assert len(raw) > 15_000
    assert agree(backend, raw, "whole") == "ok"
    assert agree(backend, raw, "large buffers", room=1_000_000) == "ok"


@pytest.mark.parametrize("room", [257, 5000, 100_000, None])
@pytest.mark.parametrize("feed", [61, 1500, 8191, 40_000, None])
def test_in_pieces(backend, raw, feed, room):
    assert agree(backend, raw, (feed, room), feed=feed, room=room) == "ok"


def test_random_pieces(backend, raw):
    rng = random.Random(SEED)
    for _ in range(6):
        feed = [rng.choice([1, 30, 1000, 20_000]) + rng.randrange(30) for _ in range(3000)]
        agree(backend, raw, feed[:20], feed=feed, room=rng.randrange(1000, 200_000))


def test_one_flipped_bit(backend, raw):
    rng = random.Random(SEED)
    copy, kinds = bytearray(raw), set()
    for _ in range(60):
        bit = rng.randrange(8 * len(raw))
        copy[bit >> 3] ^= 1 << (bit & 7)
        kinds.add(agree(backend, bytes(copy), bit, room=rng.choice([None, 30_000, 1_000_000])))
        copy[bit >> 3] ^= 1 << (bit & 7)
    assert kinds


def test_cut_anywhere(backend, raw):
    rng = random.Random(SEED)
    for cut in [*range(len(raw) - 30, len(raw)), *(rng.randrange(len(raw)) for _ in range(40))]:
        assert agree(backend, raw[:cut], cut, room=1_000_000) == "truncated"


@pytest.mark.parametrize("excess", [0, 1, 2, 100])
@pytest.mark.parametrize(
    ("share", "depth"), [(0, 3), (0, 900), (0, 7000), (0, 29_999), (0.14, 50), (0.14, 900)]
)
def test_one_match_that_reaches_too_far(backend, share, depth, excess):
    """Deep in a block of 30,000 symbols; to the first byte of the output is just right."""
    data = long_block(30_000, depth, excess, share)
    assert agree(backend, data, (depth, excess), room=1_000_000) == ("corrupt" if excess else "ok")


@pytest.mark.parametrize("depth", [0, 700, 7000, 29_999])
def test_one_unassigned_distance_code(backend, depth):
    """The only codes that a valid block may leave unassigned, used once in a long block."""
    litlen = {**dict.fromkeys(range(254), 8), 254: 9, EOB: 9, 257: 8}
    pattern = [index % 254 for index in range(30_000)]
    good = BitWriter().dynamic([7, *pattern, 257, "0", *pattern, EOB], litlen, {0: 1}).getvalue()
    assert agree(backend, good, depth) == "ok"
    for code in ("1", ""):
        dist = {0: 1} if code else {}
        bad = [7, *pattern[:depth], 257, code or "0", *pattern[depth:], EOB]
        data = BitWriter().dynamic(bad, litlen, dist).getvalue()
        assert agree(backend, data, depth, room=1_000_000) == "corrupt"


@pytest.mark.parametrize("threads", [None, 1, 2, 8])
def test_threads_and_damage(threads):
    """Through the public function: the right array or the right error, however many threads work on it."""
    rng = random.Random(SEED)
    array = images(900)
    data = gzip_member(idx_bytes(array))
    assert same(ff.read_idx(data, threads=threads), array)
    assert same(ff.read_idx(data, threads=threads, normalize=(0.3, 0.4)), ff.normalize(array, 0.3, 0.4))
    for _ in range(15):
        copy = bytearray(data)
        copy[rng.randrange(20, len(data))] ^= 1 << rng.randrange(8)
        with pytest.raises((ff.CorruptDataError, ff.TruncatedError, ff.FormatError)):
            ff.read_idx(copy, threads=threads)
        with pytest.raises(ff.TruncatedError):
            ff.read_idx(data[: rng.randrange(len(data))], threads=threads)
