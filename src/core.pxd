# What the compiled modules use of the C core. Extern only: nothing here becomes code, so all of them may
# share it.

from libc.stdint cimport int16_t, int64_t, uint8_t, uint32_t, uint64_t


cdef extern from "atomic.h" nogil:
    ctypedef uint32_t ff_atomic
    uint32_t ff_atomic_load(const ff_atomic *a)
    void ff_atomic_store(ff_atomic *a, uint32_t v)
    uint32_t ff_atomic_add(ff_atomic *a, uint32_t v)


cdef extern from "status.h" nogil:
    ctypedef int ff_status
    ff_status FF_NEED_INPUT
    ff_status FF_OUTPUT_FULL
    ff_status FF_END
    ff_status FF_PAUSED
    ff_status FF_BAD_BLOCK_TYPE
    ff_status FF_BAD_STORED_LENGTH
    ff_status FF_BAD_COUNTS
    ff_status FF_BAD_PRECODE
    ff_status FF_BAD_REPEAT
    ff_status FF_BAD_NO_END_OF_BLOCK
    ff_status FF_BAD_LITLEN_SET
    ff_status FF_BAD_DIST_SET
    ff_status FF_BAD_LITLEN_CODE
    ff_status FF_BAD_DIST_CODE
    ff_status FF_BAD_TOO_FAR
    ff_status FF_BAD_MAGIC
    ff_status FF_BAD_METHOD
    ff_status FF_BAD_FLAGS
    ff_status FF_BAD_HEADER_CRC
    ff_status FF_BAD_CRC
    ff_status FF_BAD_SIZE
    ff_status FF_TRUNCATED


cdef extern from "cpu.h" nogil:
    ctypedef int ff_cpu_level
    ff_cpu_level ff_cpu_detect()
    const char *ff_cpu_name(ff_cpu_level level)
    int ff_cpu_cap(ff_cpu_level detected, const char *name)


cdef extern from "crc32.h" nogil:
    uint32_t ff_crc32(ff_cpu_level level, uint32_t crc, const uint8_t *p, size_t n)


cdef extern from "idx.h" nogil:
    ctypedef struct ff_idx:
        uint8_t type
        uint8_t rank
        uint32_t dim[64]

    ff_status ff_idx_header_size(const uint8_t *p, size_t n, size_t *size)
    ff_status ff_idx_parse(const uint8_t *p, size_t n, ff_idx *header)


cdef extern from "inflate/inflate.h" nogil:
    ctypedef struct ff_inflate:
        uint64_t produced

    enum:
        FF_WINDOW

    ctypedef struct ff_io:
        # The core's field is called `in`, which Python reserves.
        const uint8_t *next_in "in"
        const uint8_t *in_end
        uint8_t *base
        uint8_t *out
        uint8_t *out_end
        bint final
        bint pause


cdef extern from "pixels.h" nogil:
    ctypedef struct ff_pixels:
        ff_io io
        ff_cpu_level level
        char kind
        bint bypass
        double scale
        double shift
        uint8_t *out
        size_t left

    size_t ff_pixels_size(bint shared)
    void ff_pixels_open(ff_pixels *px)


cdef extern from "gzip.h" nogil:
    ctypedef int ff_gzip_phase
    ff_gzip_phase FF_GZIP_BETWEEN
    ff_gzip_phase FF_GZIP_BODY
    ff_gzip_phase FF_GZIP_CRC

    ctypedef struct ff_gzip:
        ff_gzip_phase phase
        uint32_t crc
        uint32_t stored
        uint64_t members
        uint64_t offset
        ff_inflate inflate

    ctypedef struct ff_gzip_point:
        uint64_t members
        uint64_t offset

    bint ff_gzip_save(const ff_gzip *g, ff_gzip_point *point)
    void ff_gzip_restore(ff_gzip *g, ff_cpu_level level, const ff_gzip_point *point)
    void ff_gzip_init(ff_gzip *g, ff_cpu_level level)
    ff_status ff_gzip_run(ff_gzip *g, ff_io *io)
    ff_status ff_gzip_run_pixels(ff_gzip *g, ff_pixels *px)


cdef extern from "capi.h" nogil:
    const void *ff_capi(ff_cpu_level level)


cdef extern from "duet.h" nogil:
    ctypedef struct ff_duet:
        pass

    bint ff_duet_supported(ff_cpu_level level)
    bint ff_duet_applies(const ff_gzip *g, const ff_io *io)
    void ff_duet_open(ff_duet *d, ff_gzip *g, ff_io *io, ff_pixels *px)
    void ff_duet_lead(ff_duet *d)
    void ff_duet_assist(ff_duet *d)
    void ff_duet_close(ff_duet *d, bint assisted)


cdef extern from "normalize.h" nogil:
    size_t ff_affine_u8(
        ff_cpu_level level, char kind, const uint8_t *src, void *out, size_t n, double scale, double shift,
        bint bypass
    )


cdef extern from "gather.h" nogil:
    ctypedef struct ff_gather:
        const uint8_t *source
        uint64_t rows
        size_t row
        const int64_t *index
        size_t count

    size_t ff_gather_bad(const ff_gather *g)
    void ff_gather_bytes(const ff_gather *g, uint8_t *out)
    void ff_gather_affine(
        ff_cpu_level level, char kind, const ff_gather *g, void *out, double scale, double shift
    )


cdef extern from "augment.h" nogil:
    ctypedef struct ff_move:
        int16_t down
        int16_t right
        int16_t flip

    ctypedef struct ff_augment:
        size_t height
        size_t width
        size_t item
        const ff_move *move

    void ff_augment_bytes(const ff_gather *g, const ff_augment *a, uint8_t *out)
    size_t ff_augment_scratch(size_t row)
    void ff_augment_affine(
        ff_cpu_level level, char kind, const ff_gather *g, const ff_augment *a, uint8_t *scratch, void *out,
        double scale, double shift
    )


cdef extern from "swap.h" nogil:
    void ff_swap(ff_cpu_level level, uint8_t *p, size_t n, unsigned itemsize)
