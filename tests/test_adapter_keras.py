"""`adapters.keras` beside Keras, which finds the same data in files of its own cache."""

from __future__ import annotations

import os

import numpy as np
import pytest
from published import pair, small_datasets  # noqa: F401  (a fixture)
from side_by_side import assert_same, peer, write_folder

from fmnist_fast.adapters import keras as ours

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("small_datasets")]


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    os.environ.setdefault("KERAS_BACKEND", "torch")
    os.environ.setdefault("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))
    peer("torch")
    return peer("keras")


@pytest.fixture
def cached(theirs, tmp_path, monkeypatch):
    """Put files where Keras looks, which it does by way of `get_file`."""
    write_folder(tmp_path)
    (x_train, y_train), (x_test, y_test) = pair("mnist"), pair("mnist", "test")
    np.savez(tmp_path / "mnist.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    for name in ("fashion_mnist", "mnist"):
        monkeypatch.setattr(f"keras.src.datasets.{name}.get_file", lambda fname, **_: str(tmp_path / fname))
    return theirs


@pytest.mark.parametrize("name", ["fashion_mnist", "mnist"])
def test_result(cached, name):
    assert_same(getattr(ours, name).load_data, getattr(cached.datasets, name).load_data)


def test_arguments(cached):
    assert_same(lambda: ours.mnist.load_data(path="mnist.npz"), cached.datasets.mnist.load_data)
    with pytest.raises(TypeError):
        ours.fashion_mnist.load_data("path")


def test_result_by_itself():
    (x_train, y_train), (x_test, y_test) = ours.fashion_mnist.load_data()
    assert (x_train.shape, y_train.shape, x_test.shape) == ((60, 28, 28), (60,), (10, 28, 28))
    assert y_test.tolist() == pair(split="test")[1].tolist()
    assert not x_train.flags.writeable
    assert ours.mnist.load_data()[0][0].flags.writeable


def test_install(theirs):
    from keras._tf_keras.keras.datasets import mnist as as_tensorflow_has_it

    before = theirs.datasets.mnist.load_data
    with ours.install():
        from keras.datasets import fashion_mnist

        assert fashion_mnist.load_data is ours.fashion_mnist.load_data
        assert as_tensorflow_has_it.load_data is theirs.datasets.mnist.load_data is ours.mnist.load_data
    assert theirs.datasets.mnist.load_data is as_tensorflow_has_it.load_data is before
