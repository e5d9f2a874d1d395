"""Pixels to floats, rows by number, byte order: the native twin of the kernels in `fmnist_fast._numpy`."""

from cpython.buffer cimport (
    PyBUF_C_CONTIGUOUS,
    PyBUF_FORMAT,
    PyBUF_SIMPLE,
    PyBUF_WRITABLE,
    PyBuffer_Release,
    PyObject_GetBuffer,
)
from libc.stdint cimport int64_t, uint8_t

from core cimport *

from fmnist_fast import _native

__all__ = ("affine_u8", "gather_affine", "gather_rows", "swap_bytes")

# Below this many items letting go of the GIL costs more than the work.
cdef Py_ssize_t NOGIL_ITEMS = 1 << 12

cdef ff_cpu_level LEVEL = _native.level()

# More output than this does not stay in the cache.
cdef size_t BYPASS_ITEMS = 1 << 20


cdef void _affine(
    char kind, const uint8_t *src, void *out, size_t n, double scale, double shift
) noexcept nogil:
    if kind == c'f':
        ff_affine_u8_f32(LEVEL, src, out, n, <float>scale, <float>shift, n >= BYPASS_ITEMS)
    elif kind == c'd':
        ff_affine_u8_f64(LEVEL, src, out, n, scale, shift)
    else:
        ff_affine_u8_f16(LEVEL, src, out, n, <float>scale, <float>shift)


def affine_u8(src, out, double scale, double shift):
    """Write ``fma(src, scale, shift)`` to ``out``, with one rounding for each item.

    See `fmnist_fast._numpy.affine_u8`, which is the specification.
    """
    cdef Py_buffer pixels
    cdef Py_buffer result
    cdef Py_ssize_t n
    cdef char kind
    PyObject_GetBuffer(src, &pixels, PyBUF_SIMPLE)
    try:
        PyObject_GetBuffer(out, &result, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)
        try:
            if result.format is NULL or bytes(result.format) not in (b"e", b"f", b"d"):
                raise ValueError("out must be a C-contiguous float16, float32 or float64 array")
            kind = result.format[0]
            n = result.len // result.itemsize
            if pixels.len != n:
                raise ValueError(f"out has {n} items, src has {pixels.len}")
            if n < NOGIL_ITEMS:
                _affine(kind, <const uint8_t *>pixels.buf, result.buf, n, scale, shift)
            else:
                with nogil:
                    _affine(kind, <const uint8_t *>pixels.buf, result.buf, n, scale, shift)
        finally:
            PyBuffer_Release(&result)
    finally:
        PyBuffer_Release(&pixels)


cdef bytes _format(Py_buffer *view):
    return b"" if view.format is NULL else view.format


cdef _gather(source, indices, out, bint affine, double scale, double shift):
    cdef Py_buffer rows
    cdef Py_buffer numbers
    cdef Py_buffer result
    cdef ff_gather g
    cdef size_t bad, items
    cdef char kind
    PyObject_GetBuffer(source, &rows, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)
    try:
        PyObject_GetBuffer(indices, &numbers, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)
        try:
            PyObject_GetBuffer(out, &result, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)
            try:
                if rows.ndim != 2 or _format(&rows) != b"B":
                    raise ValueError("source must be a C-contiguous uint8 array of rank 2")
                if numbers.ndim != 1 or numbers.itemsize != 8 or _format(&numbers) not in (b"l", b"q"):
                    raise ValueError("indices must be a C-contiguous int64 array of rank 1")
                if affine and _format(&result) not in (b"e", b"f", b"d"):
                    raise ValueError("out must be a C-contiguous float16, float32 or float64 array")
                if not affine and _format(&result) != b"B":
                    raise ValueError("out must be a C-contiguous uint8 array")
                kind = result.format[0]
                g.source, g.rows, g.row = <const uint8_t *>rows.buf, rows.shape[0], rows.shape[1]
                g.index, g.count = <const int64_t *>numbers.buf, numbers.shape[0]
                items = result.len // result.itemsize
                if items != g.count * g.row:
                    raise ValueError(f"out has {items} items, {g.count} rows of {g.row} were asked for")
                with nogil:
                    bad = ff_gather_bad(&g)
                    if bad == g.count:
                        if affine:
                            ff_gather_affine(LEVEL, kind, &g, result.buf, scale, shift)
                        else:
                            ff_gather_bytes(&g, <uint8_t *>result.buf)
                if bad != g.count:
                    raise IndexError(f"index {g.index[bad]} is out of range for {g.rows} rows")
            finally:
                PyBuffer_Release(&result)
        finally:
            PyBuffer_Release(&numbers)
    finally:
        PyBuffer_Release(&rows)


def gather_rows(source, indices, out):
    """Write the rows of ``source`` that have these numbers to ``out``, in this order.

    See `fmnist_fast._numpy.gather_rows`, which is the specification.
    """
    _gather(source, indices, out, False, 0.0, 0.0)


def gather_affine(source, indices, out, double scale, double shift):
    """Write the rows of ``source`` that have these numbers to ``out``, as `affine_u8` would convert them.

    See `fmnist_fast._numpy.gather_affine`, which is the specification.
    """
    _gather(source, indices, out, True, scale, shift)


def swap_bytes(array):
    """Reverse the bytes of every item in place; items of 2, 4 or 8 bytes."""
    cdef Py_buffer view
    PyObject_GetBuffer(array, &view, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS)
    try:
        if view.itemsize not in (2, 4, 8):
            raise ValueError(f"items of {view.itemsize} bytes cannot be swapped")
        with nogil:
            ff_swap(LEVEL, <uint8_t *>view.buf, view.len // view.itemsize, <unsigned>view.itemsize)
    finally:
        PyBuffer_Release(&view)
