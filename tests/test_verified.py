"""A file is verified once, and again when it has changed."""

from __future__ import annotations

import hashlib
import os
from types import SimpleNamespace

import numpy as np
import pytest
from toy_datasets import ARRAYS, TOY, arrays, fill

import fmnist_fast as ff
from fmnist_fast.datasets import _verified, fetch, pairs, verify

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("isolated")]
NAME = "train-images-idx3-ubyte"


@pytest.fixture
def looked_at(monkeypatch):
    """Files whose checksum was computed, by name."""
    monkeypatch.setattr(_verified, "_TICK", -1)
    names: list[str] = []

    def counted(function):
        def call(first, *rest):
            names.append(os.path.basename(rest[-1] if function is verify.check_array else first))
            return function(first, *rest)

        return call

    for function in (verify.check_file, verify.check_array):
        monkeypatch.setattr(pairs, function.__name__, counted(function))
    return names


@pytest.mark.parametrize("suffix", [".gz", ""])
def test_once(tmp_path, looked_at, suffix):
    fill(tmp_path, suffix=suffix)
    for _ in range(3):
        images, _ = ff.load(TOY, root=tmp_path)
        assert np.array_equal(images, ARRAYS[NAME])
    assert looked_at.count(NAME + suffix) == (1 if suffix else 2)


@pytest.mark.parametrize("suffix", [".gz", ""])
def test_again_when_changed(tmp_path, looked_at, suffix):
    """Same size, same time of modification, other content."""
    fill(tmp_path, suffix=suffix)
    ff.load(TOY, root=tmp_path)
    path = tmp_path / (NAME + suffix)
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    fresh = tmp_path / "fresh"
    fresh.write_bytes(data)
    os.replace(fresh, path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises((ff.DatasetError, ff.CorruptDataError)):
        ff.load(TOY, root=tmp_path)


def test_not_for_another_dataset(tmp_path, looked_at):
    fill(tmp_path, arrays(2))
    with pytest.raises(ff.DatasetError):
        ff.load(TOY, root=tmp_path)
    ff.load(TOY, root=tmp_path, verify=False)
    with pytest.raises(ff.DatasetError):
        ff.load(TOY, root=tmp_path)


def test_not_when_just_written(tmp_path, monkeypatch):
    path = fill(tmp_path) / f"{NAME}.gz"
    known = TOY.splits["train"].images
    monkeypatch.setattr(_verified, "_TICK", 3600_000_000_000)
    _verified.note(str(path), _verified.stamp(str(path)), known)
    assert not _verified.is_noted(str(path), known)
    monkeypatch.setattr(_verified, "_TICK", -1)
    _verified.note(str(path), "what it was", known)
    assert not _verified.is_noted(str(path), known)
    _verified.note(str(path), _verified.stamp(str(path)), known)
    assert _verified.is_noted(str(path), known)
    assert not _verified.is_noted(str(path), TOY.splits["train"].labels)


@pytest.fixture
def archive(tmp_path):
    """A file, and what is published of it."""
    path = tmp_path / "archive.zip"
    path.write_bytes(b"content")
    checksum = f"sha256:{hashlib.sha256(b'content').hexdigest()}"
    return str(path), SimpleNamespace(checksum=checksum, size=7)


def test_an_archive_is_verified_once(archive, monkeypatch):
    path, known = archive
    monkeypatch.setattr(_verified, "_TICK", -1)
    assert not fetch._is_intact(f"{path}.none", known)
    assert fetch._is_intact(path, known)
    with monkeypatch.context() as patch:
        patch.setattr(fetch, "has_sum", lambda *arguments: pytest.fail("computed again"))
        assert fetch._is_intact(path, known)
    with open(path, "r+b") as opened:
        opened.write(b"C")
    assert not fetch._is_intact(path, known)
    assert not fetch._is_intact(path, known)


def test_nothing_is_known_of_what_has_no_checksum(archive, tmp_path, monkeypatch):
    path, known = archive
    known.checksum = None
    monkeypatch.setattr(_verified, "_TICK", -1)
    _verified.note(path, _verified.stamp(path), known)
    assert not list(tmp_path.rglob("verified"))
    assert not verify.has_sum(path, known)


def test_another_size_is_another_file(archive):
    path, known = archive
    assert verify.has_sum(path, known)
    known.size = 8
    assert not verify.has_sum(path, known)
