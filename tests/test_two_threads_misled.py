"""Two threads whose guesses go wrong: where the next block starts, and whether lanes fall into step.

A thread looks for the header of the block after the next near the place where it should start. Here blocks
have other sizes than the ones before them, or hold literals that spell a header, right where a thread looks.
"""

import random
import zlib

import numpy as np
import pytest
from bitwriter import EOB, BitWriter, canonical_codes
from builders import gzip_header, gzip_trailer

import fmnist_fast as ff

if ff.backend != "native":
    pytest.skip("only the native backend has use for two threads", allow_module_level=True)

from fmnist_fast._codec import GzipDecoder

END = 2
# All words but a few have 8 bits: almost any bits can be spelled in literals.
LITLEN = {**dict.fromkeys(range(254), 8), 254: 9, EOB: 9, 257: 8}
WORDS = {
    int(f"{code:0{n}b}"[::-1], 2): symbol for symbol, (code, n) in canonical_codes(LITLEN).items() if n == 8
}

PRECODE = {0: 3, 1: 2, 2: 2, 18: 2, 17: 3}
# Every word has a multiple of 5 bits: lanes that start in between never fall into step.
FIVES = {
    **dict.fromkeys(range(31), 5),
    **dict.fromkeys(range(31, 62), 10),
    **dict.fromkeys([*range(62, 93), EOB], 15),
}


def spelled_header() -> list[int]:
    """Literals whose code words are the header of a block and a good many symbols."""
    bits = BitWriter().dynamic([0] * 30, {0: 1, EOB: 2, 257: 2}, {0: 1}, final=False, precode=PRECODE)
    return [WORDS[byte] for byte in bits.getvalue()]


def block(out: BitWriter, literals: list[int], *, final: bool = False) -> None:
    out.dynamic([*literals, EOB], LITLEN, {0: 1}, final=final)


def growing(header: list[int]) -> bytes:
    """Blocks each a little longer than the one before; `header` in each where that one's end would be."""
    rng, out = random.Random(11), BitWriter()
    for number in range(60):
        literals = [rng.randrange(254) for _ in range(9000 + 100 * number)]
        literals[-100 : -100 + len(header)] = header
        block(out, literals)
    block(out, [1], final=True)
    return out.getvalue()


def irregular() -> bytes:
    """Blocks of which none has the size of the one before."""
    rng, out = random.Random(12), BitWriter()
    for number in range(60):
        block(out, [rng.randrange(254) for _ in range(rng.randrange(6000, 30_000))], final=number == 59)
    return out.getvalue()


def out_of_step() -> bytes:
    """Long blocks on which lanes cost more than they bring, and are given up for a while."""
    rng, out = random.Random(13), BitWriter()
    for number in range(6):
        out.dynamic([*(rng.randrange(31) for _ in range(60_000)), EOB], FIVES, {0: 1}, final=number == 5)
    return out.getvalue()


STREAMS = {
    "growing": growing([]),
    "headers": growing(spelled_header()),
    "irregular": irregular(),
    "out of step": out_of_step(),
}


def in_gzip(raw: bytes) -> bytes:
    return gzip_header() + raw + gzip_trailer(zlib.decompress(raw, -15))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("kind", STREAMS)
def test_same_bytes(kind, threads):
    raw = STREAMS[kind]
    expected, packed = zlib.decompress(raw, -15), in_gzip(raw)
    for _ in range(3):  # the threads are not always in the same order
        out = np.empty(len(expected), np.uint8)
        status, used, made = GzipDecoder(threads).decode(packed, True, out, 0)
        assert (status, used, made) == (END, len(packed), len(expected))
        assert out.tobytes() == expected
