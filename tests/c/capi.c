/* The table of the C API without Python: every prefix of small files, raw and gzip, with room to the byte.
 *
 *     capi    the exit status is 1 if a call says something else than the header promises */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../fmnist_fast/include/fmnist_fast.h"
#include "capi.h"
#include "common.h"

enum { MOST = 1024, CANARY = 0xC5, AROUND = 16 };

static const fmnist_fast_api *api;
static fmnist_fast_decoder *d;
static fmnist_fast_header header;
static uint8_t file[MOST], packed[MOST], out[MOST], expected[MOST];
static size_t size, head, bytes, item;
static const char *name;

static void check(int good, const char *what) {
  if (good)
    return;
  printf("%s: %s\n", name, what);
  exit(1);
}

/* An IDX file of items that all differ, and the same items in this machine's order. */
static void make(unsigned type, size_t itemsize, unsigned rank, const uint32_t *dim) {
  item = bytes = itemsize;
  memcpy(file, (const uint8_t[4]){0, 0, (uint8_t)type, (uint8_t)rank}, 4);
  for (unsigned i = 0; i < rank; i++) {
    memcpy(file + 4 + 4 * i, (const uint8_t[4]){0, 0, (uint8_t)(dim[i] >> 8), (uint8_t)dim[i]}, 4);
    bytes *= dim[i];
  }
  head = 4 + 4 * rank;
  size = head + bytes;
  for (size_t i = 0; i < bytes; i++) {
    const size_t within = FF_BIG_ENDIAN ? i % item : item - 1 - i % item;
    file[head + i] = (uint8_t)(i * 7 + 3);
    expected[i - i % item + within] = file[head + i];
  }
}

static void put32(uint8_t *p, uint32_t v) {
  for (unsigned i = 0; i < 4; i++)
    p[i] = (uint8_t)(v >> 8 * i);
}

/* One gzip member with n bytes in a stored block. */
static size_t pack(const uint8_t *data, size_t n) {
  static const uint8_t begin[11] = {0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1};
  memcpy(packed, begin, sizeof begin);
  put32(packed + 11, (uint32_t)n | ~(uint32_t)n << 16);
  memcpy(packed + 15, data, n);
  put32(packed + 15 + n, api->crc32(0, data, n));
  put32(packed + 19 + n, (uint32_t)n);
  return n + 23;
}

/* Decode in memory of its own, for sanitizers, with room for so many bytes. */
static int decode(const uint8_t *data, size_t n, size_t room) {
  uint8_t *const copy = malloc(n + !n);
  check(copy != NULL, "out of memory");
  memcpy(copy, data, n);
  memset(out, CANARY, sizeof out);
  const int status = api->decode(d, copy, n, &header, out, room);
  for (size_t i = room; i < room + AROUND; i++)
    check(out[i] == CANARY, "wrote behind the room");
  free(copy);
  return status;
}

static void check_header(void) {
  check(header.nbytes == bytes && header.offset == head && header.itemsize == item, "sizes in the header");
  check(header.type == file[2] && header.rank == file[3], "type and rank");
  for (unsigned i = 0; i < 64; i++)
    check(header.dim[i] == (i < header.rank ? file[4 + 4 * i + 2] * 256u + file[4 + 4 * i + 3] : 0), "dimensions");
}

/* All that can be done with a whole file, of which the first `needed` bytes hold the header. */
static void whole(const uint8_t *data, size_t n, size_t needed) {
  for (size_t cut = 0; cut < n; cut++)
    check(decode(data, cut, bytes) == FMNIST_FAST_TRUNCATED, "a prefix is not truncated");
  check(decode(data, n, bytes) == FMNIST_FAST_OK, "a sound file is refused");
  check(!memcmp(out, expected, bytes), "other items");
  check(api->decoder_offset(d) == n, "another offset");
  check_header();
  memset(&header, 0xEE, sizeof header);
  if (bytes) {
    check(decode(data, n, bytes - 1) == FMNIST_FAST_NO_ROOM, "too little room is enough");
    check(out[0] == CANARY, "wrote though there is too little room");
    check_header();
  }
  memset(&header, 0xEE, sizeof header);
  check(api->read_header(d, data, needed, &header) == FMNIST_FAST_OK, "a header is refused");
  check_header();
  check(api->read_header(d, data, needed - 1, &header) == FMNIST_FAST_TRUNCATED, "a part of a header is one");
}

