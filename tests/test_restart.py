"""Decoders that pause and are copied: what follows is what the original would have said."""

from __future__ import annotations

import pytest
from builders import bgzf, gzip_member
from drive import drive, oracle
from samples import KINDS, noise

PAUSED = 4


def pauses(backend, data: bytes, room: int, feed: int = 4096):
    """Decode in one buffer and yield (copy, offset, decoded so far) whenever the decoder pauses."""
    decoder, at, made, status = backend.GzipDecoder(), 0, b"", 0
    out, start = bytearray(room), 0
    end = min(feed, len(data))
    while status not in (2, 3):
        status, used, count = decoder.decode(data[at:end], end == len(data), out, start, pause=True)
        at, made, start = at + used, made + bytes(out[start : start + count]), start + count
        if status == 0:
            end = min(end + feed, len(data))
        elif status == PAUSED:
            yield decoder.copy(), at, made
        elif status == 1:
            out, start = bytearray(room), 0


FILES = {
    "text": gzip_member(KINDS["text"](400_000)),
    "noise": gzip_member(noise(200_000)),
    "stored": gzip_member(noise(200_000), level=0),
    "members": bgzf(KINDS["strokes"](300_000), block=9000),
    "tiny members": b"".join(gzip_member(bytes([i])) for i in range(40)),
}


@pytest.mark.parametrize("room", [1000, 70_000, 1_000_000])
@pytest.mark.parametrize("name", FILES)
def test_copies_go_on_alike(backend, name, room):
    data = FILES[name]
    expected = oracle(data)
    found = list(pauses(backend, data, room))
    assert found or "members" in name  # a decoder may have to be inside a member to pause
    for decoder, at, made in found[:: max(1, len(found) // 12)]:
        assert decoder.offset == at
        for twin in (decoder.copy(), decoder):
            kind, rest, member, end = drive_on(backend, twin, data, at)
            assert (kind, member, end) == ("ok", expected.member, len(data))
            assert made + rest == expected.data


def drive_on(backend, decoder, data: bytes, at: int):
    """What a decoder that has come to `at` makes of the rest, into a buffer without its earlier output."""
    out, parts, status = bytearray(5000), [], 0
    try:
        while status not in (2, 3):
            status, used, count = decoder.decode(data[at:], True, out, 0)
            at += used
            parts.append(bytes(out[:count]))
    except (backend.CorruptDataError, backend.TruncatedError) as error:
        return type(error), error.message, error.member, error.offset
    return "ok", b"".join(parts), decoder.member, at


@pytest.mark.parametrize("change", ["crc", "cut", "body"])
def test_copies_find_the_errors_of_the_original(backend, change):
    data = bytearray(FILES["text"])
    if change == "crc":
        data[-8] ^= 1
    elif change == "cut":
        del data[-3:]
    else:
        data[-len(data) // 5] ^= 0xFF
    verdict = drive(backend, bytes(data))
    assert verdict.kind != "ok"
    found = []
    with pytest.raises((backend.CorruptDataError, backend.TruncatedError)):
        found.extend(pauses(backend, bytes(data), 70_000))
    for decoder, at, _ in found:
        _, message, member, _ = drive_on(backend, decoder, bytes(data), at)
        assert (message, member) == (verdict.message, verdict.member)


def test_no_pause_unasked(backend):
    decoder, out = backend.GzipDecoder(), bytearray(500_000)
    assert decoder.decode(FILES["text"], True, out, 0)[0] == 2


def test_no_copy_of_a_failed_decoder(backend):
    decoder = backend.GzipDecoder()
    with pytest.raises(backend.CorruptDataError):
        decoder.decode(b"junk", True, bytearray(5), 0)
    with pytest.raises((ValueError, backend.CorruptDataError)):
        decoder.copy()


def test_no_copy_within_a_block(backend):
    if backend.name == "numpy":
        pytest.skip("zlib copies its state anywhere")
    decoder = backend.GzipDecoder()
    data = FILES["text"]
    status, *_ = decoder.decode(data[:5000], False, bytearray(400_000), 0)
    assert status == 0
    with pytest.raises(ValueError, match="between two blocks only"):
        decoder.copy()
