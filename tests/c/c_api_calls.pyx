# What tests/test_c_api.py calls: each function of the table, through the shipped header and nothing else.

from libc.stdint cimport uint8_t, uint32_t, uint64_t

cdef extern from "fmnist_fast.h" nogil:
    """
    static fmnist_fast_api claimed;
    static PyObject *capsule_that_says(uint32_t version, uint32_t size) {
      claimed.version = version;
      claimed.size = size;
      return PyCapsule_New(&claimed, FMNIST_FAST_API_CAPSULE, NULL);
    }
    """
    int FMNIST_FAST_OK
    int FMNIST_FAST_API_VERSION
    ctypedef struct fmnist_fast_decoder:
        pass
    ctypedef struct fmnist_fast_header:
        uint64_t nbytes
        uint32_t offset, type, itemsize, rank
        uint32_t dim[64]
    ctypedef struct fmnist_fast_api:
        uint32_t version, size
        fmnist_fast_decoder *(*decoder_new)() noexcept nogil
        void (*decoder_free)(fmnist_fast_decoder *) noexcept nogil
        int (*read_header)(fmnist_fast_decoder *, const void *, size_t, fmnist_fast_header *) noexcept nogil
        int (*decode)(
            fmnist_fast_decoder *, const void *, size_t, fmnist_fast_header *, void *, size_t
        ) noexcept nogil
        uint64_t (*decoder_offset)(const fmnist_fast_decoder *) noexcept nogil
        uint32_t (*crc32)(uint32_t, const void *, size_t) noexcept nogil
        void (*affine_u8_f32)(const uint8_t *, float *, size_t, float, float) noexcept nogil
        const char *(*status_text)(int) noexcept nogil

cdef extern from "fmnist_fast.h":
    const fmnist_fast_api *fmnist_fast_import() except NULL
    object capsule_that_says(uint32_t version, uint32_t size)

cdef const fmnist_fast_api *api = fmnist_fast_import()

version, size = api.version, api.size
header_version, header_size = FMNIST_FAST_API_VERSION, sizeof(fmnist_fast_api)


def claim(version, size):
    return capsule_that_says(version, size)


def import_again():
    fmnist_fast_import()


cdef dict fields(fmnist_fast_header *h):
    return {
        "nbytes": h.nbytes, "offset": h.offset, "type": h.type, "itemsize": h.itemsize,
        "shape": tuple([h.dim[i] for i in range(h.rank)]), "rest": sum([h.dim[i] for i in range(h.rank, 64)]),
    }


cdef class Decoder:
    cdef fmnist_fast_decoder *it

    def __cinit__(self):
        self.it = api.decoder_new()
        if self.it is NULL:
            raise MemoryError

    def __dealloc__(self):
        api.decoder_free(self.it)

    def read_header(self, bytes data):
        cdef fmnist_fast_header h
        cdef int status = api.read_header(self.it, <const uint8_t *>data, len(data), &h)
        return status, fields(&h) if status == FMNIST_FAST_OK else None

    def decode(self, bytes data, size_t out, size_t room):
        """``out`` is an address."""
        cdef fmnist_fast_header h
        cdef int status
        cdef const uint8_t *p = data
        cdef size_t size = len(data)
        with nogil:
            status = api.decode(self.it, p, size, &h, <void *>out, room)
        return status

    @property
    def offset(self):
        return api.decoder_offset(self.it)


def free_nothing():
    api.decoder_free(NULL)


def crc32(uint32_t crc, bytes data):
    return api.crc32(crc, <const uint8_t *>data, len(data))


def affine(bytes pixels, size_t out, float scale, float shift):
    api.affine_u8_f32(pixels, <float *>out, len(pixels), scale, shift)


def status_text(int status):
    return api.status_text(status).decode()
