"""Reading whole files: what comes back, in which dtype, and what each kind of bad file is called.

A user sees only the message, so each common accident has its own: an HTML page saved as .gz, a file
compressed twice, a zip archive, a download that stopped.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import zlib

import numpy as np
import pytest
from builders import DTYPES, bgzf, gzip_member, idx_bytes, idx_gz, idx_header
from exact import fma_table
from samples import array_of, images, noise, same

import fmnist_fast as ff

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
    got = ff.read_idx(pack(idx_bytes(array)))
    assert same(got, array)
    assert type(got) is np.ndarray
    assert got.flags.c_contiguous
    assert got.flags.writeable
    assert got.flags.owndata or got.base is not None
    got[...] = 1  # must not write into the source
    assert same(ff.decode_idx(pack(idx_bytes(array))), array)


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


# What follows the data. Inside the container it is decoded, so that the checksum is still verified.


@in_every_container
@pytest.mark.parametrize("extra", [b"\0", b"x", b"more than one byte", bytes(100_000)])
def test_payload_longer_than_the_header_says(pack, extra):
    data = pack(RAW + extra)
    with pytest.raises(ff.FormatError):
        ff.read_idx(data)
    assert same(ff.read_idx(data, trailing="ignore"), IMAGES)


@pytest.mark.parametrize("name", ["gzip", "members", "bgzf", "xz"])
def test_junk_behind_the_container(name):
    data = CONTAINERS[name](RAW) + b"junk"
    with pytest.raises(ff.CorruptDataError):
        ff.read_idx(data)
    assert same(ff.read_idx(data, trailing="ignore"), IMAGES)


def test_ignoring_what_follows_is_not_ignoring_damage():
    for bad in (
        gzip_member(RAW + b"more", crc=1),
        gzip_member(RAW, isize=1),
        gzip_member(RAW) + gzip_member(b"", crc=1),
        gzip_member(RAW) + gzip_member(b"x", method=7),
    ):
        with pytest.raises(ff.CorruptDataError):
            ff.read_idx(bad, trailing="ignore")
    for cut in (
        gzip_member(RAW + b"more")[:-1],
        gzip_member(RAW) + gzip_member(b"x")[:12],
        gzip_member(RAW) + b"\x1f",
    ):
        with pytest.raises(ff.TruncatedError):
            ff.read_idx(cut, trailing="ignore")


# What a bad file is called.


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"<!DOCTYPE html><html><body>404</body></html>", "HTML"),
        (b"\n\n  <HTML><head>", "HTML"),
        (b'<?xml version="1.0"?><Error/>', "HTML"),
        (b"PK\x03\x04" + bytes(40), "zip"),
        (b"\x28\xb5\x2f\xfd" + bytes(40), "zstandard"),
        (bz2.compress(b"abc"), "bzip2"),
        (b"\x93NUMPY\1\0" + bytes(80), "npy"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "png"),
        (b"\xde\xad\xbe\xef" + bytes(40), "de ad be ef"),
    ],
)
def test_other_files_are_named(data, word, tmp_path):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(data)
    for source in (data, path, io.BytesIO(data)):
        with pytest.raises(ff.FormatError) as info:
            ff.read_idx(source)
        assert word.lower() in str(info.value).lower()
    with pytest.raises(ff.FormatError, match="train-images-idx3-ubyte"):
        ff.read_idx(path)


@pytest.mark.parametrize("inner", [gzip_member(RAW), lzma.compress(RAW)])
def test_compressed_twice(inner):
    with pytest.raises(ff.FormatError, match="inside"):
        ff.read_idx(gzip_member(inner))


def test_zlib_data_is_not_gzip():
    with pytest.raises(ff.FormatError):
        ff.read_idx(zlib.compress(RAW))


def test_empty_source():
    for source in (b"", bytearray(), io.BytesIO()):
        with pytest.raises(ff.TruncatedError, match="empty"):
            ff.read_idx(source)


def test_errors_name_file_member_and_offset(tmp_path):
    path = tmp_path / "broken.gz"
    first = gzip_member(RAW[:100])
    path.write_bytes(first + gzip_member(RAW[100:], crc=0xDEADBEEF))
    with pytest.raises(ff.CorruptDataError) as info:
        ff.read_idx(path)
    error = info.value
    assert error.source == str(path)
    assert error.member == 2
    assert len(first) < error.offset <= path.stat().st_size
    assert str(path) in str(error)
    assert "member 2" in str(error)
    assert str(error.offset) in str(error)
    assert "deadbeef" in error.message
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.member, copy.offset) == (str(error), error.member, error.offset)


def test_errors_are_the_builtins_a_caller_expects():
    cases = [
        (b"\1\2\3\4", ff.FormatError, (ValueError,)),
        (gzip_member(RAW, crc=1), ff.CorruptDataError, (ValueError, gzip.BadGzipFile, OSError)),
        (gzip_member(RAW)[:-1], ff.TruncatedError, (ValueError, EOFError)),
    ]
    for data, own, builtins in cases:
        with pytest.raises(own) as info:
            ff.read_idx(data)
        assert isinstance(info.value, (ff.FmnistFastError, *builtins))
        assert all(isinstance(info.value, builtin) for builtin in builtins)


def test_corrupt_xz():
    data = bytearray(lzma.compress(RAW))
    data[len(data) // 2] ^= 4
    with pytest.raises(ff.CorruptDataError):
        ff.read_idx(data)


@pytest.mark.parametrize("payload", [0, 1, 784])
def test_max_bytes_is_about_the_payload(payload):
    raw = idx_header((payload,)) + bytes(payload)
    for data in (raw, gzip_member(raw)):
        assert ff.read_idx(data, max_bytes=payload).size == payload
        if payload:
            with pytest.raises(ff.FormatError, match="max_bytes"):
                ff.read_idx(data, max_bytes=payload - 1)
