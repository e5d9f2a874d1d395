"""Gzip members and IDX headers, decoded by the C core: the native twin of `fmnist_fast._numpy`."""

import os
import threading

from cpython.buffer cimport PyBUF_SIMPLE, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.exc cimport PyErr_CheckSignals
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stdint cimport uint8_t, uint32_t

from core cimport *

from fmnist_fast import _idx
from fmnist_fast.errors import CorruptDataError, TruncatedError

__all__ = ("GzipDecoder", "cpu_features", "crc32", "header_size", "parse_header")

# Input per call of the core; between calls a pending Ctrl-C is looked for. Even at DEFLATE's highest ratio the decoder is
# through such a piece within 100 ms.
cdef Py_ssize_t SLICE = 1 << 18

# Below this many bytes letting go of the GIL costs more than the work.
cdef Py_ssize_t NOGIL_BYTES = 1 << 12

# zlib's words, so that both backends say the same.
_WORDS = {
    FF_BAD_BLOCK_TYPE: "invalid block type",
    FF_BAD_STORED_LENGTH: "invalid stored block lengths",
    FF_BAD_COUNTS: "too many length or distance symbols",
    FF_BAD_PRECODE: "invalid code lengths set",
    FF_BAD_REPEAT: "invalid bit length repeat",
    FF_BAD_NO_END_OF_BLOCK: "invalid code -- missing end-of-block",
    FF_BAD_LITLEN_SET: "invalid literal/lengths set",
    FF_BAD_DIST_SET: "invalid distances set",
    FF_BAD_LITLEN_CODE: "invalid literal/length code",
    FF_BAD_DIST_CODE: "invalid distance code",
    FF_BAD_TOO_FAR: "invalid distance too far back",
    FF_BAD_MAGIC: _idx.NOT_GZIP,
    FF_BAD_METHOD: _idx.BAD_METHOD,
    FF_BAD_FLAGS: _idx.BAD_FLAGS,
    FF_BAD_HEADER_CRC: _idx.BAD_HEADER_CRC,
}


cdef ff_cpu_level _choose_level() except *:
    cap = os.environ.get("FMNIST_FAST_CPU")
    cdef ff_cpu_level detected = ff_cpu_detect()
    if not cap:
        return detected
    cdef bytes name = cap.encode()
    cdef int level = ff_cpu_cap(detected, name)
    if level < 0:
        raise ValueError(f"FMNIST_FAST_CPU={cap!r} is unknown; the choices are generic, avx2, avx512, neon")
    return level


cdef ff_cpu_level LEVEL = _choose_level()


def cpu_features():
    """Return which CPU level runs, and the highest one that this processor has.

    Returns
    -------
    dict
        ``level``: name of the level in use; ``detected``: the levels that the processor has, lowest first.
    """
    detected = ff_cpu_name(ff_cpu_detect()).decode()
    lower = {"generic": [], "neon": ["generic"], "avx2": ["generic"], "avx512": ["generic", "avx2"]}
    return {"level": ff_cpu_name(LEVEL).decode(), "detected": [*lower[detected], detected]}


