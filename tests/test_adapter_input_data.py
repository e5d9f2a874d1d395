"""`adapters.input_data` does what TensorFlow 1's module of this name did; the module itself is gone.

Its rules are restated here from its documentation: what is drawn from NumPy's global generator and when, the
edges between epochs, shapes, dtypes and messages.
"""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from builders import idx_bytes, idx_gz
from samples import same
from side_by_side import IMAGES, LABELS, write_folder

import fmnist_fast as ff
from fmnist_fast.adapters import input_data
from fmnist_fast.adapters.input_data import DataSet, read_data_sets

COLUMNS = IMAGES.reshape(70, 784)
FLOATS = COLUMNS.astype("f4") * np.float32(1 / 255)


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path)


def shuffled(seed: int, *, epochs: int, rows: int) -> list[np.ndarray]:
    """The orders of successive epochs, each a shuffle of the one before."""
    generator = np.random.RandomState(seed)
    orders = [np.arange(rows)]
    for _ in range(epochs):
        step = np.arange(rows)
        generator.shuffle(step)
        orders.append(orders[-1][step])
    return orders[1:]


def small(rows: int = 10, **options) -> DataSet:
    """Images that tell their number in every pixel."""
    pixels = np.repeat(np.arange(rows, dtype="u1"), 4).reshape(rows, 2, 2, 1)
    return DataSet(pixels, np.arange(rows), dtype=np.uint8, **options)


def numbers(batch) -> list[int]:
    assert np.array_equal(batch[0][:, 0], batch[1])
    return batch[1].tolist()


def test_the_famous_line(folder):
    batch = read_data_sets(folder, validation_size=0, seed=3).train.next_batch(20)
    order = shuffled(3, epochs=1, rows=60)[0][:20]
    assert same(batch[0], FLOATS[order])
    assert same(batch[1], LABELS[order])


@pytest.mark.parametrize("size", [0, 5, 60])
def test_three_sets(folder, size):
    sets = read_data_sets(str(folder), validation_size=size)
    assert sets._fields == ("train", "validation", "test")
    assert same(sets.validation.images, FLOATS[:size])
    assert same(sets.train.images, FLOATS[size:60])
    assert same(sets.train.labels, LABELS[size:60])
    assert same(sets.test.images, FLOATS[60:])
    assert [part.num_examples for part in sets] == [60 - size, size, 10]
    assert [part.epochs_completed for part in sets] == [0, 0, 0]


def test_forms(folder):
    train = read_data_sets(folder, dtype=np.uint8, reshape=False, one_hot=True, validation_size=0).train
    assert same(train.images, IMAGES[:60, ..., np.newaxis])
    assert same(train.labels, np.eye(10)[LABELS[:60]])


@pytest.mark.parametrize("size", [-1, 61])
def test_validation_size(folder, size):
    with pytest.raises(
        ValueError, match=rf"^Validation size should be between 0 and 60\. Received: {size}\.$"
    ):
        read_data_sets(folder, validation_size=size)
    with pytest.raises(ValueError, match="Received: 5000"):
        read_data_sets(folder)


def test_global_generator(folder):
    """Each of the three sets seeds it; None takes the seed from the system."""
    read_data_sets(folder, validation_size=0, seed=2**31 - 1 + 8)
    after = np.random.get_state()[1]  # noqa: NPY002
    assert np.array_equal(after, np.random.RandomState(8).get_state()[1])
    read_data_sets(folder, validation_size=0)
    assert not np.array_equal(after, np.random.get_state()[1])  # noqa: NPY002


def test_across_the_end_of_an_epoch():
    data = small(seed=5)
    first, second = (order.tolist() for order in shuffled(5, epochs=2, rows=10))
    assert numbers(data.next_batch(7)) == first[:7]
    assert data.epochs_completed == 0
    assert numbers(data.next_batch(7)) == first[7:] + second[:4]
    assert data.epochs_completed == 1
    assert numbers(data.next_batch(6)) == second[4:]
    assert data.epochs_completed == 1


def test_batches_that_divide_the_epoch():
    """The epoch counts as completed only when the next batch is asked for."""
    data = small(seed=5)
    epochs = []
    for _ in range(3):
        data.next_batch(5)
        epochs.append(data.epochs_completed)
    assert epochs == [0, 0, 1]


def test_without_shuffling():
    data = small()
    assert numbers(data.next_batch(6, shuffle=False)) == [0, 1, 2, 3, 4, 5]
    assert numbers(data.next_batch(6, shuffle=False)) == [6, 7, 8, 9, 0, 1]
    assert data.epochs_completed == 1


