"""Batches: the order of an epoch, what a shard has of it, and going on where one stopped."""

from __future__ import annotations

import json

import numpy as np
import pytest
from numbered import IMAGES, LABELS, ROWS, numbers

import fmnist_fast as ff
from fmnist_fast._order import permutation

KNOWN = {
    (1, 0): [8, 4, 7, 0, 1, 2, 5, 9, 6, 3],
    (1, 1): [7, 2, 4, 6, 1, 0, 3, 5, 9, 8],
    (2**70, 3): [3, 2, 8, 4, 5, 7, 0, 9, 6, 1],
}


def test_order_is_a_fact_not_an_accident():
    """The very order, on every platform, with every NumPy; a change of it would break resumed trainings."""
    assert permutation(10, 1, 0).tolist() == KNOWN[1, 0]
    assert permutation(10, 1, 1).tolist() == KNOWN[1, 1]
    assert permutation(10, 2**70, 3).tolist() == KNOWN[2**70, 3]
    assert permutation(5, 0, 0).dtype == np.int64
    assert permutation(0, 0, 0).size == 0


def test_shuffled_epochs():
    first, second = (ff.Batches(IMAGES, LABELS, size, shuffle=True, seed=9) for size in (10, 32))
    epochs = [numbers(first) for _ in range(3)]
    assert [sorted(epoch) for epoch in epochs] == [list(range(ROWS))] * 3
    assert len({tuple(epoch) for epoch in epochs}) == 3
    assert epochs == [numbers(second) for _ in range(3)]  # whatever the size of the batches
    assert numbers(ff.Batches(IMAGES, LABELS, shuffle=True, seed=10)) != epochs[0]
    first.set_epoch(1)
    assert first.epoch == 1
    assert numbers(first) == epochs[1]
    assert numbers(first) == epochs[2]


def test_unseeded_orders_differ_and_can_be_kept():
    one, other = (ff.Batches(IMAGES, LABELS, shuffle=True) for _ in range(2))
    state = one.state_dict()
    expected = numbers(one)
    assert numbers(other) != expected
    other.load_state_dict(state)
    assert numbers(other) == expected


@pytest.mark.parametrize("count", [1, 2, 3, 8, 103, 150, 300])
@pytest.mark.parametrize("shuffle", [False, True])
def test_shards(count, shuffle):
    """Equally long; together everything; apart from the filling, nothing twice."""
    found = {}
    for drop in (False, True):
        shards = [
            ff.Batches(IMAGES, LABELS, 1, shuffle=shuffle, seed=4, shard=(k, count), drop_last=drop)
            for k in range(count)
        ]
        found[drop] = [numbers(shard) for shard in shards]
        assert {len(shard) for shard in found[drop]} == {len(shard) for shard in shards}
        assert len({len(shard) for shard in shards}) == 1
    everything = [row for shard in found[False] for row in shard]
    assert set(everything) == set(range(ROWS))
    assert len(everything) == -(-ROWS // count) * count
    kept = [row for shard in found[True] for row in shard]
    assert len(kept) == len(set(kept)) == ROWS // count * count


@pytest.mark.parametrize(
    "options", [{}, {"shuffle": True, "seed": 3}, {"shuffle": True, "shard": (1, 2), "seed": 3}]
)
@pytest.mark.parametrize("stop", [0, 1, 3, 5])
def test_resume_equals_not_having_stopped(options, stop):
    def fresh():
        return ff.Batches(IMAGES, LABELS, 10, **options)

    reference = fresh()
    expected = [numbers(reference) for _ in range(3)]
    first = fresh()
    numbers(first)
    epoch = iter(first)
    before = [row for _ in range(stop) for row in next(epoch)[1].tolist()]
    state = json.loads(json.dumps(first.state_dict()))
    second = fresh()
    second.load_state_dict(state)
    assert second.epoch == 1
    second.set_epoch(1)  # as training loops do before each epoch
    assert second.state_dict() == state
    assert before + numbers(second) == expected[1]
    assert numbers(second) == expected[2]


def test_state_after_the_last_batch_is_the_next_epoch():
    batches = ff.Batches(IMAGES, LABELS, 50)
    epoch = iter(batches)
    for done in range(3):
        assert (batches.state_dict()["epoch"], batches.state_dict()["batch"]) == (0, done)
        next(epoch)
    assert (batches.state_dict()["epoch"], batches.state_dict()["batch"]) == (1, 0)
    with pytest.raises(StopIteration):
        next(epoch)
    with pytest.raises(StopIteration):
        next(epoch)


def test_states_that_do_not_fit():
    batches = ff.Batches(IMAGES, LABELS, 10, shuffle=True, seed=1)
    state = batches.state_dict()
    for key, value in {
        "images": 7,
        "batch_size": 11,
        "shuffle": False,
        "drop_last": True,
        "shards": 2,
    }.items():
        with pytest.raises(ValueError, match=key):
            batches.load_state_dict({**state, key: value})
    for wrong in ({}, {**state, "epoch": "one"}, {**state, "seed": None}):
        with pytest.raises(ValueError, match="state_dict"):
            batches.load_state_dict(wrong)
    for key, value in {"epoch": -1, "batch": 12, "seed": -1}.items():
        with pytest.raises(ValueError, match=str(abs(value))):
            batches.load_state_dict({**state, key: value})
    assert batches.state_dict() == state


def test_stopping_early_and_two_at_once():
    batches = ff.Batches(IMAGES, LABELS, 10, shuffle=True, seed=6, reuse=True)
    reference = ff.Batches(IMAGES, LABELS, 10, shuffle=True, seed=6)
    expected = [numbers(reference) for _ in range(4)]
    assert numbers(batches, limit=2) == expected[0][:20]
    one, other = iter(batches), iter(batches)
    pairs = [(a[1].tolist(), b[1].tolist()) for a, b in zip(one, other, strict=True)]
    for k in range(2):
        assert [row for pair in pairs for row in pair[k]] == expected[1 + k]
    assert numbers(batches) == expected[3]
