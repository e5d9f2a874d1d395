"""Nothing that lies where a cache should lie changes a result.

Every test alters source, cache or note in one way and asks for the array that the source holds then.
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
import threading
import zlib

import numpy as np
import pytest
from builders import bgzf, gzip_member, idx_bytes, idx_gz, idx_header
from caching import IMAGES, OTHER, beside, fail_to_write_in, is_mapped
from samples import noise, same

import fmnist_fast as ff
from fmnist_fast import _cache

pytestmark = pytest.mark.usefixtures("cache_home")

NOTES = ["size", "mtime_ns", "ctime_ns", "inode", "crc32"]


def test_changed_source(packed):
    ff.read_idx(packed, cache=True)
    packed.write_bytes(idx_gz(OTHER))
    for _ in range(2):
        assert same(ff.read_idx(packed, cache=True), OTHER)
    assert is_mapped(ff.read_idx(packed, cache=True))


@pytest.mark.parametrize("pack", [bgzf, lambda raw: gzip_member(raw, level=0)], ids=["bgzf", "gzip"])
def test_changed_source_of_the_same_size_and_time(packed, pack):
    """Stored blocks: only bytes in the middle differ, and for BGZF the last 28 bytes never do."""
    arrays = [np.frombuffer(noise(300_000, key), "u1") for key in (1, 2)]
    packed.write_bytes(pack(idx_bytes(arrays[0])))
    status = packed.stat()
    ff.read_idx(packed, cache=True)
    packed.write_bytes(pack(idx_bytes(arrays[1])))
    os.utime(packed, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert packed.stat().st_size == status.st_size
    assert same(ff.read_idx(packed, cache=True), arrays[1])


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize(
    "alter",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: flip(data, 3),
        lambda data: flip(data, 10),
        lambda data: flip(data, len(data) - 1),
        lambda data: bytes(len(data)),
        lambda data: None,
    ],
    ids=["empty", "short", "long", "rank", "shape", "item", "zeros", "gone"],
)
@pytest.mark.parametrize("keep_time", [False, True])
def test_altered_cache(packed, alter, keep_time):
    ff.read_idx(packed, cache=True)
    data, _ = beside(packed)
    status = data.stat()
    content = alter(data.read_bytes())
    if content is None:
        data.unlink()
    else:
        data.write_bytes(content)
        if keep_time:
            os.utime(data, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert same(ff.read_idx(packed, cache=True), IMAGES)
    assert data.read_bytes() == idx_bytes(IMAGES)
    assert is_mapped(ff.read_idx(packed, cache=True))


HOSTILE = [None, True, -1, 1.5, 10**30, "text", [], {}, [1], {"a": 1}]


@pytest.mark.parametrize("kind", ["source", "cache"])
@pytest.mark.parametrize("field", NOTES)
def test_hostile_notes(packed, kind, field):
    ff.read_idx(packed, cache=True)
    _, note_file = beside(packed)
    good = json.loads(note_file.read_text())
    for value in HOSTILE:
        note_file.write_text(json.dumps({**good, kind: {**good[kind], field: value}}))
        assert same(ff.read_idx(packed, cache=True), IMAGES)
    del good[kind][field]
    note_file.write_text(json.dumps(good))
    assert same(ff.read_idx(packed, cache=True), IMAGES)


@pytest.mark.parametrize("field", ["format", "trailing", "tail", "source", "cache"])
def test_hostile_fields(packed, field):
    ff.read_idx(packed, cache=True)
    data, note_file = beside(packed)
    good = json.loads(note_file.read_text())
    for value in HOSTILE:
        data.write_bytes(idx_bytes(OTHER))  # must never come back
        note_file.write_text(json.dumps({**good, field: value}))
        assert same(ff.read_idx(packed, cache=True), IMAGES)


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 4000, b"9" * 5000, b"NaN", b'"format"', bytes(1 << 20)],
)
def test_notes_that_are_none(packed, text):
    ff.read_idx(packed, cache=True)
    beside(packed)[1].write_bytes(text)
    assert same(ff.read_idx(packed, cache=True), IMAGES)
    assert json.loads(beside(packed)[1].read_text())["trailing"] == "error"


@pytest.mark.parametrize("claim", [(2**32 - 1,) * 3, (30, 28, 29), (29, 28, 28), ()])
def test_hostile_header_with_a_matching_note(packed, claim):
    """Checksum and size agree, but the header claims something else than the file holds."""
    ff.read_idx(packed, cache=True)
    data, note_file = beside(packed)
    data.write_bytes((idx_header(claim) + bytes(1 << 15))[: data.stat().st_size])
    note = json.loads(note_file.read_text())
    note["cache"]["crc32"] = zlib.crc32(data.read_bytes())
    note_file.write_text(json.dumps(note))
    assert same(ff.read_idx(packed, cache=True), IMAGES)


def test_copied_folder_is_verified_once(packed, tmp_path, monkeypatch):
    ff.read_idx(packed, cache=True)
    copied = shutil.copytree(packed.parent, tmp_path / "copy") / "images.gz"
    monkeypatch.setattr(_cache, "_build", None)
    assert is_mapped(ff.read_idx(copied, cache=True))
    monkeypatch.setattr(_cache, "_checksum", None)
    assert is_mapped(ff.read_idx(copied, cache=True))


def test_copied_folder_that_cannot_be_written_to(packed, tmp_path, monkeypatch):
    ff.read_idx(packed, cache=True)
    copied = shutil.copytree(packed.parent, tmp_path / "copy") / "images.gz"
    fail_to_write_in([copied.parent], monkeypatch)
    monkeypatch.setattr(_cache, "_build", None)
    for _ in range(2):
        assert is_mapped(ff.read_idx(copied, cache=True))


posix = pytest.mark.skipif(os.name == "nt", reason="POSIX files")


@posix
def test_links_in_the_place_of_a_cache_are_not_followed(packed, tmp_path):
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    for name in beside(packed):
        name.symlink_to(victim)
    assert same(ff.read_idx(packed, cache=True), IMAGES)
    assert victim.read_bytes() == b"precious"
    assert is_mapped(ff.read_idx(packed, cache=True))


@posix
def test_pipes_in_the_place_of_a_cache_do_not_block(packed):
    for name in beside(packed):
        os.mkfifo(name)
    assert same(ff.read_idx(packed, cache=True), IMAGES)


@posix
def test_a_pipe_as_source_is_read_once(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(idx_gz(IMAGES),))
    writer.start()
    assert same(ff.read_idx(pipe, cache=True), IMAGES)
    writer.join()
    assert os.listdir(tmp_path) == ["pipe"]


@posix
def test_who_may_not_read_the_source_may_not_read_the_cache(packed):
    packed.chmod(0o600)
    ff.read_idx(packed, cache=True)
    assert beside(packed)[0].stat().st_mode & 0o777 == 0o600


def test_builders_at_once(packed):
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(ff.read_idx(packed, cache=True))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(same(array, IMAGES) for array in results)
    assert len(results) == 6
    for _ in range(2):
        assert same(ff.read_idx(packed, cache=True), IMAGES)
    assert len(os.listdir(packed.parent)) == 3


def test_a_source_that_changes_while_it_is_read(packed, monkeypatch):
    real = _cache.read

    def read(source, wanted):
        array = real(source, wanted)
        packed.write_bytes(idx_gz(OTHER))
        return array

    monkeypatch.setattr(_cache, "read", read)
    assert same(ff.read_idx(packed, cache=True), IMAGES)
    monkeypatch.undo()
    assert same(ff.read_idx(packed, cache=True), OTHER)


def test_a_cache_that_is_cut_short_while_it_is_opened(packed, monkeypatch):
    expected = ff.read_idx(packed, cache=True)
    real = mmap.mmap

    def cut_short(descriptor, *arguments, **options):
        os.truncate(beside(packed)[0], 100)
        return real(descriptor, *arguments, **options)

    monkeypatch.setattr(mmap, "mmap", cut_short)
    assert same(ff.read_idx(packed, cache=True), expected)
