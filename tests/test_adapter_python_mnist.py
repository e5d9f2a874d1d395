"""`adapters.python_mnist` beside python-mnist."""

from __future__ import annotations

import random

import numpy as np
import pytest
from builders import idx_bytes, idx_gz
from side_by_side import IMAGES, LABELS, assert_same, described, peer, write_folder

import fmnist_fast as ff
from fmnist_fast.adapters import python_mnist
from fmnist_fast.adapters.python_mnist import MNIST

MODES = ("vanilla", "randomly_binarized", "rounded_binarized")


@pytest.fixture(scope="module")
def theirs():
    module = peer("mnist")
    if not hasattr(module, "MNIST"):
        pytest.skip("mnist is another package of this name")
    return module


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path, raw=True)


def loaded(cls, call: str, path, **settings):
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002  (what the original draws from)
    reader = cls(str(path), **settings)
    result = getattr(reader, call)()
    kept = reader.train_images if call == "load_training" else reader.test_images
    assert kept is result[0]
    return result


@pytest.mark.parametrize("gz", [False, True])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", ["lists", "numpy"])
@pytest.mark.parametrize("call", ["load_training", "load_testing"])
def test_loading(theirs, folder, call, kind, mode, gz):
    settings = {"mode": mode, "return_type": kind, "gz": gz}
    assert_same(*(lambda cls=cls: loaded(cls, call, folder, **settings) for cls in (MNIST, theirs.MNIST)))


@pytest.mark.parametrize("size", [7, 20, 60, 1])
@pytest.mark.parametrize("kind", ["lists", "numpy"])
def test_batches(theirs, folder, kind, size):
    """Of 60 images: with a last one that is short, and with the empty one where the size divides 60."""
    assert_same(
        lambda: list(MNIST(str(folder), return_type=kind).load_training_in_batches(size)),
        lambda: list(theirs.MNIST(str(folder), return_type=kind).load_training_in_batches(size)),
    )


def test_batch_larger_than_the_data(folder):
    """The original goes on with empty rows, and once more from beyond the end."""
    batches = list(MNIST(folder, return_type="numpy").load_training_in_batches(100))
    assert [x.shape for x, y in batches] == [(60, 784)]


@pytest.mark.parametrize("batch", [None, [0, 5], [50, 10], (0, 5), [1]])
def test_load(theirs, folder, batch):
    paths = [str(folder / f"train-{name}-ubyte") for name in ("images-idx3", "labels-idx1")]
    assert_same(
        lambda: MNIST(return_type="numpy").load(*paths, batch=batch),
        lambda: theirs.MNIST(return_type="numpy").load(*paths, batch=batch),
    )


@pytest.mark.parametrize("kind", ["lists", "numpy"])
def test_emnist_is_turned(theirs, tmp_path, kind):
    for part, rows in (("train", slice(0, 20)), ("test", slice(20, 25))):
        (tmp_path / f"emnist-letters-{part}-images-idx3-ubyte.gz").write_bytes(idx_gz(IMAGES[rows]))
        (tmp_path / f"emnist-letters-{part}-labels-idx1-ubyte.gz").write_bytes(idx_gz(LABELS[rows]))

    def load(cls):
        reader = cls(str(tmp_path), return_type=kind)
        reader.select_emnist("letters")
        return reader.load_training(), reader.load_testing()

    assert_same(lambda: load(MNIST), lambda: load(theirs.MNIST))


@pytest.mark.parametrize("settings", [{"mode": "binary"}, {"return_type": "tuple"}])
def test_settings(theirs, settings):
    assert_same(lambda: MNIST(**settings), lambda: theirs.MNIST(**settings))


def test_wrong_files(theirs, folder):
    """Labels for images and the other way around; too few labels, in batches; no files."""
    names = ("train_img_fname", "train_lbl_fname")
    readers = MNIST(str(folder)), theirs.MNIST(str(folder))
    for reader in readers:
        files = [getattr(reader, name) for name in names]
        for name, file in zip(names, reversed(files), strict=True):
            setattr(reader, name, file)
    assert_same(*(reader.load_training for reader in readers))
    readers = MNIST(str(folder / "nowhere")), theirs.MNIST(str(folder / "nowhere"))
    assert_same(*(reader.load_testing for reader in readers))
    (folder / "train-labels-idx1-ubyte").write_bytes(idx_bytes(LABELS[:50]))
    for cls in (MNIST, theirs.MNIST):
        with pytest.raises(ValueError, match=r"60 images but 50 labels|not equal"):
            list(cls(str(folder)).load_training_in_batches(20))
        with pytest.raises(ValueError, match="must be a int"):
            next(cls(str(folder)).load_training_in_batches(20.0))


def test_short_files_are_errors(folder):
    """The original fills up with empty rows."""
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-784])
    with pytest.raises(ff.TruncatedError, match="train-images"):
        MNIST(folder).load_training()


@pytest.mark.parametrize("kind", ["lists", "numpy"])
def test_labels_in_the_type_of_choice(theirs, kind):
    found = [cls(return_type=kind).process_labels([1, 2]) for cls in (MNIST, theirs.MNIST)]
    assert_same(*(lambda labels=labels: labels for labels in found))


def test_display(theirs):
    image = IMAGES[3].reshape(-1).tolist()
    for settings in ({}, {"threshold": 30}, {"width": 14}):
        assert MNIST.display(image, **settings) == theirs.MNIST.display(image, **settings)


def test_install(theirs, folder):
    before = theirs.MNIST
    with python_mnist.install():
        from mnist.loader import MNIST as found

        assert found is theirs.MNIST is MNIST
    assert theirs.MNIST is before
    assert described(before(str(folder)).load_testing()) == described(MNIST(folder).load_testing())
