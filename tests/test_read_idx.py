"""Reading whole files of every container, dtype and shape: what comes back, converted and normalized or not.

What a caller gets is an array like any other: writable, C-contiguous, in native byte order, its own memory.
"""

from __future__ import annotations

import contextlib
import lzma

import numpy as np
import pytest
from builders import DTYPES, bgzf, gzip_member, idx_bytes, idx_gz, idx_header
from exact import fma_table
from samples import array_of, images, noise, same
from test_sources import Trickle

import fmnist_fast as ff
from fmnist_fast import _payload
from fmnist_fast._coded import CodedStream
from fmnist_fast._container import RawStream

IMAGES = images(30)
RAW = idx_bytes(IMAGES)
CONTAINERS = {
    "raw": lambda raw: raw,
    "gzip": gzip_member,
    "members": lambda raw: gzip_member(raw[:3]) + gzip_member(b"") + gzip_member(raw[3:]) + bytes(7),
    "bgzf": lambda raw: bgzf(raw, block=1000),
    "xz": lambda raw: lzma.compress(raw, format=lzma.FORMAT_XZ),
    "xz streams": lambda raw: lzma.compress(raw[:99]) + lzma.compress(raw[99:]),
}
in_every_container = pytest.mark.parametrize("pack", CONTAINERS.values(), ids=CONTAINERS)


@in_every_container
@pytest.mark.parametrize("code", DTYPES)
@pytest.mark.parametrize("shape", [(1,), (5,), (0,), (3, 4), (2, 0, 3), (2, 3, 4, 5), (1,) * 20 + (3,)])
def test_dtypes_and_shapes(pack, code, shape):
    array = array_of(code, shape)
    data = bytearray(pack(idx_bytes(array)))
    got = ff.read_idx(data)
    assert same(got, array)
    assert type(got) is np.ndarray
    assert got.flags.c_contiguous
    assert got.flags.writeable
    got[...] = 1  # must not write into the source
    assert same(ff.decode_idx(data), array)


def test_result_does_not_alias_the_source():
    data = bytearray(RAW)
    got = ff.read_idx(data)
    got[...] = 7
    assert bytes(data) == RAW
    data[:] = bytes(len(data))
    assert (got == 7).all()


def test_content_decides_not_the_name(tmp_path):
    for name in ("a.gz", "a", "a.idx3-ubyte", "a.xz"):
        for pack in CONTAINERS.values():
            (tmp_path / name).write_bytes(pack(RAW))
            assert same(ff.read_idx(tmp_path / name), IMAGES)


@in_every_container
@pytest.mark.parametrize(
    "dtype", ["u1", "i2", "u4", "i8", "f2", "f4", "f8", "?", "c8", ">f4", float, np.int16]
)
def test_dtype_converts_like_astype(pack, dtype):
    for array in (IMAGES, np.arange(-40, 40, dtype="i2").reshape(8, 10), np.linspace(-9, 9, 50).astype("f4")):
        with np.errstate(invalid="ignore"):
            expected = array.astype(np.dtype(dtype).newbyteorder("="))
            got = ff.read_idx(pack(idx_bytes(array)), dtype=dtype)
        assert same(got, expected)


@pytest.mark.parametrize("dtype", ["U3", "O", "M8[s]", "S2", "V4"])
def test_dtype_must_be_a_number(dtype):
    with pytest.raises((ValueError, TypeError)):
        ff.read_idx(RAW, dtype=dtype)


@in_every_container
@pytest.mark.parametrize("dtype", [None, "f2", "f4", "f8"])
def test_normalize_is_the_kernel_on_what_was_read(pack, dtype):
    got = ff.read_idx(pack(RAW), normalize=(0.286, 0.353), dtype=dtype)
    assert same(got, fma_table(1 / (255 * 0.353), -0.286 / 0.353, dtype or "f4")[IMAGES])
    for code in DTYPES[1:]:
        array = np.arange(-60, 60).reshape(3, 40).astype(code)
        got = ff.read_idx(pack(idx_bytes(array)), normalize=(2, 3), dtype=dtype)
        assert same(got, ff.normalize(array, 2, 3, dtype=dtype or "f4"))


