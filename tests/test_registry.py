"""Known files: the table is well formed, and content decides which one a file is."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from fmnist_fast.datasets import registry

pytestmark = pytest.mark.once


def test_table_is_well_formed():
    assert len(registry.FILES) == 12
    for column, pattern in (("md5", "[0-9a-f]{32}"), ("sha256", "[0-9a-f]{64}")):
        values = [getattr(known, column) for known in registry.FILES]
        assert len(set(values)) == 12
        assert all(re.fullmatch(pattern, value) for value in values)
    assert {known.name for known in registry.FILES} == {
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    }
    assert len(registry.FASHION_MNIST_CLASSES) == 10


def test_identify():
    known = registry.FILES[3]
    assert registry.identify(known.sha256.upper()) is known
    assert str(known) == "Fashion-MNIST test labels"
    assert registry.identify("0" * 64) is None


def test_real_files_have_the_published_sums(real_folder: Path):
    """Both sums of one file in hand: whoever copied the table wrong would fail here."""
    by_md5 = {known.md5: known for known in registry.FILES}
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
