"""`adapters.mlxtend` beside mlxtend."""

from __future__ import annotations

import pytest
from builders import idx_bytes
from samples import same
from side_by_side import IMAGES, LABELS, assert_same, peer, write_folder

import fmnist_fast as ff
from fmnist_fast.adapters import mlxtend as ours

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")


@pytest.fixture(scope="module")
def theirs():
    return peer("mlxtend.data")


@pytest.fixture
def paths(tmp_path):
    write_folder(tmp_path, raw=True)
    return [str(tmp_path / name) for name in FILES]


def test_result(theirs, paths):
    assert_same(lambda: ours.loadlocal_mnist(*paths), lambda: theirs.loadlocal_mnist(*paths))
    keywords = dict(zip(("images_path", "labels_path"), paths, strict=True))
    assert_same(lambda: ours.loadlocal_mnist(**keywords), lambda: theirs.loadlocal_mnist(**keywords))


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_result_by_itself(paths, suffix):
    images, labels = ours.loadlocal_mnist(*(path + suffix for path in paths))
    assert same(images, IMAGES[:60].reshape(60, 784))
    assert same(labels, LABELS[:60])
    assert images.flags.writeable
    assert labels.flags.writeable


@pytest.mark.parametrize(("which", "array"), [(0, IMAGES[:50]), (1, LABELS[:50]), (0, IMAGES[:60, :, :27])])
def test_errors(theirs, paths, which, array):
    with open(paths[which], "wb") as file:
        file.write(idx_bytes(array))
    assert_same(lambda: ours.loadlocal_mnist(*paths), lambda: theirs.loadlocal_mnist(*paths))
    with pytest.raises(ff.MismatchError):
        ours.loadlocal_mnist(*paths)
    assert_same(
        lambda: ours.loadlocal_mnist("nowhere", paths[1]), lambda: theirs.loadlocal_mnist("nowhere", paths[1])
    )


def test_install(theirs):
    from mlxtend.data import local_mnist

    before = theirs.loadlocal_mnist
    with ours.install():
        assert theirs.loadlocal_mnist is local_mnist.loadlocal_mnist is ours.loadlocal_mnist
    assert theirs.loadlocal_mnist is local_mnist.loadlocal_mnist is before
