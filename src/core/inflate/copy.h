/* Copies of matches. */
#ifndef FF_COPY_H
#define FF_COPY_H

#include "inflate.h"

/* Most bytes that ff_copy_match_fast() writes behind the match. */
#define FF_COPY_OVERRUN 32u

/* Copy a match that lies wholly in place, where the room holds length + FF_COPY_OVERRUN bytes. Returns its end. */
FF_INLINE uint8_t *ff_copy_match_fast(uint8_t *out, unsigned length, unsigned distance) {
  const uint8_t *from = out - distance;
  uint8_t *const end = out + length;

  if (FF_LIKELY(distance >= 16)) {
    ff_copy16(out, from);
    ff_copy16(out + 16, from + 16);
    for (out += 32, from += 32; out < end; out += 16, from += 16)
      ff_copy16(out, from);
    return end;
  }
  if (distance == 1) {
    memset(out, *from, length);
    return end;
  }
  /* Each copy of 8 bytes makes `distance` good ones, which doubles the period that lies ready. */
  for (; distance < 8; distance *= 2) {
    ff_copy8(out, from);
    out += distance;
  }
  for (; out < end; out += 8, from += 8)
    ff_copy8(out, from);
  return end;
}

/* Copy as much of s->match_length as there is room for, from where s->match_distance points: in place, or in the kept
 * window before it. The distance must have been checked against s->produced. */
void ff_copy_match_careful(ff_inflate *s, ff_io *io);

#endif
