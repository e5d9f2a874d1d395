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

pytestmark = pytest.mark.usefixtures("cache_home")


def test_second_read_is_mapped_and_does_not_decode(packed, monkeypatch):
    first = ff.read_idx(packed, cache=True)
    assert same(first, IMAGES)
    assert not is_mapped(first)
    assert sorted(os.listdir(packed.parent)) == [
        "images.gz",
        "images.gz.cache.idx",
        "images.gz.cache.json",
    ]
    monkeypatch.setattr(_cache, "read", None)
    for source in (packed, str(packed)):
        again = ff.read_idx(source, cache=True)
        assert same(again, IMAGES)
        assert is_mapped(again)
        assert type(again) is np.ndarray
        assert again.flags.writeable
        assert again.flags.c_contiguous


def test_cache_is_plain_idx(packed):
    ff.read_idx(packed, cache=True)
    assert beside(packed)[0].read_bytes() == idx_bytes(IMAGES)


def test_changes_stay_in_the_array(packed):
    ff.read_idx(packed, cache=True)
    one, two = ff.read_idx(packed, cache=True), ff.read_idx(packed, cache=True)
    one[:] = 7
    assert same(two, IMAGES)
    assert same(ff.read_idx(packed, cache=True), IMAGES)
    assert beside(packed)[0].read_bytes() == idx_bytes(IMAGES)


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


def test_raw_files_are_not_cached(tmp_path, cache_home):
    path = tmp_path / "raw"
    path.write_bytes(idx_bytes(IMAGES))
    assert same(ff.read_idx(path, cache=True), IMAGES)
    assert os.listdir(tmp_path) == ["raw"]
    assert os.listdir(cache_home) == []


@pytest.mark.parametrize("options", [{"normalize": (0.3, 0.4)}, {"dtype": "i4"}, {"dtype": "f8"}])
def test_conversions_read_the_cache(packed, options, monkeypatch):
    expected = ff.read_idx(packed, **options)
    assert same(ff.read_idx(packed, cache=True, **options), expected)
    monkeypatch.setattr(_cache, "_build", None)
    assert same(ff.read_idx(packed, cache=True, **options), expected)
    out = np.empty_like(expected)
    assert ff.read_idx(packed, cache=True, out=out, **options) is out
    assert same(out, expected)


def test_out(packed):
    out = np.empty_like(IMAGES)
    for _ in range(2):
        out[:] = 0
        assert ff.read_idx(packed, cache=True, out=out) is out
        assert same(out, IMAGES)


def test_bad_out_names_the_source(packed):
    ff.read_idx(packed, cache=True)
    out = np.full((30, 784), 9, "u1")
    with pytest.raises(ff.OutputError) as caught:
        ff.read_idx(packed, cache=True, out=out)
    assert caught.value.source == str(packed)
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
def test_other_arguments_are_checked_with_and_without_a_cache(packed, options, error):
    for _ in range(2):
        with pytest.raises(error):
            ff.read_idx(packed, cache=True, **options)
        ff.read_idx(packed, cache=True)


def test_sources_without_a_place(packed):
    for source in (packed.read_bytes(), io.BytesIO(packed.read_bytes())):
        with pytest.raises(ValueError, match="a path"):
            ff.read_idx(source, cache=True)


@pytest.mark.parametrize("cache", [None, 1, 0, b"folder", 2.5])
def test_bad_cache_argument(packed, cache):
    with pytest.raises(TypeError, match="cache"):
        ff.read_idx(packed, cache=cache)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        ff.read_idx(tmp_path / "none.gz", cache=True)


@pytest.mark.parametrize(
    "bad", [b"", idx_gz(IMAGES)[:-3], idx_gz(IMAGES, crc=5), b"<html>", gzip_member(b"")]
)
def test_errors_are_those_without_cache_and_leave_nothing(packed, cache_home, bad):
    packed.write_bytes(bad)
    with pytest.raises(ff.FmnistFastError) as plain:
        ff.read_idx(packed)
    with pytest.raises(ff.FmnistFastError) as cached:
        ff.read_idx(packed, cache=True)
    assert type(cached.value) is type(plain.value)
    assert str(cached.value) == str(plain.value)
    assert os.listdir(packed.parent) == ["images.gz"]
    assert not any(files for _, _, files in os.walk(cache_home))


def test_trailing_data_accepted_once_is_not_accepted_for_good(packed):
    packed.write_bytes(idx_gz(IMAGES) + b"junk")
    for _ in range(2):
        assert same(ff.read_idx(packed, cache=True, trailing="ignore"), IMAGES)
    with pytest.raises(ff.CorruptDataError):
        ff.read_idx(packed, cache=True)
    packed.write_bytes(idx_gz(IMAGES))
    ff.read_idx(packed, cache=True)
    assert is_mapped(ff.read_idx(packed, cache=True, trailing="ignore"))


def test_explicit_folder(packed, tmp_path, cache_home):
    folder = tmp_path / "new" / "folder"
    (tmp_path / "other").mkdir()
    twin = shutil.copy(packed, tmp_path / "other")
    ff.write_idx(twin, OTHER)
    for _ in range(2):  # files of one name in two folders
        assert same(ff.read_idx(packed, cache=folder), IMAGES)
        assert same(ff.read_idx(twin, cache=str(folder)), OTHER)
    assert len(os.listdir(folder)) == 4
    assert is_mapped(ff.read_idx(packed, cache=folder))
    assert os.listdir(packed.parent) == ["images.gz"]
    assert os.listdir(cache_home) == []


def test_folder_that_cannot_be_written_to(packed, cache_home, monkeypatch):
    fail_to_write_in([packed.parent], monkeypatch)
    ff.read_idx(packed, cache=True)
    assert is_mapped(ff.read_idx(packed, cache=True))
    assert len(os.listdir(cache_home / "fmnist_fast")) == 2
    assert os.listdir(packed.parent) == ["images.gz"]


@pytest.mark.parametrize("options", [{}, {"normalize": (0.3, 0.4)}, {"out": np.empty_like(IMAGES)}])
def test_nowhere_to_write(packed, cache_home, monkeypatch, options):
    expected = ff.read_idx(packed, **{**options, "out": None})
    fail_to_write_in([packed.parent, cache_home / "fmnist_fast"], monkeypatch)
    for _ in range(2):
        assert same(ff.read_idx(packed, cache=True, **options), expected)
    monkeypatch.setattr(_cache, "_is_writable", lambda place: False)
    assert same(ff.read_idx(packed, cache=True, **options), expected)


def test_folder_that_is_a_file(packed, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert same(ff.read_idx(packed, cache=tmp_path / "file"), IMAGES)


def test_without_a_home(packed, tmp_path, monkeypatch):
    """Only the folder of the file is left, and nothing called ~ is made."""
    monkeypatch.delenv("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert same(ff.read_idx(packed, cache=True), ff.read_idx(packed))
    assert beside(packed)[0].is_file()
    assert os.listdir(tmp_path) == [packed.parent.name]