static void files(unsigned type, size_t itemsize, unsigned rank, const uint32_t *dim) {
  make(type, itemsize, rank, dim);
  whole(file, size, head);
  check(decode(file, size + 1, bytes) == FMNIST_FAST_TRAILING, "one byte more");
  size_t n = pack(file, size);
  whole(packed, n, 15 + head);
  packed[n] = 0;
  check(decode(packed, n + 1, bytes) == FMNIST_FAST_OK, "padding is refused");
  for (size_t at = 15 + size; at < n; at++) {
    packed[at] ^= 1;
    check(decode(packed, n, bytes) == FMNIST_FAST_CORRUPT, "a wrong trailer is accepted");
    packed[at] ^= 1;
  }
  packed[11] ^= 1;
  check(decode(packed, n, bytes) == FMNIST_FAST_CORRUPT, "a wrong length is accepted");
  n = pack(file, size + 1);
  check(decode(packed, n, bytes) == FMNIST_FAST_TRAILING, "one byte more in a member");
  if (bytes) { /* a member that ends early is sound, and the file is not */
    n = pack(file, size - 1);
    check(decode(packed, n, bytes) == FMNIST_FAST_TRUNCATED, "one byte less in a member");
  }
}

static void no_idx(void) {
  static const uint8_t magics[6][4] = {{1, 0, 8, 1},  {0, 1, 8, 1}, {0, 0, 7, 1},
                                       {0, 0, 10, 1}, {0, 0, 8, 0}, {0, 0, 8, 65}};
  for (unsigned k = 0; k < 6; k++) {
    memset(file, 0, sizeof file);
    memcpy(file, magics[k], 4);
    check(decode(file, 300, 0) == FMNIST_FAST_FORMAT, "no IDX is accepted");
    check(api->read_header(d, packed, pack(file, 300), &header) == FMNIST_FAST_FORMAT, "no IDX is accepted, gzip");
  }
  check(decode((const uint8_t *)"\x1F\x8C\0\0", 4, 0) == FMNIST_FAST_FORMAT, "half of gzip's magic is gzip");
  check(decode((const uint8_t *)"\x1E\x8B\0\0", 4, 0) == FMNIST_FAST_FORMAT, "half of gzip's magic is gzip");
}

static void words(void) {
  for (int status = FMNIST_FAST_OK; status <= FMNIST_FAST_NO_ROOM; status++)
    for (int other = -1; other < status; other++)
      check(strcmp(api->status_text(status), api->status_text(other)) != 0, "two statuses in the same words");
  check(!strcmp(api->status_text(-1), api->status_text(FMNIST_FAST_NO_ROOM + 1)), "a status that is none");
}

int main(void) {
  static const struct {
    unsigned type;
    size_t size;
  } types[6] = {{8, 1}, {9, 1}, {11, 2}, {12, 4}, {13, 4}, {14, 8}};
  uint32_t dim[64];
  api = ff_capi(ff_cpu_detect());
  name = "the table";
  check(api->version == FMNIST_FAST_API_VERSION && api->size == sizeof *api, "version and size");
  d = api->decoder_new();
  check(d != NULL, "no decoder");
  check(api->decoder_offset(d) == 0, "an offset before the first call");
  check(api->crc32(0, "123456789", 9) == 0xCBF43926u, "CRC-32");
  name = "rank 1 to 64";
  for (unsigned rank = 1; rank <= 64; rank++) {
    for (unsigned i = 0; i < rank; i++)
      dim[i] = i < 2 ? 3 - i : 1;
    files(8, 1, rank, dim);
  }
  name = "types";
  for (unsigned k = 0; k < 6; k++) {
    files(types[k].type, types[k].size, 2, (const uint32_t[]){3, 5});
    files(types[k].type, types[k].size, 2, (const uint32_t[]){0, 5});
  }
  name = "no IDX";
  no_idx();
  name = "words";
  words();
  api->decoder_free(d);
  api->decoder_free(NULL);
  return 0;
}
