"""Hand-made streams, each at the edge of one rule of RFC 1951 or RFC 1952, with zlib's verdict on each.

Most are written out from the RFC with the bit writer; the ones given in hex are short public test streams of
the zlib and Go projects, restated as bytes. `test_deflate_vectors.py` first checks this table against the
zlib at hand, so that the table itself cannot be wrong, then every backend against the table.
"""

from __future__ import annotations

from typing import NamedTuple

from bitwriter import EOB, BitWriter
from builders import BGZF_EOF, gzip_header, gzip_member, gzip_trailer

A = 65
TOO_FAR = "invalid distance too far back"
DIST_CODE = "invalid distance code"
LIT_CODE = "invalid literal/length code"
LIT_SET = "invalid literal/lengths set"
DIST_SET = "invalid distances set"
PRE_SET = "invalid code lengths set"
REPEAT = "invalid bit length repeat"
COUNTS = "too many length or distance symbols"
NO_EOB = "invalid code -- missing end-of-block"


class Vector(NamedTuple):
    """`verdict`: ok, truncated or corrupt; `detail`: decoded size if ok, zlib's words if corrupt."""

    name: str
    raw: bytes
    verdict: str
    detail: int | str = 0


def _hex(name: str, text: str, verdict: str, detail: int | str = 0) -> Vector:
    return Vector(name, bytes.fromhex(text), verdict, detail)


def _fixed(name: str, tokens: list, verdict: str, detail: int | str = 0) -> Vector:
    return Vector(name, BitWriter().fixed(tokens).getvalue(), verdict, detail)


def _dynamic(name: str, tokens: list, codes: tuple, verdict: str, detail: int | str = 0, **header) -> Vector:
    return Vector(name, BitWriter().dynamic(tokens, *codes, **header).getvalue() + bytes(4), verdict, detail)


def _bomb(matches: int) -> bytes:
    """Matches of 258 bytes at two bits each: as dense as DEFLATE gets."""
    writer = BitWriter().dynamic([0], {0: 2, EOB: 2, 285: 1}, {0: 1})
    return writer.raw("00" * matches).raw("11").getvalue()


def _window_edge(history: int) -> bytes:
    """The longest distance there is, after `history` bytes."""
    return BitWriter().stored(bytes(history), final=False).fixed([(258, 32768), EOB]).getvalue()


def _many(count: int, **block) -> bytes:
    """`count` empty blocks and a final one."""
    writer = BitWriter()
    for index in range(count + 1):
        if block:
            writer.dynamic([EOB], **block, final=index == count)
        else:
            writer.fixed([EOB], final=index == count)
    return writer.getvalue()


def _runs_across() -> Vector:
    """Two-bit codes for 253 to 256; a repeat-16 begins in the last and ends among the distances."""
    litlen, dist = dict.fromkeys((253, 254, 255, EOB), 2), dict.fromkeys(range(4), 2)
    symbols = [(18, 127), (18, 104), (2, 0), (16, 3), (2, 0)]
    return _dynamic(
        "repeat-16 from literal into distance lengths",
        [253, 255, EOB],
        (litlen, dist),
        "ok",
        2,
        symbols=symbols,
    )


_PAIR = {A: 1, EOB: 2, 257: 2}  # A, end of block, match of length 3
_ONE = {A: 1, EOB: 1}

STORED = [
    _hex(
        "stored: length 0 without its complement", "00 00 00 00 00", "corrupt", "invalid stored block lengths"
    ),
    _hex("stored: one byte", "01 01 00 fe ff 00", "ok", 1),
    _hex("stored: padding bits set", "f9 01 00 fe ff 41", "ok", 1),
    _hex("stored: length 0", "01 00 00 ff ff", "ok", 0),
    _hex("stored: cut in the length", "01 01 00 fe", "truncated"),
    _hex("stored: cut in the data", "01 05 00 fa ff 41 42", "truncated"),
    Vector("stored: 65535 bytes", BitWriter().stored(bytes(65535)).getvalue(), "ok", 65535),
    Vector("window edge: 32768 of history", _window_edge(32768), "ok", 32768 + 258),
    Vector("window edge: 32767 of history", _window_edge(32767), "corrupt", TOO_FAR),
]

