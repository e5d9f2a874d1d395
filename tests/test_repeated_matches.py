"""The longest match many times in a row, which is what constant data becomes.

The native decoder takes such matches together, as far as the bits at hand and the room go. The dangers: bits
that look like a repetition and are none, more output than the room holds, and a match whose code is so long
that part of it is behind a second table.
"""

from __future__ import annotations

import itertools

import pytest
from bitwriter import EOB, BitWriter
from builders import gzip_member
from drive import drive, raw_verdict, wrap_raw
from samples import noise

POISON = 0xA5
LONGEST = 285  # the symbol of length 258
DISTANCES = (1, 2, 3, 5, 8, 15, 31, 32, 33, 64, 258, 259, 1000, 20_000)


def staircase(symbols, longest: int) -> dict[int, int]:
    """A complete code in which each symbol is a bit longer than the one before, as far as `longest` bits."""
    symbols = list(symbols)
    lengths = {symbol: min(at + 1, longest) for at, symbol in enumerate(symbols)}
    assert sum(2.0**-length for length in lengths.values()) == 1
    return lengths


def code_of(length: int) -> dict[int, int]:
    """A complete literal/length code whose symbol 285 has `length` bits, of 1 to 15."""
    others = [*range(48, 61), EOB, 284]
    return staircase([*others[: length - 1], LONGEST, *others[length - 1 :]], 15)


ANY_DISTANCE = dict.fromkeys(range(28), 5) | {28: 4, 29: 4}
ONE_OR_TWO = {0: 1, 1: 1}


@pytest.mark.parametrize("length", [1, 2, 8, 10, 11, 12, 15])
@pytest.mark.parametrize("distance", DISTANCES)
def test_repeated_and_not_quite(backend, length, distance):
    """All of the same, or among them one with another length or another distance; in codes short and long."""
    raw = BitWriter().stored(noise(distance), final=False)
    for times, other in itertools.product(
        (1, 2, 3, 9, 30, 61), ((257, distance), (258, distance % 7 + 1), 48)
    ):
        row = [(258, distance)] * times
        for pad in range(3):
            tokens = [*[48] * pad, *row, other, *row, (258, max(1, distance - 1)), EOB]
            raw.dynamic(tokens, code_of(length), ANY_DISTANCE, final=False)
    raw.fixed([EOB])
    packed = wrap_raw(raw.getvalue())
    expected = raw_verdict(raw.getvalue())
    assert expected.kind == "ok"
    for room in (None, 33_000, len(expected.data)):
        verdict = drive(backend, packed, room=room)
        assert (verdict.kind, verdict.data) == (expected.kind, expected.data), room


@pytest.mark.parametrize("length", range(1, 16))
def test_codes_of_nothing_but_ones(backend, length):
    """Any part of such a match looks like any other part."""
    raw = BitWriter().stored(b"ab", final=False)
    for times in (1, 2, 3, 10, 33):
        raw.dynamic([48, *[(258, 2)] * times, 48, (258, 1), EOB], code_of(length), ONE_OR_TWO, final=False)
    raw.fixed([EOB])
    verdict = drive(backend, wrap_raw(raw.getvalue()), room=60_000)
    assert verdict.data == raw_verdict(raw.getvalue()).data


@pytest.mark.parametrize("distance", [1, 7, 40])
def test_no_more_than_the_room(backend, distance):
    """Rooms of all sizes, in front of memory that must not change."""
    row = [(258, distance)] * 70
    code = ONE_OR_TWO if distance == 1 else ANY_DISTANCE
    raw = BitWriter().stored(noise(distance), final=False).dynamic([*row, EOB], code_of(1), code)
    expected = raw_verdict(raw.getvalue()).data
    packed = gzip_member(expected, raw=raw.getvalue() + bytes(200))[:-8]  # input enough for the fast loop
    for room in range(distance, len(expected), 37):
        memory = bytearray([POISON]) * (room + 20_000)
        _, _, produced = backend.GzipDecoder().decode(packed, False, memoryview(memory)[:room], 0)
        assert produced == room
        assert memory[:room] == expected[:room]
        assert memory.count(POISON, room) == 20_000, room


def test_window_over_several_slices_of_the_checksum(backend):
    """Rooms above 512 KiB, after which the CRC is brought up to date: the window is kept across them."""
    history = noise(32_768)
    row = [(258, 32_768)] * 5000
    raw = BitWriter().stored(history, final=False).dynamic([*row, EOB], code_of(3), ANY_DISTANCE)
    expected = raw_verdict(raw.getvalue())
    packed = wrap_raw(raw.getvalue())
    for room in ((512 << 10) + 100, (1024 << 10) + 1, 600_000):
        verdict = drive(backend, packed, room=room)
        assert (verdict.kind, verdict.data) == (expected.kind, expected.data), room
