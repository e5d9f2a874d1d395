"""`load_mnist` gives what the Fashion-MNIST repository's `mnist_reader` documents, but checks what it reads.

The reader is restated here from its documented behavior: labels from byte 8, images from byte 16, 784
columns. It looks at no header, so files that it gets wrong are errors here.
"""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from builders import gzip_member, idx_bytes, idx_gz
from samples import images, same

import fmnist_fast as ff

IMAGES = images(70)
LABELS = np.arange(70, dtype="u1") % 10


def restated(folder, kind: str = "train"):
    """What the documentation of `mnist_reader` promises, without its checks (it has none)."""
    with gzip.open(folder / f"{kind}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read()[8:], np.uint8)
    with gzip.open(folder / f"{kind}-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read()[16:], np.uint8)
    return pixels.reshape(len(labels), 784), labels


@pytest.fixture
def folder(tmp_path):
    for kind, step in (("train", 1), ("t10k", 7)):
        (tmp_path / f"{kind}-images-idx3-ubyte.gz").write_bytes(idx_gz(IMAGES[::step]))
        (tmp_path / f"{kind}-labels-idx1-ubyte.gz").write_bytes(idx_gz(LABELS[::step]))
    return tmp_path


@pytest.mark.parametrize("kind", ["train", "t10k"])
@pytest.mark.parametrize("make", [str, lambda folder: folder], ids=["str", "Path"])
def test_same_result(folder, kind, make):
    got = ff.load_mnist(make(folder), kind=kind)
    expected = restated(folder, kind)
    assert isinstance(got, tuple)
    assert all(same(a, b) for a, b in zip(got, expected, strict=True))
    assert got[0].shape == (len(got[1]), 784)


def test_train_is_the_default(folder):
    assert len(ff.load_mnist(folder)[1]) == 70
    assert len(ff.load_mnist(folder, "t10k")[1]) == 10


def test_arrays_are_writable(folder):
    """Those of the original are not, which surprises everyone who normalizes in place."""
    pixels, labels = ff.load_mnist(folder)
    pixels += 1
    labels += 1


def test_unpacked_files_will_do(folder):
    for path in list(folder.iterdir()):
        (folder / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    assert np.array_equal(ff.load_mnist(folder)[0], IMAGES.reshape(70, 784))


def test_missing_files(folder):
    with pytest.raises(FileNotFoundError, match="test-"):
        ff.load_mnist(folder, kind="test")
    with pytest.raises(FileNotFoundError):
        ff.load_mnist(folder / "nowhere")
    (folder / "train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(FileNotFoundError, match="train-labels"):
        ff.load_mnist(folder)


@pytest.mark.parametrize("count", [0, 1, 69, 71, 140])
def test_numbers_that_differ(folder, count):
    (folder / "train-labels-idx1-ubyte.gz").write_bytes(idx_gz(np.resize(LABELS, count)))
    with pytest.raises(ff.MismatchError) as info:
        ff.load_mnist(folder)
    assert "70" in str(info.value)
    assert str(count) in str(info.value)


def test_images_and_labels_swapped(folder):
    pixels, labels = (folder / f"train-{name}.gz" for name in ("images-idx3-ubyte", "labels-idx1-ubyte"))
    content = pixels.read_bytes()
    pixels.write_bytes(labels.read_bytes())
    labels.write_bytes(content)
    with pytest.raises((ff.FormatError, ff.MismatchError)):
        ff.load_mnist(folder)


@pytest.mark.parametrize(
    "array", [images(70, 32, 32), IMAGES.astype("f4"), IMAGES.reshape(70, 784), IMAGES.astype("i1")]
)
def test_other_images(folder, array):
    """The original takes float32 images of 14 x 14 without a word, as noise."""
    (folder / "train-images-idx3-ubyte.gz").write_bytes(idx_gz(array))
    with pytest.raises((ff.FormatError, ff.MismatchError)):
        ff.load_mnist(folder)


def test_other_shapes_of_784_pixels_are_flattened(folder):
    (folder / "train-images-idx3-ubyte.gz").write_bytes(idx_gz(IMAGES.reshape(70, 16, 49)))
    assert np.array_equal(ff.load_mnist(folder)[0], IMAGES.reshape(70, 784))


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"])
def test_damaged_files_are_named(folder, name):
    path = folder / name
    good = path.read_bytes()
    for data, error in (
        (good[:-1], ff.TruncatedError),
        (good[:-8] + bytes(8), ff.CorruptDataError),
        (b"<html>not found</html>", ff.FormatError),
        (gzip_member(idx_bytes(LABELS)[:-1]), ff.TruncatedError),
    ):
        path.write_bytes(data)
        with pytest.raises(error, match=name.split(".")[0]):
            ff.load_mnist(folder)
