"""Small gzip files take a way of their own through `read_idx`; nothing but the time may tell."""

import gzip
import os
import threading

import numpy as np
import pytest
from builders import idx_header
from samples import noise

import fmnist_fast as ff
from fmnist_fast import _read, _small
from fmnist_fast.errors import CorruptDataError, FormatError, TruncatedError

LABELS = np.arange(1000, dtype=np.uint8) % 10
PACKED = gzip.compress(ff.encode_idx(LABELS))


def ordinary_way_closed(*arguments, **options):
    raise AssertionError("this file should have been read in one go")


@pytest.fixture
def small_only(monkeypatch):
    monkeypatch.setattr(_read, "open_stream", ordinary_way_closed)


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "i4", "f4", "f8"])
@pytest.mark.parametrize("shape", [(7,), (3, 5), (2, 3, 4), (0, 28, 28), (0,)])
def test_all_types(small_only, tmp_path, dtype, shape):
    array = (np.arange(np.prod(shape, dtype=int)) % 100).reshape(shape).astype(dtype)
    path = tmp_path / "small.gz"
    path.write_bytes(gzip.compress(ff.encode_idx(array)))
    for source in (path, os.fspath(path), path.read_bytes()):
        found = ff.read_idx(source)
        assert found.dtype == array.dtype
        assert found.dtype.isnative
        assert found.flags.writeable
        assert found.flags.c_contiguous
        assert found.flags.aligned
        assert found.shape == shape
        assert np.array_equal(found, array)


@pytest.mark.parametrize("dtype", ["u1", "i2", "f8"])
def test_into_an_array_that_is_there(small_only, dtype):
    array = np.arange(24).reshape(2, 3, 4).astype(dtype)
    out = np.full_like(array, 99)
    assert ff.read_idx(gzip.compress(ff.encode_idx(array)), out=out) is out
    assert np.array_equal(out, array)


@pytest.mark.parametrize("shape", [(1000,), (0,), (10, 100)])
@pytest.mark.parametrize("dtype", ["u1", "i1", "i4"])
def test_an_array_that_does_not_fit_is_for_the_ordinary_way(shape, dtype):
    out = np.full(shape, 99, dtype)
    if (shape, dtype) == (LABELS.shape, "u1"):
        out = out[::-1]
    before = out.copy()
    with pytest.raises(ff.OutputError):
        ff.read_idx(PACKED, out=out)
    assert np.array_equal(out, before)


def test_nothing_shared_with_the_source(small_only):
    first = ff.read_idx(PACKED)
    first[:] = 255
    assert np.array_equal(ff.read_idx(PACKED), LABELS)


def test_several_members():
    raw = ff.encode_idx(LABELS)
    packed = gzip.compress(raw[:300]) + gzip.compress(raw[300:]) + bytes(9)
    assert np.array_equal(ff.decode_idx(packed), LABELS)
    # The last member alone is as long as the whole says in its trailer.
    packed = gzip.compress(b"") + gzip.compress(raw)
    assert np.array_equal(ff.decode_idx(packed), LABELS)


@pytest.mark.parametrize(
    ("damaged", "error"),
    [
        (PACKED[:-1], TruncatedError),
        (PACKED[:-4] + bytes(4), CorruptDataError),
        (PACKED[:-8] + bytes(4) + PACKED[-4:], CorruptDataError),
        (PACKED + b"more", CorruptDataError),
        (gzip.compress(ff.encode_idx(LABELS)[:-1]), TruncatedError),
        (gzip.compress(ff.encode_idx(LABELS) + b"x"), FormatError),
        (gzip.compress(b"not an IDX file at all"), FormatError),
    ],
)
def test_the_ordinary_way_has_the_verdict(damaged, error):
    with pytest.raises(error) as one_go:
        ff.decode_idx(damaged)
    with pytest.raises(error) as ordinary:
        ff.decode_idx(memoryview(damaged))
    assert str(one_go.value) == str(ordinary.value)


