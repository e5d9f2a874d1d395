"""One member in two threads that take alternate blocks. Nothing of that may show in the result.

Files are longer than the thresholds for two threads, and of the kinds that end a run of theirs: blocks that
only one thread can handle (stored, fixed), rooms that fill up within a block, input that ends anywhere, bad
data.
"""

import gc
import gzip
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from backends import WANTED
from builders import gzip_member, raw_deflate

import fmnist_fast as ff
from fmnist_fast._threads import OwnThread
from fmnist_fast.errors import CorruptDataError, TruncatedError

if ff.backend != "native":
    pytest.skip("only the native backend has use for two threads", allow_module_level=True)

from fmnist_fast._codec import GzipDecoder
from fmnist_fast._normalize import affine_u8

END, FULL, NEED_INPUT = 2, 1, 0
assert WANTED != "numpy"


def fabric(size, seed=3):
    """Smooth rows with noise: literals and matches as in images."""
    rng = np.random.default_rng(seed)
    row = np.cumsum(rng.integers(-9, 10, 4096)).astype(np.uint8)
    rows = np.lib.stride_tricks.sliding_window_view(row, 784)[rng.integers(0, 3000, size // 784 + 1)]
    noisy = rows + (rng.random(rows.shape) < 0.3) * rng.integers(0, 9, rows.shape)
    return noisy.astype(np.uint8).tobytes()[:size]


def mixture(size):
    """Kinds of blocks in turn: dynamic, stored (noise), fixed and tiny (flushes)."""
    rng = np.random.default_rng(5)
    compressor = zlib.compressobj(6, zlib.DEFLATED, 31)
    data, packed = [], []
    while sum(map(len, data)) < size:
        data.append(fabric(200_000, len(data)))
        data.append(rng.integers(0, 256, 90_000, np.uint8).tobytes())
        data.append(b"tiny" * 3)
        for piece in data[-3:]:
            packed += [compressor.compress(piece), compressor.flush(zlib.Z_FULL_FLUSH)]
    return b"".join(data), b"".join(packed) + compressor.flush()


IMAGES = fabric(3_000_000)
STREAMS = {
    "images": (IMAGES, gzip.compress(IMAGES, 6)),
    "text": (b"".join(b"%d bottles, %x\n" % (i, i * i) for i in range(150_000)), None),
    "zeros": (bytes(4_000_000), None),
    "mixture": mixture(3_000_000),
    "members": (IMAGES * 2, gzip.compress(IMAGES, 6) + gzip.compress(IMAGES, 1)),
}
STREAMS = {name: (data, packed or gzip.compress(data, 6)) for name, (data, packed) in STREAMS.items()}


def decode(packed, size, *, threads=2, piece=None, room=None, affine=None):
    """Decode with input in pieces of ``piece`` bytes and output in rooms of ``room``."""
    decoder = GzipDecoder(threads)
    out = np.zeros(size, np.uint8 if affine is None else affine[0])
    view, start, low, high = memoryview(packed), 0, 0, 0
    while True:
        high = min(len(packed), max(high, low) + (piece or len(packed)))
        end = min(size, start + (room or size))
        part = out[:end]
        if affine is None:
            status, used, made = decoder.decode(view[low:high], high == len(packed), part, start)
        else:
            status, used, made = decoder.decode_affine(
                view[low:high], high == len(packed), part, start, *affine[1:]
            )
        low, start = low + used, start + made
        if status == END or (status == FULL and end == size and not made):
            return status, out[:start]


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("piece", [None, 300_000, 150_001])
@pytest.mark.parametrize("room", [None, 400_003])
def test_same_bytes(name, piece, room):
    data, packed = STREAMS[name]
    status, out = decode(packed, len(data), piece=piece, room=room)
    assert status == END
    assert out.tobytes() == data


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("room", [None, 400_003])
@pytest.mark.parametrize("name", ["images", "mixture", "zeros"])
def test_same_floats(name, threads, dtype, room):
    data, packed = STREAMS[name]
    expected = np.empty(len(data), dtype)
    affine_u8(np.frombuffer(data, np.uint8), expected, 0.0111, -0.81)
    status, out = decode(
        packed, len(data), threads=threads, piece=300_000, room=room, affine=(dtype, 0.0111, -0.81)
    )
    assert status == END
    assert np.array_equal(out.view(np.uint8), expected.view(np.uint8))


@pytest.mark.parametrize("threads", [1, 2])
def test_floats_whatever_the_pieces(threads):
    # A call can end anywhere in the scratch that pixels leave through; the next goes on with a kept window.
    data, packed = STREAMS["images"]
    for piece in range(1 << 18, 1 << 20, 4_501):
        status, out = decode(packed, len(data), threads=threads, piece=piece, affine=(np.float32, 1.0, 0.0))
        assert status == END
        assert np.array_equal(out, np.frombuffer(data, np.uint8)), f"pieces of {piece} bytes"


@pytest.mark.parametrize("cut", [1, 8, 9, 1000, 200_000, 500_000])
def test_cut_short(cut):
    data, packed = STREAMS["images"]
    with pytest.raises(TruncatedError):
        decode(packed[:-cut], len(data))


def test_room_too_small_by_any_number():
    data, packed = STREAMS["images"]
    for missing in (1, 63, 64, 65, 300, 40_000, 140_001):
        status, out = decode(packed, len(data) - missing)
        assert status == FULL
        assert out.tobytes() == data[:-missing]


def test_damage_gets_the_verdict_of_one_thread(rng):
    data, packed = STREAMS["images"]
    for _ in range(40):
        damaged = bytearray(packed)
        damaged[rng.integers(20, len(packed) - 8)] ^= 1 << int(rng.integers(8))
        verdicts = []
        for threads in (1, 2):
            try:
                decode(damaged, len(data), threads=threads)
            except (CorruptDataError, TruncatedError) as error:
                verdicts.append((type(error), error.message, error.member))
            else:
                verdicts.append("intact" if damaged == packed else "longer than the room")
        assert verdicts[0] == verdicts[1]


def test_threads_end_with_the_decoder():
    data, packed = STREAMS["images"]
    before = set(threading.enumerate())
    for _ in range(20):
        decode(packed, len(data))
    gc.collect()
    for thread in set(threading.enumerate()) - before:
        thread.join(60)  # they end by themselves, once nobody holds their pool
    assert set(threading.enumerate()) <= before


def test_many_decoders_at_once():
    data, packed = STREAMS["images"]
    results = [None] * 6

    def work(i):
        results[i] = decode(packed, len(data), piece=200_000 + i)[1].tobytes() == data

    workers = [threading.Thread(target=work, args=(i,)) for i in range(len(results))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert results == [True] * len(results)


def test_second_thread_is_used():
    """Where it can be: below AVX2 lanes do not pay, and without them there are no alternate blocks."""
    data, packed = STREAMS["images"]
    decoder, before = GzipDecoder(2), set(threading.enumerate())
    decoder.decode(packed, True, np.empty(len(data), np.uint8), 0)
    started = {thread.name for thread in set(threading.enumerate()) - before}
    expected = ff.cpu_features()["level"] in ("avx2", "avx512")
    assert any(name.startswith("fmnist_fast") for name in started) == expected


def test_a_thread_that_could_not_be_had_leaves_nothing_to_do(monkeypatch):
    """What was meant for it must not begin with the next one, beside its own work."""
    if ff.cpu_features()["level"] not in ("avx2", "avx512"):
        pytest.skip("this CPU has no use for two threads")
    data, packed = STREAMS["members"]
    start, submit = threading.Thread.start, ThreadPoolExecutor.submit
    refusals, submitted, done = [True], [], []

    def refused_once(thread):
        if refusals:
            refusals.clear()
            raise RuntimeError("can't start new thread")
        start(thread)

    def counted(pool, work):
        def noted():
            done.append(number)
            work()

        number = len(submitted)
        submitted.append(number)
        return submit(pool, noted)

    monkeypatch.setattr(threading.Thread, "start", refused_once)
    monkeypatch.setattr(ThreadPoolExecutor, "submit", counted)
    assert decode(packed, len(data), piece=400_000)[1].tobytes() == data
    assert len(submitted) > 1
    assert not refusals
    assert 0 not in done


@pytest.mark.parametrize(
    "packed", [gzip.compress(IMAGES, 0), gzip_member(IMAGES, raw=raw_deflate(IMAGES, strategy=4))]
)
def test_nobody_is_asked_where_blocks_are_not_for_two(monkeypatch, packed):
    """Stored blocks and those of the fixed code: as their first bits say."""

    def asked(*arguments):
        raise AssertionError("a second thread was started")

    monkeypatch.setattr(OwnThread, "submit", asked)
    decoder = GzipDecoder(2)
    out = np.zeros(len(IMAGES), np.uint8)
    assert decoder.decode(packed, True, out, 0)[0] == END
    assert out.tobytes() == IMAGES
    assert not decoder.shared
    if ff.cpu_features()["level"] in ("avx2", "avx512"):  # else two threads are not for any block
        with pytest.raises(AssertionError, match="second thread"):
            GzipDecoder(2).decode(STREAMS["images"][1], True, out, 0)


def test_one_thread_shares_nothing():
    decoder = GzipDecoder(1)
    decoder.decode(STREAMS["images"][1], True, np.zeros(len(IMAGES), np.uint8), 0)
    assert not decoder.shared
