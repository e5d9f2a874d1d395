"""What the other compiled modules stand on: CPU level, CRC-32, IDX header, words for what is wrong."""

import os

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport uint8_t, uint32_t

from core cimport *

from fmnist_fast import _idx
from fmnist_fast.errors import CorruptDataError, TruncatedError

__all__ = ("cpu_features", "crc32", "failure", "header_size", "level", "parse_header")

# Below this many bytes letting go of the GIL costs more than the work.
cdef Py_ssize_t NOGIL_BYTES = 1 << 12


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


def level():
    """Return the number of the CPU level in use, as the C core counts them."""
    return LEVEL


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
    shape = []
    for i in range(header.rank):  # a comprehension here makes Cython 3.3 release an item twice without memory
        shape.append(header.dim[i])
    return _idx.Header(_idx.DTYPES[header.type], tuple(shape))


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


def failure(ff_status status, ff_gzip_phase phase, members, offset, unread, found, told):
    """Return the exception for what stopped the gzip layer.

    Parameters
    ----------
    status, phase : int
        Of the C core.
    members, offset : int
        Where it was.
    unread : int
        Bytes at hand that it did not consume.
    found, told : int
        CRC-32 or length, by the data and by the trailer, where they disagree.
    """
    if status == FF_TRUNCATED:
        if phase == FF_GZIP_BETWEEN:
            message = _idx.CUT_START
        elif phase < FF_GZIP_BODY:
            message = _idx.CUT_HEADER
        else:
            message = _idx.CUT_BODY if phase == FF_GZIP_BODY else _idx.CUT_TRAILER
        return TruncatedError(message, member=members + (phase == FF_GZIP_BETWEEN), offset=offset + unread)
    if status == FF_BAD_CRC:
        message = _idx.crc_message(found, told)
    elif status == FF_BAD_SIZE:
        message = _idx.isize_message(found, told)
    else:
        message = _WORDS[status]
    return CorruptDataError(message, member=members or 1, offset=offset)
