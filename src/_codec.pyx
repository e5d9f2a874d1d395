"""Gzip members, decoded by the C core: the native twin of `fmnist_fast._gunzip`."""

import os
import threading
from contextlib import contextmanager
from copy import copy
from time import perf_counter

from cpython.buffer cimport PyBUF_C_CONTIGUOUS, PyBUF_FORMAT, PyBUF_SIMPLE, PyBUF_WRITABLE
from cpython.buffer cimport PyBuffer_Release, PyObject_GetBuffer
from cpython.exc cimport PyErr_CheckSignals
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.math cimport INFINITY
from libc.stdint cimport uint8_t, uint32_t

from core cimport *

from fmnist_fast import _native

__all__ = ("GzipDecoder",)

# Input per call of the core; between calls a pending Ctrl-C is looked for. Even at DEFLATE's highest ratio
# the decoder is through such a piece within 100 ms.
cdef Py_ssize_t SLICE = 1 << 18
# What one thread does between turns of the pipeline: enough to pass what only it can do, and to time it.
cdef Py_ssize_t ALONE_SLICE = 1 << 16
# Less than this, in or out, is not worth waking a thread.
cdef Py_ssize_t PIPE_BYTES = 1 << 17
# More output than this does not stay in the cache.
cdef Py_ssize_t BYPASS_BYTES = 1 << 22
# Below this many bytes letting go of the GIL costs more than the work.
cdef Py_ssize_t NOGIL_BYTES = 1 << 12

cdef ff_cpu_level LEVEL = _native.level()


cdef void *allocated(size_t n) except NULL:
    cdef void *p = PyMem_Malloc(n)
    if p is NULL:
        raise MemoryError
    return p


cdef class _View:
    """A caller's buffer, held as long as this object lives."""

    cdef Py_buffer held

    def __cinit__(self, data, int flags):
        PyObject_GetBuffer(data, &self.held, flags)

    def __dealloc__(self):
        PyBuffer_Release(&self.held)


