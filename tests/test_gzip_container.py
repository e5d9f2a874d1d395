"""Gzip framing: which members are valid, what may stand between and behind them, and what is checked.

One test per row of the table of edge cases on which the known readers disagree: CPython 3.11 ignores header
CRCs and reserved flags, Go refuses long names and zero padding, `zlib.decompress(wbits=31)` silently drops
later members. Here the rules of RFC 1952 hold in full, and zero padding (tape blocks) is allowed after any
member.
"""

from __future__ import annotations

import itertools
import struct
import zlib

import pytest
from builders import BGZF_EOF, bgzf, gzip_header, gzip_member, gzip_trailer, raw_deflate
from drive import drive, oracle
from samples import text

DATA = text(600)
GOOD = gzip_member(DATA)
EMPTY = gzip_member(b"")


def check(backend, data: bytes, kind: str, *, member: int | None = None, agrees: bool = True):
    """The backend's verdict is `kind`; so is zlib's, unless the row says that zlib has none."""
    if agrees:
        assert oracle(data).kind == kind
    verdict = drive(backend, data)
    assert verdict.kind == kind, verdict
    if member is not None:
        assert verdict.member == member
    return verdict


def test_two_members(backend):
    assert check(backend, GOOD + GOOD, "ok", member=2).data == DATA * 2


@pytest.mark.parametrize(
    ("file", "members"), [(EMPTY, 1), (EMPTY + GOOD, 2), (GOOD + EMPTY, 2), (EMPTY * 3 + GOOD + EMPTY * 3, 7)]
)
def test_empty_members(backend, file, members):
    verdict = check(backend, file, "ok", member=members)
    assert verdict.data == (DATA if GOOD in file else b"")


def test_members_of_all_kinds_of_blocks_in_any_order(backend):
    """The native decoder keeps the tables of the fixed code from member to member, and no others."""
    kinds = [
        gzip_member(DATA, raw=raw_deflate(DATA, level, strategy=strategy))
        for level, strategy in ((0, 0), (9, 0), (9, zlib.Z_FIXED))
    ]
    for order in itertools.product(kinds, repeat=4):
        assert check(backend, b"".join(order), "ok", member=4).data == DATA * 4


def test_empty_file_is_truncated(backend):
    check(backend, b"", "truncated")


@pytest.mark.parametrize("count", [1, 2, 512, 5000])
def test_zero_padding_at_the_end(backend, count):
    verdict = check(backend, GOOD + bytes(count), "ok", member=1)
    assert verdict.offset == len(GOOD) + count


@pytest.mark.parametrize("count", [1, 512])
def test_zero_padding_then_another_member(backend, count):
    assert check(backend, GOOD + bytes(count) + GOOD + bytes(count), "ok", member=2).data == DATA * 2


@pytest.mark.parametrize(
    "junk", [b"x", b"GARBAGE!!!", b"\x1e\x8b", b"\x1f\x00", b"\x1f\x8c" + bytes(30), b"\xff" * 400]
)
@pytest.mark.parametrize("padding", [0, 1, 512])
def test_something_else_behind_a_member(backend, junk, padding):
    verdict = check(backend, GOOD + bytes(padding) + junk, "trailing", member=1)
    assert verdict.offset == len(GOOD) + padding
    assert verdict.data == DATA


@pytest.mark.parametrize("rest", [b"\x1f", b"\x1f\x8b", b"\x1f\x8b\x08", GOOD[:10], GOOD[:-1], GOOD[:40]])
@pytest.mark.parametrize("padding", [0, 3])
def test_cut_member_behind_a_member(backend, rest, padding):
    check(backend, GOOD + bytes(padding) + rest, "truncated", member=2)


def test_bad_member_behind_a_member(backend):
    check(backend, GOOD + gzip_member(DATA, method=9), "corrupt", member=2)


@pytest.mark.parametrize("junk", [b"\0", b"x", b"\n", b"\x1f"])
def test_leading_junk(backend, junk):
    check(backend, junk + GOOD, "corrupt")


@pytest.mark.parametrize("data", [b"\0", b"x", b"\x1e", b"\x1f\x8a", b"\x1f\0", b"\0\x8b"])
def test_too_short_to_tell(backend, data):
    """The magic is judged as a whole, as by zlib: one byte is too few, two wrong ones are wrong."""
    check(backend, data, "truncated" if len(data) < 2 else "corrupt", member=1)


@pytest.mark.parametrize("method", [0, 7, 9, 255])
def test_method_must_be_deflate(backend, method):
    check(backend, gzip_member(DATA, method=method), "corrupt", member=1)


def test_text_flag_is_accepted(backend):
    check(backend, gzip_member(DATA, flags=1), "ok")


@pytest.mark.parametrize("flag", [0x20, 0x40, 0x80, 0xE0])
def test_reserved_flags_are_refused(backend, flag):
    check(backend, gzip_member(DATA, flags=flag), "corrupt", member=1)
    check(backend, GOOD + gzip_member(DATA, flags=flag), "corrupt", member=2)


@pytest.mark.parametrize("size", [0, 4, 300, 65535])
def test_extra_field(backend, size):
    check(backend, gzip_member(DATA, extra=b"\x1f" * size), "ok")


def test_extra_field_longer_than_the_file(backend):
    check(backend, gzip_header(extra=b"ab", extra_length=60_000) + GOOD, "truncated", member=1)


