"""Gzip members, decoded by the C core: the native twin of `fmnist_fast._gunzip`."""

import threading
from copy import copy
from time import perf_counter

from cpython.buffer cimport PyBUF_C_CONTIGUOUS, PyBUF_FORMAT, PyBUF_SIMPLE, PyBUF_WRITABLE
from cpython.buffer cimport PyBuffer_Release, PyObject_GetBuffer
from cpython.exc cimport PyErr_CheckSignals
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.pycapsule cimport PyCapsule_New
from libc.math cimport INFINITY
from libc.stdint cimport uint8_t, uint32_t

from core cimport *

from fmnist_fast import _native
from fmnist_fast._threads import OwnThread

__all__ = ("GzipDecoder",)

# Input per call of the core; between calls a pending Ctrl-C is looked for. Even at DEFLATE's highest ratio
# the decoder is through such a piece within 100 ms.
cdef Py_ssize_t SLICE = 1 << 18
# The same where two threads work, first and once they gain; each such call decodes its last block twice.
cdef Py_ssize_t DUET_SLICE = 1 << 20
cdef Py_ssize_t DUET_SLICE_MAX = 1 << 24
# What one thread does between runs of two: enough to pass what only it can do, and to time it.
cdef Py_ssize_t ALONE_SLICE = 1 << 16
# Less than this, in or out, is not worth waking a thread.
cdef Py_ssize_t DUET_BYTES = 1 << 17
# More output than this does not stay in the cache.
cdef Py_ssize_t BYPASS_BYTES = 1 << 22
# Below this many bytes letting go of the GIL costs more than the work.
cdef Py_ssize_t NOGIL_BYTES = 1 << 12

cdef ff_cpu_level LEVEL = _native.level()

_C_API = PyCapsule_New(<void *>ff_capi(LEVEL), b"fmnist_fast._codec._C_API", NULL)  # include/fmnist_fast.h


cdef void *allocated(size_t n) except NULL:
    cdef void *p = PyMem_Malloc(n)
    if p is NULL:
        raise MemoryError
    return p


# For one decoder at a time, as most programs have it: fresh memory costs as much as decoding a small file.
cdef ff_gzip FIRST
cdef ff_atomic first_taken = 0


cdef ff_gzip *new_core() except NULL:
    if ff_atomic_load(&first_taken) == 0 and ff_atomic_add(&first_taken, 1) == 0:
        return &FIRST
    return <ff_gzip *>allocated(sizeof(ff_gzip))


