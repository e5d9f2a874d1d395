"""`adapters.datasets`: a Hugging Face dataset with the features and items of one made from PNG files."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from published import small_datasets  # noqa: F401  (a fixture)
from side_by_side import IMAGES, LABELS, assert_same, peer

import fmnist_fast as ff

hugging = peer("datasets")
from PIL import Image  # noqa: E402

from fmnist_fast.adapters import datasets as ours  # noqa: E402

pytestmark = [
    pytest.mark.once,
    pytest.mark.usefixtures("small_datasets"),
    pytest.mark.skipif(sys.platform == "win32", reason="the cache of datasets keeps files open"),
]
FASHION = "zalando-datasets/fashion_mnist"


@pytest.fixture(scope="module")
def theirs():
    """The same rows, as the parquet files of the published dataset hold them."""
    features = hugging.Features(
        {"image": hugging.Image(), "label": hugging.ClassLabel(names=[str(digit) for digit in range(10)])}
    )
    files = []
    for pixels in IMAGES:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        files.append({"bytes": file.getvalue(), "path": None})
    return hugging.Dataset.from_dict({"image": files, "label": LABELS.tolist()}, features=features)


@pytest.fixture
def found():
    return ours.from_arrays(IMAGES, LABELS)


def item(row):
    image = row["image"]
    assert isinstance(image, Image.Image)
    return image.mode, image.size, np.asarray(image), row["label"], sorted(row)


def test_rows(found, theirs):
    assert type(found) is type(theirs)
    assert found.features == theirs.features
    assert found.num_rows == theirs.num_rows
    assert_same(*(lambda rows=rows: [item(rows[k]) for k in range(70)] for rows in (found, theirs)))
    assert_same(*(lambda rows=rows: rows[3:6]["label"] for rows in (found, theirs)))


@pytest.mark.parametrize("form", ["numpy", "torch", "jax"])
def test_formats(found, theirs, form):
    peer(form)
    assert_same(
        *(
            lambda rows=rows: [np.asarray(part) for part in rows.with_format(form)[:9].values()]
            for rows in (found, theirs)
        )
    )


def test_what_people_do_with_it(found, theirs, tmp_path):
    for rows in (found, theirs):
        assert len(rows.filter(lambda row: row["label"] == 3, keep_in_memory=True)) == (LABELS == 3).sum()
        assert rows.features["label"].int2str(rows[1]["label"]) == str(LABELS[1])
    found.to_parquet(tmp_path / "rows.parquet")
    again = hugging.Dataset.from_parquet(str(tmp_path / "rows.parquet"), cache_dir=str(tmp_path))
    assert again.features == theirs.features
    assert_same(lambda: item(again[5]), lambda: item(theirs[5]))
    with pytest.raises(IndexError):
        found[70]


def test_chunks(found, monkeypatch):
    monkeypatch.setattr(ours, "_CHUNK", 20_000)
    parts = ours.from_arrays(IMAGES, LABELS)
    assert parts.data.column("image").num_chunks == 4
    assert_same(lambda: [item(row) for row in parts], lambda: [item(row) for row in found])


def test_empty():
    assert ours.from_arrays(IMAGES[:0], LABELS[:0]).num_rows == 0


@pytest.mark.parametrize("path", [FASHION, "fashion_mnist", "ylecun/mnist"])
def test_load_dataset(path):
    both = ours.load_dataset(path)
    assert {part: rows.num_rows for part, rows in both.items()} == {"train": 60, "test": 10}
    assert isinstance(both, hugging.DatasetDict)
    assert ours.load_dataset(path, split="test")[0]["label"] == LABELS[60]
    first = {FASHION: "T - shirt / top", "fashion_mnist": "T - shirt / top"}.get(path, "0")
    assert both["train"].features["label"].names[0] == first


def test_everything_else_is_theirs(monkeypatch):
    asked = []
    monkeypatch.setattr(
        "datasets.load.load_dataset", lambda *given, **options: asked.append((given, options))
    )
    ours.load_dataset("imdb", split="train")
    ours.load_dataset("mnist", split="train[:10%]")
    ours.load_dataset("mnist", streaming=True)
    assert asked == [
        (("imdb", None), {"split": "train"}),
        (("mnist", None), {"split": "train[:10%]"}),
        (("mnist", None), {"split": None, "streaming": True}),
    ]


@pytest.mark.parametrize(
    ("images", "labels", "error"),
    [
        (IMAGES, LABELS[:69], ff.MismatchError),
        (IMAGES, LABELS + 1, ff.MismatchError),
        (IMAGES, LABELS.astype("i4") - 1, ff.MismatchError),
        (IMAGES, LABELS / 2, ValueError),
        (IMAGES.astype("f4"), LABELS, ff.FormatError),
        (IMAGES.reshape(70, 784), LABELS, ff.FormatError),
    ],
)
def test_errors(images, labels, error):
    with pytest.raises(error):
        ours.from_arrays(images, labels)


def test_install():
    before = hugging.load_dataset
    with ours.install():
        assert hugging.load_dataset("mnist", split="test").num_rows == 10
    assert hugging.load_dataset is before
