/* The IDX header against a second reading of it, in wider arithmetic; its end at a guard page. */

#include "arena.h"
#include "choice.h"
#include "idx.h"
#include "steps.h"

static int item_bytes(unsigned type) {
  const int sizes[16] = {[8] = 1, [9] = 1, [11] = 2, [12] = 4, [13] = 4, [14] = 8};
  return type < 16 ? sizes[type] : 0;
}

static uint32_t dimension(const uint8_t *p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }

/* Bytes of the payload; -1: more than can be addressed. */
static __int128 payload(const uint8_t *dims, unsigned rank, int item) {
  __int128 bytes = item;
  bool empty = false;
  for (unsigned i = 0; i < rank; i++) {
    const uint32_t dim = dimension(dims + 4 * i);
    empty |= !dim;
    bytes *= dim ? dim : 1;
    if (bytes > PTRDIFF_MAX)
      return -1;
  }
  return empty ? 0 : bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static arena memory;
  ff_idx header;
  if (!memory.begin)
    memory = arena_open(PAGE);
  size = FF_MIN(size, memory.capacity);
  uint8_t *const p = arena_place(&memory, size, true);
  memcpy(p, data, size);
  const ff_status status = ff_idx_parse(p, size, &header);

  ff_status expected = FF_NEED_INPUT;
  if (size >= 4) {
    const unsigned rank = p[3];
    if (p[0] || p[1])
      expected = FF_IDX_MAGIC;
    else if (!item_bytes(p[2]))
      expected = FF_IDX_TYPE;
    else if (rank < 1 || rank > 64)
      expected = FF_IDX_RANK;
    else if (size >= 4 + 4 * (size_t)rank)
      expected = payload(p + 4, rank, item_bytes(p[2])) < 0 ? FF_IDX_OVERFLOW : FF_END;
  }
  CHECK(status == expected, "status %d, not %d", status, expected);
  if (status == FF_END) {
    CHECK(header.rank == p[3] && header.nbytes == (uint64_t)payload(p + 4, p[3], item_bytes(p[2])), "other size");
    CHECK(header.type == p[2] && header.itemsize == item_bytes(p[2]), "other type");
    for (unsigned i = 0; i < header.rank; i++)
      CHECK(header.dim[i] == dimension(p + 4 + 4 * i), "dimension %u is %u", i, header.dim[i]);
  }
  size_t whole = 0;
  const ff_status first = ff_idx_header_size(p, size, &whole);
  CHECK(first == (expected == FF_IDX_OVERFLOW || (expected == FF_NEED_INPUT && size >= 4) ? FF_END : expected),
        "status %d of the first bytes", first);
  CHECK(first != FF_END || whole == 4 + 4 * (size_t)p[3], "%zu bytes of header", whole);
  return 0;
}

/* Mostly headers that get past their first bytes. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned start);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned start) {
  choice c = choice_from(start);
  if (!one_in(&c, 4) || capacity < 300)
    return LLVMFuzzerMutate(data, size, capacity);
  const uint8_t rank = (uint8_t)below(&c, one_in(&c, 8) ? 70 : 6);
  memcpy(data, "\0\0\x08", 3);
  data[2] = (uint8_t)(7 + below(&c, 9));
  data[3] = rank;
  for (unsigned i = 0; i < rank; i++) {
    const uint32_t dim = (uint32_t)(choice_bits(&c) >> 32) >> below(&c, 33) % 32;
    for (unsigned k = 0; k < 4; k++)
      data[4 + 4 * i + k] = (uint8_t)(dim >> (24 - 8 * k));
  }
  return 4 + 4u * rank - (one_in(&c, 10) ? below(&c, 4) : 0);
}
