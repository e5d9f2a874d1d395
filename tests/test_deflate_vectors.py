"""Streams written by hand, each at the edge of one rule: the backend must say what zlib says, in zlib's
words.

Decoders that accept more than zlib exist (libdeflate takes reserved symbols and unassigned codes, ISA-L takes
incomplete codes). Two readers that disagree about one file are a hole; so the verdict of zlib is the
contract.
"""

from __future__ import annotations

import pytest
from builders import gzip_header, gzip_member, raw_deflate
from drive import drive, first_bad_byte, oracle, raw_verdict, wrap_raw
from samples import noise, text
from vectors import GZIP, RAW

raw_vectors = pytest.mark.parametrize("vector", RAW, ids=lambda v: v.name)
corrupt_vectors = pytest.mark.parametrize(
    "vector", [v for v in RAW if v.verdict == "corrupt"], ids=lambda v: v.name
)


@raw_vectors
def test_table_agrees_with_zlib(vector):
    verdict = raw_verdict(vector.raw)
    assert verdict.kind == vector.verdict
    if vector.verdict == "ok":
        assert len(verdict.data) == vector.detail
    elif vector.verdict == "corrupt":
        assert verdict.message == vector.detail


@pytest.mark.parametrize(("name", "data", "kind"), GZIP, ids=[row[0] for row in GZIP])
def test_container_table_agrees_with_zlib(name, data, kind):
    assert oracle(data).kind == kind


@raw_vectors
def test_verdict_and_words(backend, vector):
    verdict = drive(backend, wrap_raw(vector.raw))
    assert verdict.kind == vector.verdict
    if vector.verdict == "ok":
        assert verdict.data == raw_verdict(vector.raw).data
    elif vector.verdict == "corrupt":
        assert vector.detail in verdict.message


@pytest.mark.parametrize(("name", "data", "kind"), GZIP, ids=[row[0] for row in GZIP])
def test_container_vectors(backend, name, data, kind):
    assert drive(backend, data).kind == kind


@raw_vectors
@pytest.mark.parametrize("history", [0, 1, 40_000])
@pytest.mark.parametrize("slack", [0, 400])
def test_in_the_middle_of_a_long_stream(backend, vector, history, slack):
    """History before and bytes behind, so that the fast loop meets the vector with both margins open."""
    before = noise(history)
    blocks = b"".join(
        b"\0" + len(p).to_bytes(2, "little") + (len(p) ^ 0xFFFF).to_bytes(2, "little") + p
        for p in (before[at : at + 30_000] for at in range(0, history, 30_000))
    )
    raw = blocks + vector.raw
    if vector.verdict == "corrupt":
        raw += bytes(slack)
    expected = raw_verdict(raw)
    got = drive(backend, wrap_raw(raw) + (bytes(slack) if expected.kind == "ok" else b""), room=200_000)
    assert (got.kind, got.data) == (expected.kind, expected.data)
    if expected.kind == "corrupt":
        assert expected.message in got.message


@pytest.mark.parametrize("vector", [v for v in RAW if v.verdict == "ok"], ids=lambda v: v.name)
def test_bytes_behind_the_member_are_left_alone(backend, vector):
    member = wrap_raw(vector.raw)
    verdict = drive(backend, member + b"GARBAGE")
    assert (verdict.kind, verdict.offset) == ("trailing", len(member))


def test_what_follows_the_final_block_is_the_trailer(backend):
    verdict = drive(backend, gzip_header() + raw_deflate(b"A") + b"GARBAGE!")
    assert verdict.kind == "corrupt"


@corrupt_vectors
def test_error_names_the_member_and_the_offset(backend, vector):
    before = gzip_member(text(5000)) + gzip_member(b"")
    verdict = drive(backend, before + gzip_header() + vector.raw)
    assert verdict.kind == "corrupt"
    assert verdict.member == 3
    assert abs(verdict.offset - (len(before) + 10 + first_bad_byte(vector.raw))) <= 8


@corrupt_vectors
def test_error_is_raised_again(backend, vector):
    decoder, out = backend.GzipDecoder(), bytearray(100_000)
    data = gzip_header() + vector.raw
    seen = []
    for part in (data, data, gzip_member(b"fine"), b""):
        with pytest.raises(backend.CorruptDataError) as info:
            decoder.decode(part, True, out, 0)
        seen.append((info.value.message, info.value.member, info.value.offset))
    assert len(set(seen)) == 1


def test_truncation_is_raised_again(backend):
    decoder, out = backend.GzipDecoder(), bytearray(1000)
    data = gzip_member(text(500))
    for part in (data[:-1], data[-1:], data):
        with pytest.raises(backend.TruncatedError):
            decoder.decode(part, True, out, 0)


@pytest.mark.parametrize("size", [0, 1, 257, 258, 259, 300, 1000, 33_000])
def test_output_that_ends_anywhere_near_the_end_of_the_buffer(backend, size):
    """A copy may run ahead inside the buffer, but never past its end; and an exact fit must find the end."""
    data = (text(size // 2) + bytes(size))[:size]
    member = gzip_member(data, level=9)
    for slack in range(321):
        whole = bytearray(b"\x5a" * (size + slack + 64))
        out = memoryview(whole)[: size + slack]
        decoder = backend.GzipDecoder()
        status, consumed, produced = decoder.decode(member, True, out, 0)
        if status == 1:
            assert slack == 0
            assert produced == size
            status, more, produced_more = decoder.decode(member[consumed:], True, out, produced)
            assert produced_more == 0
            consumed += more
        assert (status, consumed, produced) == (2, len(member), size)
        assert whole[:size] == data
        assert whole[size + slack :] == b"\x5a" * 64


def test_zero_room_goes_on_only_as_far_as_no_byte_is_needed(backend):
    one = gzip_member(b"A")
    decoder = backend.GzipDecoder()
    assert decoder.decode(one, True, bytearray(), 0)[0] == 1
    for empty in (gzip_member(b""), gzip_member(b"") * 3 + bytes(20)):
        decoder = backend.GzipDecoder()
        status, consumed, produced = decoder.decode(empty, True, bytearray(), 0)
        assert (status, consumed, produced) == (2, len(empty), 0)


def test_zero_room_loses_no_byte(backend):
    """Ask with no room before each step: the byte that came to light must not get lost."""
    data = text(3000)
    decoder, member, out = backend.GzipDecoder(), gzip_member(data), bytearray(3000)
    at = start = status = 0
    for limit in sorted([*range(0, 3001, 100)] * 2):
        if status != 2:
            status, consumed, produced = decoder.decode(member[at:], True, memoryview(out)[:limit], start)
            at, start = at + consumed, start + produced
            assert start == limit
    assert (status, at) == (2, len(member))
    assert out == data
