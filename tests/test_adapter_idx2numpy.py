"""`adapters.idx2numpy` beside idx2numpy."""

from __future__ import annotations

import gzip
import io
import sys

import numpy as np
import pytest
from builders import DTYPES, idx_bytes, idx_gz, idx_header
from samples import array_of
from side_by_side import assert_same, peer

import fmnist_fast as ff
from fmnist_fast.adapters import idx2numpy as ours

SHAPES = [(5,), (3, 4), (2, 3, 4), (2, 1, 1, 3), (0,), (3, 0, 2), (1,) * 64]
GOOD = idx_bytes(array_of("i2", (3, 4)))
BAD = {
    "empty": b"",
    "two bytes": b"\0\0",
    "not zero": b"\1" + GOOD[1:],
    "unknown type": GOOD[:2] + b"\x0a" + GOOD[3:],
    "dims cut": GOOD[:10],
    "data cut": GOOD[:-1],
    "trailing": GOOD + b"\0",
    "rank above 64": idx_header((1,) * 65) + b"\0",
    "html": b"<!DOCTYPE html><html></html>",
}


@pytest.fixture(scope="module")
def theirs():
    return peer("idx2numpy")


def gzipped(data: bytes) -> gzip.GzipFile:
    """A file object as `gzip.open` gives it."""
    return gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(data)))


@pytest.mark.parametrize("code", DTYPES)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "x".join(map(str, shape[:4])))
def test_reading(theirs, tmp_path, code, shape):
    data = idx_bytes(array_of(code, shape))
    path = tmp_path / "file"
    path.write_bytes(data)
    assert_same(lambda: ours.convert_from_string(data), lambda: theirs.convert_from_string(data))
    assert_same(lambda: ours.convert_from_file(str(path)), lambda: theirs.convert_from_file(str(path)))


@pytest.mark.parametrize("make", [io.BytesIO, gzipped])
def test_reading_file_objects(theirs, make):
    assert_same(lambda: ours.convert_from_file(make(GOOD)), lambda: theirs.convert_from_file(make(GOOD)))


@pytest.mark.parametrize("name", BAD)
def test_bad_data(theirs, name):
    data = BAD[name]
    calls = (lambda library=library: library.convert_from_string(data) for library in (ours, theirs))
    assert_same(*calls, kind="FormatError")


def test_missing_file(theirs, tmp_path):
    path = str(tmp_path / "nothing")
    assert_same(lambda: ours.convert_from_file(path), lambda: theirs.convert_from_file(path))


@pytest.mark.parametrize(
    "array",
    [
        *(array_of(code, (3, 4)) for code in DTYPES),
        np.asfortranarray(array_of("i4", (3, 4))),
        array_of("u1", (8, 4))[::2],
        *(np.ones(3, code) for code in ("?", "u2", "i8", "f2", "c8")),
        np.empty((0, 3), "u1"),
        np.array(3, "u1"),
    ],
    ids=lambda array: f"{array.dtype}-{array.shape}",
)
def test_writing(theirs, tmp_path, array):
    assert_same(lambda: ours.convert_to_string(array), lambda: theirs.convert_to_string(array))
    paths = [tmp_path / name for name in ("ours.gz", "theirs.gz")]
    assert_same(
        *(
            lambda library=library, path=path: library.convert_to_file(str(path), array)
            for library, path in zip((ours, theirs), paths, strict=True)
        )
    )
    if paths[0].exists():
        assert paths[0].read_bytes() == paths[1].read_bytes() == ours.convert_to_string(array)


def test_what_is_read_can_be_written():
    """The original refuses the big-endian arrays that it returns itself."""
    array = ours.convert_from_string(GOOD)
    assert ours.convert_to_string(array) == GOOD


def test_more_than_the_original_reads(tmp_path):
    path = tmp_path / "file.gz"
    path.write_bytes(idx_gz(array_of("u1", (3, 4))))
    assert np.array_equal(ours.convert_from_file(path), array_of("u1", (3, 4)))
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ours.FormatError, match=r"file\.gz") as info:
        ours.convert_from_file(path)
    assert isinstance(info.value.__cause__, ff.TruncatedError)


def test_install_without_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "idx2numpy", None)
    monkeypatch.delitem(sys.modules, "idx2numpy.converters", raising=False)
    with pytest.raises(ModuleNotFoundError):
        import idx2numpy
    del sys.modules["idx2numpy"]
    monkeypatch.setattr(sys, "path", [])
    with ours.install():
        import idx2numpy

        assert idx2numpy.convert_from_string(GOOD).dtype == ">i2"


def test_install(theirs):
    from idx2numpy import converters

    before = theirs.convert_from_file, converters.convert_to_string, theirs.FormatError
    with ours.install():
        assert theirs.convert_from_file is ours.convert_from_file
        assert converters.convert_to_string is ours.convert_to_string
        with pytest.raises(theirs.FormatError):
            theirs.convert_from_string(b"")
    assert (theirs.convert_from_file, converters.convert_to_string, theirs.FormatError) == before
