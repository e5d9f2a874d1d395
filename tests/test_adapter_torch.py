"""`adapters.torch`: what `DataLoader` gets from it and what `loader` gives are what PyTorch itself would."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from side_by_side import IMAGES, LABELS, peer

import fmnist_fast as ff

torch = peer("torch")
from torch.utils.data import DataLoader, Subset, TensorDataset  # noqa: E402

from fmnist_fast.adapters import torch as ours  # noqa: E402

pytestmark = pytest.mark.once
NORMALIZE = (0.286, 0.353)


@pytest.fixture
def plain():
    """The same data as PyTorch would hold it: whole, normalized, with a channel."""
    images = torch.from_numpy(ff.normalize(IMAGES, *NORMALIZE)).unsqueeze(1)
    return TensorDataset(images, torch.from_numpy(LABELS).long())


@pytest.fixture
def dataset():
    return ours.Dataset(IMAGES, LABELS, normalize=NORMALIZE)


def assert_batches(got, expected):
    got, expected = list(got), list(expected)
    assert len(got) == len(expected)
    for batch, other in zip(got, expected, strict=True):
        assert len(batch) == len(other)
        for tensor, wanted in zip(batch, other, strict=True):
            assert tensor.dtype == wanted.dtype
            assert torch.equal(tensor, wanted)


@pytest.mark.parametrize("options", [{}, {"drop_last": True}, {"shuffle": True}])
def test_in_a_data_loader(dataset, plain, options):
    def batches(data, **more):
        generator = torch.Generator().manual_seed(5)
        return DataLoader(data, batch_size=16, generator=generator, **options, **more)

    assert_batches(batches(dataset, collate_fn=dataset.collate), batches(plain))


def test_in_a_worker_process(dataset, plain):
    """Started anew and not forked: other tests of this process may have started threads."""
    options = {"num_workers": 1, "multiprocessing_context": "spawn", "collate_fn": dataset.collate}
    assert_batches(DataLoader(dataset, 16, **options), DataLoader(plain, 16))


def test_subset(dataset, plain):
    rows = [3, 60, 3, -1]
    batches = DataLoader(Subset(dataset, rows), batch_size=3, collate_fn=dataset.collate)
    assert_batches(batches, DataLoader(Subset(plain, rows), batch_size=3))


def test_sample(dataset, plain):
    image, label = dataset[-3]
    assert torch.equal(image, plain[-3][0])
    assert (type(label), label) == (int, int(LABELS[-3]))
    assert len(dataset) == 70
    alone = ours.Dataset(IMAGES)[5]
    assert torch.equal(alone, torch.from_numpy(IMAGES[5:6]))
    for index in (70, -71):
        with pytest.raises(IndexError):
            dataset[index]
        with pytest.raises(IndexError, match="out of range"):
            dataset.__getitems__([0, index])
    assert len(dataset.__getitems__([])[0]) == 0


def test_pickle(dataset):
    again = pickle.loads(pickle.dumps(dataset))
    assert torch.equal(again[7][0], dataset[7][0])


@pytest.mark.parametrize("form", ["dataset", "pair", "tensors"])
@pytest.mark.parametrize("drop_last", [False, True])
def test_loader(dataset, plain, form, drop_last):
    data, options = dataset, {}
    if form != "dataset":
        data, options = (IMAGES, LABELS), {"normalize": NORMALIZE}
    if form == "tensors":
        data = tuple(map(torch.from_numpy, data))
    loader = ours.loader(data, 16, drop_last=drop_last, **options)
    expected = DataLoader(plain, 16, drop_last=drop_last)
    assert len(loader) == len(expected)
    assert loader.dataset is data
    assert_batches(loader, expected)


def test_loader_shuffles_each_epoch_anew(dataset):
    loader = ours.loader(dataset, 70, shuffle=True, seed=4)
    first, second = (next(iter(loader))[1] for _ in range(2))
    assert not torch.equal(first, second)
    assert torch.equal(first.sort()[0], second.sort()[0])
    loader.set_epoch(0)
    assert torch.equal(next(iter(loader))[1], first)


def test_an_epoch_begins_with_iter_not_with_its_first_batch(dataset):
    loader = ours.loader(dataset, 70, shuffle=True, seed=4)
    expected = next(iter(loader))[1]
    loader.set_epoch(0)
    epoch = iter(loader)
    loader.set_epoch(5)
    assert torch.equal(next(epoch)[1], expected)


def test_loader_goes_on(dataset):
    loader = ours.loader(dataset, 16, shuffle=True, seed=4)
    batches = iter(loader)
    next(batches)
    state = loader.state_dict()
    other = ours.loader(dataset, 16, shuffle=True)
    other.load_state_dict(state)
    assert_batches(other, batches)


def test_loader_without_labels():
    batches = list(ours.loader(ours.Dataset(IMAGES, dtype=np.float32), 50))
    assert [tuple(batch.shape) for batch in batches] == [(50, 1, 28, 28), (20, 1, 28, 28)]
    assert torch.equal(torch.cat(batches).squeeze(1), torch.from_numpy(IMAGES).float())


def test_batches_are_kept_unless_reused(dataset):
    kept = list(ours.loader(dataset, 16))
    assert len({batch[0].data_ptr() for batch in kept}) == len(kept)
    reused = [batch[0].data_ptr() for batch in ours.loader(dataset, 16, reuse=True)]
    assert len(set(reused)) < len(reused)


def test_device(dataset):
    assert {tensor.device.type for tensor in next(iter(ours.loader(dataset, 16, device="meta")))} == {"meta"}
    assert next(iter(ours.loader(dataset, 16, device="cpu")))[0].device.type == "cpu"


def test_pin_memory(dataset):
    if torch.accelerator.is_available():
        assert next(iter(ours.loader(dataset, 16, pin_memory=True)))[0].is_pinned()
        return
    with pytest.warns(UserWarning, match="no accelerator"):
        loader = ours.loader(dataset, 16, pin_memory=True)
    assert len(list(loader)) == 5


def test_pinned_on_the_way_to_an_accelerator(dataset, monkeypatch):
    """As far as a machine without one can tell."""
    pinned = []

    def pin_memory(tensor):
        pinned.append(tensor)
        return tensor

    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(torch.Tensor, "pin_memory", pin_memory)
    images, labels = next(iter(ours.loader(dataset, 16, device="cpu", pin_memory=True)))
    assert [tensor.shape for tensor in pinned] == [images.shape, labels.shape]


@pytest.mark.parametrize("shape", [None, 784, (28, 28), (1, -1, 14)])
def test_shape(shape):
    dataset = ours.Dataset(IMAGES, LABELS, shape=shape)
    expected = (1, 28, 28) if shape is None else IMAGES[0].reshape(shape).shape
    assert tuple(dataset[0][0].shape) == expected
    assert tuple(next(iter(ours.loader(dataset, 7)))[0].shape) == (7, *expected)


def test_errors(dataset):
    with pytest.raises(ff.MismatchError, match="70"):
        ours.Dataset(IMAGES, LABELS[:69])
    with pytest.raises(TypeError, match="expected a Dataset"):
        ours.loader([1, 2, 3])
    colored = SimpleNamespace(data=np.zeros((2, 32, 32, 3), "u1"), targets=[0, 1])  # as in CIFAR10
    with pytest.raises(TypeError, match="expected a Dataset"):
        ours.loader(colored)
    with pytest.raises(ValueError, match="batch_size"):
        ours.loader(dataset, 0)
