#include "idx.h"

static unsigned itemsize_of(uint8_t type) {
  switch (type) {
  case 0x08: /* unsigned byte */
  case 0x09: /* signed byte */
    return 1;
  case 0x0B: /* short */
    return 2;
  case 0x0C: /* int */
  case 0x0D: /* float */
    return 4;
  case 0x0E: /* double */
    return 8;
  default:
    return 0;
  }
}

ff_status ff_idx_header_size(const uint8_t *p, size_t n, size_t *size) {
  if (n < 4)
    return FF_NEED_INPUT;
  if (p[0] || p[1])
    return FF_IDX_MAGIC;
  if (!itemsize_of(p[2]))
    return FF_IDX_TYPE;
  if (p[3] < 1 || p[3] > FF_IDX_MAX_RANK)
    return FF_IDX_RANK;
  *size = 4 + 4 * (size_t)p[3];
  return FF_END;
}

ff_status ff_idx_parse(const uint8_t *p, size_t n, ff_idx *header) {
  size_t size;
  const ff_status status = ff_idx_header_size(p, n, &size);
  if (status != FF_END)
    return status;
  if (n < size)
    return FF_NEED_INPUT;

  header->type = p[2];
  header->rank = p[3];
  header->itemsize = (uint8_t)itemsize_of(p[2]);
  /* Empty dimensions are left out of the product: one of them must not excuse an overflow by the others. */
  uint64_t bytes = header->itemsize;
  bool empty = false;
  for (unsigned i = 0; i < header->rank; i++) {
    const uint32_t dim = header->dim[i] = ff_load32_be(p + 4 + 4 * i);
    if (dim == 0)
      empty = true;
    else if (bytes > (uint64_t)PTRDIFF_MAX / dim)
      return FF_IDX_OVERFLOW;
    else
      bytes *= dim;
  }
  header->nbytes = empty ? 0 : bytes;
  return FF_END;
}
