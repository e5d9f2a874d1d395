"""What each kind of bad file is called, and what may follow the data.

A user sees only the message, so each common accident has its own: an HTML page saved as .gz, a file
compressed twice, a zip archive, a download that stopped. Data behind the last item is an error unless it was
said to be ignored; inside the container it is decoded even then, so that the checksum is still verified.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import zlib

import pytest
from builders import gzip_member
from samples import same
from test_read_idx import CONTAINERS, IMAGES, RAW, in_every_container

import fmnist_fast as ff
from fmnist_fast import _coded


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


def test_what_is_ignored_has_a_limit(monkeypatch):
    """It is decoded all the same, for the checksum, and might never end."""
    data = gzip_member(RAW + bytes(3 << 20))
    assert same(ff.read_idx(data, trailing="ignore"), ff.read_idx(RAW))
    monkeypatch.setattr(_coded, "DRAIN_LIMIT", 1000)
    with pytest.raises(ff.FormatError, match="more than 1000 bytes follow the last item"):
        ff.read_idx(data, trailing="ignore")


def test_xz_with_an_enormous_dictionary():
    """A claim of 1 GiB in the header of a block: sound, but more memory than such a file is worth."""
    data = bytearray(lzma.compress(RAW))
    start, end = 12, 12 + 4 * data[12]  # the header of its block, and the CRC-32 behind it
    data[data.index(b"\x21\x01", start) + 2] = 36  # the size that the filter LZMA2 asks for
    data[end : end + 4] = zlib.crc32(data[start:end]).to_bytes(4, "little")
    with pytest.raises(ff.FormatError, match="a dictionary that does not fit into 256 MiB"):
        ff.read_idx(bytes(data))
