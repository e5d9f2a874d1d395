"""Streams that mislead a second thread: about where the next block starts, and whether lanes help.

A thread looks for the header of the block after the next near the place where it should start. Here blocks
have other sizes than the ones before them, or hold literals that spell a header, right where a thread looks.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping

from bitwriter import EOB, BitWriter, canonical_codes
from builders import gzip_header, gzip_trailer

# All words but a few have 8 bits: almost any bits can be spelled in literals.
EIGHTS = {**dict.fromkeys(range(254), 8), 254: 9, EOB: 9, 257: 8}
# Every word has a multiple of 5 bits: lanes that start in between never fall into step.
FIVES = {
    **dict.fromkeys(range(31), 5),
    **dict.fromkeys(range(31, 62), 10),
    **dict.fromkeys([*range(62, 93), EOB], 15),
}
# A word of one bit and two of two, and what spells the shortest header of such a block.
ONES = {0: 1, EOB: 2, 257: 2}
PRECODE = {0: 3, 1: 2, 2: 2, 18: 2, 17: 3}


def words(code: Mapping[int, int]) -> list[str]:
    """The bits of each literal; those of a code hold no gaps here."""
    return [f"{word:0{n}b}" for symbol, (word, n) in sorted(canonical_codes(code).items()) if symbol < EOB]


def block(out: BitWriter, bits: str, code: Mapping[int, int] = EIGHTS, *, final: bool = False) -> None:
    out.dynamic([bits, EOB], code, {0: 1}, final=final)


def spelled_header() -> str:
    """Literals whose code words are the header of a block and a good many symbols."""
    bits = BitWriter().dynamic([0] * 30, ONES, {0: 1}, final=False, precode=PRECODE)
    return "".join(f"{byte:08b}"[::-1] for byte in bits.getvalue())


def growing(header: str) -> bytes:
    """Blocks each a little longer than the one before; `header` in each where that one's end would be."""
    rng, out, eights = random.Random(11), BitWriter(), words(EIGHTS)[:254]
    for number in range(60):
        literals = rng.choices(eights, k=9000 + 100 * number - len(header) // 8)
        block(out, "".join([*literals[:-100], header, *literals[-100:]]))
    block(out, eights[1], final=True)
    return out.getvalue()


def irregular() -> bytes:
    """Blocks of which none has the size of the one before."""
    rng, out, eights = random.Random(12), BitWriter(), words(EIGHTS)[:254]
    for number in range(120):
        block(out, "".join(rng.choices(eights, k=rng.randrange(6000, 30_000))), final=number == 119)
    return out.getvalue()


def out_of_step() -> bytes:
    """Long blocks on which lanes cost more than they bring, and are given up for a while."""
    rng, out, fives = random.Random(13), BitWriter(), words(FIVES)[:31]
    for number in range(6):
        block(out, "".join(rng.choices(fives, k=60_000)), FIVES, final=number == 5)
    return out.getvalue()


def short(count: int, most: int) -> bytes:
    """Blocks of up to so many symbols: shorter than the steps and margins of a search."""
    rng, out = random.Random(14), BitWriter()
    for number in range(count):
        tokens = [*[0] * rng.randrange(most // 2, most), *[(3, 1)] * rng.randrange(20), EOB]
        out.dynamic(tokens, ONES, {0: 1}, final=number == count - 1, precode=PRECODE)
    return out.getvalue()


def streams() -> dict[str, tuple[bytes, bytes]]:
    """Gzip files, and what is in them."""
    kinds = {
        "growing": growing(""),
        "headers": growing(spelled_header()),
        "irregular": irregular(),
        "out of step": out_of_step(),
        "short": short(200, 2000),
        "shorter": short(1500, 100),
    }
    found = {}
    for name, raw in kinds.items():
        content = zlib.decompress(raw, -15)
        found[name] = gzip_header() + raw + gzip_trailer(content), content
    return found


def sudden_header(bits: int) -> tuple[bytes, int]:
    """Short blocks, then one whose header alone is longer than they are, and the bit at which it ends.

    It begins `bits` later than it has to.
    """
    out = BitWriter()
    for number in range(600):
        literals = 80 if number else 80 + bits
        out.dynamic([*[0] * literals, (3, 1), EOB], ONES, {0: 1}, final=False, precode=PRECODE)
    block(out, "")
    end = out.bit_length - EIGHTS[EOB]
    block(out, words(EIGHTS)[7] * 300, final=True)
    raw = out.getvalue()
    return gzip_header() + raw + gzip_trailer(zlib.decompress(raw, -15)), 8 * len(gzip_header()) + end
