"""CRC-32: known answers, and every length at every alignment against zlib.

The kernels work on 8 to 256 bytes at a time and have loops for what is left over at the end; a fault in one
of them shows at some lengths only. `.ci/exhaustive` has the long form: lengths up to 4096, all CPU levels.
"""

from __future__ import annotations

import zlib

import numpy as np
import pytest

LONGEST = 600  # beyond the 512 bytes from which the widest kernel works
ALIGNMENTS = 64
STARTS = (0, 0xFFFFFFFF, 0x12345678)


@pytest.mark.parametrize(
    ("data", "crc"),
    [
        (b"", 0),
        (b"123456789", 0xCBF43926),
        (b"The quick brown fox jumps over the lazy dog", 0x414FA339),
        (bytes(32), 0x190A55AD),
        (b"\xff" * 32, 0xFF6CAB0B),
    ],
)
def test_known_answers(backend, data, crc):
    assert backend.crc32(data) == crc


@pytest.fixture(scope="module")
def aligned():
    """Random bytes that begin at a multiple of 64."""
    memory = np.frombuffer(bytearray(np.random.default_rng(9).bytes(6000)), "u1")
    return memory[-memory.ctypes.data % ALIGNMENTS :].data


def test_every_length_at_every_alignment(backend, aligned):
    for offset in range(ALIGNMENTS):
        start, expected = STARTS[offset % 3], STARTS[offset % 3]
        for end in range(offset, offset + LONGEST):
            assert backend.crc32(aligned[offset:end], start) == expected, (offset, end)
            expected = zlib.crc32(aligned[end : end + 1], expected)


def test_in_pieces(backend, aligned, rng):
    for cut in rng.integers(0, 5000, 500).tolist():
        assert backend.crc32(aligned[cut:5000], backend.crc32(aligned[:cut])) == zlib.crc32(aligned[:5000])


def test_nothing_changes_nothing(backend):
    assert backend.crc32(b"", 0x12345678) == 0x12345678
