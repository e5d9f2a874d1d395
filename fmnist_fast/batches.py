"""Batches for training: shuffled, augmented, converted and normalized in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ._augment import Moves, check_augmentation
from ._batch import BatchMaker
from ._epoch import Epoch, Place, prefetch_pays
from ._gather import Gather
from ._integers import integer
from ._order import Order, check_shard, permutation, shard_of, shard_size


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
        Give each epoch a new random order. It depends only on seed, epoch and number of rows: not on the
        platform, the backend, the version of NumPy or ``batch_size``.
    seed : int, optional
        At least 0. None draws one at random, which `state_dict` contains.
    drop_last : bool, default False
        Leave out the last batch if it is short, and the rows that cannot be divided evenly among shards.
    normalize : (mean, std), optional
        As in `fmnist_fast.normalize`, whose results these are bit for bit.
    dtype : dtype, optional
        With ``normalize`` float32 (default), float64 or float16; without, what ``x.astype(dtype)`` gives.
    shape : int or tuple of int, optional
        Shape of a row in the batch, for example ``784`` or ``(1, 28, 28)``; one -1 is computed.
    reuse : bool, default False
        Write to two sets of buffers in turn (three with ``prefetch``): a batch is overwritten when the
        second batch after it is requested. Each iterator has its own buffers. New memory for each batch
        costs more than the conversion.
    shard : (index, count), optional
        Use every ``count``-th row of the order, starting at ``index``. All shards have the same length: if
        the rows cannot be divided evenly, some from the start of the order are in two shards; with
        ``drop_last`` the remaining rows are in none. (torch's ``DistributedSampler`` does the same.)
    threads : int, optional
        1 stays on the calling thread; None picks by size (a batch of less than 2**20 items needs one).
    flip : float, default 0
        Probability that an image is mirrored left to right, from 0 to 1.
    shift : int, default 0
        Move each image by up to this many pixels up or down, and left or right, all distances being equally
        likely. Pixels that become vacant are 0 before they are normalized.
    prefetch : bool, optional
        Prepare the next batch on a second thread while the caller works with the current one. None does so
        where it pays: for batches of 2**20 items or more, with a second CPU, and not with ``threads=1``.

    Raises
    ------
    MismatchError
        Not as many labels as images.
    FormatError
        ``normalize`` for images that have none of the IDX dtypes.
    ValueError, TypeError
        An argument out of its range; shards that shuffle or augment without the seed they must share;
        ``flip`` or ``shift`` for images that are not of shape (rows, ..., height, width).

    Notes
    -----
    How an image is augmented depends only on seed, epoch and the index of the image: not on the order,
    the size of batches, shards or threads. All planes of an image are flipped and moved together.

    Each ``iter()`` begins an epoch and counts it, whether or not it is iterated to its end. Several iterators
    may exist at a time, but one iterator must not be used by two threads at once. Threads that call
    ``iter()`` at the same moment may be given the same epoch.

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
        flip: float = 0.0,
        shift: int = 0,
        prefetch: bool | None = None,
    ) -> None:
        gather = Gather(images, normalize, dtype, threads)
        self._maker = BatchMaker(gather, labels, shape)
        self._rows = self._maker.rows
        self._augmentation = check_augmentation(flip, shift, gather.shape[1:])
        self._size = integer("batch_size", batch_size, 1)
        self._shard = check_shard(shard)
        if seed is None and self._shard[1] > 1 and (shuffle or self._augmentation):
            raise ValueError("shards that are shuffled or augmented need a seed, the same for all of them")
        self._seed = _secret() if seed is None else integer("seed", seed, 0)
        self._shuffle, self._drop, self._reuse = bool(shuffle), bool(drop_last), bool(reuse)
        self._ahead = prefetch_pays(gather, self._size) if prefetch is None else bool(prefetch)
        self._next = Place(0, 0)
        self._latest = Place(0, 0)

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
        place = self._latest = replace(self._next)  # which no other iterator moves along
        self._next = Place(place.epoch + 1, 0)
        order, moves = self._drawn(place.epoch)
        return Epoch(self._maker, order, moves, self._size, len(self), place, self._reuse, self._ahead)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that the next ``iter()`` begins.

        The epoch that `load_state_dict` has just restored is still gone on with, not begun again.

        Parameters
        ----------
        epoch : int
            At least 0.

        Raises
        ------
        ValueError, TypeError
            No such number.
        """
        epoch = integer("epoch", epoch, 0)
        if epoch != self._next.epoch:
            self._next = Place(epoch, 0)
        self._latest = replace(self._next)

    def state_dict(self) -> dict[str, int | float]:
        """Return where the iterator that was begun last is: the batches it has handed out are done.

        Returns
        -------
        dict
            Of int, bool and float, fit for JSON. The state of one shard is good for all.
        """
        place = self._latest
        if place.batch >= len(self) > 0:
            place = Place(place.epoch + 1, 0)
        return {"epoch": place.epoch, "batch": place.batch, "seed": self._seed, **self._fixed()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Let the next ``iter()`` go on where `state_dict` was called, with the same batches.

        Parameters
        ----------
        state : mapping
            From a `Batches` of as many images with the same ``batch_size``, ``shuffle``, ``drop_last``,
            ``flip``, ``shift`` and number of shards. Its seed is taken over.

        Raises
        ------
        ValueError
            The state is of another kind of epoch, or no state; nothing has changed.
        """
        try:
            epoch, batch, seed = (integer(key, state[key], 0) for key in ("epoch", "batch", "seed"))
            for key, value in self._fixed().items():
                if state[key] != value:
                    raise ValueError(f"the state is one with {key}={state[key]}, not {value}")
        except (KeyError, TypeError) as error:
            raise ValueError("expected the result of state_dict()") from error
        if batch > len(self):
            raise ValueError(f"the state is after batch {batch}, an epoch has {len(self)}")
        self._seed, self._next, self._latest = seed, Place(epoch, batch), Place(epoch, batch)

    def _fixed(self) -> dict[str, int | float]:
        augmentation = self._augmentation
        return {
            "images": self._rows,
            "batch_size": self._size,
            "shuffle": self._shuffle,
            "drop_last": self._drop,
            "shards": self._shard[1],
            "flip": augmentation.flip if augmentation else 0.0,
            "shift": augmentation.shift if augmentation else 0,
        }

    def _drawn(self, epoch: int) -> tuple[Order, Moves | None]:
        """Return the rows of an epoch and what happens to each."""
        order = permutation(self._rows, self._seed, epoch) if self._shuffle else np.arange(self._rows)
        order = shard_of(order.astype(np.int64, copy=False), *self._shard, self._drop)
        if self._augmentation is None:
            return order, None
        return order, self._augmentation.draw(self._rows, self._seed, epoch)[order]


def _secret() -> int:
    return int(np.random.SeedSequence().generate_state(1, np.uint64)[0])
