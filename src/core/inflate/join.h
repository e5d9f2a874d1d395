/* Joining lanes, and decoding what lies between lanes that do not meet. */
#ifndef FF_JOIN_H
#define FF_JOIN_H

#include "lanes.h"

/* One symbol from bit `position` of `in`, codes of any length. `kind` is 0 or FF_E_DIST. Reads 8 bytes. Returns the
 * entry; unless that is exceptional, sets the token and its bits, and FF_E_DIST in the entry is the next kind. */
FF_INLINE uint32_t ff_lane_step(const uint32_t *entry, const uint8_t *in, uint64_t position, uint32_t kind,
                                uint16_t *token, unsigned *bits) {
  uint64_t b = ff_load64(in + (position >> 3)) >> (position & 7);
  uint32_t e = entry[kind | (b & (FF_TABLE_HALF - 1))];
  unsigned before = 0;
  if (FF_UNLIKELY(e & FF_E_EXCEPTION)) {
    if (!(e & FF_E_POINTER))
      return e;
    b >>= FF_TABLE_BITS;
    before = FF_TABLE_BITS;
    e = entry[ff_entry_subtable(e) + (b & ((1u << ff_entry_code_bits(e)) - 1))];
    if (e & FF_E_EXCEPTION)
      return e;
  }
  b &= ~(~(uint64_t)0 << ff_entry_bits(e));
  *token = (uint16_t)(ff_entry_value(e) + (unsigned)(b >> ff_entry_code_bits(e)));
  *bits = before + ff_entry_bits(e);
  return e;
}

/* Make the segments of `batch` from the first n lanes, all stopped; steps read nothing behind bit `limit` + 64. Returns
 * the number of tokens and sets the position behind them. */
size_t ff_lanes_join(const ff_lanes *l, unsigned n, const uint32_t *entry, const uint8_t *in, uint64_t limit,
                     ff_batch *batch, uint64_t *position);

#endif