cdef class GzipDecoder:
    """Decode a sequence of gzip members that arrives in pieces.

    Attributes
    ----------
    member : int
        1-based number of the member being read, 0 before the first.
    offset : int
        Compressed bytes consumed in all.
    """

    cdef ff_gzip *_core  # NULL until it is needed, if the decoder is a copy
    cdef ff_gzip_point *_point  # where a copy begins
    cdef ff_pipeline *_pipe  # NULL: one thread
    cdef ff_pixels *_pixels  # made when first needed
    cdef ff_io *_sink  # the consumer's side of the pipeline
    cdef ff_pixels *_sink_px
    cdef object _pool
    cdef object _pid  # of the process that has the pool's thread
    cdef double _alone_pace  # seconds per compressed byte, the best seen
    cdef double _piped_pace  # the latest; 0: not tried yet
    cdef object _lock
    cdef object _error

    def __cinit__(self, threads=1, *, GzipDecoder _frozen=None):
        if _frozen is None:
            self._core = <ff_gzip *>allocated(sizeof(ff_gzip))
            ff_gzip_init(self._core, LEVEL)
        else:
            self._point = <ff_gzip_point *>allocated(sizeof(ff_gzip_point))
        self._alone_pace = INFINITY
        self._lock = threading.Lock()
        if threads > 1:
            self._pipe = <ff_pipeline *>allocated(sizeof(ff_pipeline))
            ff_pipeline_init(self._pipe)

    def __dealloc__(self):
        PyMem_Free(self._core)
        PyMem_Free(self._point)
        PyMem_Free(self._pipe)
        PyMem_Free(self._pixels)

    @property
    def member(self):
        return self._point.members if self._core is NULL else self._core.members

    @property
    def offset(self):
        return self._point.offset if self._core is NULL else self._core.offset

    def decode(self, data, bint final, out, Py_ssize_t start, bint pause=False):
        """Decode from ``data`` to ``out[start:]`` as far as either lasts.

        See `fmnist_fast._numpy.GzipDecoder.decode`, which is the specification.
        """
        with self._working():
            return self._decode(data, final, out, start, pause)

    def decode_affine(self, data, bint final, out, Py_ssize_t start, double scale, double shift):
        """Decode from ``data`` to ``out[start:]`` as `affine_u8` would convert the bytes.

        See `fmnist_fast._numpy.GzipDecoder.decode_affine`, which is the specification.
        """
        with self._working():
            return self._decode_affine(data, final, out, start, scale, shift)

    def copy(self):
        """Return an independent decoder that goes on from here.

        Raises
        ------
        ValueError
            Not between two blocks; after status ``PAUSED`` it is.
        """
        cdef GzipDecoder twin = GzipDecoder(2 if self._pipe else 1, _frozen=self)
        if self._core is NULL:
            twin._point[0] = self._point[0]
        elif not ff_gzip_save(self._core, twin._point):
            raise ValueError("a decoder can be copied between two blocks only")
        return twin

    cdef void _thaw(self) except *:
        if self._core is NULL:
            self._core = <ff_gzip *>allocated(sizeof(ff_gzip))
            ff_gzip_restore(self._core, LEVEL, self._point)
            PyMem_Free(self._point)
            self._point = NULL

    @contextmanager
    def _working(self):
        """Keep other threads out, and everybody once the decoder has failed."""
        if not self._lock.acquire(False):
            raise RuntimeError("this decoder is at work in another thread")
        try:
            if self._error is not None:
                raise copy(self._error)
            yield
        finally:
            self._lock.release()

    cdef tuple _decode(self, data, bint final, out, Py_ssize_t start, bint pause):
        cdef _View source = _View(data, PyBUF_SIMPLE)
        cdef _View room = _View(out, PyBUF_WRITABLE)
        cdef ff_io io
        if not 0 <= start <= room.held.len:
            raise ValueError(f"start is {start}, out has {room.held.len} bytes")
        self._thaw()
        io.pause = pause
        io.base = <uint8_t *>room.held.buf
        io.out = io.base + start
        io.out_end = io.base + room.held.len
        status, consumed = self._run(source, final, &io, NULL)
        return status, consumed, io.out - io.base - start

    cdef tuple _decode_affine(self, data, bint final, out, Py_ssize_t start, double scale, double shift):
        cdef _View source = _View(data, PyBUF_SIMPLE)
        cdef _View room = _View(out, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)
        cdef Py_ssize_t items = room.held.len // room.held.itemsize
        cdef ff_pixels *px = self._scratch()
        if room.held.format is NULL or bytes(room.held.format) not in (b"e", b"f", b"d"):
            raise ValueError("out must be a C-contiguous float16, float32 or float64 array")
        if not 0 <= start <= items:
            raise ValueError(f"start is {start}, out has {items} items")
        self._thaw()
        px.io.pause = False
        px.kind = room.held.format[0]
        px.scale, px.shift = scale, shift
        px.bypass = room.held.len >= BYPASS_BYTES
        px.out = <uint8_t *>room.held.buf + start * room.held.itemsize
        px.left = items - start
        ff_pixels_open(px)
        status, consumed = self._run(source, final, &px.io, px)
        return status, consumed, items - start - <Py_ssize_t>px.left

    cdef ff_pixels *_scratch(self) except NULL:
        if self._pixels is NULL:
            self._pixels = <ff_pixels *>allocated(sizeof(ff_pixels))
            self._pixels.level = LEVEL
        return self._pixels

    cdef tuple _run(self, _View source, bint final, ff_io *io, ff_pixels *px):
        """Return status and bytes consumed; the output is in *io, or in *px of which *io is the scratch."""
        cdef const uint8_t *begin = <const uint8_t *>source.held.buf
        cdef const uint8_t *end = begin + source.held.len
        cdef ff_status status = FF_NEED_INPUT
        io.next_in = io.in_end = begin
        try:
            while True:
                if self._pipe is not NULL and not io.pause and self._run_piped(io, px, end):
                    return FF_OUTPUT_FULL, io.next_in - begin
                status = self._run_alone(io, px, end, final)
                if status >= FF_BAD_BLOCK_TYPE:
                    raise self._failure(status, end - io.next_in)
                if status != FF_NEED_INPUT or io.in_end == end:
                    return status, io.next_in - begin
                PyErr_CheckSignals()
        except BaseException as error:
            # Also after an interrupt: how far the input was read is lost with the return value.
            self._error = error
            raise

    cdef object _failure(self, ff_status status, Py_ssize_t unread):
        cdef ff_gzip *g = self._core
        found, told = (g.crc, g.stored) if status == FF_BAD_CRC else (<uint32_t>g.inflate.produced, g.stored)
        return _native.failure(status, g.phase, g.members, g.offset, unread, found, told)

    cdef ff_status _run_alone(self, ff_io *io, ff_pixels *px, const uint8_t *end, bint final):
        cdef const uint8_t *begin = io.next_in
        cdef ff_status status
        cdef double started = perf_counter()
        io.in_end = begin + min(end - begin, SLICE if self._pipe is NULL else ALONE_SLICE)
        io.final = final and io.in_end == end
        if io.in_end - begin < NOGIL_BYTES and px is NULL:
            return ff_gzip_run(self._core, io)
        with nogil:
            status = ff_gzip_run(self._core, io) if px is NULL else ff_gzip_run_pixels(self._core, px)
        if io.next_in - begin >= ALONE_SLICE // 2:
            self._alone_pace = min(self._alone_pace, (perf_counter() - started) / (io.next_in - begin))
        return status

    cdef bint _run_piped(self, ff_io *io, ff_pixels *px, const uint8_t *end) except -1:
        """Go on in two threads as far as that is possible and pays. True: the room is full."""
        cdef const uint8_t *begin = io.next_in
        cdef Py_ssize_t room = io.out_end - io.out if px is NULL else px.left
        self._sink, self._sink_px = io, px
        if ff_pipeline_pending(self._pipe):
            ff_pipeline_open(self._pipe)
            ff_pipeline_close(self._pipe)
            self._consume()
        elif (
            end - begin >= PIPE_BYTES
            and room >= PIPE_BYTES
            and self._piped_pace <= self._alone_pace
            and ff_pipeline_applies(self._core)
        ):
            started = perf_counter()
            self._produce(io, end)
            if io.next_in - begin >= PIPE_BYTES // 2:
                self._piped_pace = (perf_counter() - started) / (io.next_in - begin)
        return ff_pipeline_pending(self._pipe)

    cdef int _produce(self, ff_io *io, const uint8_t *end) except -1:
        cdef ff_io feed = io[0]  # *io is the consumer's as long as it runs
        io.in_end = io.next_in  # where there is no input to prefetch
        cdef ff_status status = FF_NEED_INPUT
        ff_pipeline_open(self._pipe)
        future = self._start_consumer()
        try:
            while status == FF_NEED_INPUT and future is not None and feed.next_in != end:
                begin = feed.next_in
                feed.in_end = begin + min(end - begin, SLICE)
                with nogil:
                    status = ff_pipeline_produce(self._pipe, self._core, &feed)
                if feed.next_in == begin:
                    break
                PyErr_CheckSignals()
        finally:
            # Whatever happens, the consumer must be out of the caller's memory before this returns.
            ff_pipeline_close(self._pipe)
            if future is None or future.cancel():
                self._consume()
            else:
                with nogil:
                    ff_pipeline_wait(self._pipe)
            io.next_in = feed.next_in
        return 0

    cdef object _start_consumer(self):
        """Return the future of `_consume`, or None where no thread can be had."""
        pid = os.getpid()
        try:
            if self._pool is None or self._pid != pid:  # a fork leaves the pool without its thread
                from concurrent.futures import ThreadPoolExecutor  # not at import: it takes milliseconds

                self._pool = ThreadPoolExecutor(1, thread_name_prefix="fmnist_fast")
                self._pid = pid
            return self._pool.submit(self._consume)
        except RuntimeError:
            self._piped_pace = INFINITY
            return None

    def _consume(self):
        with nogil:
            ff_pipeline_consume(self._pipe, self._core, self._sink, self._sink_px)
