"""Where the bytes may come from: paths, buffers of every kind, files of every kind.

Each kind has bitten some reader: buffers of 2-byte items measured in items, files that return less than
asked, pipes that cannot seek, file objects that do not stand at their beginning, wrappers whose descriptor
holds other bytes.
"""

from __future__ import annotations

import array
import gzip
import io
import mmap
import os
import pathlib
import tempfile
import threading

import numpy as np
import pytest
from builders import bgzf, gzip_member, idx_bytes, idx_gz
from samples import images, noise, same

import fmnist_fast as ff
from fmnist_fast import _source

IMAGES = images(40)
FILES = {"raw": idx_bytes(IMAGES), "gzip": idx_gz(IMAGES), "bgzf": bgzf(idx_bytes(IMAGES), block=5000)}
content = pytest.mark.parametrize("data", FILES.values(), ids=FILES)


def even(data: bytes) -> bytes:
    """The same file, with a length that is a multiple of 16 (as zero padding behind gzip)."""
    return data + bytes(-len(data) % 16)


class Trickle(io.RawIOBase):
    """An unseekable raw file that hands out at most `step` bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        self.data, self.step = data, step

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        part = self.data[: min(self.step, len(buffer))]
        self.data = self.data[len(part) :]
        buffer[: len(part)] = part
        return len(part)


class OnlyRead:
    """The least that a file object can have, as in an HTTP response."""

    def __init__(self, data: bytes, kind=bytes) -> None:
        self.file, self.kind = io.BytesIO(data), kind

    def read(self, size: int = -1):
        return self.kind(self.file.read(size))


@content
def test_paths(data, tmp_path):
    path = tmp_path / "träin images.gz"
    path.write_bytes(data)

    class PathLike:
        def __fspath__(self) -> str:
            return str(path)

    for source in (str(path), path, PathLike()):
        assert same(ff.read_idx(source), IMAGES)


def test_relative_path(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(FILES["gzip"])
    monkeypatch.chdir(tmp_path)
    assert same(ff.read_idx("file"), IMAGES)
    assert same(ff.read_idx(pathlib.PurePath("file")), IMAGES)


@content
@pytest.mark.parametrize(
    "kind", [bytes, bytearray, memoryview, lambda d: memoryview(bytearray(d)), np.frombuffer]
)
def test_buffers(data, kind):
    source = np.frombuffer(data, np.uint8) if kind is np.frombuffer else kind(data)
    assert same(ff.read_idx(source), IMAGES)
    assert same(ff.decode_idx(source), IMAGES)


@pytest.mark.parametrize("code", ["b", "B", "H", "i", "d"])
def test_buffers_of_other_items(code):
    """A buffer is its bytes, not its items."""
    data = even(FILES["gzip"])
    assert same(ff.read_idx(array.array(code, data)), IMAGES)
    assert same(ff.read_idx(np.frombuffer(data, code)), IMAGES)
    assert same(ff.read_idx(np.frombuffer(data, np.uint8).reshape(16, -1)), IMAGES)
    assert same(ff.read_idx(memoryview(data).cast("c")), IMAGES)


def test_part_of_a_larger_buffer():
    data = FILES["gzip"]
    view = memoryview(b"xyz" + data + b"xyz")[3:-3]
    assert same(ff.read_idx(view), IMAGES)


@pytest.mark.parametrize(
    "make", [lambda d: memoryview(d * 2)[::2], lambda d: np.frombuffer(d * 2, "u1")[::2]]
)
def test_buffers_with_gaps_are_refused(make):
    with pytest.raises((TypeError, ValueError, BufferError)):
        ff.read_idx(make(FILES["raw"]))


@content
def test_mmap(data, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(data)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapping:
        assert same(ff.read_idx(mapping), IMAGES)


@content
@pytest.mark.parametrize("buffering", [0, -1, 7])
def test_files(data, buffering, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"some bytes before" + data)
    mode = "rb" if buffering != 7 else "r+b"
    with path.open(mode, buffering=buffering) as file:
        file.seek(17)
        assert same(ff.read_idx(file), IMAGES)
        assert not file.closed
        file.seek(17)
        assert same(ff.read_idx(file), IMAGES)


@content
def test_file_positions_count_from_where_the_file_stands(data, tmp_path):
    """Also for what the size of the file allows: the bytes before do not count."""
    file = io.BytesIO(bytes(50_000) + data[: len(data) // 2])
    file.seek(50_000)
    with pytest.raises(ff.TruncatedError):
        ff.read_idx(file)


@content
def test_bytesio_spooled_and_gzip_files(data, tmp_path):
    assert same(ff.read_idx(io.BytesIO(data)), IMAGES)
    with tempfile.SpooledTemporaryFile(max_size=10) as file:
        file.write(data)
        file.seek(0)
        assert same(ff.read_idx(file), IMAGES)
    path = tmp_path / "outer.gz"
    path.write_bytes(gzip_member(data))
    with gzip.open(path) as file:
        assert same(ff.read_idx(file), IMAGES)
    with io.BufferedReader(Trickle(data, 1000)) as file:
        assert same(ff.read_idx(file), IMAGES)


@content
@pytest.mark.parametrize("step", [1, 2, 3, 17, 4096, 10**9])
def test_short_reads(data, step):
    assert same(ff.read_idx(Trickle(data, step)), IMAGES)


@content
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_objects_with_nothing_but_read(data, kind):
    assert same(ff.read_idx(OnlyRead(data, kind)), IMAGES)


@content
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX pipes")
def test_pipe(data):
    receive, send = os.pipe()

    def feed() -> None:
        with open(send, "wb", buffering=0) as file:
            for at in range(0, len(data), 777):
                file.write(data[at : at + 777])

    thread = threading.Thread(target=feed)
    thread.start()
    with open(receive, "rb") as file:
        assert same(ff.read_idx(file), IMAGES)
    thread.join()


@content
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX pipes")
def test_named_pipe_as_a_path(data, tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    thread = threading.Thread(target=path.write_bytes, args=(data,))
    thread.start()
    assert same(ff.read_idx(path), IMAGES)
    thread.join()


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        ff.read_idx(tmp_path / "nowhere")
    with pytest.raises(OSError, match=r".+"):
        ff.read_idx(tmp_path)


@pytest.mark.parametrize("source", [None, 3, 2.5, ["a"], object(), {1: 2}])
def test_other_objects_are_type_errors(source):
    with pytest.raises(TypeError):
        ff.read_idx(source)


def test_text_files_are_type_errors(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(FILES["gzip"])
    with path.open("r", encoding="latin-1") as file, pytest.raises(TypeError, match="binary"):
        ff.read_idx(file)
    with pytest.raises(TypeError, match="binary"):
        ff.read_idx(io.StringIO("text"))


@pytest.mark.parametrize("source", ["path", 3, None])
def test_decode_idx_takes_only_bytes(source):
    with pytest.raises(TypeError):
        ff.decode_idx(source)


def test_opened_files_are_closed_again(tmp_path):
    """Also after an error: Windows cannot replace an open file, and descriptors run out."""
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_bytes(FILES["gzip"])
    bad.write_bytes(FILES["gzip"][:-1])
    folder = pathlib.Path("/proc/self/fd")
    before = len(list(folder.iterdir())) if folder.exists() else 0
    for _ in range(20):
        ff.read_idx(good)
        with pytest.raises(ff.TruncatedError):
            ff.read_idx(bad)
        with pytest.raises(ff.OutputError):
            ff.read_idx(good, out=np.empty(3))
    assert (len(list(folder.iterdir())) if folder.exists() else 0) <= before


def test_bytes_at_hand_stay_until_they_are_left_behind():
    """Whatever a decoder leaves, there is more behind it when it asks for more."""
    content = noise(600_000)
    source = _source.open_source(Trickle(content, 50_000))
    while not source.final:
        before = len(source.data)
        source.fill()
        assert source.final or len(source.data) > before
    assert source.data == content
