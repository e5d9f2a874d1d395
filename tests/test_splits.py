"""However the input is cut into pieces and whatever buffers the output goes to, the result is the same.

CVE-2022-37434 was a heap overflow in zlib that only showed when a header field arrived in several calls;
decoders keep state in many places and every one of them can be forgotten at a boundary. So: every two-way
split, every small feed size, every small output buffer, and the 32 KiB window carried over from one output
buffer to the next.
"""

from __future__ import annotations

import pytest
from bitwriter import EOB, BitWriter
from builders import BGZF_EOF, bgzf, gzip_header, gzip_member, gzip_trailer, raw_deflate
from drive import drive, oracle, raw_verdict, wrap_raw
from samples import images, noise, text
from vectors import RAW

SMALL_VECTORS = [v for v in RAW if len(v.raw) <= 600]
FIELDS = {"extra": b"BC\2\0\0\0", "name": b"some name", "comment": b"some comment", "header_crc": True}
FILES = {
    "dynamic": gzip_member(images(7).tobytes() + text(2500)),
    "stored": gzip_member(noise(700), level=0),
    "fixed": gzip_member(text(4000), raw=raw_deflate(text(4000), 9, strategy=4)),
    "all header fields": gzip_member(b"abc", **FIELDS),
    "three members": gzip_member(text(2000)) + gzip_member(b"") + gzip_member(noise(300)),
    "members and padding": gzip_member(text(200)) + bytes(9) + gzip_member(b"x") + bytes(30),
    "bgzf": bgzf(images(1).tobytes(), block=300),
    "bgzf end marker": BGZF_EOF,
    "trailing garbage": gzip_member(text(200)) + b"garbage",
    "trailing 1f": gzip_member(text(200)) + b"\x1f",
    "bad CRC": gzip_member(text(300), crc=5),
    "bad size": gzip_member(text(300), isize=5),
    "bad header CRC": gzip_member(b"abc", **{**FIELDS, "header_crc": 7}),
    "reserved flag in the second member": gzip_member(b"abc") + gzip_member(b"abc", flags=0x40),
    "cut in the second header": gzip_member(b"abc") + gzip_header(**FIELDS)[:-4],
    "cut in the trailer": gzip_member(text(300))[:-3],
}
SIZES = [1, 2, 3, 7, 15, 16, 17, 4096]
every_file = pytest.mark.parametrize("name", FILES)


def test_files_are_what_they_say():
    kinds = {name: oracle(data).kind for name, data in FILES.items()}
    assert {name for name, kind in kinds.items() if kind == "trailing"} == {"trailing garbage"}
    assert {name for name, kind in kinds.items() if kind == "truncated"} == {
        "trailing 1f",
        "cut in the second header",
        "cut in the trailer",
    }
    assert {name for name, kind in kinds.items() if kind == "corrupt"} == {
        "bad CRC",
        "bad size",
        "bad header CRC",
        "reserved flag in the second member",
    }
    assert all(len(data) <= 2048 for data in FILES.values())


@pytest.mark.parametrize("vector", SMALL_VECTORS, ids=lambda v: v.name)
def test_every_two_way_split_of_the_vectors(backend, vector):
    data = wrap_raw(vector.raw)
    expected = raw_verdict(vector.raw)
    for at in range(len(data) + 1):
        got = drive(backend, data, feed=[at])
        assert (got.kind, got.data) == (expected.kind, expected.data), at
        if expected.kind == "corrupt":
            assert expected.message in got.message, at


@pytest.mark.parametrize("vector", SMALL_VECTORS, ids=lambda v: v.name)
def test_vectors_in_small_pieces(backend, vector):
    data = wrap_raw(vector.raw)
    expected = raw_verdict(vector.raw)
    for feed, room in ((1, None), (1, 1), (2, 3), (3, 2), (7, 258), (None, 1)):
        got = drive(backend, data, feed=feed, room=room)
        assert (got.kind, got.data) == (expected.kind, expected.data), (feed, room)


@every_file
def test_every_two_way_split_of_the_files(backend, name):
    data = FILES[name]
    expected = oracle(data).key
    for at in range(len(data) + 1):
        assert drive(backend, data, feed=[at]).key == expected, at


@every_file
def test_every_feed_and_output_size(backend, name):
    data = FILES[name]
    expected = oracle(data).key
    for feed in (*SIZES, None):
        for room in (*SIZES, None):
            if (feed or 99) * (room or 99) < 8 and len(data) > 800 and feed != room:
                continue  # one byte at a time on both sides once is enough
            assert drive(backend, data, feed=feed, room=room).key == expected, (feed, room)


@every_file
def test_random_pieces(backend, name, rng):
    data = FILES[name]
    expected = oracle(data).key
    for _ in range(30):
        feed = rng.integers(0, 40, 200).tolist()
        room = int(rng.integers(1, 600))
        assert drive(backend, data, feed=feed, room=room).key == expected, (feed, room)


@pytest.mark.parametrize("room", [1000, 4096, 32_767, 32_768, 32_769, 65_536])
@pytest.mark.parametrize("feed", [113, None])
def test_window_is_carried_over_between_output_buffers(backend, room, feed):
    """Noise repeated at a distance just below 32 KiB: every match reaches into an earlier buffer."""
    data = noise(32_500) * 4  # zlib reaches back 32506 bytes
    packed = gzip_member(data, level=9)
    assert len(packed) < 40_000
    verdict = drive(backend, packed, feed=feed, room=room)
    assert verdict.kind == "ok"
    assert verdict.data == data


@pytest.mark.parametrize(
    "distance", [1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 257, 258, 259, 4000, 32_768]
)
@pytest.mark.parametrize("room", [1, 5, 258, 1000, None])
def test_every_kind_of_overlap_across_buffers(backend, distance, room):
    history = noise(distance, distance)
    pairs = [(length, distance) for length in (3, 4, 7, 8, 9, 16, 17, 33, 64, 65, 129, 257, 258)]
    raw = BitWriter().stored(history, final=False).fixed([*pairs, EOB]).getvalue()
    expected = bytearray(history)
    for length, _ in pairs:
        for _ in range(length):
            expected.append(expected[-distance])
    verdict = drive(
        backend, gzip_member(bytes(expected), raw=raw), room=room if distance < 5000 else room and 999
    )
    assert verdict.kind == "ok"
    assert verdict.data == expected


def test_window_ends_with_its_member(backend):
    """A match may not reach into the member before, though its bytes are still in the caller's buffer."""
    reach = BitWriter().fixed([65, (3, 2), EOB]).getvalue()
    for room in (None, 10, 4096):
        verdict = drive(
            backend, gzip_member(text(3000)) + gzip_header() + reach + gzip_trailer(b"AAAA"), room=room
        )
        assert (verdict.kind, verdict.member) == ("corrupt", 2)
        assert "too far back" in verdict.message


def test_a_used_decoder_leaves_nothing_behind_for_the_next(backend):
    """GNU gzip once kept state from one file to the next."""
    files = [FILES[name] for name in FILES]
    for before in files:
        drive(backend, before, feed=5)
        for data in files[:6]:
            assert drive(backend, data, room=333).key == oracle(data).key
