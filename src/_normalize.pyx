"""Pixels to floats, rows by number, byte order: the native twin of the kernels in `fmnist_fast._numpy`.

Rows by number are moved and converted on their way, which is why they are not a module of their own.
"""

from cpython.buffer cimport (
    PyBUF_C_CONTIGUOUS,
    PyBUF_FORMAT,
    PyBUF_SIMPLE,
    PyBUF_WRITABLE,
    PyBuffer_Release,
    PyObject_GetBuffer,
)
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stdint cimport int64_t, uint8_t
from libc.string cimport memset

from core cimport *

from fmnist_fast import _native

__all__ = ("affine_u8", "gather_affine", "gather_rows", "swap_bytes")

# Below this many items letting go of the GIL costs more than the work.
cdef Py_ssize_t NOGIL_ITEMS = 1 << 12

cdef ff_cpu_level LEVEL = _native.level()

# More output than this does not stay in the cache.
cdef Py_ssize_t BYPASS_ITEMS = 1 << 20


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
                ff_affine_u8(LEVEL, kind, <const uint8_t *>pixels.buf, result.buf, n, scale, shift, False)
            else:
                with nogil:
                    ff_affine_u8(
                        LEVEL, kind, <const uint8_t *>pixels.buf, result.buf, n, scale, shift,
                        n >= BYPASS_ITEMS
                    )
        finally:
            PyBuffer_Release(&result)
    finally:
        PyBuffer_Release(&pixels)


cdef bytes _format(Py_buffer *view):
    return b"" if view.format is NULL else view.format


cdef _check(Py_buffer *rows, Py_buffer *numbers, Py_buffer *result, bint affine):
    if rows.ndim != 2 or _format(rows) != b"B":
        raise ValueError("source must be a C-contiguous uint8 array of rank 2")
    if numbers.ndim != 1 or numbers.itemsize != 8 or _format(numbers) not in (b"l", b"q"):
        raise ValueError("indices must be a C-contiguous int64 array of rank 1")
    if affine and _format(result) not in (b"e", b"f", b"d"):
        raise ValueError("out must be a C-contiguous float16, float32 or float64 array")
    if not affine and _format(result) != b"B":
        raise ValueError("out must be a C-contiguous uint8 array")
    items, count, row = result.len // result.itemsize, numbers.shape[0], rows.shape[1]
    if items != count * row:
        raise ValueError(f"out has {items} items, {count} rows of {row} were asked for")


cdef _check_moves(Py_buffer *moves, image, Py_ssize_t count, Py_ssize_t row):
    if moves.ndim != 2 or moves.shape[0] != count or moves.shape[1] != 3 or _format(moves) != b"h":
        raise ValueError(f"moves must be a C-contiguous int16 array of shape ({count}, 3)")
    height, width, item = image or (0, 0, 0)
    if min(height, width, item) < 1 or row % (height * width * item):
        raise ValueError(f"rows of {row} bytes are no images of {height} x {width} items of {item}")


cdef _gather(source, indices, out, bint affine, double scale, double shift, moves, image):
    cdef Py_buffer[4] views
    cdef Py_buffer *rows = &views[0]
    cdef Py_buffer *numbers = &views[1]
    cdef Py_buffer *result = &views[2]
    cdef ff_gather g
    cdef ff_augment a
    cdef uint8_t *scratch = NULL
    cdef size_t bad
    cdef char kind
    cdef bint moved = moves is not None
    memset(views, 0, sizeof(views))  # to release what was never taken does nothing
    try:
        PyObject_GetBuffer(source, rows, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)
        PyObject_GetBuffer(indices, numbers, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)
        PyObject_GetBuffer(out, result, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)
        _check(rows, numbers, result, affine)
        kind = result.format[0]
        g.source, g.rows, g.row = <const uint8_t *>rows.buf, rows.shape[0], rows.shape[1]
        g.index, g.count = <const int64_t *>numbers.buf, numbers.shape[0]
        if moved:
            PyObject_GetBuffer(moves, &views[3], PyBUF_C_CONTIGUOUS | PyBUF_FORMAT)
            _check_moves(&views[3], image, g.count, g.row)
            a.height, a.width, a.item = image
            a.move = <const ff_move *>views[3].buf
            scratch = <uint8_t *>PyMem_Malloc(ff_augment_scratch(g.row) if affine else 0)
            if scratch is NULL:
                raise MemoryError
        with nogil:
            bad = ff_gather_bad(&g)
            if bad != g.count:
                pass
            elif moved and affine:
                ff_augment_affine(LEVEL, kind, &g, &a, scratch, result.buf, scale, shift)
            elif moved:
                ff_augment_bytes(&g, &a, <uint8_t *>result.buf)
            elif affine:
                ff_gather_affine(LEVEL, kind, &g, result.buf, scale, shift)
            else:
                ff_gather_bytes(&g, <uint8_t *>result.buf)
        if bad != g.count:
            raise IndexError(f"index {g.index[bad]} is out of range for {g.rows} rows")
    finally:
        PyMem_Free(scratch)
        for k in range(4):
            PyBuffer_Release(&views[k])


def gather_rows(source, indices, out, moves=None, image=None):
    """Write the rows of ``source`` that have these numbers to ``out``, in this order.

    See `fmnist_fast._numpy.gather_rows`, which is the specification.
    """
    _gather(source, indices, out, False, 0.0, 0.0, moves, image)


def gather_affine(source, indices, out, double scale, double shift, moves=None, image=None):
    """Write the rows of ``source`` that have these numbers to ``out``, as `affine_u8` would convert them.

    See `fmnist_fast._numpy.gather_affine`, which is the specification.
    """
    _gather(source, indices, out, True, scale, shift, moves, image)


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
