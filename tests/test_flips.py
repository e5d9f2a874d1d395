"""One flipped bit is noticed, or it did not matter; never a different array without an error.

The checksum hides most mistakes of a decoder from a test like this, so the second half flips bits of bare
DEFLATE streams and then gives them the trailer that belongs to what zlib makes of them: there the decoder
alone decides.
"""

from __future__ import annotations

import numpy as np
import pytest
from builders import bgzf, gzip_member, idx_bytes, idx_gz, raw_deflate
from drive import drive, oracle, raw_verdict, wrap_raw
from samples import images, noise, same, text

import fmnist_fast as ff

SMALL = images(9)
FILES = {
    "dynamic": idx_gz(SMALL),
    "fixed": gzip_member(idx_bytes(SMALL[:5]), raw=raw_deflate(idx_bytes(SMALL[:5]), strategy=4)),
    "stored and members": gzip_member(idx_bytes(SMALL[:2])[:700], level=0)
    + gzip_member(idx_bytes(SMALL[:2])[700:]),
    "all header fields": idx_gz(
        SMALL[:1], extra=b"ab\1\0x", name=b"n" * 20, comment=b"c" * 20, header_crc=True
    ),
    "bgzf": bgzf(idx_bytes(SMALL[:3]), block=900),
}


def flips(data: bytes, step: int = 1):
    """Every copy of `data` with one bit changed."""
    copy = bytearray(data)
    for bit in range(0, 8 * len(data), step):
        copy[bit >> 3] ^= 1 << (bit & 7)
        yield bit, bytes(copy)
        copy[bit >> 3] ^= 1 << (bit & 7)


@pytest.mark.parametrize("name", FILES)
def test_no_flip_changes_the_array(name):
    data = FILES[name]
    original = ff.read_idx(data)
    accepted = 0
    for bit, flipped in flips(data):
        try:
            array = ff.read_idx(flipped)
        except (ff.CorruptDataError, ff.TruncatedError, ff.FormatError):
            continue
        assert same(array, original), bit
        accepted += 1
    assert accepted < 40 * 8 * data.count(
        b"\x1f\x8b\x08"
    )  # time, system, names: nothing else may change unnoticed


@pytest.mark.parametrize("name", FILES)
def test_verdict_on_flipped_files_is_that_of_zlib(backend, name):
    for bit, flipped in flips(FILES[name], step=3):
        assert drive(backend, flipped).key == oracle(flipped).key, bit


RAW = {
    "dynamic": raw_deflate(SMALL[:4].tobytes(), 9),
    "text": raw_deflate(text(6000), 9),
    "fixed": raw_deflate(text(3000), 9, strategy=4),
    "huffman only": raw_deflate(noise(60) * 4, 9, strategy=2),
    "stored, dynamic": raw_deflate(noise(80) + text(300), 0)[:-1] + raw_deflate(text(400)),
}


@pytest.mark.parametrize("name", RAW)
def test_verdict_on_flipped_streams_without_the_help_of_a_checksum(backend, name):
    for bit, flipped in flips(RAW[name]):
        expected = raw_verdict(flipped)
        got = drive(backend, wrap_raw(flipped))
        assert (got.kind, got.data) == (expected.kind, expected.data), bit
        if expected.kind == "corrupt":
            assert expected.message in got.message, bit


def test_flips_of_a_raw_file_only_change_what_they_touch():
    """No checksum guards a raw IDX file, but its header must still make sense."""
    data = idx_bytes(SMALL[:1])
    for bit, flipped in flips(data[:16]):
        if bit == 16:  # 08 becomes 09: the same bytes as int8 are a valid file
            assert ff.read_idx(flipped + data[16:]).dtype == np.int8
            continue
        with pytest.raises((ff.FormatError, ff.TruncatedError)):
            ff.read_idx(flipped + data[16:])
    changed = ff.read_idx(data[:16] + bytes([data[16] ^ 1]) + data[17:])
    assert np.count_nonzero(changed != SMALL[:1]) == 1