cdef class GzipDecoder:
    """Decode a sequence of gzip members that arrives in pieces.

    Attributes
    ----------
    member : int
        1-based number of the member being read, 0 before the first.
    offset : int
        Compressed bytes consumed in all.
    """

    cdef ff_gzip *_core
    cdef object _lock
    cdef object _error

    def __cinit__(self):
        self._core = <ff_gzip *>PyMem_Malloc(sizeof(ff_gzip))
        if self._core is NULL:
            raise MemoryError
        ff_gzip_init(self._core, LEVEL)
        self._lock = threading.Lock()

    def __dealloc__(self):
        PyMem_Free(self._core)

    @property
    def member(self):
        return self._core.members

    @property
    def offset(self):
        return self._core.offset

    def decode(self, data, bint final, out, Py_ssize_t start):
        """Decode from ``data`` to ``out[start:]`` as far as either lasts.

        See `fmnist_fast._numpy.GzipDecoder.decode`, which is the specification.
        """
        cdef Py_buffer source
        cdef Py_buffer room
        if not self._lock.acquire(False):
            raise RuntimeError("this decoder is at work in another thread")
        try:
            if self._error is not None:
                raise self._error
            PyObject_GetBuffer(data, &source, PyBUF_SIMPLE)
            try:
                PyObject_GetBuffer(out, &room, PyBUF_WRITABLE)
                try:
                    if not 0 <= start <= room.len:
                        raise ValueError(f"start is {start}, out has {room.len} bytes")
                    return self._run(&source, final, &room, start)
                finally:
                    PyBuffer_Release(&room)
            finally:
                PyBuffer_Release(&source)
        except BaseException as error:
            # Also after an interrupt: how far the input was read is lost with the return value.
            self._error = error
            raise
        finally:
            self._lock.release()

    cdef tuple _run(self, Py_buffer *source, bint final, Py_buffer *room, Py_ssize_t start):
        cdef const uint8_t *begin = <const uint8_t *>source.buf
        cdef const uint8_t *end = begin + source.len
        cdef ff_status status = FF_NEED_INPUT
        cdef ff_io io
        io.next_in = begin
        io.base = <uint8_t *>room.buf
        io.out = io.base + start
        io.out_end = io.base + room.len
        while True:
            io.in_end = io.next_in + min(end - io.next_in, SLICE)
            io.final = final and io.in_end == end
            if io.in_end - io.next_in < NOGIL_BYTES:
                status = ff_gzip_run(self._core, &io)
            else:
                with nogil:
                    status = ff_gzip_run(self._core, &io)
            if status != FF_NEED_INPUT or io.in_end == end:
                break
            PyErr_CheckSignals()
        if status >= FF_BAD_BLOCK_TYPE:
            raise self._failure(status, end - io.next_in)
        return status, io.next_in - begin, io.out - io.base - start

    cdef object _failure(self, ff_status status, Py_ssize_t unread):
        cdef ff_gzip *g = self._core
        if status == FF_TRUNCATED:
            if g.phase == FF_GZIP_BETWEEN:
                message = _idx.CUT_START
            elif g.phase < FF_GZIP_BODY:
                message = _idx.CUT_HEADER
            else:
                message = _idx.CUT_BODY if g.phase == FF_GZIP_BODY else _idx.CUT_TRAILER
            member = g.members + (g.phase == FF_GZIP_BETWEEN)
            return TruncatedError(message, member=member, offset=g.offset + unread)
        if status == FF_BAD_CRC:
            message = _idx.crc_message(g.crc, g.stored)
        elif status == FF_BAD_SIZE:
            message = _idx.isize_message(<uint32_t>g.inflate.produced, g.stored)
        else:
            message = _WORDS[status]
        return CorruptDataError(message, member=g.members or 1, offset=g.offset)


def header_size(buffer):
    """Return the length of the whole IDX header in bytes, from at least its first four.

    Raises
    ------
    TruncatedError
        Fewer than four bytes.
    FormatError
        Not IDX, or a type or rank that is not supported.
    """
    cdef Py_buffer view
    cdef size_t size = 0
    PyObject_GetBuffer(buffer, &view, PyBUF_SIMPLE)
    try:
        if ff_idx_header_size(<const uint8_t *>view.buf, view.len, &size) == FF_END:
            return size
    finally:
        PyBuffer_Release(&view)
    return _idx.header_size(buffer)  # which finds the words for what is wrong


def parse_header(buffer):
    """Return the `fmnist_fast._idx.Header` at the start of a buffer.

    Raises
    ------
    TruncatedError
        The buffer is shorter than the header.
    FormatError
        Not IDX, a type or rank that is not supported, or more items than can be addressed.
    """
    cdef Py_buffer view
    cdef ff_idx header
    cdef ff_status status
    PyObject_GetBuffer(buffer, &view, PyBUF_SIMPLE)
    try:
        status = ff_idx_parse(<const uint8_t *>view.buf, view.len, &header)
    finally:
        PyBuffer_Release(&view)
    if status != FF_END:
        return _idx.parse_header(buffer)  # which finds the words for what is wrong
    return _idx.Header(_idx.DTYPES[header.type], tuple([header.dim[i] for i in range(header.rank)]))


def crc32(data, uint32_t value=0):
    """Return the CRC-32 of a buffer, going on from ``value``."""
    cdef Py_buffer view
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        if view.len < NOGIL_BYTES:
            return ff_crc32(LEVEL, value, <const uint8_t *>view.buf, view.len)
        with nogil:
            value = ff_crc32(LEVEL, value, <const uint8_t *>view.buf, view.len)
        return value
    finally:
        PyBuffer_Release(&view)
