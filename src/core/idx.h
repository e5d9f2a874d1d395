/* The IDX header: two zero bytes, type code, rank, then one big-endian uint32 per dimension. */
#ifndef FF_IDX_H
#define FF_IDX_H

#include "common.h"
#include "status.h"

#define FF_IDX_MAX_RANK 64u /* what NumPy 2 can hold */

typedef struct ff_idx {
  uint8_t type;     /* type code */
  uint8_t rank;     /* 1-64 */
  uint8_t itemsize; /* bytes of one item */
  uint32_t dim[FF_IDX_MAX_RANK];
  uint64_t nbytes; /* of the payload; at most PTRDIFF_MAX */
} ff_idx;

/* Bytes of the whole header, from its first four. FF_END, FF_NEED_INPUT (n < 4) or an FF_IDX_ status. */
ff_status ff_idx_header_size(const uint8_t *p, size_t n, size_t *size);

/* Parse the header at p. FF_END, FF_NEED_INPUT (n < header size) or an FF_IDX_ status. */
ff_status ff_idx_parse(const uint8_t *p, size_t n, ff_idx *header);

#endif
