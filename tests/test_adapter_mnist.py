"""`adapters.mnist` beside the package mnist (datapythonista's)."""

from __future__ import annotations

import gzip
import io
import sys

import numpy as np
import pytest
from builders import DTYPES, idx_bytes, idx_gz, idx_header
from samples import array_of, same
from side_by_side import IMAGES, LABELS, assert_same, datapythonista, write_folder

from fmnist_fast.adapters import mnist as ours

CALLS = ("train_images", "train_labels", "test_images", "test_labels")
GOOD = idx_bytes(array_of("i4", (3, 4)))
BAD = (
    *(b"", b"\0\0\x08", b"\1" + GOOD[1:], GOOD[:2] + b"\x0a" + GOOD[3:]),
    *(GOOD[:-4], GOOD + bytes(4), b"<html></html>"),
)


@pytest.fixture(scope="module")
def theirs():
    return datapythonista()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(ours, "temporary_dir", lambda: str(tmp_path))
    return write_folder(tmp_path, raw=True)


@pytest.mark.parametrize("name", CALLS)
def test_the_four_calls(theirs, folder, name):
    theirs.temporary_dir = ours.temporary_dir
    assert_same(getattr(ours, name), getattr(theirs, name))


def test_what_the_four_calls_return(folder):
    for name, expected in zip(CALLS, (IMAGES[:60], LABELS[:60], IMAGES[60:], LABELS[60:]), strict=True):
        got = getattr(ours, name)()
        assert same(got, expected)
        assert got.flags.writeable


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "t10k-labels-idx1-ubyte.gz"])
def test_named_files(theirs, folder, name):
    for target in (None, str(folder)):
        theirs.temporary_dir = ours.temporary_dir
        assert_same(
            lambda target=target: ours.download_and_parse_mnist_file(name, target),
            lambda target=target: theirs.download_and_parse_mnist_file(name, target),
        )
    assert ours.download_file(name) == theirs.download_file(name)


@pytest.mark.parametrize("code", DTYPES)
@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4), (2, 1, 1, 3), (3, 0, 2)])
def test_parse(theirs, code, shape):
    data = idx_bytes(array_of(code, shape))
    assert_same(lambda: ours.parse_idx(io.BytesIO(data)), lambda: theirs.parse_idx(io.BytesIO(data)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\x08",
        b"\1" + GOOD[1:],
        GOOD[:2] + b"\x0a" + GOOD[3:],
        GOOD[:-4],
        GOOD + bytes(4),
        b"<html></html>",
    ],
)
def test_bad_data(theirs, data):
    assert_same(
        lambda: ours.parse_idx(io.BytesIO(data)), lambda: theirs.parse_idx(io.BytesIO(data)), "IdxDecodeError"
    )


@pytest.mark.parametrize("data", [idx_header(()), GOOD[:9], GOOD[:-1]])
def test_one_error_for_what_has_many_in_the_original(data):
    """There: TypeError for rank 0, `struct.error` for a header cut short, ValueError for half an item."""
    with pytest.raises(ours.IdxDecodeError):
        ours.parse_idx(io.BytesIO(data))


@pytest.mark.parametrize("damage", [lambda packed: packed[:-1], lambda packed: packed[:-8] + bytes(8)])
def test_damaged_gzip_is_the_builtin_that_it_is_there(theirs, tmp_path, monkeypatch, damage):
    (tmp_path / "labels.gz").write_bytes(damage(idx_gz(LABELS)))
    monkeypatch.setattr(theirs, "temporary_dir", lambda: str(tmp_path))
    monkeypatch.setattr(ours, "temporary_dir", lambda: str(tmp_path))
    with pytest.raises((EOFError, gzip.BadGzipFile)) as original:
        theirs.download_and_parse_mnist_file("labels.gz")
    with pytest.raises(type(original.value)):
        ours.download_and_parse_mnist_file("labels.gz")


def test_download(tmp_path, monkeypatch):
    source = write_folder(tmp_path / "source")
    monkeypatch.setattr(ours, "datasets_url", source.as_uri() + "/")
    monkeypatch.setattr(ours, "temporary_dir", lambda: str(tmp_path))
    assert np.array_equal(ours.train_labels(), LABELS[:60])
    name = "train-labels-idx1-ubyte.gz"
    (source / name).write_bytes(idx_gz(LABELS[:7]))
    assert len(ours.download_and_parse_mnist_file(name)) == 60
    assert len(ours.download_and_parse_mnist_file(name, force=True)) == 7
    with pytest.raises(OSError, match="nothing"):
        ours.download_file("nothing.gz")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source", name]


@pytest.mark.parametrize("behavior", ["cut", "chunks"])
def test_what_breaks_off_is_not_kept(tmp_path, monkeypatch, server, behavior):
    """Otherwise it would be found there ever after."""
    server.files["labels.gz"] = idx_gz(LABELS)
    monkeypatch.setattr(ours, "datasets_url", server.url("good"))
    assert ours.download_file("labels.gz", str(tmp_path)) == str(tmp_path / "labels.gz")
    monkeypatch.setattr(ours, "datasets_url", server.url(behavior))
    with pytest.raises(OSError, match="broke off before the end of http"):
        ours.download_file("labels.gz", str(tmp_path), force=True)
    assert (tmp_path / "labels.gz").read_bytes() == server.files["labels.gz"]


def test_install(theirs, tmp_path, monkeypatch):
    """The settings of the installed module count, as its users set those."""
    monkeypatch.setitem(sys.modules, "mnist", theirs)
    write_folder(tmp_path)
    before = theirs.parse_idx, theirs.train_images
    monkeypatch.setattr(theirs, "temporary_dir", lambda: str(tmp_path))
    with ours.install():
        assert theirs.parse_idx is ours.parse_idx
        assert np.array_equal(theirs.train_images(), IMAGES[:60])
    assert (theirs.parse_idx, theirs.train_images) == before


def test_install_without_the_library(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "mnist", raising=False)
    monkeypatch.setattr(sys, "path", [])
    write_folder(tmp_path)
    with ours.install():
        import mnist

        mnist.temporary_dir = lambda: str(tmp_path)
        assert np.array_equal(mnist.test_images(), IMAGES[60:])
    assert "mnist" not in sys.modules
