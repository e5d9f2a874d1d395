"""Tens of thousands of random streams: the backend, its twin and zlib must agree on each.

Coverage shows which lines ran, not which combinations; the worst bugs of the known decoders (split headers,
table overflows) survived full line coverage. The seed is in the header of the test run, the stream in the
failure.
"""

from __future__ import annotations

import random

import numpy as np
import pytest
from backends import SEED, WANTED, load_backend
from builders import bgzf, gzip_member, idx_bytes, raw_deflate
from drive import drive, oracle, raw_verdict, wrap_raw
from random_streams import random_stream
from samples import KINDS, images, text
from vectors import RAW

import fmnist_fast as ff

STREAMS = 6000
MUTATIONS = 20_000


def differs(backend, raw: bytes, **options) -> str | None:
    """Why the verdicts on a bare stream differ, or None."""
    expected = raw_verdict(raw)
    got = drive(backend, wrap_raw(raw), **options)
    if (got.kind, got.data) != (expected.kind, expected.data):
        return (
            f"{got.kind} {len(got.data)}, zlib says {expected.kind} {len(expected.data)} {expected.message}"
        )
    if expected.kind == "corrupt" and expected.message not in got.message:
        return f"{got.message!r}, zlib says {expected.message!r}"
    return None


def test_the_generator_reaches_everything():
    """A guard: random streams that all fail in the header would prove nothing."""
    rng = random.Random(SEED)
    verdicts = [raw_verdict(random_stream(rng)) for _ in range(600)]
    kinds = [verdict.kind for verdict in verdicts]
    assert kinds.count("ok") > 120
    assert kinds.count("truncated") > 20
    messages = {verdict.message for verdict in verdicts}
    assert len(messages) >= 8, messages


@pytest.mark.parametrize("part", range(6))
def test_random_streams(backend, part):
    rng = random.Random(SEED * 1000 + part)
    for number in range(STREAMS // 6):
        raw = random_stream(rng)
        options = [{}, {"room": rng.randrange(1, 400)}, {"feed": rng.randrange(1, 90)}][number % 3]
        reason = differs(backend, raw, **options)
        assert reason is None, (reason, options, raw.hex())


@pytest.mark.parametrize("part", range(4))
def test_mutated_streams(backend, part):
    """Flips, splices, insertions and cuts of vectors and of what zlib writes."""
    rng = random.Random(SEED * 1001 + part)
    pool = [v.raw for v in RAW if 8 < len(v.raw) < 600]
    for make in KINDS.values():
        pool += [
            raw_deflate(make(size), level, strategy=s)
            for size in (60, 700)
            for level in (1, 9)
            for s in (0, 4)
        ]
    for _ in range(MUTATIONS // 4):
        raw = bytearray(rng.choice(pool))
        for _ in range(rng.choice([1, 1, 2, 5])):
            at = rng.randrange(len(raw))
            how = rng.randrange(5)
            if how < 2:
                raw[at] ^= 1 << rng.randrange(8)
            elif how == 2:
                raw[at] = rng.randrange(256)
            elif how == 3:
                other = rng.choice(pool)
                raw[at:] = other[rng.randrange(len(other)) :] or b"\0"
            else:
                raw[at:at] = rng.randbytes(rng.randrange(1, 4))
        reason = differs(backend, bytes(raw))
        assert reason is None, (reason, bytes(raw).hex())


def test_mutated_files(backend):
    """The same for whole files, where members, padding and checksums take part."""
    rng = random.Random(SEED * 1002)
    pool = [
        gzip_member(text(300)),
        gzip_member(text(90), extra=b"abcd", name=b"name", comment=b"comment", header_crc=True),
        gzip_member(text(50)) + bytes(5) + gzip_member(b"") + gzip_member(text(80), level=0),
        bgzf(images(1).tobytes(), block=200),
    ]
    for _ in range(6000):
        data = bytearray(rng.choice(pool))
        for _ in range(rng.choice([1, 1, 2])):
            at = rng.randrange(len(data))
            data[at] ^= 1 << rng.randrange(8)
        if rng.random() < 0.2:
            del data[rng.randrange(len(data)) :]
        feed = rng.choice([None, None, 1, 13])
        assert drive(backend, data, feed=feed).key == oracle(bytes(data)).key, bytes(data).hex()


@pytest.fixture(scope="module")
def twins():
    """Both backends, where both are there."""
    if WANTED == "numpy":
        pytest.skip("the native backend is switched off by FMNIST_FAST_BACKEND=numpy")
    if WANTED == "auto" and ff.backend == "numpy":
        pytest.skip("the native backend is not installed")
    return load_backend("numpy"), load_backend("native")


def test_twins_agree_on_random_streams(twins):
    """Error words and members included, which zlib alone cannot say."""
    rng = random.Random(SEED * 1003)
    for _ in range(1500):
        data = gzip_member(b"first") + wrap_raw(random_stream(rng))
        left, right = (drive(twin, data, room=500) for twin in twins)
        assert left.key == right.key, data.hex()
        if left.kind == "corrupt":
            assert left.message == right.message, data.hex()
            assert abs(left.offset - right.offset) <= 8, data.hex()


def test_twins_agree_on_headers(twins):
    rng = random.Random(SEED * 1004)
    for _ in range(20_000):
        header = bytearray(idx_bytes(np.zeros((2, 3), "u1"))[:12])
        for _ in range(rng.choice([1, 2, 3])):
            header[rng.randrange(12)] = rng.choice(
                [0, 1, 2, 3, 8, 9, 11, 12, 13, 14, 64, 65, 255, rng.randrange(256)]
            )
        data = bytes(header[: rng.choice([12, 12, 12, 8, 4, 3, 11])])
        answers = []
        for twin in twins:
            for call in (twin.header_size, twin.parse_header):
                try:
                    answers.append(call(data))
                except ff.FmnistFastError as error:
                    answers.append((type(error), error.message))
        assert answers[:2] == answers[2:], data.hex()


def test_twins_agree_on_kernels(twins):
    rng = np.random.default_rng(SEED)
    pixels = np.frombuffer(rng.bytes(5000), "u1")
    for _ in range(300):
        scale, shift = (float(x) for x in rng.normal(size=2) * 10.0 ** rng.integers(-12, 12, 2))
        count = int(rng.integers(0, 5000))
        for dtype in ("f2", "f4", "f8"):
            results = [np.empty(count, dtype) for _ in twins]
            for twin, out in zip(twins, results, strict=True):
                twin.affine_u8(pixels[:count], out, scale, shift)
            assert results[0].tobytes() == results[1].tobytes(), (scale, shift, dtype)
