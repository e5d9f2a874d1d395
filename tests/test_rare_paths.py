"""What files and callers seldom do: the branches of reading that no other subject's tests come to."""

from __future__ import annotations

import errno
import io
import lzma
import mmap
import os

import numpy as np
import pytest
from builders import bgzf, gzip_member, idx_bytes, idx_gz
from samples import images, noise, same
from test_sources import Trickle

import fmnist_fast as ff
from fmnist_fast import _atomic, _cache, _parallel, _peak, _source, _threads
from fmnist_fast._stream import open_stream
from fmnist_fast.errors import naming

IMAGES = images(300)
RAW = idx_bytes(IMAGES)


def test_xz_streams_with_padding_between_them():
    half = len(RAW) // 2
    data = lzma.compress(RAW[:half]) + bytes(100_000) + lzma.compress(RAW[half:]) + bytes(8)
    assert same(ff.decode_idx(data), IMAGES)


@pytest.mark.parametrize("pack", [gzip_member, lzma.compress, bgzf])
def test_normalized_items_of_data_that_ends_early(pack):
    cut = pack(RAW[:-1000])
    with pytest.raises(ff.TruncatedError):
        ff.decode_idx(cut, normalize=(0.5, 0.5))


def test_a_stream_that_claims_more_than_it_has_grows_as_it_comes_in():
    # 40 MiB whose size nothing tells beforehand: memory is asked for in two steps.
    array = np.zeros((40 << 20,), np.uint8)
    array[-1] = 7
    assert same(ff.read_idx(Trickle(idx_gz(array), 1 << 20)), array)


def test_dimensions_that_idx_cannot_hold(tmp_path):
    wide = np.broadcast_to(np.uint8(0), (0, 2**32))
    with pytest.raises(ff.FormatError, match=r"2\*\*32 - 1"):
        ff.write_idx(tmp_path / "wide", wide)
    assert not list(tmp_path.iterdir())


def test_the_first_name_of_an_error_stays():
    error = ff.FormatError("bad", source="inner")
    with pytest.raises(ff.FormatError) as caught, naming("outer"):
        raise error
    assert caught.value.source == "inner"


def test_floats_only_where_pixels_are_normalized():
    with ff.open_idx(RAW) as reader:
        with pytest.raises(ff.OutputError, match="uint8"):
            next(iter(reader.batches(4, out=np.empty((4, 28, 28), np.uint8), normalize=(0.5, 0.5))))
        assert reader.tell() == 0


def test_drain_limit():
    data = gzip_member(RAW + bytes(3 << 20))
    assert same(ff.decode_idx(data, trailing="ignore"), IMAGES)
    stream = open_stream(data, trailing="ignore")
    with pytest.raises(ff.FormatError, match="more than 1000 bytes follow the last item"):
        stream.finish(drain_limit=1000)


@pytest.mark.parametrize("cut", [0, 1000])
def test_bgzf_whose_members_end_within_items(cut, monkeypatch):
    """A conversion on threads needs groups of whole items; here there are none, or fewer than announced."""
    monkeypatch.setattr(_parallel, "_GROUP", 100)
    array = np.arange(20_000, dtype="i4")
    data = idx_bytes(array)[: -cut or None]
    first = 8 + 4 * 500 + 2
    packed = bgzf(data[:first], eof=False) + bgzf(data[first:], block=2000)
    if cut:
        with pytest.raises(ff.TruncatedError):
            ff.read_idx(packed, threads=2)
    else:
        assert same(ff.read_idx(packed, threads=2), array)


def test_members_with_more_items_than_announced(monkeypatch):
    monkeypatch.setattr(_parallel, "_GROUP", 100)
    packed = bgzf(RAW + bytes(5000), block=1000)
    with pytest.raises(ff.FormatError, match="more decoded data"):
        ff.read_idx(packed, threads=2)


def test_reader_of_a_file_that_is_exchanged(tmp_path):
    path = tmp_path / "file.gz"
    path.write_bytes(idx_gz(IMAGES))
    with open(path, "rb") as file, ff.open_idx(file) as reader:
        reader.read(200)
        with open(path, "r+b") as other:
            other.write(idx_gz(images(20, 30, 30)))
        with pytest.raises(ff.FormatError, match="another header"):
            reader.seek(0)


@pytest.mark.parametrize("call", ["seek", "read"])
def test_reader_whose_source_calls_it_back(call):
    class Calling(io.BytesIO):
        reader = None

        def readinto(self, buffer):
            if self.reader is not None:
                getattr(self.reader, call)(1)
            return super().readinto(buffer)

    source = Calling(idx_gz(images(3000)))
    with ff.open_idx(source) as reader:
        source.reader = reader
        with pytest.raises(RuntimeError, match="called the reader"):
            reader.read(2900)
        source.reader = None


