#include "oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

/* gzip's own framing, CRC included, as zlib does it. */
#define GZIP_MODE 31

static uint8_t output[OUTPUT_LIMIT];

/* One member: Z_STREAM_END, Z_DATA_ERROR, or anything else where input or room ended. */
static int one_member(const uint8_t *data, size_t size, verdict *v) {
  static z_stream z; /* reset, not made anew: that takes longer than a small member does */
  if ((z.state ? inflateReset2(&z, GZIP_MODE) : inflateInit2(&z, GZIP_MODE)) != Z_OK ||
      (!CHECKS && inflateValidate(&z, 0) != Z_OK))
    exit(120);
  z.next_in = (Bytef *)(uintptr_t)data;
  z.avail_in = (uInt)size;
  z.next_out = output + v->produced;
  z.avail_out = (uInt)(OUTPUT_LIMIT - v->produced);
  const int status = inflate(&z, Z_FINISH);
  v->produced += z.total_out;
  v->consumed += z.total_in;
  return status;
}

verdict oracle(const uint8_t *data, size_t size) {
  verdict v = {.kind = OK, .output = output};
  do {
    v.members += v.consumed < size;
    const int status = one_member(data + v.consumed, size - v.consumed, &v);
    if (v.produced == OUTPUT_LIMIT)
      v.kind = TOO_LONG;
    else if (status != Z_STREAM_END)
      v.kind = status == Z_DATA_ERROR ? CORRUPT : TRUNCATED;
    if (v.kind != OK)
      return v;
    if (v.members == 1) {
      v.first_end = v.consumed;
      v.first_made = v.produced;
    }
    while (v.consumed < size && data[v.consumed] == 0)
      v.consumed++;
    if (v.consumed < size && (data[v.consumed] != 0x1F || (size - v.consumed > 1 && data[v.consumed + 1] != 0x8B)))
      v.kind = TRAILING;
  } while (v.kind == OK && v.consumed < size);
  return v;
}
