"""`adapters.torchvision` beside torchvision, on the same folders."""

from __future__ import annotations

import lzma
import pickle

import numpy as np
import pytest
from builders import DTYPES, idx_bytes, idx_gz, idx_header
from peer_torchvision import import_torchvision
from samples import array_of
from side_by_side import IMAGES, LABELS, assert_same, write_folder

torchvision = import_torchvision()
import torch  # noqa: E402
from torch.utils.data import DataLoader, Subset  # noqa: E402
from torchvision import transforms  # noqa: E402

import fmnist_fast as ff  # noqa: E402
from fmnist_fast.adapters import torch as adapter_torch  # noqa: E402
from fmnist_fast.adapters import torchvision as ours  # noqa: E402

pytestmark = pytest.mark.once
theirs = torchvision.datasets
SIMPLE = ("MNIST", "FashionMNIST", "KMNIST")
TO_TENSOR = transforms.ToTensor()
NORMALIZED = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.2860,), (0.3530,))])


@pytest.fixture
def root(tmp_path):
    """All five datasets, raw files and compressed ones side by side."""
    for name in SIMPLE:
        write_folder(tmp_path / name / "raw", raw=True)
    emnist, qmnist = tmp_path / "EMNIST" / "raw", tmp_path / "QMNIST" / "raw"
    emnist.mkdir(parents=True)
    qmnist.mkdir(parents=True)
    wide = np.column_stack([LABELS.astype("i4"), np.arange(70 * 7, dtype="i4").reshape(70, 7) - 9])
    for part in ("train", "test"):
        save(emnist, f"emnist-letters-{part}-images-idx3-ubyte", IMAGES)
        save(emnist, f"emnist-letters-{part}-labels-idx1-ubyte", LABELS)
        save(qmnist, f"qmnist-{part}-images-idx3-ubyte", IMAGES)
        save(qmnist, f"qmnist-{part}-labels-idx2-int", wide)
    save(qmnist, "xnist-images-idx3-ubyte", IMAGES)
    save(qmnist, "xnist-labels-idx2-int", wide)
    return tmp_path


def save(folder, name, array):
    (folder / name).write_bytes(idx_bytes(array))
    packed = (".xz", lzma.compress(idx_bytes(array))) if name.startswith("xnist") else (".gz", idx_gz(array))
    (folder / (name + packed[0])).write_bytes(packed[1])


def compress_only(root):
    for path in root.glob("*/raw/*"):
        if path.suffix not in (".gz", ".xz"):
            path.unlink()


def everything(dataset):
    """All that a user of a dataset sees."""
    image, target = dataset[3]
    return [
        (dataset.data, dataset.targets, len(dataset), dataset.classes, dataset.class_to_idx),
        (repr(dataset), dataset.train, dataset.raw_folder, dataset.processed_folder),
        (type(image), image.mode, np.asarray(image), target),
    ]


CASES = [
    *((name, {"train": train}) for name in SIMPLE for train in (True, False)),
    ("EMNIST", {"split": "letters"}),
    ("EMNIST", {"split": "letters", "train": False}),
    *(("QMNIST", {"what": what}) for what in (None, "train", "test", "test10k", "test50k", "nist")),
    ("QMNIST", {"compat": False, "train": False}),
]


@pytest.mark.parametrize(("name", "options"), CASES[:-1], ids=str)
def test_datasets(root, name, options):
    if options.get("what") == "test50k":  # rows from 10,000 on
        assert len(ours.QMNIST(root, **options)) == len(theirs.QMNIST(root, **options)) == 0
        return
    expected = everything(getattr(theirs, name)(str(root), **options))
    compress_only(root)
    assert_same(lambda: everything(getattr(ours, name)(str(root), **options)), lambda: expected)


def test_qmnist_vectors(root):
    datasets = [module.QMNIST(root, compat=False) for module in (ours, theirs)]
    assert_same(*(lambda found=found: (found.targets, found[9][1]) for found in datasets))


def test_qmnist_labels_of_another_shape(root):
    path = root / "QMNIST" / "raw" / "qmnist-test-labels-idx2-int"
    path.write_bytes(idx_bytes(np.zeros(len(IMAGES), np.int32)))
    assert_same(*(lambda m=m: m.QMNIST(root, what="test") for m in (ours, theirs)))


def test_is_a_torchvision_dataset(root):
    dataset = ours.FashionMNIST(root)
    assert isinstance(dataset, theirs.FashionMNIST)
    assert isinstance(dataset, theirs.VisionDataset)
    with pytest.warns(UserWarning, match="renamed"):
        assert dataset.train_labels is dataset.targets
    dataset.data += 1  # writable, as there
    again = pickle.loads(pickle.dumps(dataset))
    assert torch.equal(again.data, dataset.data)


@pytest.mark.parametrize("transform", [TO_TENSOR, NORMALIZED, transforms.Compose([TO_TENSOR])], ids=str)
@pytest.mark.parametrize("name", ["FashionMNIST", "QMNIST"])
def test_batches_bit_for_bit(root, name, transform):
    """The one changed line: the import."""
    batches = []
    for module in (ours, theirs):
        dataset = getattr(module, name)(root, transform=transform)
        generator = torch.Generator().manual_seed(3)
        batches.append(list(DataLoader(dataset, 16, shuffle=True, generator=generator)))
    assert_same(*(lambda found=found: found for found in batches))