def test_batch_larger_than_the_data():
    data = small()
    assert [len(data.next_batch(25)[1]) for _ in range(2)] == [20, 10]


def test_what_is_a_view():
    data = small()
    assert np.shares_memory(data.next_batch(6)[0], data.images)
    assert not np.shares_memory(data.next_batch(6)[0], data.images)


@pytest.mark.parametrize(("one_hot", "label"), [(False, 0), (True, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0])])
def test_fake_data(tmp_path, one_hot, label):
    sets = read_data_sets(tmp_path, fake_data=True, one_hot=one_hot)
    assert sets.train.num_examples == 10_000
    assert sets.test.next_batch(2, fake_data=True) == ([[1] * 784] * 2, [label] * 2)


def test_data_set_checks():
    images = IMAGES[..., np.newaxis]
    with pytest.raises(TypeError, match=r"^Invalid image dtype .*, expected uint8 or float32$"):
        DataSet(images, LABELS, dtype=np.float64)
    with pytest.raises(AssertionError, match="shape"):
        DataSet(images, LABELS[:9])
    with pytest.raises(AssertionError, match="depth"):
        DataSet(np.zeros((70, 28, 28, 3), "u1"), LABELS)
    assert DataSet(np.zeros((70, 28, 28, 3), "u1"), LABELS, reshape=False).images.shape == (70, 28, 28, 3)


def test_extract(tmp_path, capsys):
    """From binary files, which say their names."""
    path = tmp_path / "images.gz"
    path.write_bytes(idx_gz(IMAGES) + b"")
    with path.open("rb") as file:
        assert same(input_data.extract_images(file), IMAGES[..., np.newaxis])
    assert capsys.readouterr().out == f"Extracting {path}\n"
    assert same(input_data.extract_labels(io.BytesIO(idx_gz(LABELS))), LABELS)
    one_hot = input_data.extract_labels(io.BytesIO(idx_gz(LABELS)), one_hot=True, num_classes=12)
    assert same(one_hot, np.eye(12)[LABELS])
    assert same(input_data.extract_labels(io.BytesIO(idx_gz(LABELS) + idx_gz(LABELS))), LABELS)


def test_bad_files(tmp_path):
    path = tmp_path / "file.gz"
    for data, call, message in (
        (idx_gz(LABELS), input_data.extract_images, f"Invalid magic number 2049 in MNIST image file: {path}"),
        (idx_gz(IMAGES), input_data.extract_labels, f"Invalid magic number 2051 in MNIST label file: {path}"),
        (idx_gz(LABELS.astype("i4")), input_data.extract_labels, "Invalid magic number 3073 in MNIST label"),
    ):
        path.write_bytes(data)
        with path.open("rb") as file, pytest.raises(ValueError, match="Invalid magic") as info:
            call(file)
        assert str(info.value).startswith(message)
    with pytest.raises(ff.TruncatedError):
        input_data.extract_images(io.BytesIO(idx_bytes(IMAGES)[:-1]))
    with pytest.raises(ff.MismatchError, match="label 9 is out of range for 9 classes"):
        input_data.extract_labels(io.BytesIO(idx_gz(LABELS)), one_hot=True, num_classes=9)


def test_unpacked_files_will_do(folder):
    write_folder(folder, raw=True)
    for path in folder.glob("*.gz"):
        path.unlink()
    assert read_data_sets(folder, validation_size=0).train.num_examples == 60


def test_download(tmp_path, capsys):
    source = write_folder(tmp_path / "source").as_uri() + "/"
    target = tmp_path / "new"
    assert read_data_sets(target, validation_size=0, source_url=source).test.num_examples == 10
    assert len(list(target.iterdir())) == 4
    assert "Successfully downloaded train-labels-idx1-ubyte.gz" in capsys.readouterr().out
    with pytest.raises(OSError, match="nowhere"):
        read_data_sets(tmp_path / "other", source_url=(tmp_path / "nowhere").as_uri() + "/")
    assert not list((tmp_path / "other").iterdir())


def test_install(folder):
    before = {name for name in sys.modules if name.startswith("tensorflow")}
    with input_data.install():
        from tensorflow.examples.tutorials.mnist import input_data as found

        assert found.read_data_sets(folder, one_hot=True, validation_size=0).train.next_batch(7)[1].shape == (
            7,
            10,
        )
    assert {name for name in sys.modules if name.startswith("tensorflow")} == before