def test_arguments_still_count():
    with pytest.raises(FormatError, match="max_bytes"):
        ff.decode_idx(PACKED, max_bytes=999)
    assert len(ff.decode_idx(PACKED, max_bytes=1000)) == 1000
    with pytest.raises(ValueError, match="trailing"):
        ff.decode_idx(PACKED, trailing="keep")
    assert ff.decode_idx(PACKED + b"more", trailing="ignore").shape == (1000,)


def test_missing_file_keeps_its_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.gz"):
        ff.read_idx(tmp_path / "absent.gz")
    with pytest.raises(IsADirectoryError if os.name == "posix" else OSError):
        ff.read_idx(tmp_path)
    with pytest.raises(ValueError, match="null"):
        ff.read_idx("a\0b")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_read_once(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(PACKED,))
    writer.start()
    try:
        assert np.array_equal(ff.read_idx(path), LABELS)
    finally:
        writer.join(20)
    assert not writer.is_alive()


def test_a_size_that_lies_takes_no_memory(monkeypatch):
    # Memory is taken for what the decoder is to write; here it is not even made.
    monkeypatch.setattr(_small, "GzipDecoder", ordinary_way_closed)
    for size in (7, 1032 * len(PACKED) + 1, (1 << 24) + 1, 1 << 30, (1 << 32) - 1):
        assert _small.read_small(PACKED[:-4] + size.to_bytes(4, "little"), None, None) is None
    assert _small.read_small(PACKED, 700, None) is None  # more than a header beyond what the caller allows
    with pytest.raises(AssertionError):
        _small.read_small(PACKED, None, None)


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"x"])
def test_a_file_that_others_write_to(monkeypatch, tmp_path, change):
    path = tmp_path / "changing.gz"
    path.write_bytes(PACKED)
    read = os.read
    monkeypatch.setattr(_small.os, "read", lambda handle, count: change(read(handle, count)))
    assert _small.read_small(path, None, None) is None
    monkeypatch.undo()
    assert np.array_equal(_small.read_small(path, None, None), LABELS)


def test_an_array_of_another_class(small_only):
    out = np.ma.MaskedArray(np.zeros(LABELS.shape, np.uint8), mask=LABELS < 5, hard_mask=True)
    assert ff.read_idx(PACKED, out=out) is out
    assert np.array_equal(out.data, LABELS)


def test_much_is_decoded_to_where_it_shall_be(monkeypatch):
    monkeypatch.setattr(_small, "GzipDecoder", ordinary_way_closed)
    out = np.empty(1 << 20, np.uint8)
    packed = gzip.compress(ff.encode_idx(np.zeros_like(out)))
    assert _small.read_small(packed, None, out) is None
    with pytest.raises(AssertionError):
        _small.read_small(packed, None, None)


def test_a_header_that_lies_is_for_the_ordinary_way():
    for dims in ((999,), (1001,), (1 << 31,), (1 << 31, 1 << 31)):
        assert _small.read_small(gzip.compress(idx_header(dims) + bytes(1000)), None, None) is None


@pytest.mark.parametrize(
    ("size", "threads", "into", "small"),
    [
        (1 << 20, None, False, True),
        (1 << 20, 1, False, True),
        ((1 << 20) + 1000, 1, False, False),
        (1 << 17, 2, False, True),
        ((1 << 17) + 1000, 2, False, False),
        (1 << 17, 1, True, True),
        ((1 << 17) + 1000, 1, True, False),
    ],
)
def test_what_is_small(monkeypatch, tmp_path, size, threads, into, small):
    monkeypatch.setattr(_read, "open_stream", ordinary_way_closed)
    array = noise(size - 200)
    path = tmp_path / "noise.gz"
    path.write_bytes(gzip.compress(ff.encode_idx(np.frombuffer(array, np.uint8)), 0))
    out = np.empty(len(array), np.uint8) if into else None
    for source in (path, path.read_bytes()):
        if small:
            assert ff.read_idx(source, threads=threads, out=out).tobytes() == array
        else:
            with pytest.raises(AssertionError):
                ff.read_idx(source, threads=threads, out=out)
