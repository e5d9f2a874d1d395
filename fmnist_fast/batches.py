"""Batches for training: shuffled, converted and normalized in one pass."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ._gather import Gather, row_shape
from ._order import Order, check_shard, permutation, shard_of, shard_size
from .errors import MismatchError

Buffers = tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]


class Batches:
    """Iterable of ``(x, y)`` batches, an epoch each time, the next epoch the next time.

    Parameters
    ----------
    images : array_like, shape (rows, ...)
        Numbers of any dtype. Not copied if C-contiguous and in native byte order, so changes are seen.
    labels : array_like, shape (rows, ...), optional
        Of any dtype, which is kept. Without labels the batches are ``x`` alone, not pairs.
    batch_size : int, default 128
    shuffle : bool, default False
        Each epoch in an order of its own, which depends on seed, epoch and number of rows and on nothing
        else: not on the platform, the backend, the version of NumPy or ``batch_size``.
    seed : int, optional
        At least 0. None draws one, which `state_dict` then holds.
    drop_last : bool, default False
        Leave out the last batch if it is short, and the rows that do not fill up all shards.
    normalize : (mean, std), optional
        As in `fmnist_fast.normalize`, whose results these are bit for bit.
    dtype : dtype, optional
        With ``normalize`` float32 (default), float64 or float16; without, what ``x.astype(dtype)`` gives.
    shape : int or tuple of int, optional
        Of a row in the batch, for example ``784`` or ``(1, 28, 28)``; -1 stands for what is left.
    reuse : bool, default False
        Write to two sets of buffers in turn: a batch holds until the next but one is asked for. Every
        iterator has its own. Fresh memory costs more than the conversion.
    shard : (index, count), optional
        Only every ``count``-th row of the order, from the ``index``-th on. All shards have equally many:
        where the rows do not suffice, some from the start of the order are in two shards; with
        ``drop_last`` the rows left over are in none. (torch's ``DistributedSampler`` does the same.)
    threads : int, optional
        1 stays on the calling thread; None picks by size (a batch of less than 2**20 items needs one).

    Raises
    ------
    MismatchError
        Not as many labels as images.
    FormatError
        ``normalize`` for images that have none of the IDX dtypes.
    ValueError, TypeError
        An argument out of its range; ``shuffle`` with shards but without the seed they must share.

    Notes
    -----
    ``iter()`` begins an epoch and counts it, whether or not it is then gone through to its end. Iterators
    do not disturb each other, but one of them must not be used by two threads at a time.

    Examples
    --------
    >>> images, labels = np.arange(12, dtype=np.uint8).reshape(6, 2), np.arange(6)
    >>> batches = Batches(images, labels, batch_size=4, shuffle=True, seed=1)
    >>> [len(y) for x, y in batches], batches.epoch
    ([4, 2], 1)
    """

    def __init__(
        self,
        images: ArrayLike,
        labels: ArrayLike | None = None,
        batch_size: int = 128,
        *,
        shuffle: bool = False,
        seed: int | None = None,
        drop_last: bool = False,
        normalize: tuple[float, float] | None = None,
        dtype: DTypeLike | None = None,
        shape: int | tuple[int, ...] | None = None,
        reuse: bool = False,
        shard: tuple[int, int] | None = None,
        threads: int | None = None,
    ) -> None:
        self._gather = Gather(images, normalize, dtype, threads)
        self._rows = self._gather.shape[0]
        self._labels = None if labels is None else np.asarray(labels, order="C")
        if self._labels is not None and self._labels.shape[:1] != (self._rows,):
            found = "no array" if not self._labels.ndim else f"{len(self._labels)} labels"
            raise MismatchError(f"expected a label for each of {self._rows} images, found {found}")
        self._size = operator.index(batch_size)
        if self._size < 1:
            raise ValueError(f"batch_size must be at least 1, not {batch_size}")
        self._shard = check_shard(shard)
        if shuffle and seed is None and self._shard[1] > 1:
            raise ValueError("shuffled shards need a seed, the same for all of them")
        self._seed = _secret() if seed is None else _natural("seed", seed)
        self._shuffle, self._drop, self._reuse = bool(shuffle), bool(drop_last), bool(reuse)
        self._shape = self._gather.shape[1:] if shape is None else row_shape(self._gather.shape[1:], shape)
        self._next = _Place(0, 0)
        self._latest = _Place(0, 0)

    @property
    def epoch(self) -> int:
        """Number of the epoch that the next ``iter()`` begins, or goes on with after `load_state_dict`."""
        return self._next.epoch

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        rows = shard_size(self._rows, self._shard[1], self._drop)
        return rows // self._size if self._drop else -(-rows // self._size)

    def __iter__(self) -> Iterator[Any]:
        """Begin the next epoch."""
        self._latest = self._next
        self._next = _Place(self._latest.epoch + 1, 0)
        return _Epoch(self, self._latest)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that the next ``iter()`` begins.

        The epoch that `load_state_dict` has just restored is still gone on with, not begun again.

        Parameters
        ----------
        epoch : int
            At least 0.
        """
        if _natural("epoch", epoch) != self._next.epoch:
            self._next = _Place(operator.index(epoch), 0)
        self._latest = replace(self._next)

    def state_dict(self) -> dict[str, int | bool]:
        """Return where the iterator that was begun last is: the batches it has handed out are done.

        Returns
        -------
        dict
            Of int and bool, fit for JSON. The state of one shard is good for all.
        """
        place = self._latest
        if place.batch >= len(self) > 0:
            place = _Place(place.epoch + 1, 0)
        return {"epoch": place.epoch, "batch": place.batch, "seed": self._seed, **self._fixed()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Let the next ``iter()`` go on where `state_dict` was called, with the same batches.

        Parameters
        ----------
        state : mapping
            From a `Batches` of as many images with the same ``batch_size``, ``shuffle``, ``drop_last``
            and number of shards. Its seed is taken over.

        Raises
        ------
        ValueError
            The state is of another kind of epoch, or no state; nothing has changed.
        """
        try:
            epoch, batch, seed = (_natural(key, state[key]) for key in ("epoch", "batch", "seed"))
            for key, value in self._fixed().items():
                if state[key] != value:
                    raise ValueError(f"the state is one with {key}={state[key]}, not {value}")
        except (KeyError, TypeError) as error:
            raise ValueError("expected the result of state_dict()") from error
        if batch > len(self):
            raise ValueError(f"the state is after batch {batch}, an epoch has {len(self)}")
        self._seed, self._next, self._latest = seed, _Place(epoch, batch), _Place(epoch, batch)

    def _fixed(self) -> dict[str, int | bool]:
        return {
            "images": self._rows,
            "batch_size": self._size,
            "shuffle": self._shuffle,
            "drop_last": self._drop,
            "shards": self._shard[1],
        }

    def _order(self, epoch: int) -> Order:
        order = permutation(self._rows, self._seed, epoch) if self._shuffle else np.arange(self._rows)
        return shard_of(order.astype(np.int64, copy=False), *self._shard, self._drop)

    def _buffers(self, rows: int) -> Buffers:
        """Return room for a batch: ``x``, the same row by row, and ``y``."""
        x = np.empty((rows, *self._shape), self._gather.dtype)
        labels = self._labels
        y = None if labels is None else np.empty((rows, *labels.shape[1:]), labels.dtype)
        return x, x.reshape(rows, self._gather.row), y

    def _fill(self, indices: Order, buffers: Buffers) -> Any:
        """Return the batch of these rows in these buffers, which may be longer."""
        x, flat, y = buffers
        if len(indices) < len(x):
            x, flat, y = x[: len(indices)], flat[: len(indices)], None if y is None else y[: len(indices)]
        self._gather(indices, flat)
        if self._labels is None or y is None:
            return x
        self._labels.take(indices, axis=0, out=y, mode="clip")  # "raise" would copy y
        return x, y


@dataclass
class _Place:
    """An epoch, and how many of its batches are done."""

    epoch: int
    batch: int


class _Epoch(Iterator[Any]):
    """One epoch, from a place on, which it moves along."""

    def __init__(self, batches: Batches, place: _Place) -> None:
        self._batches, self._place, self._count = batches, place, len(batches)
        self._order = batches._order(place.epoch)
        size = min(batches._size, len(self._order))
        self._pair = [batches._buffers(size) for _ in range(2)] if batches._reuse else []

    def __next__(self) -> Any:
        place, batches = self._place, self._batches
        if place.batch >= self._count:
            raise StopIteration
        low = place.batch * batches._size
        indices = self._order[low : low + batches._size]
        buffers = self._pair[place.batch % 2] if self._pair else batches._buffers(len(indices))
        batch = batches._fill(indices, buffers)
        place.batch += 1
        return batch


def _natural(name: str, value: Any) -> int:
    number = operator.index(value)
    if number < 0:
        raise ValueError(f"{name} must be at least 0, not {number}")
    return number


def _secret() -> int:
    return int(np.random.SeedSequence().generate_state(1, np.uint64)[0])