FIXED = [
    _hex("fixed: end of block only", "03 00", "ok", 0),
    _hex("block type 3, not final", "06", "corrupt", "invalid block type"),
    _hex("block type 3, final", "07", "corrupt", "invalid block type"),
    _hex("fixed: distance symbol 31", "02 7e ff ff", "corrupt", DIST_CODE),
    _hex("fixed: distance symbol 30", "03 7e 00 00 00 00 00", "corrupt", DIST_CODE),
    _hex("fixed: length symbol 286", "1a 07", "corrupt", LIT_CODE),
    _hex("fixed: length symbol 286, final", "1b 07 00 00 00 00 00", "corrupt", LIT_CODE),
    _hex("fixed: length symbol 287 after literals", "33 18 07 00", "corrupt", LIT_CODE),
    _hex("fixed: overlapping match", "63 18 05 40 0c 00", "ok", 262),
    _fixed("fixed: length 258 as symbol 284 and 31", [A, 284, "11111", "00000", EOB], "ok", 259),
    _fixed("fixed: match before any output", [257, "00000", EOB], "corrupt", TOO_FAR),
    _fixed("fixed: distance 2 after one byte", [A, 257, "00001", EOB], "corrupt", TOO_FAR),
    _fixed("fixed: distance 1 after one byte", [A, (3, 1), EOB], "ok", 4),
    _fixed("fixed: no end of block", [A] * 20, "truncated"),
    Vector("fixed: 1000 empty blocks", _many(1000), "ok", 0),
    Vector("nothing at all", b"", "truncated"),
    Vector("not final, then nothing", BitWriter().fixed([A, EOB], final=False).getvalue(), "truncated"),
]

HEADERS = [
    _hex("HLIT 31: 288 lengths", "fc 00 00", "corrupt", COUNTS),
    _hex("incomplete precode", "04 00 fe ff", "corrupt", PRE_SET),
    _hex("repeat-16 as the first length", "04 00 24 49 00", "corrupt", REPEAT),
    _hex("zero runs past the last length", "04 00 24 e9 ff ff", "corrupt", REPEAT),
    _hex("no length for end of block", "04 00 24 e9 ff 6d", "corrupt", NO_EOB),
    _hex("over-subscribed literal set", "04 80 49 92 24 49 92 24 71 ff ff 93 11 00", "corrupt", LIT_SET),
    _hex("bad distance set", "04 80 49 92 24 49 92 24 0f b4 ff ff c3 84", "corrupt", DIST_SET),
    _hex(
        "over-subscribed precode (made Go hang)",
        "34 4c 4a 4e 49 4d 4b 07 00 00 ff 2e 2e ff 2e 2e 2e 2e 2e ff",
        "corrupt",
        PRE_SET,
    ),
    _dynamic("287 lengths, the last ones zero", [A, EOB], (_ONE,), "corrupt", COUNTS, hlit=287),
    _dynamic("288 lengths, the last ones zero", [A, EOB], (_ONE,), "corrupt", COUNTS, hlit=288),
    _dynamic("286 lengths, the last ones zero", [A, EOB], (_ONE,), "ok", 1, hlit=286),
    _dynamic("31 distance lengths", [A, EOB], (_ONE,), "corrupt", COUNTS, hdist=31),
    _dynamic("32 distance lengths", [A, EOB], (_ONE,), "corrupt", COUNTS, hdist=32),
    _dynamic("30 distance lengths", [A, EOB], (_ONE,), "ok", 1, hdist=30),
    _dynamic("reserved distance symbol 30, unused", [A, EOB], (_ONE, {0: 1, 30: 1}), "corrupt", COUNTS),
    _dynamic("reserved distance symbol 31, used", [A, 257, "1"], (_PAIR, {0: 1, 31: 1}), "corrupt", COUNTS),
    # zlib reads each length as one bit of the empty code, so it only complains once all of them are zero.
    _dynamic("precode all zero", ["1" * 258], (_ONE,), "corrupt", NO_EOB, precode={}, symbols=[]),
    _dynamic("precode all zero, cut", ["1" * 200], (_ONE,), "truncated", precode={}, symbols=[]),
    _dynamic(
        "precode of a single code", [], (_ONE,), "corrupt", PRE_SET, precode={18: 1}, symbols=[(18, 127)]
    ),
    _dynamic("all lengths zero", [], (_ONE,), "corrupt", NO_EOB, symbols=[(18, 127), (18, 109)]),
    _dynamic("incomplete literal set 1/2 + 1/4", [A, EOB], ({A: 1, EOB: 2},), "corrupt", LIT_SET),
    _dynamic("over-subscribed literal set of three", [A, EOB], ({A: 1, 66: 1, EOB: 1},), "corrupt", LIT_SET),
    _dynamic("single literal code of length 2", [EOB], ({EOB: 2},), "corrupt", LIT_SET),
    _dynamic("single distance code of length 2", [A, EOB], (_ONE, {0: 2}), "corrupt", DIST_SET),
    _dynamic("three of four distance codes", [A, EOB], (_ONE, {0: 2, 1: 2, 2: 2}), "corrupt", DIST_SET),
    _dynamic("over-subscribed distance set", [A, EOB], (_ONE, {0: 1, 1: 1, 2: 1}), "corrupt", DIST_SET),
    _dynamic(
        "18-run past the end after good lengths",
        [],
        (_ONE,),
        "corrupt",
        REPEAT,
        symbols=[(18, 127), (18, 106), (1, 0), (1, 0), (18, 0)],
    ),
    _dynamic(
        "16-run past the end", [], (_ONE,), "corrupt", REPEAT, symbols=[(18, 127), (18, 107), (1, 0), (16, 0)]
    ),
    _runs_across(),
    Vector("cut right after the code lengths", BitWriter().dynamic([], _ONE).getvalue(), "truncated"),
    Vector("cut inside the code lengths", BitWriter().dynamic([], _ONE).getvalue()[:8], "truncated"),
]

