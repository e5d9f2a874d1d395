"""`adapters.grain` is a data source by Grain's own protocol, and gives its loaders what a list would."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from side_by_side import IMAGES, LABELS, described, peer

import fmnist_fast as ff
from fmnist_fast.adapters.grain import DataSource

pytestmark = pytest.mark.once
SETTINGS = {"normalize": (0.286, 0.353), "shape": (28, 28, 1)}


@pytest.fixture
def source():
    return DataSource(IMAGES, LABELS, **SETTINGS)


@pytest.fixture
def rows():
    """The same elements in a list, which is a data source too."""
    images = ff.normalize(IMAGES, 0.286, 0.353).reshape(70, 28, 28, 1)
    return [{"image": image, "label": np.int64(label)} for image, label in zip(images, LABELS, strict=True)]


def plain(element):
    return {key: described(np.asarray(value)) for key, value in element.items()}


def test_elements(source, rows):
    assert len(source) == len(rows)
    for index in (0, 7, np.int64(69)):
        assert plain(source[index]) == plain(rows[index])
    assert list(map(plain, source._getitems([5, 5, 3]))) == [plain(rows[k]) for k in (5, 5, 3)]
    assert list(DataSource(IMAGES)[3]) == ["image"]
    for index in (70, -1):
        with pytest.raises(IndexError):
            source[index]
    with pytest.raises(ff.MismatchError):
        DataSource(IMAGES, LABELS[1:])
    with pytest.raises(ValueError, match=r"whole numbers, not 0\.5"):
        DataSource(IMAGES, LABELS + 0.5)
    assert DataSource(IMAGES, LABELS.astype("f4"))[3]["label"] == LABELS[3]


def test_pickle_and_repr(source):
    again = pickle.loads(pickle.dumps(source))
    assert plain(again[3]) == plain(source[3])
    assert repr(again) == repr(source)
    assert repr(source) != repr(DataSource(IMAGES, LABELS))


@pytest.mark.parametrize("settings", [{}, {"dtype": "f8"}, SETTINGS, {**SETTINGS, "dtype": "f2"}])
@pytest.mark.parametrize("code", ["u1", "i2", "f4"])
def test_pickle_whatever_is_converted(code, settings):
    source = DataSource(IMAGES.astype(code), LABELS, **settings)
    assert plain(pickle.loads(pickle.dumps(source))[3]) == plain(source[3])


def test_protocol(source):
    assert isinstance(source, peer("grain").sources.RandomAccessDataSource)


def test_dataset(source, rows):
    grain = peer("grain")
    found, expected = (
        grain.MapDataset.source(data).shuffle(seed=3).batch(16).to_iter_dataset() for data in (source, rows)
    )
    assert list(map(plain, found)) == list(map(plain, expected))


def test_data_loader(source, rows):
    grain = peer("grain")

    def elements(data):
        sampler = grain.samplers.IndexSampler(len(data), shuffle=True, seed=3, num_epochs=1)
        batch = [grain.transforms.Batch(16)]
        return list(map(plain, grain.DataLoader(data_source=data, sampler=sampler, operations=batch)))

    assert elements(source) == elements(rows)
