"""In which order an epoch goes through the rows, and which of them are a shard's."""

from __future__ import annotations

import operator

import numpy as np
from numpy.typing import NDArray

Order = NDArray[np.int64]


def permutation(rows: int, seed: int, epoch: int) -> Order:
    """Return the numbers below ``rows`` in an order that depends on seed and epoch.

    It is the same on every platform and with every version of NumPy: that is promised of `SeedSequence`,
    of the raw output of PCG64 and of the methods of `RandomState`, but not of those of `Generator`.
    """
    bits = np.random.PCG64(np.random.SeedSequence([seed, epoch]))
    return np.random.RandomState(bits).permutation(rows).astype(np.int64, copy=False)


def shard_size(rows: int, count: int, drop: bool) -> int:
    """Return how many rows each of ``count`` shards has."""
    return rows // count if drop else -(-rows // count)


def shard_of(order: Order, index: int, count: int, drop: bool) -> Order:
    """Return every ``count``-th row of an order from the ``index``-th on, equally many for every index.

    What is left over is dropped, or filled up with rows from the start of the order.
    """
    if count == 1:
        return order
    whole = count * shard_size(len(order), count, drop)
    return np.ascontiguousarray(np.resize(order, whole)[index::count])


def check_shard(shard: tuple[int, int] | None) -> tuple[int, int]:
    """Return index and count of a shard; None is the only one.

    Raises
    ------
    ValueError
        There is no such shard.
    TypeError
        Not two ints.
    """
    if shard is None:
        return 0, 1
    try:
        index, count = (operator.index(number) for number in shard)
    except (TypeError, ValueError) as error:
        raise type(error)(f"shard must be (index, count), two ints, not {shard!r}") from error
    if not 0 <= index < count:
        raise ValueError(f"shard must be (index, count) with 0 <= index < count, not {(index, count)}")
    return index, count