SYMBOLS = [
    _hex("unassigned literal code", "04 c0 81 08 00 00 00 00 20 7f eb 0b 00 00", "corrupt", LIT_CODE),
    _hex("distance before the start", "0c c0 81 00 00 00 00 00 90 ff 6b 04 00", "corrupt", TOO_FAR),
    _hex(
        "subtable codes, then too far",
        "0d c7 01 ae eb 38 0c 04 41 a0 87 72 de df fb 1f b8 36 b1 38 5d ff ff 00",
        "corrupt",
        TOO_FAR,
    ),
    _hex("repeat-17", "05 c0 21 0d 00 00 00 80 b0 fe 6d 2f 91 6c", "ok", 0),
    _hex("15-bit codes", "05 e0 81 91 24 cb b2 2c 49 e2 0f 2e 8b 9a 47 56 9f fb fe ec d2 ff 1f", "ok", 0),
    _hex("length extra bits", "ed c0 01 01 00 00 00 40 20 ff 57 1b 42 2c 4f", "ok", 516),
    _hex(
        "15-bit distance and extra bits",
        "ed cf c1 b1 2c 47 10 c4 30 fa 6f 35 1d 01 82 59 3d fb be 2e 2a fc 0f 0c",
        "ok",
        518,
    ),
    _hex(
        "one distance code, abcabc", "0c c2 01 0d 00 00 00 82 b0 ac 4a ff 0e b0 7d 27 06 00 00 ff ff", "ok", 6
    ),
    _hex("empty distance tree, literals only", "05 c0 07 06 00 00 00 80 40 0f ff 37 a0 ca", "ok", 0),
    _dynamic("match with no distance code", [A, 257, "0"], (_PAIR,), "corrupt", DIST_CODE),
    _dynamic("one distance code, used", [A, 257, "0", EOB], (_PAIR, {0: 1}), "ok", 4),
    _dynamic("one distance code, its unused half", [A, 257, "1", EOB], (_PAIR, {0: 1}), "corrupt", DIST_CODE),
    _dynamic("one literal code, end of block", [EOB], ({EOB: 1},), "ok", 0),
    _dynamic("one literal code, its unused half", ["1"], ({EOB: 1},), "corrupt", LIT_CODE),
    Vector("4000 empty dynamic blocks", _many(4000, litlen={EOB: 1}), "ok", 0),
    Vector("the densest stream", _bomb(4000), "ok", 1 + 4000 * 258),
]

RAW = [*STORED, *FIXED, *HEADERS, *SYMBOLS]

_EMPTY = b"\3\0"
_ALL_FIELDS = {"extra": b"ab\2\0xy", "name": b"n", "comment": b"c", "header_crc": True}

# Whole files for the gzip layer: name, bytes, verdict. zlib agrees with every row.
GZIP = [
    ("CRC wrong, size missing", gzip_header() + _EMPTY + b"\0\0\0\1", "corrupt"),
    ("size wrong", gzip_header() + _EMPTY + b"\0\0\0\0\0\0\0\1", "corrupt"),
    ("method 0, four bytes", b"\x1f\x8b\0\0", "corrupt"),
    ("method 7", gzip_member(b"abc", method=7), "corrupt"),
    ("reserved flag, four bytes", b"\x1f\x8b\x08\x80", "corrupt"),
    (
        "every header field and a wrong header CRC",
        bytes.fromhex("1f8b081e 00000000 0000 01 00 00 00 00 00 00"),
        "corrupt",
    ),
    (
        "header CRC right, empty body",
        bytes.fromhex("1f8b0802 00000000 0000 1d26 0300 00000000 00000000"),
        "ok",
    ),
    ("every header field", gzip_header(**_ALL_FIELDS) + _EMPTY + gzip_trailer(b""), "ok"),
    ("BGZF end marker", BGZF_EOF, "ok"),
]