def test_seek_within_members_of_a_few_bytes():
    with ff.open_idx(bgzf(RAW, block=5)) as reader:
        reader.read(3)
        reader.seek(0)
        assert same(reader.read(2), IMAGES[:2])


def test_input_that_a_decoder_leaves_makes_the_buffer_grow(monkeypatch):
    monkeypatch.setattr(_source, "_FIRST", 16)
    monkeypatch.setattr(_source, "_BUFFER", 16)
    packed = gzip_member(idx_bytes(np.frombuffer(noise(5000), np.uint8)), name=b"n" * 3000)
    assert ff.read_idx(Trickle(packed, 7)).size == 5000


def test_no_place_in_a_file_object_that_cannot_seek():
    source = _source.open_source(Trickle(RAW, 100))
    with pytest.raises(io.UnsupportedOperation, match="cannot seek"):
        source.peek(0, 4)


def test_a_system_without_file_locks(tmp_path, monkeypatch):
    monkeypatch.setattr(_atomic, "fcntl", None)
    for array in (IMAGES, IMAGES[:5]):
        ff.write_idx(tmp_path / "x.gz", array)
        assert same(ff.read_idx(tmp_path / "x.gz"), array)
    assert [path.name for path in tmp_path.iterdir()] == ["x.gz"]


@pytest.mark.skipif(os.name != "posix", reason="devices have names on POSIX")
def test_a_device_is_written_to():
    ff.write_idx("/dev/null", IMAGES)
    assert os.stat("/dev/null").st_size == 0


def test_a_temporary_file_that_another_process_takes_for_litter(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    lock, swept = fcntl.flock, []

    def flock(descriptor, operation):
        if not swept:
            (litter,) = tmp_path.glob(".fmnist_fast-*")
            litter.unlink()
            swept.append(litter)
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    ff.write_idx(tmp_path / "x", IMAGES)
    assert len(swept) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_usable_cpus_where_no_process_is_bound(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert _threads.usable_cpus() == 3
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert _threads.usable_cpus() == 1


def test_peak_memory_without_proc(monkeypatch):
    resource = pytest.importorskip("resource")

    def missing(*arguments, **options):
        raise FileNotFoundError

    monkeypatch.setattr(_peak.Path, "read_text", missing)
    unit = 1 if _peak.sys.platform == "darwin" else 1024
    assert _peak.peak_memory() == resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    monkeypatch.setitem(_peak.sys.modules, "resource", None)
    assert _peak.peak_memory() is None


def test_cache_without_a_home(tmp_path, monkeypatch):
    """Only the folder of the file is left."""
    monkeypatch.setattr(_cache, "cache_folder", lambda: "fmnist_fast")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "x.gz"
    path.write_bytes(idx_gz(IMAGES))
    assert same(ff.read_idx(path, cache=True), IMAGES)
    assert not (tmp_path / "fmnist_fast").exists()


def test_cache_that_is_cut_short_while_it_is_opened(tmp_path, monkeypatch):
    path = tmp_path / "x.gz"
    path.write_bytes(idx_gz(IMAGES))
    ff.read_idx(path, cache=True)

    def too_long(*arguments, **options):
        raise ValueError("mmap length is greater than file size")

    monkeypatch.setattr(mmap, "mmap", too_long)
    assert same(ff.read_idx(path, cache=True), IMAGES)


def test_cache_on_a_disk_that_fills_up(tmp_path, monkeypatch):
    path = tmp_path / "x.gz"
    path.write_bytes(idx_gz(IMAGES))
    calls = []

    def writable(place):
        calls.append(place)
        return len(calls) == 1  # and no more when it comes to writing

    monkeypatch.setattr(_cache, "_is_writable", writable)
    assert same(ff.read_idx(path, cache=tmp_path / "cache"), IMAGES)
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.gz"]
    assert len(calls) == 2


def test_bgzf_index_of_a_file_that_can_no_longer_be_read():
    class Failing(io.BytesIO):
        failing = False

        def readinto(self, buffer):
            if self.failing:
                raise OSError(errno.EIO, "input/output error")
            return super().readinto(buffer)

    source = Failing(bgzf(idx_bytes(images(2000)), block=2000))
    with ff.open_idx(source) as reader:
        reader.seek(1900)
        source.failing = True
        with pytest.raises(OSError, match="input/output"):
            reader.seek(10)