@pytest.mark.parametrize("field", ["name", "comment"])
@pytest.mark.parametrize("size", [0, 1, 511, 512, 600, 1000, 100_000])
def test_long_names_and_comments(backend, field, size):
    check(backend, gzip_member(DATA, **{field: b"\xe9" * size}), "ok")
    check(backend, gzip_member(DATA, **{field: b"n" * size}, header_crc=True), "ok")


@pytest.mark.parametrize("flags", [8, 16, 24])
def test_name_without_an_end(backend, flags):
    check(backend, gzip_header(flags=flags) + b"n" * 3000, "truncated", member=1)


ALL = {"extra": b"ab\2\0xy", "name": b"name", "comment": b"comment"}
SOME_FIELDS = [{}, {"extra": b""}, {"name": b"n"}, {"comment": b"c"}, {"extra": b"xyz", "comment": b""}, ALL]


@pytest.mark.parametrize("fields", SOME_FIELDS, ids=lambda f: "+".join(f) or "none")
def test_header_crc(backend, fields):
    right = zlib.crc32(gzip_header(**fields, flags=2)) & 0xFFFF
    assert check(backend, gzip_member(DATA, **fields, header_crc=right), "ok").data == DATA
    for wrong in (right ^ 1, right ^ 0x8000, right ^ 0xFFFF):
        check(backend, gzip_member(DATA, **fields, header_crc=wrong), "corrupt", member=1)


@pytest.mark.parametrize("feed", [1, 2, 3, 7])
def test_header_crc_of_a_header_in_pieces(backend, feed):
    """A zlib bug of 2022 wrote past a buffer only when the header came in several calls."""
    for fields in SOME_FIELDS:
        good = gzip_member(DATA, **fields, header_crc=True)
        assert drive(backend, good, feed=feed).kind == "ok"
        bad = gzip_member(
            DATA, **fields, header_crc=(zlib.crc32(gzip_header(**fields, flags=2)) ^ 256) & 0xFFFF
        )
        assert drive(backend, bad, feed=feed).kind == "corrupt"


def test_every_time_system_and_level_byte_is_accepted(backend):
    for value in (0, 1, 2, 4, 128, 255):
        check(backend, gzip_member(DATA, xfl=value, system=value, mtime=value << 24), "ok")


@pytest.mark.parametrize("bit", range(32))
def test_wrong_crc(backend, bit):
    check(backend, gzip_member(DATA, crc=zlib.crc32(DATA) ^ (1 << bit)), "corrupt", member=1)


def test_wrong_crc_of_the_second_or_of_an_empty_member(backend):
    check(backend, GOOD + gzip_member(DATA, crc=1), "corrupt", member=2)
    check(backend, gzip_member(b"", crc=1), "corrupt", member=1)
    check(backend, GOOD + gzip_member(b"", crc=1), "corrupt", member=2)


@pytest.mark.parametrize("size", [0, 599, 601, 600 + 2**16, 600 + 2**31, 2**32 - 1])
def test_wrong_size(backend, size):
    check(backend, gzip_member(DATA, isize=size), "corrupt", member=1)
    check(backend, GOOD + gzip_member(DATA, isize=size), "corrupt", member=2)


def test_wrong_size_of_an_empty_member(backend):
    check(backend, gzip_member(b"", isize=1), "corrupt")


def test_crc_and_size_messages_say_which(backend):
    crc = drive(backend, GOOD + gzip_member(DATA, crc=0x12345678)).message
    size = drive(backend, gzip_member(DATA, isize=601)).message
    assert "CRC" in crc
    assert crc != size
    assert "size" in size.lower() or "length" in size.lower()


@pytest.mark.parametrize("missing", range(1, 9))
def test_short_trailer(backend, missing):
    check(backend, GOOD[:-missing], "truncated", member=1)
    check(backend, GOOD + GOOD[:-missing], "truncated", member=2)


def test_trailer_of_another_file(backend):
    """CRC and size are both wrong, and everything else is right."""
    check(backend, GOOD[:-8] + gzip_trailer(DATA[::-1]), "corrupt")


def test_zlib_and_raw_deflate_are_not_gzip(backend):
    check(backend, zlib.compress(DATA), "corrupt")
    check(backend, raw_deflate(DATA), "corrupt")


def test_trailer_right_behind_stored_data(backend):
    """No bits are left over after a stored block, up to seven after a fixed one."""
    for raw in (raw_deflate(DATA, 0), raw_deflate(DATA, 9, strategy=zlib.Z_FIXED)):
        check(backend, gzip_member(DATA, raw=raw) * 2, "ok", member=2)


def test_bgzf_is_ordinary_gzip(backend):
    data = text(200_000)
    assert check(backend, bgzf(data), "ok", member=5).data == data
    check(backend, BGZF_EOF, "ok", member=1)


def test_bgzf_with_a_lying_block_size_is_still_gzip(backend):
    """The extra field is a hint for other readers; the members decide."""
    lie = gzip_member(DATA, extra=b"BC\2\0" + struct.pack("<H", 5))
    assert check(backend, lie * 2, "ok", member=2).data == DATA * 2


def test_gzip_inside_gzip_is_just_data_for_the_decoder(backend):
    assert check(backend, gzip_member(GOOD), "ok", member=1).data == GOOD


def test_counters(backend):
    decoder = backend.GzipDecoder()
    assert (decoder.member, decoder.offset) == (0, 0)
    decoder.decode(GOOD + EMPTY, True, bytearray(1000), 0)
    assert (decoder.member, decoder.offset) == (2, len(GOOD + EMPTY))
