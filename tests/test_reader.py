"""Row by row: the same rows as a whole read, in little memory, wherever one jumps to.

A streaming reader must not let the last rows out before the checksum is known, must not lose its place
between two kinds of calls, and must not grow with the file.
"""

from __future__ import annotations

import io
import lzma
import tracemalloc

import numpy as np
import pytest
from builders import DTYPES, bgzf, gzip_member, idx_bytes, idx_gz
from samples import array_of, images, same
from test_sources import OnlyRead, Trickle

import fmnist_fast as ff

IMAGES = images(50)
RAW = idx_bytes(IMAGES)
FILES = {"raw": RAW, "gzip": idx_gz(IMAGES), "bgzf": bgzf(RAW, block=3000), "xz": lzma.compress(RAW)}
content = pytest.mark.parametrize("data", FILES.values(), ids=FILES)


@content
def test_attributes(data):
    with ff.open_idx(data) as reader:
        assert isinstance(reader, ff.IdxReader)
        assert (reader.shape, reader.dtype) == ((50, 28, 28), np.dtype("u1"))
        assert (len(reader), reader.tell()) == (50, 0)


@content
@pytest.mark.parametrize("n", [1, 3, 7, 49, 50, 51, 1000])
def test_read_in_pieces(data, n):
    with ff.open_idx(data) as reader:
        parts = []
        while len(part := reader.read(n)):
            assert part.shape[1:] == (28, 28)
            assert part.flags.writeable
            parts.append(part)
            assert reader.tell() == sum(map(len, parts))
        assert same(np.concatenate(parts), IMAGES)
        assert reader.read(n).shape == (0, 28, 28)


@content
def test_read_the_rest(data):
    with ff.open_idx(data) as reader:
        for part in (IMAGES[:0], IMAGES[:11]):
            assert same(reader.read(len(part)), part)
        assert same(reader.read(), IMAGES[11:])


@content
def test_readinto(data):
    out = np.full((8, 28, 28), 9, "u1")
    with ff.open_idx(data) as reader:
        for start in range(0, 48, 8):
            assert reader.readinto(out) == 8
            assert same(out, IMAGES[start : start + 8])
        out[:] = 9
        assert reader.readinto(out) == 2
        assert same(out[:2].copy(), IMAGES[48:])
        assert (out[2:] == 9).all()
        assert reader.readinto(out) == 0


@content
@pytest.mark.parametrize("n", [1, 16, 50, 64])
def test_batches(data, n):
    with ff.open_idx(data) as reader:
        parts = list(reader.batches(n))
        assert [len(p) for p in parts] == [min(n, 50 - at) for at in range(0, 50, n)]
        assert same(np.concatenate(parts), IMAGES)
        assert list(reader.batches(n)) == []


@content
@pytest.mark.parametrize("dtype", [None, "f4", "f8", "f2"])
def test_normalized_batches(data, dtype):
    expected = ff.normalize(IMAGES, 0.3, 0.4, dtype=dtype or "f4")
    out = None if dtype is None else np.empty((16, 28, 28), dtype)
    with ff.open_idx(data) as reader:
        parts = [part.copy() for part in reader.batches(16, out=out, normalize=(0.3, 0.4))]
    assert same(np.concatenate(parts), expected)


def test_batches_into_out_share_its_memory():
    out = np.empty((16, 28, 28), "u1")
    with ff.open_idx(FILES["gzip"]) as reader:
        for start, part in zip((0, 16, 32, 48), reader.batches(16, out=out), strict=True):
            assert np.shares_memory(part, out)
            assert same(part.copy(), IMAGES[start : start + 16])


@content
def test_seek_anywhere(data, rng):
    with ff.open_idx(data) as reader:
        for row in [0, 50, 10, 10, 49, 0, *rng.integers(0, 51, 20).tolist()]:
            reader.seek(row)
            assert reader.tell() == row
            n = int(rng.integers(0, 6))
            assert same(reader.read(n), IMAGES[row : row + n])


@content
def test_seek_in_files_that_do_not_start_at_their_beginning(data):
    file = io.BytesIO(b"before" + data)
    file.seek(6)
    with ff.open_idx(file) as reader:
        reader.read(30)
        reader.seek(5)
        assert same(reader.read(2), IMAGES[5:7])


@content
def test_unseekable_sources(data):
    for source in (Trickle(data, 100), OnlyRead(data)):
        with ff.open_idx(source) as reader:
            reader.seek(20)  # forward always works
            assert same(reader.read(3), IMAGES[20:23])
            with pytest.raises(io.UnsupportedOperation):
                reader.seek(3)


