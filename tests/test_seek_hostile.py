"""`IdxReader.seek` in files that are damaged, or lie about their members.

What a file says about itself may cost time; what is read is verified as it is when read in order.
"""

from __future__ import annotations

import contextlib
import io
import struct

import numpy as np
import pytest
from builders import BGZF_EOF, bgzf, gzip_member, idx_bytes
from samples import images, noise, same
from test_seek import BGZF, GZIP, IMAGES, RAW, check_seeks

import fmnist_fast as ff
from fmnist_fast import _restart


@pytest.fixture(autouse=True)
def dense(monkeypatch):
    """Restart points so close that small files have many."""
    monkeypatch.setattr(_restart, "_SPACING", 100_000)


@pytest.mark.parametrize("data", [GZIP, BGZF], ids=["gzip", "bgzf"])
def test_the_end_is_verified_after_a_seek(data):
    bad = bytearray(data)
    bad[-8 if data is GZIP else len(data) - len(BGZF_EOF) - 8] ^= 1  # the last CRC
    with ff.open_idx(bytes(bad)) as reader:
        for _ in range(3):
            reader.seek(2500)
            reader.read(100)
            with pytest.raises(ff.CorruptDataError, match="data check"):
                reader.read()


def test_errors_after_a_seek_name_member_and_offset():
    size = len(bgzf(RAW[:65_280], eof=False))
    bad = bytearray(BGZF)
    at = len(BGZF) - len(BGZF_EOF) - 8
    bad[at] ^= 1
    expected = []
    for row in (0, 2500):
        with ff.open_idx(bytes(bad)) as reader:
            reader.seek(row)
            with pytest.raises(ff.CorruptDataError) as caught:
                reader.read()
            expected.append((caught.value.member, caught.value.offset, caught.value.message))
    assert expected[0] == expected[1]
    assert expected[0][0] == -(-len(RAW) // 65_280)
    assert expected[0][1] > size


def test_seek_after_an_error():
    bad = bytearray(
        gzip_member(idx_bytes(noise_rows := np.frombuffer(noise(2_000_000), "u1").reshape(-1, 100)))
    )
    bad[-1_000_000] ^= 0xFF
    with ff.open_idx(bytes(bad)) as reader:
        for _ in range(2):
            with pytest.raises(ff.CorruptDataError):
                reader.read()
            with pytest.raises(ff.CorruptDataError):
                reader.read(1)
            reader.seek(5000)
            assert same(reader.read(2000), noise_rows[5000:7000])


def relabeled(sizes: dict[int, int] | None = None, lengths: dict[int, int] | None = None) -> bytes:
    """BGZF with other sizes or lengths in some members (by number) than they have."""
    data, at, number = bytearray(bgzf(RAW, block=10_000)), 0, 0
    while at < len(data):
        size = struct.unpack_from("<H", data, at + 16)[0] + 1
        if number in (sizes or {}):
            struct.pack_into("<H", data, at + 16, sizes[number])
        if number in (lengths or {}):
            struct.pack_into("<I", data, at + size - 4, lengths[number])
        at, number = at + size, number + 1
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        relabeled(sizes={0: 0}),
        relabeled(sizes={5: 30}),
        relabeled(sizes={5: 65_535}),
        relabeled(sizes=dict.fromkeys(range(0, 300, 7), 65_535)),
        BGZF + bytes(50),
        bgzf(RAW[:100_000], eof=False) + gzip_member(RAW[100_000:]),
        gzip_member(RAW[:100_000]) + bgzf(RAW[100_000:]),
    ],
)
def test_hostile_sizes_cost_only_time(data, rng):
    with ff.open_idx(data) as reader:
        check_seeks(reader, IMAGES, rng)
        assert same(reader.read(0), IMAGES[:0])
        reader.seek(0)
        assert same(reader.read(), IMAGES)


