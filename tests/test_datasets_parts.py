"""Datasets: what is verified already, what has no checksum, archives that are gone."""

from __future__ import annotations

import hashlib
import os
import time
from types import SimpleNamespace

import numpy as np
import pytest

from fmnist_fast.datasets import _verified, fetch, find, verify

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("isolated")]


@pytest.fixture
def file(tmp_path):
    """A file that is old enough to be noted, and what is published of it."""
    path = tmp_path / "archive.zip"
    path.write_bytes(b"content")
    checksum = f"sha256:{hashlib.sha256(b'content').hexdigest()}"
    return str(path), SimpleNamespace(checksum=checksum, size=7)


def test_an_archive_is_verified_once(file, monkeypatch):
    path, known = file
    monkeypatch.setattr(_verified, "_TICK", -(10**12))
    assert not fetch._is_intact(path + ".none", known)
    assert fetch._is_intact(path, known)
    monkeypatch.setattr(fetch, "has_sum", lambda *arguments: pytest.fail("computed again"))
    assert fetch._is_intact(path, known)


def test_a_damaged_archive_is_not_noted(file):
    path, known = file
    with open(path, "r+b") as opened:
        opened.write(b"C")
    assert not fetch._is_intact(path, known)
    assert not _verified.is_noted(path, known)


def test_nothing_is_noted_of_what_has_no_checksum(file, tmp_path):
    path, known = file
    known.checksum = None
    os.utime(path, (time.time() - 100,) * 2)
    _verified.note(path, _verified.stamp(path), known)
    assert not list(tmp_path.rglob("verified"))
    assert not verify.has_sum(path, known)


def test_another_size_is_another_file(file):
    path, known = file
    known.size = 8
    assert not verify.has_sum(path, known)


def test_an_archive_that_is_gone(tmp_path):
    copy = find.Copy(str(tmp_path / "gone.zip"), "train-images-idx3-ubyte.gz", True)
    with pytest.raises(FileNotFoundError):
        copy.read(False)


def test_a_package_of_arrays_that_is_gone(tmp_path):
    np.savez(tmp_path / "x.npz", x_train=np.zeros(3, np.uint8))
    copy = find.Copy(str(tmp_path / "x.npz"), "x_train", True)
    assert copy.read(False).shape == (3,)
    (tmp_path / "x.npz").unlink()
    with pytest.raises(FileNotFoundError):
        copy.read(False)
