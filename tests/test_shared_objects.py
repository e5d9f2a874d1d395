"""One object in the hands of several threads: right rows or an error, never a crash.

With a GIL most of this holds by accident; in a free-threaded interpreter nothing does. Each test takes a few
turns only, and is worth most there, and under ThreadSanitizer.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress

import numpy as np
import pytest
from builders import bgzf, gzip_member, idx_bytes, idx_gz
from numbered import IMAGES, LABELS, ROWS, numbers
from samples import KINDS, images, same
from test_restart import drive_on, pauses
from together import together

import fmnist_fast as ff
from fmnist_fast.adapters._shared_readers import borrowed_reader, close_idle_readers

ROUNDS = 5
TEXT = KINDS["text"](400_000)
NUMBERED = images(400)
NUMBERED[:, 0, :4] = np.arange(400, dtype=">u4").view("u1").reshape(400, 4)


def numbers_of(rows: np.ndarray) -> list[int]:
    """Which rows these are; and each is whole."""
    found = rows[:, 0, :4].copy().view(">u4").reshape(-1)
    assert same(rows, NUMBERED[found])
    return found.tolist()


def test_a_decoder_that_is_looked_at_and_copied_while_it_works(backend):
    """Decoding from a copy frees what the copy began from, and changes what another copy would take."""
    data = gzip_member(TEXT)
    start, at, made = next(pauses(backend, data, 70_000))
    for _ in range(ROUNDS):
        decoder = start.copy()
        out = bytearray(len(TEXT))

        def look(index: int, decoder=decoder, out=out) -> int | None:
            if index == 0:
                with suppress(RuntimeError):  # somebody was looking at it
                    return decoder.decode(data[at:], True, out, 0)[2]
                return None
            for _ in range(50):
                with suppress(RuntimeError, ValueError):
                    assert decoder.member == 1
                    assert at <= decoder.offset <= len(data)
                    decoder.copy()
            return None

        decoded = together(4, look)[0]
        if backend.name == "native" and decoded is not None:
            assert made + out[:decoded] == TEXT


def test_a_place_that_several_threads_go_on_from(backend):
    """Copies of one decoder, taken by all at once."""
    data = gzip_member(TEXT)
    start, at, made = next(pauses(backend, data, 70_000))

    def go_on(index: int) -> bytes:
        while True:
            with suppress(RuntimeError):  # another one is taking its copy
                twin = start.copy()
                break
        return made + drive_on(backend, twin, data, at)[1]

    assert together(6, go_on) == [TEXT] * 6


@pytest.mark.parametrize("pack", [gzip_member, lambda raw: bgzf(raw, block=5000), bytes])
def test_every_call_of_one_reader_at_once(pack):
    """Reads of all kinds, seeks and questions about the place, until one thread closes the reader."""
    reader = ff.open_idx(pack(idx_bytes(NUMBERED)))

    def work(index: int) -> None:
        rng = np.random.default_rng(index)
        out = np.empty((5, 28, 28), np.uint8)
        turn = 0
        while turn := turn + 1:
            numbers_of(reader.read(3))
            numbers_of(out[: reader.readinto(out)])
            for batch in reader.batches(4):
                numbers_of(batch)
                break
            assert 0 <= reader.tell() <= 400
            reader.seek(int(rng.integers(0, 400)))
            if index == 0 and turn == 15:
                reader.close()

    def until_closed(index: int) -> bool:
        with pytest.raises(ValueError, match="closed"):
            work(index)
        return True

    assert together(6, until_closed) == [True] * 6


def test_one_iterator_over_batches_for_all_threads():
    for _ in range(ROUNDS):
        with ff.open_idx(idx_gz(NUMBERED)) as reader:
            batches = reader.batches(3)
            found = together(8, lambda index, batches=batches: [*map(numbers_of, batches)])
        assert all(group == sorted(group) for group in found)
        assert sorted(n for group in found for batch in group for n in batch) == list(range(400))


def test_epochs_that_begin_at_once():
    """Each is a whole one, in an order of its own."""
    for prefetch in (False, True):
        batches = ff.Batches(IMAGES, LABELS, 10, shuffle=True, seed=1, prefetch=prefetch)
        expected = ff.Batches(IMAGES, LABELS, 10, shuffle=True, seed=1)
        orders = [numbers(expected) for _ in range(6 * ROUNDS)]
        begun = together(6, lambda index, batches=batches: [numbers(batches) for _ in range(ROUNDS)])
        assert all(order in orders for group in begun for order in group)
        assert all(sorted(order) == list(range(ROWS)) for group in begun for order in group)


def test_readers_kept_open_go_from_thread_to_thread(tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(idx_gz(NUMBERED))

    def work(index: int) -> None:
        for row in np.random.default_rng(index).integers(0, 390, 8).tolist():
            with borrowed_reader(str(path), row) as reader:
                reader.seek(row)
                assert numbers_of(reader.read(5)) == list(range(row, row + 5))

    together(8, work)
    close_idle_readers()


def test_first_use_by_several_threads_at_once(tmp_path):
    """What is imported or made late is imported or made once, or by each for itself."""
    path = tmp_path / "images.gz"
    path.write_bytes(idx_gz(images(3000)))
    code = f"""
import threading
barrier, answers = threading.Barrier(6), []
def work():
    barrier.wait(30)
    import fmnist_fast as ff
    array = ff.read_idx({str(path)!r}, threads=2, normalize=(0.5, 0.5))
    epoch = iter(ff.Batches(array, batch_size=100, prefetch=True))
    answers.append((array.tobytes(), next(epoch).tobytes()))
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert len(answers) == 6 and len(set(answers)) == 1, len(set(answers))
"""
    result = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
