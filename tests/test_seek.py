"""`IdxReader.seek` without decoding what lies before: BGZF members and restart points."""

from __future__ import annotations

import io
import tracemalloc

import numpy as np
import pytest
from builders import BGZF_EOF, bgzf, gzip_member, idx_bytes, idx_gz
from samples import array_of, images, noise, same
from test_sources import Trickle

import fmnist_fast as ff
from fmnist_fast import _bgzf, _coded, _restart

ROWS = 3000
IMAGES = images(ROWS)
RAW = idx_bytes(IMAGES)
GZIP = gzip_member(RAW)
BGZF = bgzf(RAW)


class Counting(io.BytesIO):
    """A file that counts the bytes read from it."""

    count = 0

    def readinto(self, buffer) -> int:
        got = super().readinto(buffer)
        self.count += got
        return got

    def read(self, size: int = -1) -> bytes:
        data = super().read(size)
        self.count += len(data)
        return data


@pytest.fixture
def decoded(monkeypatch):
    """How many bytes the streams have decoded, as a list of one number per call."""
    counts = []
    real = _coded.CodedStream._decode

    def decode(self, view, start):
        counts.append(real(self, view, start))
        return counts[-1]

    monkeypatch.setattr(_coded.CodedStream, "_decode", decode)
    return counts


@pytest.fixture
def dense(monkeypatch):
    """Restart points so close that small files have many."""
    monkeypatch.setattr(_restart, "_SPACING", 100_000)


def check_seeks(reader, array, rng, times: int = 30) -> None:
    for row in [len(array), 0, *rng.integers(0, len(array) + 1, times).tolist()]:
        reader.seek(row)
        assert reader.tell() == row
        n = int(rng.integers(0, 40))
        assert same(reader.read(n), array[row : row + n])


@pytest.mark.parametrize("first", [0, 1, 1500, ROWS])
@pytest.mark.parametrize(
    "data", [RAW, GZIP, BGZF, bgzf(RAW, block=999)], ids=["raw", "gzip", "bgzf", "small"]
)
def test_any_row_after_any_start(data, first, rng, dense):
    for source in (data, io.BytesIO(data), Counting(data)):
        with ff.open_idx(source) as reader:
            reader.read(first)
            check_seeks(reader, IMAGES, rng)


@pytest.mark.parametrize("code", ["i1", "i2", "f8"])
def test_other_dtypes(code, rng, dense):
    array = array_of(code, (9000, 13))
    for data in (gzip_member(idx_bytes(array)), bgzf(idx_bytes(array), block=5003)):
        with ff.open_idx(data) as reader:
            reader.read()
            check_seeks(reader, array, rng)


def test_bgzf_seeks_cost_two_members(tmp_path, decoded):
    path = tmp_path / "file"
    path.write_bytes(BGZF)
    with ff.open_idx(path) as reader:
        for row in (2900, 10, 1500, ROWS, 0):
            decoded.clear()
            reader.seek(row)
            assert sum(decoded) <= 2 * 65_536 + 16, row


def test_bgzf_seeks_read_little():
    rows = np.frombuffer(noise(4_000_000), "u1").reshape(-1, 1000)
    source = Counting(bgzf(idx_bytes(rows)))
    with ff.open_idx(source) as reader:
        source.count = 0
        reader.seek(2000)
        reader.seek(3)
        assert same(reader.read(2), rows[3:5])
        assert source.count < 1_000_000


def test_gzip_seeks_cost_a_part(dense, decoded):
    with ff.open_idx(GZIP) as reader:
        reader.read()
        for row in (2900, 1500, 2000, 1000):
            decoded.clear()
            reader.seek(row)
            assert 0 < sum(decoded) < row * 784 * 0.8, row


def test_raw_seeks_cost_nothing():
    source = Counting(RAW)
    with ff.open_idx(source) as reader:
        source.count = 0
        for row in (2900, 10, 2000):
            reader.seek(row)
        assert source.count == 0
        assert same(reader.read(1), IMAGES[2000:2001])


def test_forward_steps_do_not_lose_what_was_decoded_ahead(decoded):
    with ff.open_idx(BGZF) as reader:
        reader.read(1)
        decoded.clear()
        for row in range(2, 100):
            reader.seek(row)
        assert sum(decoded) == 0


@pytest.mark.parametrize("data", [RAW, GZIP, BGZF], ids=["raw", "gzip", "bgzf"])
def test_unseekable(data, dense):
    with ff.open_idx(Trickle(data, 5000)) as reader:
        reader.seek(2000)
        reader.seek(2500)
        assert same(reader.read(3), IMAGES[2500:2503])
        with pytest.raises(io.UnsupportedOperation):
            reader.seek(2)
        assert same(reader.read(3), IMAGES[2503:2506])


def test_memory_of_restart_points(tmp_path):
    """The copies of the decoder's state are few, however long the file."""
    rows = 40_000
    path = tmp_path / "file"
    ff.write_idx(path, images(rows), compress="gzip", level=1)
    out = np.empty((50, 28, 28), "u1")
    tracemalloc.start()
    with ff.open_idx(path) as reader:
        assert sum(len(part) for part in reader.batches(50, out=out)) == rows
        for row in (39_000, 5, 20_000, 30_000):
            reader.seek(row)
            reader.readinto(out)
        kept = reader._stream._stream._restarts._kept
        assert 1 < len(kept) < _restart._MOST
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


def test_index_of_a_large_file_is_thinned_out(monkeypatch, rng, decoded):
    monkeypatch.setattr(_bgzf, "_KEPT", 8)
    with ff.open_idx(bgzf(RAW, block=2000)) as reader:
        check_seeks(reader, IMAGES, rng)
        index = reader._stream._stream._restarts._index
        assert len(index._offsets) <= 8
        assert index._stride >= 128
        decoded.clear()
        reader.seek(7)
        assert sum(decoded) <= 2 * _bgzf._LARGEST


def test_tiny_members_around_the_header():
    parts = [RAW[i : i + 1] for i in range(40)] + [RAW[40:]]
    data = BGZF_EOF + BGZF_EOF.join(bgzf(part, eof=False) for part in parts)
    with ff.open_idx(data) as reader:
        reader.seek(200)
        reader.seek(0)
        assert same(reader.read(3), IMAGES[:3])


def test_no_rows_and_no_items():
    for shape in ((0, 5), (5, 0)):
        for data in (idx_gz(np.zeros(shape, "u1")), bgzf(idx_bytes(np.zeros(shape, "u1")))):
            with ff.open_idx(data) as reader:
                for row in (0, shape[0], 0):
                    reader.seek(row)
                    assert reader.read().shape == (shape[0] - row, shape[1])


def test_members_of_a_few_bytes():
    with ff.open_idx(bgzf(idx_bytes(IMAGES[:30]), block=5)) as reader:
        reader.read(3)
        reader.seek(0)
        assert same(reader.read(2), IMAGES[:2])
