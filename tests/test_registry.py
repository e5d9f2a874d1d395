"""Known datasets: the table is well formed, and content decides which file a file is."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from fmnist_fast.datasets import registry
from fmnist_fast.datasets.registry import DATASETS, FILES

pytestmark = pytest.mark.once
LIKE_MNIST = ("fashion-mnist", "mnist", "kmnist")


def test_sums_are_well_formed():
    for column, pattern in (
        ("md5", "[0-9a-f]{32}"),
        ("sha256", "[0-9a-f]{64}"),
        ("decoded_sha256", "[0-9a-f]{64}"),
    ):
        values = [value for known in FILES if (value := getattr(known, column)) is not None]
        assert len(set(values)) == len(values) >= 8
        assert all(re.fullmatch(pattern, value) for value in values)


@pytest.mark.parametrize("name", LIKE_MNIST)
def test_four_files(name):
    files = DATASETS[name].files
    assert {known.name for known in files} == {
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    }
    assert all(known.size and known.md5 and known.sha256 for known in files)


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_dataset_is_complete(dataset):
    for split in dataset.splits.values():
        assert split.images.shape[0] == split.labels.shape[0] >= len(split) > 0
        assert split.images.shape[1:] == (28, 28)
    assert len(set(dataset.classes)) == len(dataset.classes) >= 10
    mirrors = dataset.mirrors
    assert mirrors
    assert all(re.fullmatch(r"https?://\S+/", mirror) for mirror in mirrors)
    assert sorted(mirrors, key=lambda mirror: mirror.startswith("http:")) == list(mirrors), "HTTPS first"
    assert all(known.checksum for known in ([dataset.archive] if dataset.archive else dataset.files))
    for where, pairs in dataset.duplicates.items():
        assert all(0 <= one < other < len(dataset.splits[where]) for one, other in pairs)


def test_duplicates_of_fashion_mnist():
    duplicates = DATASETS["fashion-mnist"].duplicates
    assert {where: len(pairs) for where, pairs in duplicates.items()} == {"train": 43, "test": 1}


def test_emnist_has_six():
    classes = {name: len(dataset.classes) for name, dataset in DATASETS.items() if name.startswith("emnist-")}
    assert sorted(classes.values()) == [10, 10, 26, 47, 47, 62]
    assert DATASETS["emnist-letters"].first_label == 1
    assert len(DATASETS["qmnist"].splits["test50k"]) == 50_000


def test_identify():
    known = FILES[3]
    for value in (known.sha256, known.md5, known.decoded_sha256):
        assert registry.identify(value.upper()) is known
    assert str(known) == "Fashion-MNIST test labels"
    assert registry.identify("0" * 64) is None


def test_real_files_have_the_published_sums(real_folder: Path):
    """Both sums of one file in hand: whoever copied the table wrong would fail here."""
    by_md5 = {known.md5: known for known in FILES}
    found = 0
    for path in real_folder.rglob("*-ubyte.gz"):
        data = path.read_bytes()
        known = by_md5.get(hashlib.md5(data, usedforsecurity=False).hexdigest())
        if known:
            found += 1
            assert registry.identify(hashlib.sha256(data).hexdigest()) is known
            assert (known.size, known.name) == (len(data), path.name)
    if not found:
        pytest.skip("no published file there")
