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

/* Rows in a random order come from memory, and the processor cannot guess the next one: it is asked for this many rows
 * ahead, and not more of it than this, so that neighbors in the cache survive. */
enum { FF_GATHER_AHEAD = 4, FF_GATHER_AHEAD_BYTES = 4096 };

/* Into the second level: the first one can wait for fewer lines at a time than a row has, and an epoch takes a third
 * longer through it. */
FF_INLINE void ff_gather_prefetch(const ff_gather *g, size_t i) {
  if (i >= g->count)
    return;
  const uint8_t *const p = g->source + (size_t)g->index[i] * g->row;
  const size_t bytes = FF_MIN(g->row, (size_t)FF_GATHER_AHEAD_BYTES);

  for (size_t at = 0; at < bytes; at += 64)
    FF_PREFETCH_READ_L2(p + at);
}

/* Position of the first index that is no row's number; `count` if there is none. */
size_t ff_gather_bad(const ff_gather *g);

/* `out` has room for count rows and overlaps neither source nor indices. */
void ff_gather_bytes(const ff_gather *g, uint8_t *out);

/* As ff_affine_u8_* would convert the bytes; kind 'f', 'd' or 'e' as struct and NumPy name float32, float64, float16. */
void ff_gather_affine(ff_cpu_level level, char kind, const ff_gather *g, void *out, double scale, double shift);

#endif
