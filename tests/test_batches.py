"""Batches: the right rows, converted as `normalize` would, in arrays of the right kind."""

from __future__ import annotations

import numpy as np
import pytest
from numbered import IMAGES, LABELS, ROWS, numbers

import fmnist_fast as ff
from fmnist_fast._order import permutation

STATISTICS = (0.2860, 0.3530)


def test_in_order_and_whole():
    batches = ff.Batches(IMAGES, LABELS, 10)
    parts = list(batches)
    assert len(parts) == len(batches) == 11
    assert [len(x) for x, _ in parts] == [10] * 10 + [3]
    assert numbers(batches) == list(range(ROWS))
    x, y = parts[0]
    assert (x.dtype, x.shape, y.dtype, y.shape) == (np.uint8, (10, 7, 6), LABELS.dtype, (10,))
    assert x.flags.c_contiguous
    assert x.flags.writeable
    assert not np.may_share_memory(x, IMAGES)


def test_images_alone_come_alone():
    assert np.array_equal(np.concatenate(list(ff.Batches(IMAGES, batch_size=50))), IMAGES)


def test_labels_of_any_shape_and_dtype():
    for labels in (np.eye(ROWS, dtype="f2"), LABELS.astype(">i4"), np.array([f"c{k}" for k in range(ROWS)])):
        got = [y for _, y in ff.Batches(IMAGES, labels, 25)]
        assert np.array_equal(np.concatenate(got), labels)
        assert {y.dtype for y in got} == {labels.dtype}


def test_drop_last():
    batches = ff.Batches(IMAGES, LABELS, 25, drop_last=True, shuffle=True, seed=1)
    assert [len(y) for _, y in batches] == [25] * 4
    assert len(batches) == 4


def test_reuse_hands_out_two_sets_of_buffers():
    parts = []
    for k, (x, y) in enumerate(ff.Batches(IMAGES, LABELS, 10, normalize=STATISTICS, reuse=True)):
        rows = np.arange(10 * k, min(10 * k + 10, ROWS))
        assert np.array_equal(y, rows)
        assert np.array_equal(x, ff.normalize(IMAGES[rows], *STATISTICS))
        if parts:
            previous = parts[-1]
            assert np.array_equal(previous[1], rows[:1] - 10 + np.arange(10))  # still whole
        parts.append((x, y))
    assert len({id(x) for x, _ in parts[:-1]}) == len({id(y) for _, y in parts[:-1]}) == 2
    assert parts[0][0] is parts[2][0]
    assert len(parts[-1][0]) == 3
    assert np.may_share_memory(parts[-1][0], parts[0][0])
    fresh = [x for x, _ in ff.Batches(IMAGES, LABELS, 10)]
    assert len({id(x) for x in fresh}) == 11


@pytest.mark.parametrize("dtype", [None, "f2", "f4", "f8", ">f4"])
@pytest.mark.parametrize("code", ["u1", "i1", "i2", "i4", "f4", "f8", ">i2", ">f8"])
def test_normalized_as_normalize_does(code, dtype):
    source = (IMAGES.astype("f8") / 3).astype(code)
    batches = ff.Batches(source, LABELS, 32, shuffle=True, seed=2, normalize=(0.4, 1.7), dtype=dtype)
    for x, y in batches:
        expected = ff.normalize(source[y], 0.4, 1.7, dtype=dtype or "f4")
        assert x.dtype == expected.dtype
        assert x.tobytes() == expected.tobytes()


@pytest.mark.parametrize("dtype", [None, "u1", "i1", "i8", "f2", "f4", "f8", "c8", "?"])
@pytest.mark.parametrize("code", ["u1", "i2", "f8", "?", ">f4", "u8"])
def test_converted_as_astype_does(code, dtype):
    source = (IMAGES / 2).astype(code)
    for x, y in ff.Batches(source, LABELS, 32, shuffle=True, seed=2, dtype=dtype):
        expected = source[y].astype(dtype or source.dtype.newbyteorder("="))
        assert x.dtype == expected.dtype
        assert np.array_equal(x, expected)


@pytest.mark.parametrize("layout", [lambda a: np.asfortranarray(a), lambda a: a[::-1], lambda a: a.tolist()])
def test_layouts(layout):
    images = layout(IMAGES)
    x, _ = next(iter(ff.Batches(images, LABELS, 200, dtype="u1")))
    assert np.array_equal(x, np.asarray(images))


