"""`load`: names, splits, what belongs together, and the shapes of QMNIST and EMNIST."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from builders import idx_bytes
from toy_datasets import ARRAYS, TOY, describe, fill, packed

import fmnist_fast as ff
from fmnist_fast.datasets import registry
from fmnist_fast.datasets.registry import DATASETS, Dataset, KnownFile, Split

pytestmark = pytest.mark.usefixtures("isolated")


def write(folder, name, array):
    folder.mkdir(exist_ok=True, parents=True)
    (folder / name).write_bytes(packed(array))


@pytest.mark.once
@pytest.mark.parametrize("name", ["FashionMNIST", "fashion_mnist", "FASHION-MNIST", "fashion mnist"])
def test_spellings(name):
    assert registry.find_dataset(name) is DATASETS["fashion-mnist"]


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "split", "words"),
    [
        (5, "train", "name must be a str or a Dataset, not int"),
        (None, "train", "name must be a str or a Dataset, not NoneType"),
        ("mnist", 5, "split must be a str or a sequence of str, not 5"),
        ("mnist", ["train", 5], r"split must be a str or a sequence of str, not \['train', 5\]"),
        ("mnist", b"train", "split must be a str or a sequence of str, not b'train'"),
    ],
)
def test_names_of_another_kind(name, split, words):
    with pytest.raises(TypeError, match=words):
        ff.load(name, split)


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "split", "words"),
    [
        (
            "fashion-mnis",
            "train",
            ["unknown dataset: 'fashion-mnis'", "kmnist", "did you mean 'fashion-mnist'?"],
        ),
        ("cifar", "train", ["unknown dataset: 'cifar'", "emnist-letters"]),
        ("mnist", "tets", ["unknown split of MNIST: 'tets'; there are train, test; did you mean 'test'?"]),
        ("qmnist", "validation", ["unknown split of QMNIST: 'validation'", "test10k, test50k, nist"]),
    ],
)
def test_unknown_names(name, split, words):
    with pytest.raises(ff.DatasetError) as caught:
        ff.load(name, split)
    assert all(word in str(caught.value) for word in words)


def test_several_splits_together(tmp_path):
    fill(tmp_path)
    (x, y), (u, v) = ff.load(TOY, ["train", "test"], root=tmp_path)
    assert [len(array) for array in (x, y, u, v)] == [12, 12, 6, 6]
    assert np.array_equal(u, ARRAYS["t10k-images-idx3-ubyte"])


@pytest.mark.once
def test_not_found_says_where_and_what(isolated, tmp_path):
    with pytest.raises(ff.DatasetError) as caught:
        ff.load("fashion-mnist", root=tmp_path / "none", download=False)
    message = str(caught.value)
    for words in ("train-images-idx3-ubyte.gz", "none (no such folder)", "fmnist-fast fetch fashion-mnist"):
        assert words in message
    with pytest.raises(ff.DatasetError) as caught:
        ff.load("fashion-mnist", download=False)
    for folder in (".keras", "scikit_learn_data", "data"):
        assert folder in str(caught.value)


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (np.zeros((3, 4, 4), np.uint8), np.zeros(2, np.uint8), "3 images but 2 labels"),
        (np.zeros((3, 4, 4), np.uint8), np.array([0, 3, 1], np.uint8), "label 3 at index 1 is out of range"),
        (np.zeros((3, 4, 4), np.uint8), np.array([0, -1, 1], np.int8), "label -1 at index 1 is out of range"),
        (np.zeros((3, 4, 4), np.int16), np.zeros(3, np.uint8), "these are int16 of rank 3"),
        (np.zeros((3, 16), np.uint8), np.zeros(3, np.uint8), "these are uint8 of rank 2"),
        (np.zeros((3, 4, 4), np.uint8), np.zeros(3, np.float32), r"these are float32 \(3,\)"),
        (np.zeros((3, 4, 4), np.uint8), np.zeros((3, 0), np.uint8), r"these are uint8 \(3, 0\)"),
    ],
)
def test_what_does_not_belong_together(tmp_path, images, labels, words):
    write(tmp_path, "train-images-idx3-ubyte.gz", images)
    write(tmp_path, "train-labels-idx1-ubyte.gz", labels)
    with pytest.raises(ff.MismatchError, match=rf"train-labels-idx1-ubyte.gz: Toy-MNIST: .*{words}"):
        ff.load(TOY, root=tmp_path, verify=False)


def test_empty(tmp_path):
    write(tmp_path, "train-images-idx3-ubyte.gz", np.zeros((0, 4, 4), np.uint8))
    write(tmp_path, "train-labels-idx1-ubyte.gz", np.zeros(0, np.uint8))
    images, labels = ff.load(TOY, root=tmp_path, verify=False)
    assert (images.shape, labels.shape) == ((0, 4, 4), (0,))


@pytest.mark.parametrize("verify", [False, True])
def test_half_a_file_in_a_folder_of_yours(tmp_path, verify):
    fill(tmp_path)
    name = tmp_path / "train-images-idx3-ubyte.gz"
    name.write_bytes(name.read_bytes()[:90])
    with pytest.raises(ff.TruncatedError, match="train-images"):
        ff.load(TOY, root=tmp_path, verify=verify)


def _like_qmnist(labels: np.ndarray) -> Dataset:
    images = np.zeros((len(labels), 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(len(labels))

    def known(kind, name, array):
        md5 = hashlib.md5(packed(array), usedforsecurity=False).hexdigest()
        facts = {"dataset": "toy-q", "title": "Toy-Q", "split": "test", "kind": kind, "name": name}
        return KnownFile(**facts, shape=array.shape, dtype=str(array.dtype), md5=md5)

    files = (
        known("images", "q-test-images-idx3-ubyte.gz", images),
        known("labels", "q-test-labels-idx2-int.gz", labels),
    )
    splits = {"test": Split(*files), "first": Split(*files, 0, 4), "rest": Split(*files, 4)}
    return replace(TOY, name="toy-q", title="Toy-Q", splits=splits, classes=tuple("0123456789")), images


def test_labels_of_eight_columns(tmp_path):
    labels = np.arange(80, dtype=np.int32).reshape(10, 8)
    labels[:, 0] = np.arange(10)
    dataset, images = _like_qmnist(labels)
    write(tmp_path / "toy_q", "q-test-images-idx3-ubyte.gz", images)
    write(tmp_path / "toy_q", "q-test-labels-idx2-int.gz", labels)
    x, y = ff.load(dataset, "test", root=tmp_path)
    assert (y.dtype, y.shape) == (np.uint8, (10,))
    assert np.array_equal(y, labels[:, 0])
    _, full = ff.load(dataset, "test", root=tmp_path, extended=True)
    assert full.dtype == np.int32
    assert np.array_equal(full, labels)
    for split, rows in (("first", slice(0, 4)), ("rest", slice(4, None))):
        u, v = ff.load(dataset, split, root=tmp_path)
        assert np.array_equal(u, x[rows])
        assert np.array_equal(v, labels[rows, 0])
        assert len(dataset.splits[split]) == len(v)
    (tmp_path / "toy_q" / "q-test-labels-idx2-int").write_bytes(idx_bytes(labels))
    (tmp_path / "toy_q" / "q-test-labels-idx2-int.gz").unlink()
    assert np.array_equal(ff.load(dataset, "test", root=tmp_path)[1], y)


@pytest.mark.parametrize("shape", [(4, 4), (3, 5)])
def test_transposed_images(tmp_path, shape, rng):
    made = {
        "train-images-idx3-ubyte": rng.integers(0, 256, (5000, *shape), np.uint8),
        "train-labels-idx1-ubyte": np.ones(5000, np.uint8),
        "t10k-images-idx3-ubyte": np.zeros((0, *shape), np.uint8),
        "t10k-labels-idx1-ubyte": np.zeros(0, np.uint8),
    }
    dataset = describe("toy-e", "Toy-E", made, transposed=True, first_label=1)
    fill(tmp_path, made)
    stored = made["train-images-idx3-ubyte"]
    upright, labels = ff.load(dataset, root=tmp_path)
    assert np.array_equal(upright, stored.swapaxes(1, 2))
    assert upright.flags.c_contiguous
    assert labels.max() == 1
    as_stored, _ = ff.load(dataset, root=tmp_path, upright=False)
    assert np.array_equal(as_stored, stored)
    again, _ = ff.load(dataset, root=tmp_path)  # the cache holds what the file holds
    assert np.array_equal(again, upright)


@pytest.mark.once
def test_emnist_letters_start_at_one(tmp_path):
    made = {
        "emnist-letters-test-images-idx3-ubyte.gz": np.zeros((2, 28, 28), np.uint8),
        "emnist-letters-test-labels-idx1-ubyte.gz": np.array([1, 26], np.uint8),
    }
    for name, array in made.items():
        write(tmp_path / "EMNIST" / "raw", name, array)
    _, labels = ff.load("emnist-letters", "test", root=tmp_path, verify=False)
    assert labels.tolist() == [1, 26]
    with pytest.raises(ff.DatasetError, match=r"holds uint8 \(2, 28, 28\), but EMNIST letters test images"):
        ff.load("emnist-letters", "test", root=tmp_path)
    write(
        tmp_path / "EMNIST" / "raw", "emnist-letters-test-labels-idx1-ubyte.gz", np.array([0, 26], np.uint8)
    )
    with pytest.raises(ff.MismatchError, match="label 0 at index 0 is out of range; there are 1 to 26"):
        ff.load("emnist-letters", "test", root=tmp_path, verify=False)
