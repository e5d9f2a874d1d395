"""Synthetic garments: repeatable, balanced, as compressible as the real ones, and learnable."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
import tokens

from fmnist_fast.datasets.synthetic import CHUNK, sample

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def garments() -> tuple[np.ndarray, np.ndarray]:
    return sample(4000)


@pytest.mark.parametrize("count", [0, 1, 9, 10, 123])
def test_shapes(count):
    images, labels = sample(count)
    assert (images.shape, images.dtype) == ((count, 28, 28), np.uint8)
    assert (labels.shape, labels.dtype) == ((count,), np.uint8)


def test_seed_decides():
    first, again, other = sample(200, seed=3), sample(200, seed=3), sample(200, seed=4)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_splits_differ():
    assert not np.array_equal(sample(200)[0], sample(200, split="t10k")[0])


def test_no_two_garments_are_alike(garments):
    images, _ = garments
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == len(images)


def test_classes_are_balanced(garments):
    assert np.bincount(garments[1]).tolist() == [400] * 10
    assert np.bincount(sample(CHUNK + 15)[1], minlength=10).max() == (CHUNK + 20) // 10


def test_progress_adds_up():
    steps = []
    sample(2 * CHUNK + 7, progress=steps.append)
    assert steps == [CHUNK, CHUNK, 7]


@pytest.mark.parametrize("arguments", [{"count": -1}, {"count": 1, "seed": -1}, {"count": 1, "split": "x"}])
def test_arguments_are_checked(arguments):
    with pytest.raises(ValueError, match="must be"):
        sample(**arguments)


def test_every_garment_is_there(garments):
    """Not empty, not full, on black, with dark and bright ones of each class."""
    images, labels = garments
    covered = (images > 0).mean(axis=(1, 2))
    assert covered.min() > 0.02
    assert covered.max() < 0.9
    for label in range(10):
        tones = np.array([image[image > 0].mean() for image in images[labels == label]])
        assert np.percentile(tones, 10) < 100
        assert np.percentile(tones, 90) > 150
    assert (images[:, :, [0, -1]] == 0).mean() > 0.9


def test_compression_is_that_of_the_real_files(garments):
    """Real training images at level 9: ratio 1.85, 44 % of bytes and 91 % of symbols are literals."""
    data = garments[0].tobytes()
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = compressor.compress(data) + compressor.flush()
    assert 1.80 < len(data) / len(packed) < 1.90
    found = tokens.count(packed[:150_000], 6)
    assert 30_000 < found.output / 6 < 40_000
    assert 0.41 < found.literals / found.output < 0.47
    assert 0.88 < found.literals / (found.literals + found.matches) < 0.94


def test_linear_classifier_learns_most_of_it(garments):
    """Least squares on one-hot labels."""
    images, labels = garments
    test_images, test_labels = sample(1000, split="t10k")

    def features(pixels: np.ndarray) -> np.ndarray:
        return np.hstack([pixels.reshape(len(pixels), -1) / 255, np.ones((len(pixels), 1))])

    inputs = features(images)
    weights = np.linalg.solve(inputs.T @ inputs + np.eye(785), inputs.T @ np.eye(10)[labels])
    accuracy = ((features(test_images) @ weights).argmax(axis=1) == test_labels).mean()
    assert 0.60 < accuracy < 0.95