@pytest.mark.parametrize(
    "options",
    [
        {"transform": transforms.Compose([transforms.RandomCrop(28, padding=0), TO_TENSOR])},
        {"transform": TO_TENSOR, "target_transform": lambda target: target + 100},
        {"transform": transforms.PILToTensor()},
        {"transform": transforms.Compose([TO_TENSOR, transforms.Normalize((0.1, 0.2, 0.3), (1, 1, 1))])},
    ],
    ids=["crop", "target", "uint8", "three channels"],
)
def test_other_transforms(root, options):
    """Whatever the transform, the samples are those of `__getitem__`."""
    datasets = [module.MNIST(root, **options) for module in (ours, theirs)]
    assert_same(*(lambda found=found: list(DataLoader(found, 20)) for found in datasets))


def test_subclass_with_its_own_samples(root):
    class Indexed(ours.MNIST):
        raw_folder = str(root / "MNIST" / "raw")

        def __getitem__(self, index):
            return (*super().__getitem__(index), index)

    dataset = Indexed(root, transform=TO_TENSOR)
    _, labels, indices = next(iter(DataLoader(Subset(dataset, [4, 2]), 2)))
    assert indices.tolist() == [4, 2]
    assert labels.tolist() == LABELS[[4, 2]].tolist()


def test_data_that_was_changed(root):
    for change in (torch.Tensor.float, lambda data: data.unsqueeze(1)):
        dataset = ours.MNIST(root, transform=TO_TENSOR)
        dataset.data = change(dataset.data)
        assert_same(
            lambda found=dataset: found.__getitems__([3, 4]),
            lambda found=dataset: [found[index] for index in (3, 4)],
        )


def test_not_found_and_bad_arguments(root):
    (root / "MNIST" / "raw" / "t10k-labels-idx1-ubyte").unlink()
    (root / "MNIST" / "raw" / "t10k-labels-idx1-ubyte.gz").unlink()
    for call in (
        lambda module: module.MNIST(root),
        lambda module: module.FashionMNIST(root / "nowhere"),
        lambda module: module.EMNIST(root, "alphabet"),
        lambda module: module.EMNIST(root, "digits"),
        lambda module: module.QMNIST(root, "all"),
    ):
        assert_same(lambda call=call: call(ours), lambda call=call: call(theirs))


@pytest.mark.parametrize("code", DTYPES)
@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4)])
def test_tensor_files(tmp_path, code, shape):
    path = tmp_path / "file"
    path.write_bytes(idx_bytes(array_of(code, shape)))
    for name in ("read_sn3_pascalvincent_tensor", "read_image_file", "read_label_file"):
        expected = getattr(theirs.mnist, name)
        assert_same(lambda name=name: repr(getattr(ours, name)(path)), lambda call=expected: repr(call(path)))
    packed = tmp_path / "file.gz"
    packed.write_bytes(idx_gz(array_of(code, shape)))
    assert torch.equal(
        ours.read_sn3_pascalvincent_tensor(packed).view(torch.uint8),
        ours.read_sn3_pascalvincent_tensor(str(path)).view(torch.uint8),
    )


GOOD = idx_bytes(array_of("i2", (3, 4)))


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"\1" + GOOD[1:], GOOD[:2] + b"\x0a" + GOOD[3:], GOOD[:-2], GOOD + bytes(2)),
        *(idx_header(()), idx_header((1,) * 4) + b"\0", b"<html></html>"),
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_bad_tensor_files(tmp_path, data, strict):
    path = tmp_path / "file"
    path.write_bytes(data)
    calls = (module.read_sn3_pascalvincent_tensor for module in (ours, theirs.mnist))
    assert_same(*(lambda call=call: call(path, strict) for call in calls))
    with pytest.raises(ours.TensorFileError, match="file"):
        ours.read_sn3_pascalvincent_tensor(path, strict)


def test_missing_tensor_file(tmp_path):
    calls = (module.read_image_file for module in (ours, theirs.mnist))
    assert_same(*(lambda call=call: call(tmp_path / "nothing") for call in calls))


def test_loader(root):
    """Over a dataset of torchvision, its own or ours: the values of its transform, up to the last bits."""
    for module in (ours, theirs):
        dataset = module.FashionMNIST(root, transform=NORMALIZED)
        for got, expected in zip(adapter_torch.loader(dataset, 16), DataLoader(dataset, 16), strict=True):
            torch.testing.assert_close(got, tuple(expected), rtol=0, atol=5e-7)
            assert got[1].dtype == torch.int64
    qmnist = theirs.QMNIST(root, transform=TO_TENSOR)
    for got, expected in zip(adapter_torch.loader(qmnist, 16), DataLoader(qmnist, 16), strict=True):
        torch.testing.assert_close(got, tuple(expected), rtol=0, atol=1e-7)
    raw = next(iter(adapter_torch.loader(theirs.MNIST(root), 60)))[0]
    assert torch.equal(raw.squeeze(1), torch.from_numpy(IMAGES[:60]))


def test_loader_refuses_what_it_would_get_wrong(root):
    three = transforms.Compose([TO_TENSOR, transforms.Normalize((0.1, 0.2, 0.3), (1, 1, 1))])
    for options in ({"transform": transforms.PILToTensor()}, {"transform": three}, {"target_transform": str}):
        with pytest.raises(TypeError):
            adapter_torch.loader(theirs.MNIST(root, **options))


def test_install(root):
    before = theirs.FashionMNIST, theirs.mnist.read_image_file
    with ours.install():
        assert torchvision.datasets.FashionMNIST is torchvision.datasets.mnist.FashionMNIST
        assert torchvision.datasets.FashionMNIST is ours.FashionMNIST
        compress_only(root)
        assert len(torchvision.datasets.FashionMNIST(root)) == 60
    assert (theirs.FashionMNIST, theirs.mnist.read_image_file) == before
    with pytest.raises(RuntimeError, match="not found"):
        torchvision.datasets.FashionMNIST(root)
    assert issubclass(ours.TensorFileError, ff.FormatError)
