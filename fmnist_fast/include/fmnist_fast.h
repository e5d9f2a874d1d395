/* fmnist_fast from C, C++ and Cython: IDX decoding, CRC-32 and normalization without Python and without the GIL.
 *
 *   #include <Python.h>
 *   #include <fmnist_fast.h>        with fmnist_fast.get_include() among the include directories
 *
 *   const fmnist_fast_api *api = fmnist_fast_import();       once, with the GIL; NULL: an ImportError is set
 *
 * There is nothing to link with. Everything else is called through *api, which lives as long as the process.
 *
 * Contract
 *   GIL      fmnist_fast_import() needs it. The functions of the table neither need nor take it.
 *   Threads  any number of calls at a time, but one at a time for each decoder.
 *   Memory   every buffer is the caller's, is not kept after the call, and may have any alignment. Input and output
 *            must not overlap. Only decoder_new() allocates: less than a megabyte, which decoder_free() gives back.
 *   Errors   come back as a status. Nothing is printed, and no Python exception is set. After an error, `out` holds
 *            unspecified bytes, and the decoder can be used again.
 *   Checks   decode() accepts what fmnist_fast.decode_idx() accepts, except xz: gzip, or uncompressed.
 *            Checksums are verified. The size that the data claims is not trusted: nothing is written outside `room`.
 *   Results  do not depend on the processor. FMNIST_FAST_CPU holds here too.
 */
#ifndef FMNIST_FAST_H
#define FMNIST_FAST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of the table. Functions are only ever added, at its end, which `size` tells; any other change is another version. */
#define FMNIST_FAST_API_VERSION 1
#define FMNIST_FAST_API_CAPSULE "fmnist_fast._codec._C_API"

/* Statuses, each with what fmnist_fast.decode_idx() would raise. */
enum {
  FMNIST_FAST_OK = 0,
  FMNIST_FAST_TRUNCATED = 1, /* TruncatedError: the data ends early */
  FMNIST_FAST_CORRUPT = 2,   /* CorruptDataError: bad gzip or DEFLATE data, or a checksum that does not match */
  FMNIST_FAST_FORMAT = 3,    /* FormatError: not IDX, or a type, rank or size that is not supported */
  FMNIST_FAST_TRAILING = 4,  /* FormatError: more data behind the last item */
  FMNIST_FAST_NO_ROOM = 5    /* OutputError: room < nbytes; nothing has been written to `out` */
};

/* Types of an item, as IDX numbers them. */
enum {
  FMNIST_FAST_UINT8 = 0x08,
  FMNIST_FAST_INT8 = 0x09,
  FMNIST_FAST_INT16 = 0x0B,
  FMNIST_FAST_INT32 = 0x0C,
  FMNIST_FAST_FLOAT32 = 0x0D,
  FMNIST_FAST_FLOAT64 = 0x0E
};

typedef struct fmnist_fast_header {
  uint64_t nbytes; /* of all items, the room that decode() needs: a claim of the data, to be limited before malloc() */
  uint32_t offset; /* of the first item in the uncompressed file */
  uint32_t type;   /* FMNIST_FAST_UINT8, ... */
  uint32_t itemsize; /* bytes of one item: 1, 2, 4 or 8 */
  uint32_t rank;     /* 1 to 64 */
  uint32_t dim[64];  /* dim[0] is the number of images, rows or labels; behind dim[rank - 1] all are 0 */
} fmnist_fast_header;

/* Working memory for one call at a time. Calls are independent of one another. */
typedef struct fmnist_fast_decoder fmnist_fast_decoder;

typedef struct fmnist_fast_api {
  uint32_t version; /* FMNIST_FAST_API_VERSION */
  uint32_t size;    /* of this table, in bytes */

  /* NULL: out of memory. NULL may be freed. */
  fmnist_fast_decoder *(*decoder_new)(void);
  void (*decoder_free)(fmnist_fast_decoder *decoder);

  /* Read the header of an IDX file from its first bytes, gzip or uncompressed. FMNIST_FAST_TRUNCATED: too few.
   * *header is set if the status is FMNIST_FAST_OK. */
  int (*read_header)(fmnist_fast_decoder *decoder, const void *data, size_t size, fmnist_fast_header *header);

  /* Decode a whole IDX file, gzip or uncompressed: nbytes bytes to `out`, items in C order and native byte order.
   * `out` may be NULL if nbytes or room is 0. *header is set if the status is FMNIST_FAST_OK or FMNIST_FAST_NO_ROOM. */
  int (*decode)(fmnist_fast_decoder *decoder, const void *data, size_t size, fmnist_fast_header *header, void *out,
                size_t room);

  /* Bytes of `data` that the latest call got through: where it failed, or nearly so. */
  uint64_t (*decoder_offset)(const fmnist_fast_decoder *decoder);

  /* Go on with a CRC-32 (that of gzip and zlib; 0 for a new one). */
  uint32_t (*crc32)(uint32_t crc, const void *data, size_t size);

  /* out[i] = fma(pixels[i], scale, shift), rounded once. As fmnist_fast.normalize(pixels, mean, std):
   * scale = (float)(1 / (255 * std)), shift = (float)(-mean / std), with mean and std as doubles. */
  void (*affine_u8_f32)(const uint8_t *pixels, float *out, size_t n, float scale, float shift);

  /* A status in English words; a constant. */
  const char *(*status_text)(int status);
} fmnist_fast_api;

#ifdef Py_PYTHON_H
/* The table; or NULL and an ImportError: fmnist_fast is missing, runs on its NumPy backend, or is too old or too new
 * for what was compiled with this header. Call it with the GIL, best where the module is initialized. */
static inline const fmnist_fast_api *fmnist_fast_import(void) {
  const fmnist_fast_api *api;
  PyObject *backend, *package = PyImport_ImportModule("fmnist_fast");
  if (package == NULL)
    return NULL;
  backend = PyObject_GetAttrString(package, "backend");
  Py_DECREF(package);
  if (backend == NULL)
    return NULL;
  if (PyUnicode_CompareWithASCIIString(backend, "native") != 0) {
    PyErr_Format(
        PyExc_ImportError,
        "the C API of fmnist_fast needs its backend 'native', and what runs is %R: reinstall fmnist_fast where "
        "there is a C compiler, and do not set FMNIST_FAST_BACKEND=numpy",
        backend);
    Py_DECREF(backend);
    return NULL;
  }
  Py_DECREF(backend);
  api = (const fmnist_fast_api *)PyCapsule_Import(FMNIST_FAST_API_CAPSULE, 0);
  if (api != NULL && (api->version != FMNIST_FAST_API_VERSION || api->size < sizeof *api)) {
    PyErr_Format(
        PyExc_ImportError,
        "compiled for version %d of the C API of fmnist_fast with at least %zd bytes, found version %u with %u: "
        "install the fmnist_fast that it was compiled with, or compile it again",
        FMNIST_FAST_API_VERSION, (Py_ssize_t)sizeof *api, (unsigned)api->version, (unsigned)api->size);
    return NULL;
  }
  return api;
}
#endif

#ifdef __cplusplus
}
#endif

#endif
