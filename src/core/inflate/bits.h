/* The bit buffer: the next bits of the input, least significant first. It lives for one call; between calls the
 * position is io->in and s->bit, so nothing has to be given back. */
#ifndef FF_BITS_H
#define FF_BITS_H

#include "inflate.h"

typedef struct ff_bits {
  uint64_t buf;        /* above `count`, bits that are true too or zero: never relied on */
  unsigned count;      /* valid bits */
  const uint8_t *next; /* first input byte that is not in buf */
  const uint8_t *end;
} ff_bits;

/* 56 to 63 bits, or all that is left. */
FF_INLINE void ff_bits_refill_careful(ff_bits *b) {
  if (FF_LIKELY(b->end - b->next >= 8)) { /* bits that the load brings twice are or-ed onto themselves */
    b->buf |= ff_load64(b->next) << b->count;
    b->next += (63 - b->count) >> 3;
    b->count |= 56;
    return;
  }
  while (b->count < 56 && b->next != b->end) {
    b->buf |= (uint64_t)*b->next++ << b->count;
    b->count += 8;
  }
}

FF_INLINE void ff_bits_drop(ff_bits *b, unsigned n) {
  b->buf >>= n;
  b->count -= n;
}

FF_INLINE uint32_t ff_bits_peek(const ff_bits *b, unsigned n) { return (uint32_t)b->buf & ((1u << n) - 1); }

FF_INLINE ff_bits ff_bits_open(const ff_inflate *s, const ff_io *io) {
  ff_bits b = {0, 0, io->in, io->in_end};
  ff_bits_refill_careful(&b);
  if (b.count)
    ff_bits_drop(&b, s->bit);
  return b;
}

FF_INLINE void ff_bits_close(const ff_bits *b, ff_inflate *s, ff_io *io) {
  io->in = b->next - (b->count + 7) / 8;
  s->bit = (8 - b->count % 8) % 8;
}

#endif
