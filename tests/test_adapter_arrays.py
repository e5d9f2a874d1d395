"""The conventions of JAX's and MLX's examples and of tinygrad: four arrays of certain dtypes and shapes."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest
from published import small_datasets  # noqa: F401  (a fixture)
from samples import same
from side_by_side import IMAGES, LABELS, peer

from fmnist_fast.adapters import jax, mlx, tinygrad

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("small_datasets")]
DIMMED = IMAGES // 2  # what stands for MNIST here
FLOATS = (DIMMED.reshape(70, 784) / 255).astype("f4")


def test_jax():
    four = (DIMMED[:60], LABELS[:60], DIMMED[60:], LABELS[60:])
    assert all(map(same, jax.mnist_raw(), four))
    x, y, x_test, y_test = jax.mnist()
    for got, expected in ((x, FLOATS[:60]), (x_test, FLOATS[60:])):
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, expected, rtol=2e-7)
    assert same(y, np.eye(10, dtype="f4")[LABELS[:60]])
    assert same(y_test, np.eye(10, dtype="f4")[LABELS[60:]])
    order = np.random.RandomState(0).permutation(60)
    permuted = jax.mnist(permute_train=True)
    assert same(permuted[0], x[order])
    assert same(permuted[1], y[order])
    assert same(permuted[2], x_test)
    assert same(jax.mnist_raw(fashion=True)[0], IMAGES[:60])


def test_mlx():
    x, y, x_test, y_test = mlx.mnist(save_dir="anywhere")
    np.testing.assert_allclose(np.concatenate((x, x_test)), FLOATS, rtol=2e-7)
    assert x.dtype == np.float32
    assert same(y, LABELS[:60].astype("u4"))
    assert same(y_test, LABELS[60:].astype("u4"))
    assert mlx.fashion_mnist()[0].max() > x.max()


@pytest.mark.parametrize(("module", "path"), [(jax, "examples.datasets"), (mlx, "mnist")])
def test_install(monkeypatch, module, path):
    found = ModuleType(path)
    monkeypatch.setitem(sys.modules, path, found)
    with module.install():
        assert found.mnist is module.mnist
    assert not hasattr(found, "mnist")


@pytest.mark.parametrize("fashion", [False, True])
def test_tinygrad(fashion, monkeypatch):
    """Beside tinygrad's own function, with its downloads taken from the same arrays."""
    theirs = peer("tinygrad.nn.datasets")
    tensor = theirs.Tensor
    images = IMAGES if fashion else DIMMED
    files = {
        "train-images": bytes(16) + images[:60].tobytes(),
        "train-labels": bytes(8) + LABELS[:60].tobytes(),
        "t10k-images": bytes(16) + images[60:].tobytes(),
        "t10k-labels": bytes(8) + LABELS[60:].tobytes(),
    }

    def from_url(url, gunzip):
        return tensor(files[url.rpartition("/")[2].partition("-idx")[0]])

    monkeypatch.setattr(tensor, "from_url", staticmethod(from_url))
    expected = theirs.mnist(fashion=fashion)
    with tinygrad.install():
        got = theirs.mnist(fashion=fashion)
    for ours, other in zip(got, expected, strict=True):
        assert (type(ours), ours.dtype, ours.shape, ours.device) == (
            tensor,
            other.dtype,
            other.shape,
            other.device,
        )
        assert np.array_equal(ours.numpy(), other.numpy())
