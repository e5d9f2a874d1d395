"""Source objects that lie, fail and misbehave; targets as well. The worst outcome allowed is an exception.

File objects are other people's code: they return more than asked, the wrong type or None, raise in the
middle, close themselves, resize the buffer they were given or call back into the reader that is reading them.
"""

from __future__ import annotations

import io

import numpy as np
import pytest
from builders import idx_bytes, idx_gz
from samples import images, noise, same

import fmnist_fast as ff

IMAGES = images(60)
RAW = idx_bytes(IMAGES)
DATA = {"raw": RAW, "gzip": idx_gz(IMAGES)}
content = pytest.mark.parametrize("data", DATA.values(), ids=DATA)


class Scripted:
    """A file object whose n-th `read` is answered by a function; before that it is honest."""

    def __init__(self, data: bytes, answer, after: int) -> None:
        self.file, self.answer, self.after = io.BytesIO(data), answer, after

    def read(self, size: int = -1):
        self.after -= 1
        if self.after < 0:
            return self.answer(self.file.read(min(size, 500)), size)
        return self.file.read(min(size, 500))


def explode(*_args):
    raise OSError("the network is gone")


LIES = {
    "too much": (lambda part, size: part + bytes(size + 1), ValueError),
    "None": (lambda part, size: None, BlockingIOError),
    "text": (lambda part, size: "text", TypeError),
    "a number": (lambda part, size: 7, TypeError),
    "a list": (lambda part, size: list(part), TypeError),
    "an exception": (explode, OSError),
    "end": (lambda part, size: b"", ff.TruncatedError),
}


@content
@pytest.mark.parametrize("kind", [bytearray, memoryview, lambda part: np.frombuffer(part, np.uint8)])
def test_read_that_returns_other_buffers(data, kind):
    assert same(ff.read_idx(Scripted(data, lambda part, size: kind(part), 0)), IMAGES)


@content
@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("after", [0, 1, 2])
def test_read_that_lies(data, lie, after):
    answer, error = LIES[lie]
    with pytest.raises(error):
        ff.read_idx(Scripted(data, answer, after))


class ReadInto(io.RawIOBase):
    """A raw file whose `readinto` is a function of the buffer and the honest part."""

    def __init__(self, data: bytes, act) -> None:
        self.source, self.act, self.calls = io.BytesIO(data), act, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer):
        self.calls += 1
        view = memoryview(buffer)[:700]
        count = self.source.readinto(view)
        return count if self.calls < 2 else self.act(view, count)


@content
@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda view, count: 10**9, ValueError),
        (lambda view, count: -1, ValueError),
        (lambda view, count: None, BlockingIOError),
        (lambda view, count: "7", TypeError),
        (lambda view, count: 2.0, TypeError),
        (explode, OSError),
    ],
    ids=["too many", "negative", "None", "text", "float", "raises"],
)
def test_readinto_that_lies(data, act, error):
    with pytest.raises(error):
        ff.read_idx(ReadInto(data, act))


def test_readinto_that_claims_bytes_it_did_not_write():
    """It cannot be told from data; but stale memory of the process must not become data."""
    data = idx_bytes(np.zeros(5000, "u1"))
    source = ReadInto(data, lambda view, count: len(view))
    source.source = io.BytesIO(data[:700])
    got = ff.read_idx(source, trailing="ignore")
    assert set(got[692:].tolist()) <= set(data)


@content
def test_file_that_closes_itself(data):
    file = io.BytesIO(data)

    class Closing:
        def read(self, size: int = -1) -> bytes:
            part = file.read(min(size, 300))
            if file.tell() > 600:
                file.close()
            return part

    with pytest.raises(ValueError, match="closed"):
        ff.read_idx(Closing())
    with pytest.raises(ValueError, match="closed"):
        ff.read_idx(file)


@content
def test_source_that_reads_with_us(data):
    """Reading inside a read is just another reading."""
    seen = []

    class Nested:
        def __init__(self) -> None:
            self.file = io.BytesIO(data)

        def read(self, size: int = -1) -> bytes:
            seen.append(ff.read_idx(data))
            return self.file.read(min(size, 5000))

    assert same(ff.read_idx(Nested()), IMAGES)
    assert all(same(array, IMAGES) for array in seen)
    assert len(seen) > 1


def test_reader_that_is_called_from_its_own_source():
    """A shared reader inside its own read: an error or nothing, but no deadlock and no crash."""

    class Reentrant:
        def __init__(self) -> None:
            self.file, self.reader, self.answers = io.BytesIO(DATA["gzip"]), None, []

        def read(self, size: int = -1) -> bytes:
            if self.reader is not None:
                try:
                    self.answers.append(self.reader.tell())
                except Exception as error:  # whatever it says is fine
                    self.answers.append(error)
            return self.file.read(min(size, 100))

    source = Reentrant()
    with ff.open_idx(source) as reader:
        source.reader = reader
        assert same(reader.read(), IMAGES)
    assert source.answers


@pytest.mark.parametrize("path", ["a\0b", b"a\0b"])
def test_paths_with_a_null(path):
    with pytest.raises((ValueError, OSError)):
        ff.read_idx(path)
    with pytest.raises((ValueError, OSError, TypeError)):
        ff.write_idx(path, IMAGES)


class Disk:
    """A target with room for so many bytes."""

    def __init__(self, room: int, answer) -> None:
        self.room, self.answer = room, answer

    def write(self, piece) -> object:
        self.room -= len(piece)
        return len(piece) if self.room >= 0 else self.answer(piece)


@pytest.mark.parametrize("room", [0, 10, 30_000])
@pytest.mark.parametrize(("answer", "error"), [(explode, OSError), (lambda piece: None, BlockingIOError)])
def test_targets_that_fail(room, answer, error):
    array = np.frombuffer(noise(3_000_000), "u1")
    for compress in (False, "gzip", "bgzf"):
        with pytest.raises(error):
            ff.write_idx(Disk(room, answer), array, compress=compress)