@pytest.mark.parametrize("length", [0, 1, 9_999, 65_536, 2**32 - 1])
def test_hostile_lengths_are_found_where_they_are_met(length):
    """The member that lies is bad by its own trailer; to read it is an error, in order or not."""
    data = relabeled(lengths={100: length})
    inside = 100 * 10_000 // 784 + 5
    with ff.open_idx(data) as reader:
        for _ in range(2):
            with pytest.raises(ff.CorruptDataError, match="length check"):  # noqa: PT012  (either call may)
                reader.seek(inside)
                reader.read(20)
            reader.seek(0)
            assert same(reader.read(1000), IMAGES[:1000])


def test_every_bit_that_a_member_says_of_itself(monkeypatch):
    """A seek finds the rows of the file or an error; one wrong length is never believed."""
    monkeypatch.setattr(_restart, "_NEAR", 0)
    images = IMAGES[:60]
    data = bgzf(idx_bytes(images), block=12_000)
    at, places = 0, []
    while at < len(data):
        size = struct.unpack_from("<H", data, at + 16)[0] + 1
        places += [*range(at, at + 18), *range(at + size - 8, at + size)]
        at += size
    for bit in range(8 * len(places)):
        bad = bytearray(data)
        bad[places[bit // 8]] ^= 1 << bit % 8
        with contextlib.suppress(ff.FmnistFastError), ff.open_idx(bytes(bad)) as reader:
            for row in (50, 20, 35, 5):
                with contextlib.suppress(ff.FmnistFastError):
                    reader.seek(row)
                    assert same(reader.read(3), images[row : row + 3]), (bit, row)


@pytest.mark.parametrize("error", [OSError, MemoryError])
def test_a_source_that_cannot_seek_at_times(error):
    """After a look at the members elsewhere the file has to come back to where it was read."""

    class Source(io.BytesIO):
        left = None

        def seek(self, *place):
            if self.left is not None:
                self.left -= 1
                if self.left == -1:
                    raise error("the network is gone")
            return super().seek(*place)

    for left in range(6):
        with ff.open_idx(source := Source(bgzf(RAW, block=3000, level=0))) as reader:
            source.left = left
            with contextlib.suppress(error):
                reader.seek(1500)
            row = reader.tell()
            try:
                assert same(reader.read(800), IMAGES[row : row + 800])
            except (error, ff.FmnistFastError) as caught:
                assert not isinstance(caught, ff.CorruptDataError), "other bytes than the file's"  # noqa: PT017
            reader.seek(1500)
            assert same(reader.read(800), IMAGES[1500:2300])


@pytest.mark.parametrize("claim", [10**9, 1 << 62, -1, None, "7"])
def test_a_source_that_claims_more_than_was_asked_for(claim):
    """Found by the fuzzer: `read` of `io.RawIOBase` in CPython 3.11 copies as much as `readinto` claims."""

    class Source(io.RawIOBase):
        def __init__(self) -> None:
            self.file, self.lies = io.BytesIO(BGZF), False

        def readable(self) -> bool:
            return True

        def seekable(self) -> bool:
            return True

        def seek(self, *place) -> int:
            return self.file.seek(*place)

        def tell(self) -> int:
            return self.file.tell()

        def readinto(self, buffer):
            count = self.file.readinto(buffer)
            return claim if self.lies else count

    with ff.open_idx(source := Source()) as reader:
        source.lies = True
        with pytest.raises((ValueError, TypeError, BlockingIOError)):
            reader.seek(2500)


@pytest.mark.parametrize("call", ["seek", "read"])
def test_a_source_that_calls_back(call):
    class Source(io.BytesIO):
        reader = None

        def readinto(self, buffer) -> int:
            if self.reader is not None:
                getattr(self.reader, call)(5)
            return super().readinto(buffer)

    source = Source(gzip_member(idx_bytes(np.frombuffer(noise(1_000_000), "u1").reshape(-1, 100))))
    with ff.open_idx(source) as reader:
        source.reader = reader
        with pytest.raises(RuntimeError, match="called the reader"):
            reader.read()


def test_a_file_that_has_become_another(tmp_path):
    path = tmp_path / "file.gz"
    path.write_bytes(gzip_member(RAW))
    with ff.open_idx(path) as reader:
        reader.read(200)
        with open(path, "r+b") as other:
            other.write(gzip_member(idx_bytes(images(20, 30, 30))))
        with pytest.raises(ff.FormatError, match="another header"):
            reader.seek(0)
