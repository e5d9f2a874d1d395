"""What is written is read back bit for bit, by this package and by others.

A file format is only kept if foreign tools read it, so `gzip` reads everything too, and the members of BGZF
files are walked by the sizes they say they have.
"""

from __future__ import annotations

import gzip
import io
import struct

import numpy as np
import pytest
from builders import BGZF_EOF, DTYPES, idx_bytes
from samples import array_of, images, noise, same

import fmnist_fast as ff

COMPRESS = [None, False, "gzip", "bgzf"]
SHAPES = [(1,), (7,), (0,), (3, 4), (0, 28, 28), (2, 0), (2, 3, 4, 5), (1,) * 63 + (2,)]
every_way = pytest.mark.parametrize("compress", COMPRESS)


def unpacked(data: bytes) -> bytes:
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


@every_way
@pytest.mark.parametrize("code", DTYPES)
@pytest.mark.parametrize("order", "<>")
def test_round_trip(compress, code, order, tmp_path):
    for number, shape in enumerate(SHAPES):
        array = array_of(code, shape)
        given = array.astype(array.dtype.newbyteorder(order))
        path = tmp_path / f"{number}.gz"
        assert ff.write_idx(path, given, compress=compress) is None
        assert unpacked(path.read_bytes()) == idx_bytes(array)
        assert (path.read_bytes()[:2] == b"\x1f\x8b") == (compress is not False)
        assert same(ff.read_idx(path), array)
        data = ff.encode_idx(given, compress=compress)
        assert type(data) is bytes
        assert unpacked(data) == idx_bytes(array)
        assert same(ff.decode_idx(data), array)


def test_the_suffix_decides_unless_told_otherwise(tmp_path):
    for name, compress, zipped in (
        ("a.gz", None, True),
        ("A.GZ", None, True),
        ("a.idx", None, False),
        ("a-ubyte", None, False),
        ("a.gz", False, False),
        ("a.idx", "gzip", True),
        ("a.idx", "bgzf", True),
    ):
        ff.write_idx(str(tmp_path / name), images(2), compress=compress)
        assert ((tmp_path / name).read_bytes()[:2] == b"\x1f\x8b") == zipped


@pytest.mark.parametrize(
    "make", [lambda a: a[::2], lambda a: a[::-1], np.asfortranarray, lambda a: a.T, lambda a: a[:, 3:9]]
)
def test_every_memory_layout(make):
    array = make(np.arange(240, dtype="i2").reshape(12, 20))
    for compress in (False, "gzip", "bgzf"):
        assert same(ff.decode_idx(ff.encode_idx(array, compress=compress)), np.ascontiguousarray(array))


def test_lists_are_arrays():
    assert same(ff.decode_idx(ff.encode_idx([[1.5, 2], [3, 4]])), np.array([[1.5, 2], [3, 4]]))


@every_way
@pytest.mark.parametrize("code", ["u2", "u4", "i8", "u8", "f2", "c8", "?", "S3", "U2", "O", "M8[s]", "f4,f4"])
def test_other_dtypes_name_the_six(compress, code, tmp_path):
    path = tmp_path / "file.gz"
    with pytest.raises(ff.FormatError) as info:
        ff.write_idx(path, np.zeros(3, code), compress=compress)
    for name in ("uint8", "int8", "int16", "int32", "float32", "float64"):
        assert name in str(info.value)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ff.FormatError):
        ff.encode_idx(np.zeros(3, code), compress=compress)


def test_rank_0_is_refused(tmp_path):
    with pytest.raises(ff.FormatError):
        ff.write_idx(tmp_path / "file", np.uint8(3))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "options",
    [{"level": 10}, {"level": -1}, {"level": "6"}, {"compress": "zip"}, {"compress": True}, {"threads": 0}],
)
def test_bad_arguments_leave_no_file(options, tmp_path):
    with pytest.raises((ValueError, TypeError)):
        ff.write_idx(tmp_path / "file", images(1), **{"compress": "gzip", **options})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("level", range(10))
@pytest.mark.parametrize("compress", ["gzip", "bgzf"])
def test_levels(level, compress):
    array = np.concatenate([images(300).reshape(-1), np.frombuffer(noise(200_000), "u1")])
    data = ff.encode_idx(array, compress=compress, level=level)
    assert gzip.decompress(data) == idx_bytes(array)
    assert same(ff.decode_idx(data), array)
    if level == 0:
        assert len(data) > array.size
    if level == 9:
        assert len(data) < array.size * 0.7


@pytest.mark.parametrize("compress", ["gzip", "bgzf"])
def test_threads_do_not_change_a_byte(compress):
    array = np.frombuffer(noise(300_000) + images(3000).tobytes(), "u1")  # three parts of work
    one = ff.encode_idx(array, compress=compress, level=1, threads=1)
    for threads in (None, 3):
        assert ff.encode_idx(array, compress=compress, level=1, threads=threads) == one
    assert unpacked(one) == idx_bytes(array)


@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_bgzf_members_say_their_size(level):
    array = np.frombuffer(noise(150_000) + bytes(150_000), "u1")
    data = ff.encode_idx(array, compress="bgzf", level=level)
    at = total = 0
    while at < len(data):
        fields = struct.unpack_from("<4BI2BH2s2H", data, at)
        assert fields[:4] == (0x1F, 0x8B, 8, 4)
        assert fields[7:10] == (6, b"BC", 2)
        size = fields[10] + 1
        assert size <= 65_536
        total += len(gzip.decompress(data[at : at + size]))
        last = data[at : at + size]
        at += size
    assert at == len(data)
    assert last == BGZF_EOF
    assert total == array.size + 8


def test_gzip_files_are_reproducible(tmp_path):
    """No time and no name inside: equal arrays make equal files."""
    for name in ("one.gz", "two.gz"):
        ff.write_idx(tmp_path / name, images(3))
    first = (tmp_path / "one.gz").read_bytes()
    assert first == (tmp_path / "two.gz").read_bytes()
    assert first[4:8] == bytes(4)
    assert not first[3] & 8


@every_way
def test_file_objects(compress, tmp_path):
    class Slow(io.RawIOBase):
        """Takes at most 7 bytes at a time, as a raw file may."""

        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, piece) -> int:
            self.data += bytes(piece[:7])
            return min(7, len(piece))

    memory, slow = io.BytesIO(), Slow()
    ff.write_idx(memory, images(2), compress=compress)
    ff.write_idx(slow, images(2), compress=compress)
    assert memory.getvalue() == slow.data
    assert unpacked(slow.data) == idx_bytes(images(2))
    assert not memory.closed
    with (tmp_path / "file").open("wb", buffering=0) as file:
        ff.write_idx(file, images(2), compress=compress)
    assert (tmp_path / "file").read_bytes() == slow.data


@pytest.mark.parametrize("target", [None, 3, b"bytes", io.StringIO()])
def test_other_targets_are_type_errors(target):
    with pytest.raises(TypeError, match=r"binary file object|binary mode"):
        ff.write_idx(target, images(1))


def test_dimensions_that_no_header_can_hold(tmp_path):
    wide = np.broadcast_to(np.uint8(0), (0, 2**32))
    with pytest.raises(ff.FormatError, match=r"2\*\*32 - 1"):
        ff.write_idx(tmp_path / "wide", wide)
    assert not list(tmp_path.iterdir())
