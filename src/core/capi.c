#include "capi.h"

#include <stdlib.h>

#include "../../fmnist_fast/include/fmnist_fast.h"
#include "crc32.h"
#include "gzip.h"
#include "idx.h"
#include "normalize.h"
#include "swap.h"

FF_STATIC_ASSERT(sizeof(fmnist_fast_header) == 24 + 4 * FF_IDX_MAX_RANK, "the public header has no padding");

/* More output than this does not stay in the cache. */
#define BYPASS_BYTES ((size_t)4 << 20)

#define FIRST_BYTES 4u /* of an IDX header: they tell how long it is */
#define HEADER_BYTES (FIRST_BYTES + 4u * FF_IDX_MAX_RANK)

struct fmnist_fast_decoder {
  const uint8_t *data;
  size_t size;
  bool compressed;
  uint64_t offset; /* uncompressed data: consumed so far */
  ff_io io;
  ff_gzip gzip;
};

static ff_cpu_level level;

static int public_status(ff_status status) {
  switch (status) {
  case FF_END:
    return FMNIST_FAST_OK;
  case FF_TRUNCATED:
    return FMNIST_FAST_TRUNCATED;
  case FF_OUTPUT_FULL:
    return FMNIST_FAST_TRAILING;
  default:
    return status >= FF_IDX_MAGIC ? FMNIST_FAST_FORMAT : FMNIST_FAST_CORRUPT;
  }
}

static void begin(fmnist_fast_decoder *d, const void *data, size_t size) {
  d->data = data;
  d->size = size;
  d->offset = 0;
  d->compressed = size >= 2 && d->data[0] == 0x1F && d->data[1] == 0x8B;
  if (!d->compressed)
    return;
  ff_gzip_init(&d->gzip, level);
  d->io.in = d->data;
  d->io.in_end = d->data + size;
  d->io.final = true;
  d->io.pause = false;
}

/* Decode up to n bytes, n > 0; *got says how many. FF_OUTPUT_FULL: all of them, and perhaps more are to come. */
static ff_status take(fmnist_fast_decoder *d, uint8_t *out, size_t n, size_t *got) {
  if (!d->compressed) {
    const size_t left = d->size - (size_t)d->offset;
    *got = FF_MIN(n, left);
    if (*got)
      memcpy(out, d->data + d->offset, *got);
    d->offset += *got;
    return *got == n ? FF_OUTPUT_FULL : FF_END;
  }
  d->io.base = d->io.out = out;
  d->io.out_end = out + n;
  const ff_status status = ff_gzip_run(&d->gzip, &d->io);
  *got = (size_t)(d->io.out - out);
  return status;
}

/* Decode n bytes: FF_END, or what is in the way. */
static ff_status fill(fmnist_fast_decoder *d, uint8_t *out, size_t n) {
  size_t got;
  if (n == 0)
    return FF_END;
  const ff_status status = take(d, out, n, &got);
  if (got == n) /* an error behind these bytes is reported again where the data has to end */
    return FF_END;
  return status == FF_END || status == FF_TRAILING ? FF_TRUNCATED : status;
}

/* FF_END: nothing follows, and all checksums are right. FF_OUTPUT_FULL: something does. */
static ff_status finish(fmnist_fast_decoder *d) {
  uint8_t more;
  size_t got;
  const ff_status status = take(d, &more, 1, &got);
  return got ? FF_OUTPUT_FULL : status;
}

static ff_status parse(fmnist_fast_decoder *d, fmnist_fast_header *header) {
  uint8_t bytes[HEADER_BYTES];
  size_t size;
  ff_idx idx;
  ff_status status = fill(d, bytes, FIRST_BYTES);
  if (status == FF_END)
    status = ff_idx_header_size(bytes, FIRST_BYTES, &size);
  if (status == FF_END)
    status = fill(d, bytes + FIRST_BYTES, size - FIRST_BYTES);
  if (status == FF_END)
    status = ff_idx_parse(bytes, size, &idx);
  if (status != FF_END)
    return status;
  memset(header, 0, sizeof *header);
  header->nbytes = idx.nbytes;
  header->offset = (uint32_t)size;
  header->type = idx.type;
  header->itemsize = idx.itemsize;
  header->rank = idx.rank;
  memcpy(header->dim, idx.dim, idx.rank * sizeof *idx.dim);
  return FF_END;
}

static fmnist_fast_decoder *decoder_new(void) {
  fmnist_fast_decoder *d = malloc(sizeof *d);
  if (d)
    begin(d, NULL, 0);
  return d;
}

static void decoder_free(fmnist_fast_decoder *d) { free(d); }

static int read_header(fmnist_fast_decoder *d, const void *data, size_t size, fmnist_fast_header *header) {
  begin(d, data, size);
  return public_status(parse(d, header));
}

static int decode(fmnist_fast_decoder *d, const void *data, size_t size, fmnist_fast_header *header, void *out,
                  size_t room) {
  begin(d, data, size);
  ff_status status = parse(d, header);
  if (status == FF_END && header->nbytes > room)
    return FMNIST_FAST_NO_ROOM;
  if (status == FF_END)
    status = fill(d, out, (size_t)header->nbytes);
  if (status == FF_END)
    status = finish(d);
  if (status == FF_END && header->itemsize > 1 && header->nbytes && !FF_BIG_ENDIAN)
    ff_swap(level, out, (size_t)header->nbytes / header->itemsize, header->itemsize);
  return public_status(status);
}

static uint64_t decoder_offset(const fmnist_fast_decoder *d) { return d->compressed ? d->gzip.offset : d->offset; }

static uint32_t crc32(uint32_t crc, const void *data, size_t size) { return ff_crc32(level, crc, data, size); }

static void affine_u8_f32(const uint8_t *pixels, float *out, size_t n, float scale, float shift) {
  ff_affine_u8_f32(level, pixels, out, n, scale, shift, n >= BYPASS_BYTES / sizeof *out);
}

static const char *status_text(int status) {
  static const char *const words[] = {
      "no error",
      "the data ends early",
      "bad gzip or DEFLATE data, or a checksum that does not match",
      "not IDX, or a type, rank or size that is not supported",
      "more data behind the last item",
      "too little room for the items",
  };
  return status >= 0 && status <= FMNIST_FAST_NO_ROOM ? words[status] : "unknown status";
}

const void *ff_capi(ff_cpu_level chosen) {
  static const fmnist_fast_api table = {
      FMNIST_FAST_API_VERSION, sizeof table, decoder_new,   decoder_free, read_header, decode,
      decoder_offset,          crc32,        affine_u8_f32, status_text,
  };
  level = chosen;
  return &table;
}
