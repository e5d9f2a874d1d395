"""Many threads at once: every result right or an error, never a mixture and never a crash.

The decoder lets go of the GIL while it works, so what protected a Python program by accident is gone: state
shared between decoders would show here, and so would a shared reader that hands one row to two threads.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress

import numpy as np
import pytest
from builders import bgzf, gzip_member, idx_bytes, idx_gz
from drive import drive, oracle
from samples import KINDS, images, noise, same
from together import together

import fmnist_fast as ff
from fmnist_fast import _threads

IMAGES = images(400)
NUMBERED = IMAGES.copy()
NUMBERED[:, 0, :4] = np.arange(400, dtype=">u4").view("u1").reshape(400, 4)


def test_eight_decoders_at_once(backend):
    files = [
        gzip_member(make(20_000 + 999 * i)) for i, make in enumerate([*KINDS.values(), *KINDS.values()][:8])
    ]
    files[3] = files[3][:-5]
    files[5] = files[5][:200] + b"\xff" * 9 + files[5][209:]
    expected = [oracle(data).key for data in files]
    for _ in range(5):
        assert [
            v.key for v in together(8, lambda i: drive(backend, files[i], feed=500, room=3000))
        ] == expected


def test_eight_reads_of_one_buffer():
    data = idx_gz(IMAGES)
    for array in together(8, lambda i: ff.read_idx(data)):
        assert same(array, IMAGES)


def test_reads_of_different_files_and_kinds(tmp_path):
    arrays = [
        images(50 + i).astype(code) for i, code in enumerate(["u1", "i1", "i2", "i4", "f4", "f8", "u1", "u1"])
    ]
    for i, array in enumerate(arrays):
        (tmp_path / str(i)).write_bytes((idx_gz, idx_bytes)[i % 2](array))
    for _ in range(3):
        results = together(8, lambda i: ff.read_idx(tmp_path / str(i)))
        assert all(same(a, b) for a, b in zip(results, arrays, strict=True))


@pytest.mark.parametrize("pack", [gzip_member, lambda raw: bgzf(raw, block=5000), bytes])
def test_eight_threads_on_one_reader(pack):
    """Every row goes to exactly one thread."""
    with ff.open_idx(pack(idx_bytes(NUMBERED))) as reader:

        def work(index: int) -> list[np.ndarray]:
            parts = []
            while len(part := reader.read(1 + index)):
                parts.append(part)
            return parts

        parts = [part for group in together(8, work) for part in group]
    rows = np.concatenate(parts)
    numbers = rows[:, 0, :4].copy().view(">u4").reshape(-1)
    assert sorted(numbers.tolist()) == list(range(400))
    assert same(rows[np.argsort(numbers)], NUMBERED)
    for part in parts:
        first = part[:, 0, :4].copy().view(">u4").reshape(-1)
        assert np.array_equal(first, np.arange(first[0], first[0] + len(part)))


def test_seeking_and_reading_in_turn_on_one_reader():
    """Two calls are two steps, so rows may come from anywhere; but they are rows."""
    with ff.open_idx(idx_gz(NUMBERED)) as reader:

        def work(index: int) -> None:
            rng = np.random.default_rng(index)
            for _ in range(12):
                reader.seek(int(rng.integers(0, 400)))
                for row in reader.read(3):
                    number = int(row[0, :4].copy().view(">u4")[0])
                    assert np.array_equal(row, NUMBERED[number])

        together(8, work)


def test_closing_a_reader_under_others():
    for _ in range(5):
        reader = ff.open_idx(idx_gz(IMAGES))

        def work(index: int, reader=reader) -> str:
            if index == 0:
                time.sleep(0.001)
                reader.close()
                return "closed"
            try:
                return "row" if len(reader.read(1)) else "end"
            except ValueError as error:
                return str(error)

        answers = together(6, work)
        assert all(a in ("closed", "row", "end") or "closed" in a for a in answers), answers


def test_one_decoder_used_by_two_threads(backend):
    """Not allowed, and then an error or nonsense is fine; a crash is not."""
    data = gzip_member(noise(200_000))
    for _ in range(3):
        decoder = backend.GzipDecoder()

        def work(index: int, decoder=decoder) -> None:
            out = bytearray(300_000)
            with suppress(
                backend.CorruptDataError, backend.TruncatedError, ValueError, RuntimeError, TypeError
            ):
                decoder.decode(data, True, out, 0)

        together(4, work)


def test_writers_at_once(tmp_path):
    """Eight writers to one path: one of them wins, completely."""
    arrays = [np.full(50_000 + i, i, "u1") for i in range(8)]
    path = tmp_path / "file.gz"
    together(8, lambda i: ff.write_idx(path, arrays[i]))
    got = ff.read_idx(path)
    assert same(got, arrays[got[0]])
    assert [p.name for p in tmp_path.iterdir()] == ["file.gz"]


def test_other_threads_run_during_a_decode(backend):
    """The GIL is let go: a thread that only counts gets its turn while 30 MB are decoded in one call.

    No thread is asked to let go of the GIL meanwhile, so whoever counts during the call was let by it. A
    busy system may still give that thread no CPU in time, so it gets several chances.
    """
    data = gzip_member(bytes(30_000_000), level=1)
    out = bytearray(30_000_000)
    ticks, done = [0], threading.Event()

    def heartbeat() -> None:
        while not done.is_set():
            ticks[0] += 1
            time.sleep(0.0001)

    thread = threading.Thread(target=heartbeat)
    interval = sys.getswitchinterval()
    during = []
    sys.setswitchinterval(1000)
    try:
        thread.start()
        while sum(during) < 3 and len(during) < 300:
            decoder, before = backend.GzipDecoder(), ticks[0]
            decoder.decode(data, True, out, 0)
            during.append(ticks[0] - before)
    finally:
        sys.setswitchinterval(interval)
        done.set()
        thread.join()
    assert sum(during) >= 3, during


@pytest.mark.once
def test_usable_cpus_where_no_process_is_bound(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert _threads.usable_cpus() == 3
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert _threads.usable_cpus() == 1
