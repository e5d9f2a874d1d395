"""Whose memory is held for how long, and which memory is refused.

A view that outlives its call pins the caller's bytearray; an exception whose traceback leads back to the
decoder that keeps it is such a view. And a buffer of the wrong kind must be refused before a byte of it is
touched.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import weakref

import numpy as np
import pytest
from builders import gzip_member, idx_bytes, idx_gz
from samples import images

import fmnist_fast as ff

IMAGES = images(60)
DATA = {"raw": idx_bytes(IMAGES), "gzip": idx_gz(IMAGES)}
content = pytest.mark.parametrize("data", DATA.values(), ids=DATA)


@content
def test_resizing_the_source_during_the_call(data):
    """The buffer is exported while it is read, so Python itself refuses; afterwards it is free again."""
    source = bytearray(data)

    ff.read_idx(source)
    source.extend(b"more")  # would be a BufferError if a view were still held
    reader = ff.open_idx(source)
    with pytest.raises(BufferError):
        source.extend(b"more")
    reader.close()
    source.extend(b"more")


@content
def test_errors_let_go_of_the_source(data):
    source = bytearray(data[:-1])
    with pytest.raises(ff.TruncatedError):
        ff.read_idx(source)
    source.extend(b"more")


def test_errors_do_not_keep_the_array_alive():
    class Array(np.ndarray):
        pass

    out = np.empty(IMAGES.shape, "u1").view(Array)
    alive = weakref.ref(out)
    try:
        ff.read_idx(DATA["gzip"][:-1], out=out)
    except ff.TruncatedError as error:
        kept = error.with_traceback(None)
    del out
    gc.collect()
    assert alive() is None
    assert kept.message


def test_reading_leaks_nothing():
    ff.read_idx(DATA["gzip"])
    source = bytes(bytearray(DATA["gzip"]))
    before = sys.getrefcount(source)
    for _ in range(50):
        ff.read_idx(source)
        with pytest.raises(ff.FmnistFastError):
            ff.read_idx(source, max_bytes=1)
    gc.collect()
    assert sys.getrefcount(source) <= before + 1


def test_decoder_refuses_wrong_buffers(backend):
    data = gzip_member(b"abc")
    for bad in (None, "text", 3):
        with pytest.raises(TypeError):
            backend.GzipDecoder().decode(bad, True, bytearray(9), 0)
        with pytest.raises(TypeError):
            backend.GzipDecoder().decode(data, True, bad, 0)
    with pytest.raises((TypeError, ValueError, BufferError)):
        backend.GzipDecoder().decode(data, True, bytes(9), 0)
    with pytest.raises((TypeError, ValueError, BufferError)):
        backend.GzipDecoder().decode(memoryview(data * 2)[::2], True, bytearray(9), 0)
    with pytest.raises((TypeError, ValueError, BufferError)):
        backend.GzipDecoder().decode(data, True, memoryview(bytearray(18))[::2], 0)


@pytest.mark.parametrize("start", [-1, 10, 2**40, -(2**63)])
def test_decoder_refuses_a_start_outside_of_the_buffer(backend, start):
    """A start behind the end would make the room negative, or enormous."""
    memory = (ctypes.c_char * 9)()
    with pytest.raises((ValueError, IndexError, OverflowError)):
        backend.GzipDecoder().decode(gzip_member(b"abc"), True, memoryview(memory).cast("B"), start)
    assert bytes(memory) == bytes(9)


@pytest.mark.parametrize("start", [-1, 6])
def test_decoder_refuses_a_start_outside_of_the_floats(backend, start):
    with pytest.raises(ValueError, match=f"start is {start}, out has 5 items"):
        backend.GzipDecoder().decode_affine(gzip_member(b"abc"), True, np.zeros(5, "f4"), start, 1.0, 0.0)
