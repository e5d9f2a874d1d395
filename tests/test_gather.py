"""Rows by number, copied or converted: the same from both backends, and never a row that is not there."""

from __future__ import annotations

import numpy as np
import pytest
from exact import fma_table

FLOATS = ["f2", "f4", "f8"]


def rows(count: int, row: int) -> np.ndarray:
    return np.random.default_rng([count, row]).integers(0, 256, (count, row), dtype=np.uint8)


@pytest.mark.parametrize("row", [1, 3, 8, 15, 17, 64, 784, 5000])
def test_any_order_and_any_length_of_row(backend, row, rng):
    """Scattered rows, neighbors, rows twice, and none; the items around the result are not touched."""
    source = rows(40, row)
    orders = [rng.permutation(40), np.arange(40), np.repeat(np.arange(5), 9), np.r_[7:20, 3, 4, 5, 39, 0], []]
    for order in orders:
        indices = np.array(order, np.int64)
        room = np.full(len(indices) * row + 2, 7, np.uint8)
        backend.gather_rows(source, indices, room[1:-1])
        assert np.array_equal(room[1:-1].reshape(-1, row), source[indices])
        assert room[0] == room[-1] == 7
        for name in FLOATS:
            floats = np.full(len(indices) * row + 2, 7, name)
            backend.gather_affine(source, indices, floats[1:-1], 0.0123, -0.81)
            expected = fma_table(0.0123, -0.81, name)[source[indices]]
            assert np.array_equal(floats[1:-1].reshape(-1, row), expected)
            assert floats[0] == floats[-1] == 7


@pytest.mark.parametrize("shape", [(0, 784), (5, 0), (0, 0)])
def test_nothing_to_gather(backend, shape):
    source = np.zeros(shape, np.uint8)
    indices = np.arange(shape[0], dtype=np.int64)
    backend.gather_rows(source, indices, np.empty(shape, np.uint8))
    backend.gather_affine(source, indices, np.empty(shape, np.float32), 1.0, 0.0)


@pytest.mark.parametrize("bad", [-1, 10, 11, 2**40, -(2**63), 2**63 - 1])
@pytest.mark.parametrize("place", [0, 3, 6])
def test_no_such_row(backend, bad, place):
    """The first one is named, and nothing is written, not even the rows before it."""
    source = rows(10, 20)
    indices = np.arange(7, dtype=np.int64)
    indices[place:] = bad
    out = np.full((7, 20), 99, np.uint8)
    floats = np.full((7, 20), 99, np.float32)
    with pytest.raises(IndexError, match=f"^index {bad} is out of range for 10 rows$"):
        backend.gather_rows(source, indices, out)
    with pytest.raises(IndexError, match=f"^index {bad} is out of range for 10 rows$"):
        backend.gather_affine(source, indices, floats, 1.0, 0.0)
    assert (out == 99).all()
    assert (floats == 99).all()


def test_rows_of_nothing_at_all(backend):
    with pytest.raises(IndexError, match="out of range for 0 rows"):
        backend.gather_rows(np.empty((0, 4), np.uint8), np.zeros(1, np.int64), np.empty(4, np.uint8))


def test_what_does_not_fit_is_refused(backend):
    source, indices, out = rows(10, 20), np.arange(4, dtype=np.int64), np.empty((4, 20), np.uint8)
    cases = [
        (source.reshape(-1), indices, out),
        (source.reshape(10, 4, 5), indices, out),
        (source.view(np.int8), indices, out),
        (source[:, ::2], indices, out[:, :10].copy()),
        (source, indices.astype(np.int32), out),
        (source, indices.astype(np.uint64), out),
        (source, indices.astype(np.float64), out),
        (source, indices.reshape(2, 2), out),
        (source, np.arange(8, dtype=np.int64)[::2], out),
        (source, indices, out[:3]),
        (source, indices, np.empty(81, np.uint8)),
        (source, indices, out.view(np.int8)),
        (source, indices, out.astype(np.float32)),
        (source, indices, np.empty((4, 40), np.uint8)[:, ::2]),
    ]
    for case in cases:
        with pytest.raises((ValueError, BufferError)):
            backend.gather_rows(*case)
    for floats in (
        out,
        np.empty((4, 20), np.int32),
        np.empty((3, 20), "f4"),
        np.empty((4, 40), "f4")[:, ::2],
    ):
        with pytest.raises((ValueError, BufferError)):
            backend.gather_affine(source, indices, floats, 1.0, 0.0)


def test_out_that_is_read_only(backend):
    source, indices, out = rows(10, 20), np.arange(4, dtype=np.int64), np.zeros((4, 20), np.uint8)
    out.flags.writeable = False
    with pytest.raises((ValueError, BufferError)):
        backend.gather_rows(source, indices, out)
    assert not out.any()


def test_source_that_is_read_only_and_not_aligned(backend):
    """As it comes from a memory-mapped file."""
    data = bytes(range(250)) + bytes(100)
    source = np.frombuffer(data, np.uint8, 300, 13).reshape(10, 30)
    indices = np.array([9, 0, 4], np.int64)
    out = np.empty((3, 30), np.float64)
    backend.gather_affine(source, indices, out, 2.0, -1.0)
    assert np.array_equal(out, source[indices] * 2.0 - 1.0)
