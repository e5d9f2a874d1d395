"""The dataset of the classifier benchmark: found, named by its content, cut by class, scaled and shared."""

from __future__ import annotations

import lzma
import shutil

import numpy as np
import pytest
from benchmark_data import write_small

import fmnist_fast as ff
from fmnist_fast.errors import DatasetError, MismatchError

pytest.importorskip("sklearn", reason="scikit-learn is not installed")
from fmnist_fast.baselines.data import load_dataset, share, shared

pytestmark = pytest.mark.once
NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_small(tmp_path_factory.mktemp("small"), 200, 50)


def test_four_files(folder):
    dataset = load_dataset(folder)
    images, labels = ff.load_mnist(folder)
    assert np.array_equal(dataset.train_images, images)
    assert np.array_equal(dataset.train_labels, labels)
    assert (len(dataset.test_images), len(dataset.test_labels)) == (50, 50)
    assert (dataset.facts["name"], dataset.facts["known"]) == (folder.name, False)
    assert len(dataset.facts["files"]) == 4


def test_the_checksum_is_of_the_content(folder, tmp_path):
    """How files are packed and named does not matter, one pixel does."""
    expected = load_dataset(folder).facts["sha256"]
    for path in folder.iterdir():
        name = path.name.removesuffix(".gz").replace("-idx", ".idx")
        ff.write_idx(tmp_path / name, ff.read_idx(path))
    assert load_dataset(tmp_path).facts["sha256"] == expected
    labels = tmp_path / "t10k-labels.idx1-ubyte"
    labels.with_name(f"{labels.name}.xz").write_bytes(lzma.compress(labels.read_bytes()))
    labels.unlink()
    assert load_dataset(tmp_path).facts["sha256"] == expected
    images = ff.read_idx(tmp_path / "t10k-images.idx3-ubyte")
    images[3, 4, 5] ^= 1
    ff.write_idx(tmp_path / "t10k-images.idx3-ubyte", images)
    assert load_dataset(tmp_path).facts["sha256"] != expected


def test_a_name_is_not_proof(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "fashion-mnist")
    facts = load_dataset(copy).facts
    assert (facts["name"], facts["known"]) == ("fashion-mnist (not verified)", False)


def test_subsets_keep_the_share_of_each_class(folder):
    dataset = load_dataset(folder, train=100, test=30, seed=4)
    assert np.bincount(dataset.train_labels).tolist() == [10] * 10
    assert np.bincount(dataset.test_labels).tolist() == [3] * 10
    again = load_dataset(folder, train=100, test=30, seed=4)
    assert np.array_equal(again.train_images, dataset.train_images)
    other = load_dataset(folder, train=100, test=30, seed=5)
    assert not np.array_equal(other.train_images, dataset.train_images)
    assert other.facts["sha256"] == dataset.facts["sha256"]


def test_one_pair_is_split(folder, tmp_path):
    """Whatever the two files are called, no row is on both sides, and each class keeps its share.

    The cache that `read_idx` leaves beside a file is no second file.
    """
    images = np.arange(200, dtype=np.uint8).repeat(4).reshape(200, 2, 2)
    ff.write_idx(tmp_path / "my-images-ubyte", images)
    ff.write_idx(tmp_path / "my-labels-ubyte.gz", (np.arange(200) % 10).astype(np.uint8))
    ff.read_idx(tmp_path / "my-labels-ubyte.gz", cache=True)
    dataset = load_dataset(tmp_path, train=120, test=60)
    assert not set(dataset.train_images[:, 0]) & set(dataset.test_images[:, 0])
    assert np.bincount(dataset.train_labels).tolist() == [12] * 10
    assert np.bincount(dataset.test_labels).tolist() == [6] * 10
    assert np.array_equal(dataset.train_images[:, 0] % 10, dataset.train_labels)
    assert load_dataset(tmp_path, test=60).facts["train"] == 140
    with pytest.raises(DatasetError, match=r"there are no test files here; test \(--test\)"):
        load_dataset(tmp_path)
    with pytest.raises(DatasetError, match="190 rows were asked for, there are 140"):
        load_dataset(tmp_path, train=190, test=60)


def test_bad_folders(folder, tmp_path):
    with pytest.raises(DatasetError, match="no such folder"):
        load_dataset(tmp_path / "missing")
    with pytest.raises(DatasetError, match="expected the four files"):
        load_dataset(tmp_path)
    copy = shutil.copytree(folder, tmp_path / "copy")
    shutil.copy(copy / "t10k-labels-idx1-ubyte.gz", copy / "train-labels-idx1-ubyte.gz")
    with pytest.raises(MismatchError, match=r"a label for each, found uint8 \(200, 28, 28\)"):
        load_dataset(copy)


def test_shared_arrays(folder, tmp_path):
    """What processes map is what StandardScaler makes of it, and cannot be written to."""
    from sklearn.preprocessing import StandardScaler

    dataset = load_dataset(folder)
    share(dataset, tmp_path)
    scaler = StandardScaler().fit(dataset.train_images)
    for split in ("train", "test"):
        images = getattr(dataset, f"{split}_images")
        mapped = shared(tmp_path, split, "scaled")
        assert isinstance(mapped, np.memmap)
        assert not mapped.flags.writeable
        np.testing.assert_allclose(mapped, scaler.transform(images), rtol=0, atol=1e-12)
        assert np.array_equal(shared(tmp_path, split, "images"), images)
        assert np.array_equal(shared(tmp_path, split, "labels"), getattr(dataset, f"{split}_labels"))


def test_real_images(real_folder):
    if not (real_folder / "fashion900").is_dir():
        pytest.skip("no fashion900 here")
    dataset = load_dataset(real_folder / "fashion900", train=700, test=200)
    assert np.bincount(dataset.train_labels).tolist() == [70] * 10
    assert np.bincount(dataset.test_labels).tolist() == [20] * 10
    assert dataset.facts["name"] == "fashion900"


def test_splits_of_different_sizes(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    count = ff.read_idx(copy / "t10k-labels-idx1-ubyte.gz").size
    ff.write_idx(copy / "t10k-images-idx3-ubyte.gz", np.zeros((count, 5, 5), np.uint8))
    with pytest.raises(MismatchError, match="different sizes: 784 and 25 pixels"):
        load_dataset(copy)


def test_more_rows_to_test_on_than_there_are(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("t10k-*"))
    count = ff.read_idx(copy / "train-labels-idx1-ubyte.gz").size
    with pytest.raises(DatasetError, match=f"{count} rows to test on were asked for, there are {count}"):
        load_dataset(copy, test=count)
