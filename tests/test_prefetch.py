"""Batches made ahead: the same ones, in buffers that nobody still looks at, whatever interrupts."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
import traceback
from concurrent.futures import Future

import numpy as np
import pytest
from numbered import IMAGES, LABELS, ROWS, numbers

import fmnist_fast as ff
from fmnist_fast import _epoch, _threads
from fmnist_fast._batch import BatchMaker


def batches_of(**options) -> ff.Batches:
    return ff.Batches(IMAGES, LABELS, 10, **{"shuffle": True, "seed": 3, "prefetch": True, **options})


def workers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("fmnist_fast")]


def no_workers_left() -> bool:
    """They end by themselves, once nobody holds their pool."""
    gc.collect()
    for worker in workers():
        worker.join(60)
    return not workers()


@pytest.mark.parametrize(
    "options", [{}, {"threads": 1}, {"shard": (1, 2)}, {"reuse": True}, {"drop_last": True}]
)
def test_the_same_batches(options):
    ahead, plain = batches_of(**options), batches_of(**options, prefetch=False)
    for _ in range(2):
        assert numbers(ahead) == numbers(plain)
    assert ahead.state_dict() == plain.state_dict()


def test_state_counts_what_was_handed_out_not_what_was_made():
    batches = batches_of()
    epoch = iter(batches)
    for done in range(1, 5):
        next(epoch)
        assert batches.state_dict()["batch"] == done
    rest = [row for _, y in epoch for row in y.tolist()]
    other = batches_of()
    assert rest == numbers(other)[40:]


def test_three_sets_of_buffers_and_the_last_two_are_left_alone(monkeypatch):
    """The next batch is complete before this looks at the last two, and they still hold what they held."""
    made = threading.Semaphore(0)
    fill = BatchMaker.fill

    def noted(self, *arguments):
        batch = fill(self, *arguments)
        made.release()
        return batch

    monkeypatch.setattr(BatchMaker, "fill", noted)
    held = []
    batches = batches_of(reuse=True)
    count = 0
    for count, (x, y) in enumerate(batches, 1):
        held = [*held[-1:], (x, y, x.copy(), y.copy())]
        for _ in range(2 if count == 1 else count < len(batches)):
            assert made.acquire(timeout=60)
        for x_held, y_held, x_then, y_then in held:
            assert np.array_equal(x_held, x_then)
            assert np.array_equal(y_held, y_then)
    assert count == 11
    parts = list(batches)
    assert len({x.__array_interface__["data"][0] for x, _ in parts}) == 3


def test_stopping_early_leaves_no_thread():
    for reuse in (False, True):
        batches = batches_of(reuse=reuse)
        for _ in batches:
            assert workers()
            break
        epoch = iter(batches)
        next(epoch)
        del epoch, _
        assert no_workers_left()


def test_an_error_is_raised_where_its_batch_would_be(monkeypatch):
    """And the batch can be asked for again."""
    fill = BatchMaker.fill
    broken = [True]

    def failing(self, indices, *arguments):
        if 25 in indices and broken[0]:
            raise OSError("no such page")
        return fill(self, indices, *arguments)

    monkeypatch.setattr(BatchMaker, "fill", failing)
    batches = batches_of(shuffle=False)
    epoch = iter(batches)
    assert [next(epoch)[1][0] for _ in range(2)] == [0, 10]
    for _ in range(2):
        with pytest.raises(OSError, match="no such page"):
            next(epoch)
        assert batches.state_dict()["batch"] == 2
    broken[0] = False
    assert [y[0] for _, y in epoch] == list(range(20, ROWS, 10))


def main_thread_waits() -> bool:
    """Whether the main thread is where it waits for a batch; nothing before that is to be interrupted."""
    stack = traceback.walk_stack(sys._current_frames()[threading.main_thread().ident])
    codes = {frame.f_code for frame, _ in stack}
    return {Future.result.__code__, threading.Condition.wait.__code__} <= codes


@pytest.mark.skipif(sys.platform == "win32", reason="signals are not raised in the middle of a wait")
def test_interrupted_while_waiting(monkeypatch):
    """The batch on its way is neither lost nor written by two at a time."""
    fill = BatchMaker.fill
    caught, waiting, inside = threading.Event(), threading.Event(), []

    def interrupt(*_):
        if not caught.is_set():
            caught.set()
            raise KeyboardInterrupt

    def slow(self, indices, *arguments):
        inside.append(1)
        assert len(inside) == 1
        if 25 in indices:
            while not main_thread_waits():
                time.sleep(0.001)
            while not caught.wait(0.05):  # a signal just before the wait does not end it
                os.kill(os.getpid(), signal.SIGINT)
            assert waiting.wait(60)
        inside.pop()
        return fill(self, indices, *arguments)

    monkeypatch.setattr(BatchMaker, "fill", slow)
    epoch = iter(batches_of(shuffle=False, reuse=True))
    found: list[int] = []
    usual = signal.signal(signal.SIGINT, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            found.extend(int(y[0]) for _, y in epoch)
        waiting.set()
        rest = [int(y[0]) for _, y in epoch]
    finally:
        signal.signal(signal.SIGINT, usual)
    assert found + rest == list(range(0, ROWS, 10))


def test_interrupted_while_the_next_batch_is_begun(monkeypatch):
    """The thread has its work already; the batch before it was not handed out, and is the next one."""
    fill, submit = BatchMaker.fill, _threads.submit
    begun, inside = threading.Event(), []

    def slow(self, *arguments):
        inside.append(1)
        assert len(inside) == 1
        begun.set()
        time.sleep(0.01)
        batch = fill(self, *arguments)
        inside.pop()
        return batch

    def interrupted(*arguments):
        begun.clear()
        submit(*arguments)
        assert begun.wait(60)
        monkeypatch.setattr(_threads, "submit", submit)
        raise KeyboardInterrupt

    monkeypatch.setattr(BatchMaker, "fill", slow)
    for reuse in (False, True):
        epoch = iter(batches_of(shuffle=False, reuse=reuse))
        found = [int(next(epoch)[1][0]) for _ in range(3)]
        monkeypatch.setattr(_threads, "submit", interrupted)
        with pytest.raises(KeyboardInterrupt):
            next(epoch)
        assert found + [int(y[0]) for _, y in epoch] == list(range(0, ROWS, 10))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")  # that it works is the point
def test_a_forked_process_goes_on_by_itself():
    batches = batches_of(reuse=True)
    expected = numbers(batches_of())
    epoch = iter(batches)
    next(epoch)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(60)
            rows = [row for x, y in epoch for row in y.tolist() if len(x)]
            code = 0 if rows == expected[10:] else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert [row for _, y in epoch for row in y.tolist()] == expected[10:]


def test_without_threads_batches_come_all_the_same(monkeypatch):
    def refused(*arguments):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    assert numbers(batches_of()) == numbers(batches_of(prefetch=False))


def test_a_thread_that_could_not_be_had_leaves_nothing_to_do(monkeypatch):
    """What was meant for it must not be done later, in memory that the caller has by then."""
    start, refusals = threading.Thread.start, [True]

    def refused_once(thread):
        if refusals:
            refusals.clear()
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refused_once)
    made, fill = [], BatchMaker.fill

    def noted(maker, indices, moves, buffers):
        made.append(int(indices[0]))
        return fill(maker, indices, moves, buffers)

    monkeypatch.setattr(BatchMaker, "fill", noted)
    assert numbers(batches_of(shuffle=False, reuse=True)) == list(range(ROWS))
    assert not refusals
    assert made == list(range(0, ROWS, 10))


@pytest.mark.once
def test_when_it_is_done_unasked(monkeypatch):
    images = np.zeros((4000, 28, 28), np.uint8)

    def ahead(size, **options):
        epoch = iter(ff.Batches(images, batch_size=size, **options))
        return epoch._worker is not None

    monkeypatch.setattr(_epoch, "usable_cpus", lambda: 2)
    assert ahead(1400)
    assert not ahead(1000)
    assert not ahead(1400, threads=1)
    assert not ahead(1400, prefetch=False)
    assert ahead(128, prefetch=True)
    monkeypatch.setattr(_epoch, "usable_cpus", lambda: 1)
    assert not ahead(1400)
