"""Readers of other packages, called as those document it; packages may be missing, or hide each other."""

from __future__ import annotations

import gzip
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from fmnist_fast.benchmark import idx_readers
from fmnist_fast.benchmark.contests import CONTESTS

pytestmark = pytest.mark.once


def test_python_mnist_is_not_mnist(monkeypatch):
    """Both are imported as `mnist`, and only one of them has a reader there."""
    monkeypatch.setitem(sys.modules, "mnist", ModuleType("mnist"))
    assert CONTESTS["decode"].ways["mnist"].absent.startswith("AttributeError")


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_python_mnist_is_told_folder_and_names(tmp_path, monkeypatch, suffix):
    class Loader:
        def __init__(self, folder, return_type, gz):
            assert (folder, return_type, gz) == (str(tmp_path), "numpy", suffix == ".gz")

        def load(self, images, labels):
            assert images == str(tmp_path / "train-images-idx3-ubyte")
            assert labels == str(tmp_path / "train-labels-idx1-ubyte")
            return [[1, 2]], [3]

        def process_images(self, images):
            return np.array(images)

    monkeypatch.setattr(idx_readers, "load", lambda name: SimpleNamespace(MNIST=Loader))
    assert call("python-mnist", tmp_path / f"train-images-idx3-ubyte{suffix}").tolist() == [[1, 2]]


def test_mlxtend_is_told_both_files(tmp_path, monkeypatch):
    def both(images, labels):
        assert images == str(tmp_path / "train-images-idx3-ubyte")
        assert labels == str(tmp_path / "train-labels-idx1-ubyte")
        return np.array([[4]]), np.array([5])

    monkeypatch.setattr(idx_readers, "load", lambda name: SimpleNamespace(loadlocal_mnist=both))
    assert call("mlxtend", tmp_path / "train-images-idx3-ubyte").tolist() == [[4]]


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_mnist_reads_an_open_file(tmp_path, monkeypatch, suffix):
    path = tmp_path / f"images{suffix}"
    path.write_bytes(gzip.compress(b"content") if suffix else b"content")
    monkeypatch.setitem(sys.modules, "mnist", SimpleNamespace(parse_idx=lambda file: file.read()))
    assert call("mnist", path) == b"content"


def call(name, path):
    """What one of the readers makes of a file."""
    readers = idx_readers.GZIP_READERS if path.suffix else idx_readers.RAW_READERS
    return readers[name].make(SimpleNamespace(path=path))()