@pytest.mark.parametrize("row", [-1, 51, 10**20])
def test_rows_that_are_not_there(row):
    with ff.open_idx(FILES["gzip"]) as reader:
        with pytest.raises((ValueError, IndexError, OverflowError)):
            reader.seek(row)
        assert same(reader.read(), IMAGES)


def test_bad_batch_sizes():
    with ff.open_idx(FILES["gzip"]) as reader:
        for bad in (0, -1, 2.5, "3"):
            with pytest.raises((ValueError, TypeError)):
                reader.batches(bad)


@pytest.mark.parametrize(
    "out",
    [
        np.empty((8, 784), "u1"),
        np.empty((8, 28, 28), "i1"),
        np.empty((16, 28, 28), "u1")[::2],
        np.empty((), "u1"),
        5,
    ],
)
def test_out_that_does_not_fit(out):
    with ff.open_idx(FILES["gzip"]) as reader:
        with pytest.raises((ff.OutputError, TypeError)):
            reader.readinto(out)
        with pytest.raises((ff.OutputError, TypeError)):
            list(reader.batches(8, out=out))
        assert reader.tell() == 0
        assert same(reader.read(), IMAGES)


@pytest.mark.parametrize("code", DTYPES)
def test_every_dtype(code):
    array = array_of(code, (9, 4, 3))
    for data in (idx_bytes(array), idx_gz(array)):
        with ff.open_idx(data) as reader:
            assert reader.dtype == array.dtype
            assert same(np.concatenate([reader.read(2), reader.read(3), reader.read(99)]), array)


@pytest.mark.parametrize("shape", [(0,), (0, 28, 28), (5, 0), (3,)])
def test_rows_without_items_and_items_without_rows(shape):
    array = np.ones(shape, "u1")
    with ff.open_idx(idx_gz(array)) as reader:
        assert len(reader) == shape[0]
        assert same(reader.read(), array)
        assert same(reader.read(), array[:0])


def test_memory_does_not_grow_with_the_file(tmp_path):
    big = images(4000)
    sizes = {}
    for name, pack in (("gzip", gzip_member), ("raw", bytes)):
        path = tmp_path / name
        path.write_bytes(pack(idx_bytes(big)))
        out = np.empty((50, 28, 28), "u1")
        tracemalloc.start()
        with ff.open_idx(path) as reader:
            rows = sum(len(part) for part in reader.batches(50, out=out))
        sizes[name] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert rows == 4000
    assert max(sizes.values()) < 2**20, sizes


def test_last_rows_are_not_returned_when_the_checksum_fails():
    for bad, error in (
        (idx_gz(IMAGES, crc=1), ff.CorruptDataError),
        (idx_gz(IMAGES)[:-2], ff.TruncatedError),
        (idx_gz(IMAGES) + b"junk", ff.CorruptDataError),
        (RAW + b"x", ff.FormatError),
    ):
        with ff.open_idx(bad) as reader:
            assert same(reader.read(40), IMAGES[:40])
            with pytest.raises(error):
                reader.read(10)
        with ff.open_idx(bad) as reader, pytest.raises(error):
            list(reader.batches(7))


def test_errors_stay_until_seek():
    rows = images(600)  # several times what a reader may read ahead
    bad = bytearray(bgzf(idx_bytes(rows), block=3000))
    bad[len(bad) * 9 // 10] ^= 0x55
    with ff.open_idx(bad) as reader:
        for _ in range(3):
            with pytest.raises((ff.CorruptDataError, ff.TruncatedError)):
                reader.read()
        reader.seek(0)
        assert same(reader.read(2), rows[:2])


def test_errors_name_the_file(tmp_path):
    path = tmp_path / "short.gz"
    path.write_bytes(FILES["gzip"][:-9])
    with ff.open_idx(path) as reader, pytest.raises(ff.TruncatedError, match="short"):
        reader.read()


def test_trailing_ignore():
    with ff.open_idx(FILES["gzip"] + b"junk", trailing="ignore") as reader:
        assert same(reader.read(), IMAGES)
    with pytest.raises(ValueError, match="trailing"):
        ff.open_idx(FILES["gzip"], trailing="maybe")


def test_closed_reader(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(FILES["gzip"])
    with ff.open_idx(path) as reader:
        reader.close()
    for call in (reader.read, lambda: reader.seek(0), lambda: list(reader.batches(3))):
        with pytest.raises(ValueError, match="closed"):
            call()
    file = io.BytesIO(FILES["gzip"])
    with ff.open_idx(file):
        pass
    assert not file.closed
