"""Small files in the place of the published ones, for `fmnist_fast.load` to find and to verify."""

from __future__ import annotations

import pytest
from side_by_side import IMAGES, LABELS
from toy_datasets import describe, fill

from fmnist_fast.datasets.registry import DATASETS

ROWS = {"train": slice(0, 60), "test": slice(60, None)}
NAMES = ("fashion-mnist", "mnist", "kmnist")


def pair(name: str = "fashion-mnist", split: str = "train"):
    """What there is: the first 60 images, or the other ten; another dataset is another brightness."""
    return IMAGES[ROWS[split]] // (1 + NAMES.index(name)), LABELS[ROWS[split]].copy()


@pytest.fixture
def small_datasets(isolated, monkeypatch):
    """Describe such files under the names of datasets, and put them where they are looked for."""
    for name in NAMES:
        made = {}
        for split, half in (("train", "train"), ("test", "t10k")):
            made[f"{half}-images-idx3-ubyte"], made[f"{half}-labels-idx1-ubyte"] = pair(name, split)
        fill(isolated / "data" / name, made)
        known = DATASETS[name]
        monkeypatch.setitem(DATASETS, name, describe(name, known.title, made, classes=known.classes))