cdef void free_core(ff_gzip *core) noexcept:
    if core is &FIRST:
        ff_atomic_store(&first_taken, 0)
    else:
        PyMem_Free(core)


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
    shared : bool
        Whether two threads are decoding, and gain by it.
    """

    cdef ff_gzip *_core  # NULL until it is needed, if the decoder is a copy
    cdef ff_gzip_point *_point  # where a copy begins
    cdef ff_duet *_duet  # NULL: one thread
    cdef ff_pixels *_pixels  # made when first needed
    cdef object _assistant  # the second thread
    cdef double _alone_pace  # seconds per compressed byte, the best seen
    cdef uint64_t _duet_at  # offset from which two threads may be tried
    cdef Py_ssize_t _duet_slice
    cdef uint64_t _penalty  # bytes without them after a run that did not pay
    cdef object _lock
    cdef object _error

    def __cinit__(self, threads=1, *, GzipDecoder _frozen=None):
        if _frozen is None:
            self._core = new_core()
            ff_gzip_init(self._core, LEVEL)
        else:
            self._point = <ff_gzip_point *>allocated(sizeof(ff_gzip_point))
        self._alone_pace = INFINITY
        self._lock = threading.Lock()
        self._penalty, self._duet_slice = SLICE, DUET_SLICE
        if threads > 1 and ff_duet_supported(LEVEL):
            self._duet = <ff_duet *>allocated(sizeof(ff_duet))
            self._assistant = OwnThread()

    def __dealloc__(self):
        free_core(self._core)
        PyMem_Free(self._point)
        PyMem_Free(self._duet)
        PyMem_Free(self._pixels)

    @property
    def member(self):
        return self._place()[0]

    @property
    def offset(self):
        return self._place()[1]

    @property
    def shared(self):
        self._claim()
        try:
            return self._duet_slice > DUET_SLICE
        finally:
            self._lock.release()

    def decode(self, data, bint final, out, Py_ssize_t start, bint pause=False):
        """Decode from ``data`` to ``out[start:]`` as far as either lasts.

        See `fmnist_fast._numpy.GzipDecoder.decode`, which is the specification.
        """
        self._enter()
        try:
            return self._decode(data, final, out, start, pause)
        finally:
            self._lock.release()

    def decode_affine(self, data, bint final, out, Py_ssize_t start, double scale, double shift):
        """Decode from ``data`` to ``out[start:]`` as `affine_u8` would convert the bytes.

        See `fmnist_fast._numpy.GzipDecoder.decode_affine`, which is the specification.
        """
        self._enter()
        try:
            return self._decode_affine(data, final, out, start, scale, shift)
        finally:
            self._lock.release()

    def copy(self):
        """Return an independent decoder that goes on from here.

        Raises
        ------
        ValueError
            Not between two blocks; after status ``PAUSED`` it is.
        """
        cdef GzipDecoder twin = GzipDecoder(2 if self._duet else 1, _frozen=self)
        self._claim()
        try:
            if self._core is NULL:
                twin._point[0] = self._point[0]
            elif not ff_gzip_save(self._core, twin._point):
                raise ValueError("a decoder can be copied between two blocks only")
            return twin
        finally:
            self._lock.release()

    cdef tuple _place(self):
        """Return members and bytes so far, from memory that a decode in another thread frees."""
        self._claim()
        try:
            if self._core is NULL:
                return self._point.members, self._point.offset
            return self._core.members, self._core.offset
        finally:
            self._lock.release()

    cdef void _thaw(self) except *:
        if self._core is NULL:
            self._core = new_core()
            ff_gzip_restore(self._core, LEVEL, self._point)
            PyMem_Free(self._point)
            self._point = NULL

    cdef void _claim(self) except *:
        """Keep other threads out, until the lock is released."""
        if not self._lock.acquire(False):
            raise RuntimeError("this decoder is at work in another thread")

    cdef void _enter(self) except *:
        """Keep other threads out, and everybody once the decoder has failed."""
        self._claim()
        if self._error is not None:
            self._lock.release()
            raise copy(self._error)

    cdef tuple _decode(self, data, bint final, out, Py_ssize_t start, bint pause):
        cdef _View source = _View(data, PyBUF_SIMPLE)
        cdef _View room = _View(out, PyBUF_WRITABLE)
        cdef ff_io io
        if not 0 <= start <= room.held.len:
            raise ValueError(f"start is {start}, out has {room.held.len} bytes")
        self._thaw()
        io.pause = pause
        io.base = <uint8_t *>room.held.buf
        io.out, io.out_end = io.base + start, io.base + room.held.len
        status, consumed = self._run(source, final, &io, NULL)
        return status, consumed, io.out - io.base - start

    cdef tuple _decode_affine(self, data, bint final, out, Py_ssize_t start, double scale, double shift):
        cdef _View source = _View(data, PyBUF_SIMPLE)
        cdef _View room = _View(out, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)
        cdef Py_ssize_t items = room.held.len // room.held.itemsize
        if self._pixels is NULL:
            self._pixels = <ff_pixels *>allocated(ff_pixels_size(self._duet is not NULL))
            self._pixels.level = LEVEL
        cdef ff_pixels *px = self._pixels
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

    cdef tuple _run(self, _View source, bint final, ff_io *io, ff_pixels *px):
        """Return status and bytes consumed; the output is in *io, or in *px of which *io is the scratch."""
        cdef const uint8_t *begin = <const uint8_t *>source.held.buf
        cdef const uint8_t *end = begin + source.held.len
        cdef ff_status status = FF_NEED_INPUT
        cdef bint pause = io.pause
        io.next_in = io.in_end = begin
        try:
            while True:
                if self._duet is not NULL and not pause:
                    io.pause = self._duet_pays(io, px, end)  # between two blocks two threads can begin
                    io.in_end = end
                    if io.pause and ff_duet_applies(self._core, io):
                        self._run_duet(io, px, end)
                        if not final and end - io.next_in < DUET_BYTES:
                            # About a block: with more input behind it, it is for two threads again.
                            return FF_NEED_INPUT, io.next_in - begin
                    elif io.pause and status == FF_PAUSED and self._core.inflate.produced >= FF_WINDOW:
                        io.pause = False
                        self._postpone_duet()
                status = self._run_alone(io, px, end, final)
                if status >= FF_BAD_BLOCK_TYPE:
                    raise self._failure(status, end - io.next_in)
                if (status != FF_NEED_INPUT or io.in_end == end) and (status != FF_PAUSED or pause):
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
        cdef bint near = self._duet is not NULL and self._core.offset >= self._duet_at
        io.in_end = begin + min(end - begin, ALONE_SLICE if near else SLICE)
        io.final = final and io.in_end == end
        if io.in_end - begin < NOGIL_BYTES and px is NULL:
            return ff_gzip_run(self._core, io)
        with nogil:
            status = ff_gzip_run(self._core, io) if px is NULL else ff_gzip_run_pixels(self._core, px)
        if io.next_in - begin >= ALONE_SLICE // 2:
            self._alone_pace = min(self._alone_pace, (perf_counter() - started) / (io.next_in - begin))
        return status

    cdef bint _duet_pays(self, ff_io *io, ff_pixels *px, const uint8_t *end):
        cdef Py_ssize_t room = io.out_end - io.out if px is NULL else px.left
        return (
            end - io.next_in >= DUET_BYTES
            and room >= DUET_BYTES
            and self._alone_pace != INFINITY
            and self._core.offset >= self._duet_at
        )

    cdef int _run_duet(self, ff_io *io, ff_pixels *px, const uint8_t *end) except -1:
        """Go on in two threads as far as that is possible."""
        cdef const uint8_t *begin = io.next_in
        cdef bint assisted
        cdef double started = perf_counter()
        io.in_end = begin + min(end - begin, self._duet_slice)
        ff_duet_open(self._duet, self._core, io, px)
        future = None
        try:
            future = self._assistant.submit(self._assist)  # None where no thread can be had
            with nogil:
                ff_duet_lead(self._duet)
        finally:
            # Whatever happens, the assistant must be out of the caller's memory before this returns.
            assisted = future is not None and not future.cancel()
            with nogil:
                ff_duet_close(self._duet, assisted)
        if future is None or perf_counter() - started > self._alone_pace * (io.next_in - begin):
            self._postpone_duet()
        else:
            self._penalty, self._duet_slice = SLICE, min(4 * self._duet_slice, DUET_SLICE_MAX)
        PyErr_CheckSignals()
        return 0

    cdef void _postpone_duet(self) noexcept:
        """Two threads gain nothing here."""
        self._duet_at = self._core.offset + self._penalty
        self._penalty *= 2
        self._duet_slice = DUET_SLICE

    def _assist(self):
        with nogil:
            ff_duet_assist(self._duet)