@pytest.mark.parametrize("shape", [42, (42,), (1, 7, 6), (-1,), (2, -1), (7, 6, 1), [6, 7]])
def test_shape_of_the_rows(shape):
    for reuse in (False, True):
        for x, y in ff.Batches(IMAGES, LABELS, 20, shape=shape, normalize=STATISTICS, reuse=reuse):
            expected = ff.normalize(IMAGES[y], *STATISTICS).reshape(
                len(y), *np.empty((7, 6)).reshape(shape).shape
            )
            assert x.shape == expected.shape
            assert np.array_equal(x, expected)
            assert x.flags.c_contiguous


@pytest.mark.parametrize("threads", [None, 1, 2])
def test_batches_worth_several_threads(threads):
    images = np.resize(IMAGES, (60_000, 42))
    for options in ({"normalize": STATISTICS}, {}, {"dtype": "i2"}):
        (x,) = ff.Batches(images, batch_size=10**9, shuffle=True, seed=1, threads=threads, **options)
        picked = images[permutation(60_000, 1, 0)]
        expected = ff.normalize(picked, *STATISTICS) if "normalize" in options else picked
        assert np.array_equal(x, expected)


def test_little_data():
    for shape, shard in (((0, 28, 28), (0, 1)), ((0,), (2, 3))):
        images = np.empty(shape, np.uint8)
        empty = ff.Batches(images, [], normalize=STATISTICS, shuffle=True, seed=1, shard=shard, prefetch=True)
        assert len(empty) == len(list(empty)) == 0
        assert empty.state_dict()["batch"] == 0
    assert [len(x) for x in ff.Batches(IMAGES[:5])] == [5]
    assert list(ff.Batches(IMAGES[:5], drop_last=True)) == []
    assert next(iter(ff.Batches(np.empty((3, 0), np.uint8), normalize=STATISTICS))).shape == (3, 0)
    assert np.concatenate(list(ff.Batches(np.arange(5), batch_size=2))).tolist() == [0, 1, 2, 3, 4]


def test_images_are_not_copied():
    images = IMAGES.copy()
    batches = ff.Batches(images, batch_size=4)
    images[:] = 9
    assert (next(iter(batches)) == 9).all()


def test_labels_that_do_not_match():
    for labels in (LABELS[:-1], np.arange(ROWS + 1), [], 3):
        with pytest.raises(ff.MismatchError, match="103 images"):
            ff.Batches(IMAGES, labels)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"batch_size": 0}, "batch_size"),
        ({"batch_size": -3}, "batch_size"),
        ({"shard": (2, 2)}, "shard"),
        ({"shard": (-1, 2)}, "shard"),
        ({"shard": (0, 0)}, "shard"),
        ({"shard": (1,)}, r"\(index, count\)"),
        ({"normalize": (0.1,)}, r"\(mean, std\)"),
        ({"normalize": (0.1, 0.2, 0.3)}, r"\(mean, std\)"),
        ({"shard": (0, 2), "shuffle": True}, "seed"),
        ({"seed": -1}, "seed"),
        ({"threads": 0}, "threads"),
        ({"dtype": "float31"}, "float31"),
        ({"dtype": object}, "object"),
        ({"dtype": "U3"}, "U3"),
        ({"dtype": "i4", "normalize": STATISTICS}, "float32"),
        ({"normalize": (0.1, 0.0)}, "std"),
        ({"normalize": (float("nan"), 1.0)}, "finite"),
        ({"shape": (28, 28)}, r"\(7, 6\)"),
        ({"shape": (-1, 5)}, r"\(7, 6\)"),
    ],
)
def test_arguments_out_of_range(options, words):
    with pytest.raises(ValueError, match=words):
        ff.Batches(IMAGES, LABELS, **options)


def test_images_that_are_none():
    for images in (np.array(["a", "b"]), np.array([None, 1]), np.uint8(3), "train.gz"):
        with pytest.raises(ValueError, match="numbers"):
            ff.Batches(images)
    with pytest.raises(ff.FormatError, match="uint64"):
        ff.Batches(IMAGES.astype("u8"), normalize=STATISTICS)
    with pytest.raises(ValueError, match="epoch"):
        ff.Batches(IMAGES).set_epoch(-1)
    for options in ({"batch_size": 2.5}, {"seed": "1"}, {"shard": 3}, {"normalize": 0.5}):
        with pytest.raises(TypeError):
            ff.Batches(IMAGES, **options)
