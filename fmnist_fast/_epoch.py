"""One epoch of batches, from a place on; the next batch is made meanwhile where that pays."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._augment import Moves
from ._batch import BatchMaker
from ._gather import Gather
from ._order import Order
from ._threads import OwnThread, usable_cpus

if TYPE_CHECKING:
    from concurrent.futures import Future


_WORTH = 1 << 20  # items of a batch


def prefetch_pays(gather: Gather, size: int) -> bool:
    """Return whether batches of so many rows are worth a thread of their own that makes them."""
    items = min(size, gather.shape[0]) * gather.row
    return gather.threads != 1 and items >= _WORTH and usable_cpus() > 1


@dataclass
class Place:
    """An epoch, and how many of its batches are done."""

    epoch: int
    batch: int


class Epoch(Iterator[Any]):
    """The batches of an epoch, from a place on, which it moves along.

    Parameters
    ----------
    maker : BatchMaker
    order : ndarray, int64
        Rows of all batches.
    moves : ndarray, int16, shape (rows of all batches, 3), optional
        What happens to them.
    size, count : int
        Rows in a batch, batches in the epoch.
    place : Place
    reuse : bool
        Write to few sets of buffers in turn. The one that is filled is never one of the last two handed out.
    ahead : bool
        Make the next batch on a thread of its own.
    """

    def __init__(
        self,
        maker: BatchMaker,
        order: Order,
        moves: Moves | None,
        size: int,
        count: int,
        place: Place,
        reuse: bool,
        ahead: bool,
    ) -> None:
        self._maker, self._order, self._moves, self._size = maker, order, moves, size
        self._count, self._place = count, place
        sets = (3 if ahead else 2) if reuse else 0
        self._sets = [maker.buffers(min(size, len(order))) for _ in range(sets)]
        self._worker = _Worker() if ahead else None

    def __next__(self) -> Any:
        place, worker = self._place, self._worker
        if place.batch >= self._count:
            raise StopIteration
        if worker is None:
            batch = self._make(place.batch)
            place.batch += 1
            return batch
        batch = worker.result() if worker.busy else self._make(place.batch)
        place.batch += 1
        if place.batch < self._count:
            try:
                worker.start(self._make, place.batch)
            except BaseException:  # Ctrl-C: nobody gets this batch, so it is not done
                place.batch -= 1
                raise
        return batch

    def _make(self, number: int) -> Any:
        part = slice(number * self._size, (number + 1) * self._size)
        indices, moves = self._order[part], self._moves
        sets = self._sets
        buffers = sets[number % len(sets)] if sets else self._maker.buffers(len(indices))
        return self._maker.fill(indices, None if moves is None else moves[part], buffers)


class _Worker:
    """A thread that does one thing at a time, if there can be one."""

    def __init__(self) -> None:
        self._thread = OwnThread()
        self._future: Future[Any] | None = None
        self._working = threading.Lock()
        self._number = 0  # of the work begun last; a thread does no other

    @property
    def busy(self) -> bool:
        """Whether there is a result to wait for."""
        return self._future is not None and self._thread.here

    def start(self, work: Any, argument: int) -> None:
        """Begin, unless threads cannot be had."""
        if not self._thread.here:
            self._working = threading.Lock()  # a fork may have got the other one locked
        self._number += 1
        try:
            self._future = self._thread.submit(self._do, self._number, work, argument)
        except BaseException:  # Ctrl-C, and the thread may have its work already
            with self._working:
                self._number += 1
            self._future = None
            raise

    def _do(self, number: int, work: Any, argument: int) -> Any:
        with self._working:
            return work(argument) if number == self._number else None

    def result(self) -> Any:
        """Wait for the result. After Ctrl-C it can be waited for again: it may still be on its way."""
        assert self._future is not None
        try:
            return self._future.result()
        finally:
            if self._future.done():
                self._future = None
