"""Measuring that holds on a noisy machine.

The contestants take turns in one process, A B A B A B. Noise only ever makes a turn longer, so of a few turns
side by side the shortest of each counts, and these two make a pair: one is divided by the other. What is
reported is the median of those ratios, their quartiles, and a bootstrap interval of the median; a single time
means nothing here and decides nothing.

What a call finds in the process matters as much as the neighbors. Until a large block is freed for the first
time, malloc of glibc gives each back to the system and takes page faults for the next; from then on it keeps
them. Every measuring starts in the second state, which is that of a program that has run for a while.
"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Call = Callable[[], object]
Clock = Callable[[], float]

#: The CPU's clock (user and system time of this process) stands still while others have the CPU, which helps
#: on an overbooked machine. It adds up all threads, so it is for one-thread rows only; it sees no waiting.
CLOCKS: dict[str, Clock] = {"wall": time.perf_counter, "cpu": time.process_time}

#: Seconds of a turn of both that leave nothing cold.
_WARM = 0.5
#: Turns of a pair, unless they are so long that there would be less than that many pairs.
_TURNS = 3
#: The largest block whose release changes what glibc does with the next.
_SETTLING = (32 << 20) - (8 << 10)


@dataclass(frozen=True)
class Spread:
    """A set of measurements: its median, its quartiles, and how sure the median is.

    Attributes
    ----------
    median : float
    quartiles : tuple of float
        A quarter of the values lies below the first, a quarter above the second.
    interval : tuple of float
        95 % bootstrap interval of the median.
    count : int
        Number of measurements.
    """

    median: float
    quartiles: tuple[float, float]
    interval: tuple[float, float]
    count: int

    @classmethod
    def of(cls, values: Sequence[float] | npt.NDArray[np.float64]) -> Spread:
        """Summarize values; the same values always draw the same resamples."""
        data = np.asarray(values, np.float64)
        draws = np.random.default_rng(0).integers(0, len(data), (4000, len(data)))
        low, high = np.percentile(np.median(data[draws], axis=1), (2.5, 97.5))
        first, third = np.percentile(data, (25, 75))
        return cls(float(np.median(data)), (float(first), float(third)), (float(low), float(high)), len(data))

    def scaled(self, factor: float) -> Spread:
        """Return the same in another unit."""
        first, third = self.quartiles
        low, high = self.interval
        return Spread(
            self.median * factor, (first * factor, third * factor), (low * factor, high * factor), self.count
        )


@dataclass(frozen=True)
class Comparison:
    """One contestant against another.

    Attributes
    ----------
    ratio : Spread
        Time of the peer over our time, pair by pair: above 1 we are faster.
    ours, peer : Spread
        Seconds of one call, for orientation only.
    """

    ratio: Spread
    ours: Spread
    peer: Spread


def compare(
    ours: Call,
    peer: Call,
    *,
    pairs: int = 15,
    warmup: int = 2,
    least: float = 0.002,
    budget: float = math.inf,
    clock: Clock = time.perf_counter,
) -> Comparison:
    """Let two take turns.

    Parameters
    ----------
    ours, peer : callable
        Called without arguments. What a call returns is kept until the clock has stopped.
    pairs : int
        Of three turns each.
    warmup : int
        Turns before them, at least one; the last tells how many calls one turn needs.
    least : float
        Seconds that a turn lasts at least; shorter calls are repeated.
    budget : float
        Seconds for all. Slow calls get fewer pairs, of one turn at last, but never less than three.
    clock : callable
        One of `CLOCKS`.
    """
    calls = ours, peer
    with _quiet():
        for _ in range(max(warmup, 1)):
            once = [max(_time(call, 1, clock), 1e-9) for call in calls]
            if sum(once) > _WARM:
                break
        numbers = [max(1, math.ceil(least / seconds)) for seconds in once]
        turn = sum(number * seconds for number, seconds in zip(numbers, once, strict=True))
        affordable = max(3, int(min(pairs * _TURNS, budget / turn)))
        turns = _TURNS if affordable >= _TURNS**2 else 1
        count = min(pairs, affordable // turns)
        both = list(zip(calls, numbers, strict=True))
        times = np.array([[_time(call, n, clock) / n for call, n in both] for _ in range(count * turns)])
    first, second = times.reshape(count, turns, 2).min(axis=1).T
    return Comparison(Spread.of(second / first), Spread.of(first), Spread.of(second))


def measure(call: Call, *, rounds: int = 15, warmup: int = 2, clock: Clock = time.perf_counter) -> Spread:
    """Time one call alone, in seconds, for limits that are stated in seconds."""
    with _quiet():
        for _ in range(max(warmup, 1)):
            _time(call, 1, clock)
        return Spread.of([_time(call, 1, clock) for _ in range(rounds)])


@contextlib.contextmanager
def pinned(cpu: int | None) -> Iterator[bool]:
    """Keep this process on one CPU for a while, where the system has such a call and allows it.

    Yields
    ------
    bool
        Whether it is pinned. Child processes and new threads inherit the pin.
    """
    if cpu is None or not hasattr(os, "sched_setaffinity"):
        yield False
        return
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {cpu})
    except (OSError, ValueError):
        yield False
        return
    try:
        yield True
    finally:
        os.sched_setaffinity(0, before)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the garbage collector out of the timings, and let malloc settle."""
    np.empty(_SETTLING, np.uint8)
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _time(call: Call, number: int, clock: Clock = time.perf_counter) -> float:
    kept = None
    start = clock()
    for _ in range(number):
        kept = call()
    seconds = clock() - start
    del kept
    return seconds
