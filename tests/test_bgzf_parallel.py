"""BGZF on several threads: the array and the verdict of reading in order, whatever the members claim."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from builders import BGZF_EOF, DTYPES, bgzf, gzip_header, gzip_member, gzip_trailer, idx_bytes, raw_deflate
from samples import array_of, images, noise, same

import fmnist_fast as ff
from fmnist_fast import _parallel

IMAGES = images(900)
RAW = idx_bytes(IMAGES)


@pytest.fixture(autouse=True)
def small_groups(monkeypatch):
    """Groups of few members, so that small files have many."""
    monkeypatch.setattr(_parallel, "_GROUP", 20_000)


@pytest.fixture
def used(monkeypatch):
    """Results of the parallel reader: arrays, or None where it left the file to the one in order."""
    results = []
    real = _parallel.read_bgzf

    def read_bgzf(*arguments, **options):
        results.append(real(*arguments, **options))
        return results[-1]

    monkeypatch.setattr("fmnist_fast._read.read_bgzf", read_bgzf)
    return results


def member(data: bytes, *, extra: bytes = b"", size: int | None = None, **trailer) -> bytes:
    """A BGZF member, with other subfields before the one that counts, or with a wrong size."""
    body = raw_deflate(data)
    extra += b"BC\2\0"
    real = 12 + len(extra) + 2 + len(body) + 8
    extra += struct.pack("<H", (real if size is None else size) - 1)
    return gzip_header(extra=extra) + body + gzip_trailer(data, **trailer)


def pieces(step: int = 5000) -> list[bytes]:
    return [RAW[at : at + step] for at in range(0, len(RAW), step)]


@pytest.mark.parametrize("threads", [2, 3, 8])
@pytest.mark.parametrize("block", [7, 700, 5000, 65280])
def test_same_array(used, threads, block):
    array = images(30) if block == 7 else IMAGES
    data = bgzf(idx_bytes(array), block=block)
    assert same(ff.read_idx(data, threads=threads), array)
    assert used[0] is not None


def test_own_files(used, tmp_path):
    path = tmp_path / "file.gz"
    ff.write_idx(path, IMAGES, compress="bgzf")
    out = np.empty_like(IMAGES)
    assert ff.read_idx(path, threads=2, out=out) is out
    assert same(out, IMAGES)
    assert used[0] is not None


@pytest.mark.parametrize("code", DTYPES)
def test_every_dtype(used, code):
    array = array_of(code, (400, 31, 3))
    data = bgzf(idx_bytes(array), block=3001)
    assert same(ff.read_idx(data, threads=2), array)
    out = np.empty_like(array)
    assert same(ff.read_idx(data, threads=2, out=out), array)
    assert all(result is not None for result in used)


@pytest.mark.parametrize("code", ["u1", "i2", "f4"])
@pytest.mark.parametrize("options", [{"normalize": (0.3, 0.4)}, {"dtype": "f8"}])
@pytest.mark.parametrize("block", [3001, 4096])
def test_conversions(code, options, block):
    """Members that end inside an item too."""
    array = np.abs(array_of("i2", (400, 31, 3))).astype(code)
    data = bgzf(idx_bytes(array), block=block)
    assert same(ff.read_idx(data, threads=3, **options), ff.read_idx(data, threads=1, **options))


@pytest.mark.parametrize("kind", ["bytes", "path", "file", "BytesIO", "unbuffered"])
def test_sources(used, kind, tmp_path):
    """File objects are left where reading in order would leave them, or further; none is read twice."""
    data = bgzf(RAW)
    path = tmp_path / "file"
    path.write_bytes(b"before" * (kind not in ("bytes", "path")) + data)
    if kind in ("bytes", "path"):
        assert same(ff.read_idx(data if kind == "bytes" else path, threads=2), IMAGES)
    else:
        content = io.BytesIO(path.read_bytes())
        with content if kind == "BytesIO" else path.open("rb", 0 if kind == "unbuffered" else -1) as file:
            file.seek(6)
            assert same(ff.read_idx(file, threads=2), IMAGES)
            assert not file.closed
    assert used[0] is not None


def test_other_subfields_and_empty_members(used):
    parts = [member(piece, extra=b"XY\3\0abc" * (i % 3)) for i, piece in enumerate(pieces())]
    data = BGZF_EOF * 3 + (BGZF_EOF * 2).join(parts) + BGZF_EOF
    assert same(ff.read_idx(data, threads=2), IMAGES)
    assert used[0] is not None


def test_header_over_several_members(used):
    parts = [RAW[:3], RAW[3:5], RAW[5:16], RAW[16:17], RAW[17:]]
    data = b"".join(bgzf(part, eof=False) for part in parts)
    assert same(ff.read_idx(data, threads=2), IMAGES)
    assert used[0] is not None


@pytest.mark.parametrize(
    "data",
    [
        bgzf(RAW) + bytes(100),
        gzip_member(RAW[:5000]) + bgzf(RAW[5000:]),
        bgzf(RAW[:50_000], eof=False) + gzip_member(RAW[50_000:]),
        b"".join(member(piece, size=60) for piece in pieces()),
        b"".join(member(piece, size=1) for piece in pieces()),
        b"".join(member(piece, size=65536) for piece in pieces()),
        b"".join(gzip_member(piece, extra=b"BC\2\0") for piece in pieces()),
        b"".join(gzip_member(piece, extra=b"BC\3\0abc") for piece in pieces()),
        b"".join(gzip_member(piece, extra=b"BC\xff\xffab") for piece in pieces()),
        b"".join(gzip_member(piece, name=b"n", extra=b"BC\2\0ab") for piece in pieces()),
        gzip_member(RAW),
    ],
)
def test_files_that_only_look_like_it(used, data):
    assert same(ff.read_idx(data, threads=2), ff.read_idx(data, threads=1))
    assert same(ff.read_idx(data, threads=2), IMAGES)
    assert used[0] is None


def test_a_member_inside_another():
    """A size that leads over the next member, to bytes that look like one, hidden in a stored block."""
    fake = member(b"fake" * 1250)
    carrier = struct.pack("<BHH", 1, len(fake), ~len(fake) & 0xFFFF) + fake
    head, rest = RAW[:5000], RAW[5000 + len(fake) :]
    raw = head + fake + rest
    framing = gzip_header(extra=b"BC\2\0\0\0")
    first = member(head, size=len(member(head)) + len(framing) + 5)
    data = first + framing + carrier + gzip_trailer(fake) + bgzf(rest)
    expected = ff.read_idx(data, threads=1)
    assert expected.tobytes() == raw[16:]
    assert same(ff.read_idx(data, threads=2), expected)


def damaged() -> dict[str, bytes]:
    good = [member(piece) for piece in pieces()]
    middle, before = len(good) // 2, b"".join(good[: len(good) // 2])
    after = b"".join(good[middle + 1 :])
    piece = pieces()[middle]
    flipped = bytearray(good[middle])
    flipped[len(flipped) // 2] ^= 0x10
    return {
        "crc": before + member(piece, crc=1) + after,
        "isize": before + member(piece, isize=4999) + after,
        "isize huge": before + member(piece, isize=2**32 - 1) + after,
        "bit": before + bytes(flipped) + after,
        "cut": (before + good[middle])[:-5],
        "cut between": before,
        "cut in a header": before + good[middle][:9],
        "too much": b"".join(good) + member(b"more"),
        "far too much": b"".join(good) + member(bytes(60_000)) * 2,
        "junk": b"".join(good) + b"junk",
        "lost": before + after,
        "two errors": member(pieces()[0]) + member(pieces()[1], crc=5) + b"".join(good[2:-1]) + good[-1][:-1],
    }


@pytest.mark.parametrize("name", damaged())
@pytest.mark.parametrize("options", [{}, {"normalize": (0.3, 0.4)}, {"trailing": "ignore"}])
def test_errors_are_those_of_reading_in_order(name, options, tmp_path):
    path = tmp_path / "bad.gz"
    path.write_bytes(damaged()[name])

    def outcome(source, threads):
        try:
            return ff.read_idx(source, threads=threads, **options).tobytes()
        except ff.FmnistFastError as error:
            return type(error), str(error), error.member, error.offset

    for source in (path, path.read_bytes()):
        assert outcome(source, 2) == outcome(source, 1)


def test_every_flip_of_a_small_file(rng, monkeypatch):
    monkeypatch.setattr(_parallel, "_GROUP", 500)
    array = images(6)
    data = bgzf(idx_bytes(array), block=400)
    for at in rng.permutation(len(data))[:150].tolist():
        bad = bytearray(data)
        bad[at] ^= 1 << int(rng.integers(8))
        results = []
        for threads in (1, 2):
            try:
                results.append(ff.read_idx(bad, threads=threads).tobytes())
            except ff.FmnistFastError as error:
                results.append((type(error), str(error)))
        assert results[0] == results[1], at


def test_small_files_get_no_threads_unasked(monkeypatch):
    monkeypatch.setattr(_parallel, "ordered_map", None)
    assert same(ff.read_idx(bgzf(RAW)), IMAGES)
    assert same(ff.read_idx(bgzf(RAW), threads=1), IMAGES)
    assert same(ff.read_idx(gzip_member(RAW), threads=4), IMAGES)


def test_a_file_that_shrinks_meanwhile(tmp_path, monkeypatch):
    path = tmp_path / "file"
    data = bgzf(idx_bytes(np.frombuffer(noise(5_900_000), "u1")))  # more than is at hand at once
    path.write_bytes(data)
    real = _parallel.ordered_map

    def ordered_map(*arguments):
        path.write_bytes(data[:4_900_000])
        return real(*arguments)

    monkeypatch.setattr(_parallel, "ordered_map", ordered_map)
    with pytest.raises(ff.TruncatedError):
        ff.read_idx(path, threads=2)


def test_members_that_end_within_items(used, monkeypatch):
    """A conversion on threads needs groups of whole items, and here are none."""
    monkeypatch.setattr(_parallel, "_GROUP", 1000)
    array = np.arange(20_000, dtype="i4")
    data = idx_bytes(array)
    packed = bgzf(data[:2010], eof=False) + bgzf(data[2010:], block=2000)
    expected = ff.read_idx(data, normalize=(5.0, 3.0))
    assert same(ff.read_idx(packed, normalize=(5.0, 3.0), threads=2), expected)
    assert same(ff.read_idx(packed, threads=2), array)
    assert [found is None for found in used[1:]] == [True, False]