def test_larger_than_every_scratch_buffer():
    """Conversion goes in pieces of 128 KiB: pieces must neither overlap nor miss an item."""
    pixels = np.frombuffer(noise(700_001), np.uint8)
    data = idx_gz(pixels, level=1)
    assert same(ff.read_idx(data), pixels)
    assert same(ff.read_idx(data, dtype="i4"), pixels.astype("i4"))
    assert same(ff.read_idx(data, normalize=(0.1, 0.2)), ff.normalize(pixels, 0.1, 0.2))
    floats = np.frombuffer(noise(800_008), "i4").astype("f8")
    assert same(ff.read_idx(idx_gz(floats)), floats)
    assert same(ff.read_idx(idx_gz(floats), dtype="f4"), floats.astype("f4"))


@pytest.mark.parametrize(
    "bad", [("i4", (0.5, 0.5)), ("u1", (0.5, 0.5)), (None, (0.5, 0)), (None, (float("nan"), 1))]
)
def test_bad_normalize_arguments(bad):
    dtype, statistics = bad
    with pytest.raises(ValueError):  # noqa: PT011
        ff.read_idx(RAW, dtype=dtype, normalize=statistics)


@pytest.mark.parametrize(
    "options",
    [
        {"trailing": "warn"},
        {"trailing": None},
        {"threads": 0},
        {"threads": -1},
        {"max_bytes": -1},
        {"normalize": 3},
    ],
)
def test_bad_arguments(options):
    with pytest.raises((ValueError, TypeError)):
        ff.read_idx(RAW, **options)
    with pytest.raises((ValueError, TypeError)):
        ff.read_idx(gzip_member(RAW), **options)


@in_every_container
@pytest.mark.parametrize("threads", [None, 1, 2, 8])
def test_threads_do_not_change_the_result(pack, threads):
    assert same(ff.read_idx(pack(RAW), threads=threads), IMAGES)


@pytest.mark.parametrize("payload", [0, 1, 784])
def test_max_bytes_is_about_the_payload(payload):
    raw = idx_header((payload,)) + bytes(payload)
    for data in (raw, gzip_member(raw)):
        assert ff.read_idx(data, max_bytes=payload).size == payload
        if payload:
            with pytest.raises(ff.FormatError, match="max_bytes"):
                ff.read_idx(data, max_bytes=payload - 1)


@pytest.mark.parametrize("kind", [RawStream, CodedStream])
def test_a_profiler_may_hold_frames(monkeypatch, kind):
    """Samplers keep frames alive, and with them views of buffers, which cannot be resized then."""
    held = []
    real = kind.readinto

    def readinto(stream, view, start=0):
        held.append(memoryview(view))
        return real(stream, view, start)

    monkeypatch.setattr(kind, "readinto", readinto)
    for data in (RAW, RAW[:10], idx_gz(IMAGES), idx_gz(IMAGES)[:30]):
        with contextlib.suppress(ff.TruncatedError):
            assert same(ff.decode_idx(memoryview(data)), IMAGES)
    assert held


@pytest.mark.parametrize("padding", [4, 500_000])
def test_xz_streams_with_padding_between_and_behind_them(padding):
    data = lzma.compress(RAW[:999]) + bytes(padding) + lzma.compress(RAW[999:]) + bytes(padding)
    assert same(ff.read_idx(data), IMAGES)


def test_arrays_grow_where_nothing_backs_the_claim(monkeypatch):
    """Nobody knows how much a socket holds: memory is asked for as items arrive."""
    monkeypatch.setattr(_payload, "_FIRST", 1000)
    for data in (RAW, idx_gz(IMAGES)):
        assert same(ff.read_idx(Trickle(data, 3000)), IMAGES)


@pytest.mark.parametrize("more", [0, 1, 63, 64, 65])
def test_ends_of_large_arrays(more):
    """Large results are written past the caches, in pieces of which the last may hold a few items."""
    items = np.frombuffer(noise(1000), "u1")[np.arange((32 << 10) + (8 << 18) + more) % 1000]
    out = ff.read_idx(idx_gz(items), normalize=(0.5, 0.5), threads=1)
    assert same(out, ff.normalize(items, 0.5, 0.5))
