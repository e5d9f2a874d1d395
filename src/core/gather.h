/* Rows of an array by their numbers: copied, or converted to floating point on the way.
 *
 * Nothing is checked while rows are gathered: ask ff_gather_bad first, and let nobody change the indices in between.
 */
#ifndef FF_GATHER_H
#define FF_GATHER_H

#include "common.h"
#include "cpu.h"

typedef struct ff_gather {
  const uint8_t *source; /* rows that lie one behind the other */
  uint64_t rows;
  size_t row; /* bytes in each */
  const int64_t *index;
  size_t count;
} ff_gather;

/* Position of the first index that is no row's number; `count` if there is none. */
size_t ff_gather_bad(const ff_gather *g);

/* `out` has room for count rows and overlaps neither source nor indices. */
void ff_gather_bytes(const ff_gather *g, uint8_t *out);

/* As ff_affine_u8_* would convert the bytes; kind 'f', 'd' or 'e' as struct and NumPy name float32, float64, float16. */
void ff_gather_affine(ff_cpu_level level, char kind, const ff_gather *g, void *out, double scale, double shift);

#endif
