#include "header.h"

#include "bits.h"

/* Each step needs at most 32 bits, takes all of them or none, and leaves the phase that names the next step: so a header
 * can be cut anywhere without being read twice. The order of checks is zlib's, because it decides between "bad" and
 * "cut short" where a stream is both. */

static const uint8_t precode_order[FF_PRECODE_SYMS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                       11, 4,  12, 3, 13, 2, 14, 1, 15};

static ff_status block_start(ff_inflate *s, ff_bits *b) {
  if (b->count < 3)
    return FF_NEED_INPUT;
  s->last_block = ff_bits_peek(b, 1);
  switch (ff_bits_peek(b, 3) >> 1) {
  case 0:
    s->phase = FF_STORED_LENGTH;
    ff_bits_drop(b, 3);
    /* The length starts at the next byte; the bits before it may be anything. */
    ff_bits_drop(b, b->count % 8);
    return FF_END;
  case 1:
    ff_tables_fixed(&s->tables);
    s->phase = FF_SYMBOLS;
    break;
  case 2:
    s->phase = FF_HEADER_COUNTS;
    break;
  default:
    return FF_BAD_BLOCK_TYPE;
  }
  ff_bits_drop(b, 3);
  return FF_END;
}

static ff_status stored_length(ff_inflate *s, ff_bits *b) {
  if (b->count < 32)
    return FF_NEED_INPUT;
  const uint32_t both = (uint32_t)b->buf;
  if ((both & 0xFFFF) != (~both >> 16))
    return FF_BAD_STORED_LENGTH;
  s->stored_left = both & 0xFFFF;
  ff_bits_drop(b, 32);
  s->phase = FF_STORED_BYTES;
  return FF_END;
}

static ff_status header_counts(ff_inflate *s, ff_bits *b) {
  if (b->count < 14)
    return FF_NEED_INPUT;
  const uint32_t v = ff_bits_peek(b, 14);
  s->nlitlen = (v & 31) + 257;
  s->ndist = (v >> 5 & 31) + 1;
  s->nprecode = (v >> 10) + 4;
  if (s->nlitlen > 286 || s->ndist > 30)
    return FF_BAD_COUNTS;
  ff_bits_drop(b, 14);
  s->index = 0;
  memset(s->precode_lengths, 0, sizeof s->precode_lengths);
  s->phase = FF_HEADER_PRECODE;
  return FF_END;
}

static ff_status header_precode(ff_inflate *s, ff_bits *b) {
  for (; s->index < s->nprecode; s->index++) {
    if (b->count < 3) {
      ff_bits_refill_careful(b);
      if (b->count < 3)
        return FF_NEED_INPUT;
    }
    s->precode_lengths[precode_order[s->index]] = (uint8_t)ff_bits_peek(b, 3);
    ff_bits_drop(b, 3);
  }
  const ff_status status = ff_precode_build(s->precode, s->precode_lengths);
  s->index = 0;
  s->phase = FF_HEADER_LENGTHS;
  return status;
}

static ff_status header_lengths(ff_inflate *s, ff_bits *b) {
  static const uint8_t extra_bits[3] = {2, 3, 7}, least[3] = {3, 3, 11};
  const unsigned total = s->nlitlen + s->ndist;
  unsigned i = s->index;

  while (i < total) {
    if (b->count < 14)
      ff_bits_refill_careful(b);
    const uint8_t e = s->precode[ff_bits_peek(b, FF_PRECODE_BITS)];
    const unsigned bits = e >> 5, symbol = e & 31;
    if (symbol < 16) {
      if (b->count < bits)
        goto need_input;
      s->lengths[i++] = (uint8_t)symbol;
      ff_bits_drop(b, bits);
      continue;
    }
    const unsigned extra = extra_bits[symbol - 16];
    if (b->count < bits + extra)
      goto need_input;
    if (symbol == 16 && i == 0)
      return FF_BAD_REPEAT;
    const unsigned repeat = least[symbol - 16] + (ff_bits_peek(b, bits + extra) >> bits);
    if (repeat > total - i)
      return FF_BAD_REPEAT;
    memset(s->lengths + i, symbol == 16 ? s->lengths[i - 1] : 0, repeat);
    i += repeat;
    ff_bits_drop(b, bits + extra);
  }
  if (s->lengths[256] == 0)
    return FF_BAD_NO_END_OF_BLOCK;
  s->phase = FF_SYMBOLS;
  return ff_tables_build(&s->tables, s->lengths, s->nlitlen, s->lengths + s->nlitlen, s->ndist);

need_input:
  s->index = i;
  return FF_NEED_INPUT;
}

ff_status ff_header_run(ff_inflate *s, ff_io *io) {
  ff_status status = FF_END;
  ff_bits b = ff_bits_open(s, io);

  while (status == FF_END && s->phase != FF_STORED_BYTES && s->phase != FF_SYMBOLS) {
    ff_bits_refill_careful(&b);
    switch (s->phase) {
    case FF_BLOCK_START:
      status = block_start(s, &b);
      break;
    case FF_STORED_LENGTH:
      status = stored_length(s, &b);
      break;
    case FF_HEADER_COUNTS:
      status = header_counts(s, &b);
      break;
    case FF_HEADER_PRECODE:
      status = header_precode(s, &b);
      break;
    default:
      status = header_lengths(s, &b);
      break;
    }
  }
  ff_bits_close(&b, s, io);
  return status;
}
