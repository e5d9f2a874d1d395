"""How many threads to use, and large work in parts."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from ._integers import integer_or_none

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


def check_threads(threads: int | None) -> int | None:
    """Return ``threads`` as int, or None; see `integer_or_none` for the errors."""
    return integer_or_none("threads", threads, 1)


def thread_count(threads: int | None, parts: int) -> int:
    """Return how many threads to run for work that has this many parts worth one."""
    return max(min(threads or usable_cpus(), parts), 1)


def usable_cpus() -> int:
    """Return the CPUs this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def submit(pool: ThreadPoolExecutor, work: Callable[..., _Result], *arguments: Any) -> Future[_Result]:
    """Return ``pool.submit(work, *arguments)``; an interrupt of it leaves no thread behind.

    Ctrl-C can come while the pool starts its thread, and before it has noted that. Nobody would end such a
    thread, and the process could not either.
    """
    try:
        return pool.submit(work, *arguments)
    except BaseException:
        pool.shutdown(wait=False)
        raise


class OwnThread:
    """A thread for one thing at a time, made when it is first needed, and again in a forked process."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._process = 0

    @property
    def here(self) -> bool:
        """Whether it has been made in this process: threads are not forked."""
        return self._pool is not None and self._process == os.getpid()

    def submit(self, work: Callable[..., _Result], *arguments: Any) -> Future[_Result] | None:
        """Begin; None where threads cannot be had: in some sandboxes, and when the interpreter shuts down."""
        from concurrent.futures import ThreadPoolExecutor  # not at import: it takes milliseconds

        if self._pool is None or not self.here:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="fmnist_fast")
            self._process = os.getpid()
        try:
            return submit(self._pool, work, *arguments)
        except RuntimeError:
            self._pool = None  # the next thread would begin with what is waiting in it
            return None
        except BaseException:
            self._pool = None
            raise


def ordered_map(work: Callable[[_Part], _Result], parts: Iterable[_Part], threads: int) -> Iterator[_Result]:
    """Yield ``work(part)`` in order, from a pool; at most two parts for each thread are under way.

    A plain ``Executor.map`` takes all parts at once, and with them the memory for all of them.
    """
    if threads == 1:
        yield from map(work, parts)
        return
    from concurrent.futures import ThreadPoolExecutor  # not at import: it takes milliseconds

    waiting: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="fmnist_fast") as pool:
        try:
            for part in parts:
                waiting.append(pool.submit(work, part))
                if len(waiting) >= 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
