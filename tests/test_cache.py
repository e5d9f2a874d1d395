"""The decoded cache: the same arrays from a file that need not be decoded, or from the source after all.

What may go wrong with it is in test_cache_hostile.py.
"""

from __future__ import annotations

import io
import lzma
import os
import shutil

import numpy as np
import pytest
from builders import DTYPES, bgzf, gzip_member, idx_bytes, idx_gz
from caching import IMAGES, OTHER, beside, fail_to_write_in, is_mapped
from samples import array_of, same

import fmnist_fast as ff
from fmnist_fast import _cache


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """A cache folder of the user's that is not the tester's."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def path(tmp_path):
    """A compressed source in a folder of its own."""
    folder = tmp_path / "data"
    folder.mkdir()
    file = folder / "images.gz"
    file.write_bytes(idx_gz(IMAGES))
    return file


def test_second_read_is_mapped_and_does_not_decode(path, monkeypatch):
    first = ff.read_idx(path, cache=True)
    assert same(first, IMAGES)
    assert not is_mapped(first)
    assert sorted(os.listdir(path.parent)) == ["images.gz", "images.gz.cache.idx", "images.gz.cache.json"]
    monkeypatch.setattr(_cache, "read", None)
    for source in (path, str(path)):
        again = ff.read_idx(source, cache=True)
        assert same(again, IMAGES)
        assert is_mapped(again)
        assert type(again) is np.ndarray
        assert again.flags.writeable
        assert again.flags.c_contiguous


def test_cache_is_plain_idx(path):
    ff.read_idx(path, cache=True)
    assert beside(path)[0].read_bytes() == idx_bytes(IMAGES)


def test_changes_stay_in_the_array(path):
    ff.read_idx(path, cache=True)
    one, two = ff.read_idx(path, cache=True), ff.read_idx(path, cache=True)
    one[:] = 7
    assert same(two, IMAGES)
    assert same(ff.read_idx(path, cache=True), IMAGES)
    assert beside(path)[0].read_bytes() == idx_bytes(IMAGES)


@pytest.mark.parametrize("code", DTYPES)
def test_every_dtype(tmp_path, code):
    array = array_of(code, (9, 4, 3))
    path = tmp_path / "a.gz"
    path.write_bytes(idx_gz(array))
    for _ in range(2):
        assert same(ff.read_idx(path, cache=True), array)
    assert is_mapped(ff.read_idx(path, cache=True)) == (code in ("u1", "i1"))


@pytest.mark.parametrize("shape", [(0,), (0, 28, 28), (5, 0), (3,), (1,) * 64])
def test_every_shape(tmp_path, shape):
    path = tmp_path / "a.gz"
    path.write_bytes(idx_gz(np.ones(shape, "u1")))
    for _ in range(2):
        assert same(ff.read_idx(path, cache=True), np.ones(shape, "u1"))


@pytest.mark.parametrize("pack", [lzma.compress, bgzf, gzip_member], ids=["xz", "bgzf", "gzip"])
def test_every_container(tmp_path, pack):
    path = tmp_path / "a"
    path.write_bytes(pack(idx_bytes(IMAGES)))
    ff.read_idx(path, cache=True)
    assert is_mapped(ff.read_idx(path, cache=True))


def test_raw_files_are_not_cached(tmp_path, home):
    path = tmp_path / "raw"
    path.write_bytes(idx_bytes(IMAGES))
    assert same(ff.read_idx(path, cache=True), IMAGES)
    assert os.listdir(tmp_path) == ["raw"]
    assert os.listdir(home) == []


@pytest.mark.parametrize("options", [{"normalize": (0.3, 0.4)}, {"dtype": "i4"}, {"dtype": "f8"}])
def test_conversions_read_the_cache(path, options, monkeypatch):
    expected = ff.read_idx(path, **options)
    assert same(ff.read_idx(path, cache=True, **options), expected)
    monkeypatch.setattr(_cache, "_build", None)
    assert same(ff.read_idx(path, cache=True, **options), expected)
    out = np.empty_like(expected)
    assert ff.read_idx(path, cache=True, out=out, **options) is out
    assert same(out, expected)


def test_out(path):
    out = np.empty_like(IMAGES)
    for _ in range(2):
        out[:] = 0
        assert ff.read_idx(path, cache=True, out=out) is out
        assert same(out, IMAGES)


def test_bad_out_names_the_source(path):
    ff.read_idx(path, cache=True)
    out = np.full((30, 784), 9, "u1")
    with pytest.raises(ff.OutputError) as caught:
        ff.read_idx(path, cache=True, out=out)
    assert caught.value.source == str(path)
    assert (out == 9).all()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"trailing": "maybe"}, ValueError),
        ({"max_bytes": 100}, ff.FormatError),
        ({"max_bytes": -1}, ValueError),
        ({"threads": 0}, ValueError),
        ({"normalize": (0.5, 0)}, ValueError),
        ({"dtype": "U3"}, ValueError),
    ],
)
def test_other_arguments_are_checked_with_and_without_a_cache(path, options, error):
    for _ in range(2):
        with pytest.raises(error):
            ff.read_idx(path, cache=True, **options)
        ff.read_idx(path, cache=True)


def test_sources_without_a_place(path):
    for source in (path.read_bytes(), io.BytesIO(path.read_bytes())):
        with pytest.raises(ValueError, match="a path"):
            ff.read_idx(source, cache=True)


@pytest.mark.parametrize("cache", [None, 1, 0, b"folder", 2.5])
def test_bad_cache_argument(path, cache):
    with pytest.raises(TypeError, match="cache"):
        ff.read_idx(path, cache=cache)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        ff.read_idx(tmp_path / "none.gz", cache=True)


@pytest.mark.parametrize(
    "bad", [b"", idx_gz(IMAGES)[:-3], idx_gz(IMAGES, crc=5), b"<html>", gzip_member(b"")]
)
def test_errors_are_those_without_cache_and_leave_nothing(path, home, bad):
    path.write_bytes(bad)
    with pytest.raises(ff.FmnistFastError) as plain:
        ff.read_idx(path)
    with pytest.raises(ff.FmnistFastError) as cached:
        ff.read_idx(path, cache=True)
    assert type(cached.value) is type(plain.value)
    assert str(cached.value) == str(plain.value)
    assert os.listdir(path.parent) == ["images.gz"]
    assert not any(files for _, _, files in os.walk(home))


def test_trailing_data_accepted_once_is_not_accepted_for_good(path):
    path.write_bytes(idx_gz(IMAGES) + b"junk")
    for _ in range(2):
        assert same(ff.read_idx(path, cache=True, trailing="ignore"), IMAGES)
    with pytest.raises(ff.CorruptDataError):
        ff.read_idx(path, cache=True)
    path.write_bytes(idx_gz(IMAGES))
    ff.read_idx(path, cache=True)
    assert is_mapped(ff.read_idx(path, cache=True, trailing="ignore"))


def test_explicit_folder(path, tmp_path, home):
    folder = tmp_path / "new" / "folder"
    (tmp_path / "other").mkdir()
    twin = shutil.copy(path, tmp_path / "other")
    ff.write_idx(twin, OTHER)
    for _ in range(2):  # files of one name in two folders
        assert same(ff.read_idx(path, cache=folder), IMAGES)
        assert same(ff.read_idx(twin, cache=str(folder)), OTHER)
    assert len(os.listdir(folder)) == 4
    assert is_mapped(ff.read_idx(path, cache=folder))
    assert os.listdir(path.parent) == ["images.gz"]
    assert os.listdir(home) == []


def test_folder_that_cannot_be_written_to(path, home, monkeypatch):
    fail_to_write_in([path.parent], monkeypatch)
    ff.read_idx(path, cache=True)
    assert is_mapped(ff.read_idx(path, cache=True))
    assert len(os.listdir(home / "fmnist_fast")) == 2
    assert os.listdir(path.parent) == ["images.gz"]


@pytest.mark.parametrize("options", [{}, {"normalize": (0.3, 0.4)}, {"out": np.empty_like(IMAGES)}])
def test_nowhere_to_write(path, home, monkeypatch, options):
    expected = ff.read_idx(path, **{**options, "out": None})
    fail_to_write_in([path.parent, home / "fmnist_fast"], monkeypatch)
    for _ in range(2):
        assert same(ff.read_idx(path, cache=True, **options), expected)
    monkeypatch.setattr(_cache, "_is_writable", lambda place: False)
    assert same(ff.read_idx(path, cache=True, **options), expected)


def test_folder_that_is_a_file(path, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert same(ff.read_idx(path, cache=tmp_path / "file"), IMAGES)
