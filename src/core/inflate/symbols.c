#include "symbols.h"

#include "bits.h"
#include "copy.h"

#define MAX_LENGTH 258u

/* One round of the fast loop writes three literals and one match. */
#define OUT_MARGIN (3 + MAX_LENGTH + FF_COPY_OVERRUN)
/* It refills up to three times; each refill advances by up to 7 bytes and reads 8. */
#define IN_MARGIN (3 * 7 + 8)

/* Bits: a refill leaves 56 or more. Four literals and the lookup of a fifth symbol, or one whole match, must fit. */
FF_STATIC_ASSERT(5 * FF_TABLE_BITS <= 56, "four literals and a lookup");
FF_STATIC_ASSERT(15 + 5 + 15 + 13 <= 56, "length and distance");

/* Token of a length or distance entry; `buf` still starts with its code word. */
FF_INLINE unsigned token_with_extra(uint32_t e, uint64_t buf) {
  const uint64_t step = buf & ~(~(uint64_t)0 << ff_entry_bits(e));
  return ff_entry_value(e) + (unsigned)(step >> ff_entry_code_bits(e));
}

/* Look one symbol up, with true bits only. False: the input ends within its code word. */
FF_INLINE bool look_up_careful(const ff_tables *t, unsigned start, unsigned index_bits, ff_bits *b, uint32_t *entry) {
  uint32_t e = t->entry[start + ff_bits_peek(b, index_bits)];
  if (e & FF_E_POINTER) {
    if (b->count < FF_TABLE_BITS)
      return false;
    ff_bits_drop(b, FF_TABLE_BITS);
    e = t->entry[ff_entry_subtable(e) + ff_bits_peek(b, ff_entry_code_bits(e))];
  }
  *entry = e;
  return ff_entry_code_bits(e) <= b->count;
}

/* Pass a length or distance if it comes next. No other kind of entry has its token; and behind a refill a whole match is
 * at hand. */
static bool pass(const ff_tables *t, unsigned start, unsigned index_bits, ff_bits *b, unsigned token) {
  uint32_t e;
  if (!look_up_careful(t, start, index_bits, b, &e) || token_with_extra(e, b->buf) != token)
    return false;
  ff_bits_drop(b, ff_entry_bits(e));
  return true;
}

/* How often the longest match with this distance comes next in `buf`, and how many bits it takes each time: behind such
 * a match all of them are one longer match. Only as often as there is room, which the first one has. */
static unsigned repeats(const ff_tables *t, uint64_t buf, unsigned count, unsigned distance, size_t room,
                        unsigned *bits) {
  ff_bits b = {.buf = buf, .count = count};
  if (!pass(t, 0, t->litlen_bits, &b, FF_TOKEN_LENGTH + MAX_LENGTH) ||
      !pass(t, FF_TABLE_HALF, t->dist_bits, &b, FF_TOKEN_DISTANCE + distance))
    return 0;
  *bits = count - b.count;
  const unsigned same = ff_trailing_zeros((buf ^ b.buf) | (uint64_t)1 << b.count);
  return (unsigned)FF_MIN(1 + same / *bits, (room - FF_COPY_OVERRUN) / MAX_LENGTH - 1);
}

static ff_status symbols_careful(ff_inflate *s, ff_io *io, ff_bits *b) {
  const ff_tables *t = &s->tables;
  const uint8_t *const start = io->out;
  uint32_t e;

  for (;;) {
    ff_bits_refill_careful(b);
    ff_bits ahead = *b; /* becomes *b when the symbol is complete */
    if (!look_up_careful(t, 0, t->litlen_bits, &ahead, &e))
      return FF_NEED_INPUT;
    if (e & FF_E_EXCEPTION) {
      ff_bits_drop(&ahead, ff_entry_code_bits(e));
      *b = ahead;
      return e & FF_E_END ? FF_END : FF_BAD_LITLEN_CODE;
    }
    if (e & FF_E_LITERAL) {
      if (io->out == io->out_end)
        return FF_OUTPUT_FULL;
      *io->out++ = (uint8_t)ff_entry_value(e);
      ff_bits_drop(&ahead, ff_entry_bits(e));
      *b = ahead;
      continue;
    }
    if (ff_entry_bits(e) > ahead.count)
      return FF_NEED_INPUT;
    const unsigned length = token_with_extra(e, ahead.buf) - FF_TOKEN_LENGTH;
    ff_bits_drop(&ahead, ff_entry_bits(e));
    if (!look_up_careful(t, FF_TABLE_HALF, t->dist_bits, &ahead, &e))
      return FF_NEED_INPUT;
    if (e & FF_E_EXCEPTION)
      return FF_BAD_DIST_CODE;
    if (ff_entry_bits(e) > ahead.count)
      return FF_NEED_INPUT;
    s->match_distance = token_with_extra(e, ahead.buf) - FF_TOKEN_DISTANCE;
    ff_bits_drop(&ahead, ff_entry_bits(e));
    if (s->match_distance > s->produced + (uint64_t)(io->out - start))
      return FF_BAD_TOO_FAR;
    *b = ahead;
    s->match_length = length;
    ff_copy_match_careful(s, io);
    if (s->match_length) {
      s->phase = FF_MATCH;
      return FF_OUTPUT_FULL;
    }
  }
}

#define NAME symbols_fast_generic
#define ATTRIBUTES
#include "symbols_fast.h"

#if FF_X86
#define NAME symbols_fast_bmi2
#define ATTRIBUTES FF_TARGET("avx2,bmi,bmi2,lzcnt")
#include "symbols_fast.h"
#endif

ff_status ff_symbols_run(ff_inflate *s, ff_io *io, size_t soft, bool *paused) {
  ff_status status = FF_NEED_INPUT;
  ff_bits b = ff_bits_open(s, io);

  *paused = false;
  if ((size_t)(io->in_end - b.next) >= IN_MARGIN && (size_t)(io->out_end - io->out) >= OUT_MARGIN) {
    const uint8_t *const start = io->out;
    const uint8_t *in_stop = io->in_end - IN_MARGIN;
    if (soft < (size_t)(in_stop - b.next)) {
      in_stop = b.next + soft;
      *paused = true;
    }
#if FF_X86
    status = s->level >= FF_CPU_AVX2 ? symbols_fast_bmi2(s, io, &b, in_stop) : symbols_fast_generic(s, io, &b, in_stop);
#else
    status = symbols_fast_generic(s, io, &b, in_stop);
#endif
    s->produced += (uint64_t)(io->out - start);
    *paused = *paused && status == FF_NEED_INPUT && b.next > in_stop;
  }
  if (status == FF_NEED_INPUT && !*paused) {
    const uint8_t *const start = io->out;
    status = symbols_careful(s, io, &b);
    s->produced += (uint64_t)(io->out - start);
  }
  ff_bits_close(&b, s, io);
  return status;
}

ff_status ff_symbols_end(ff_inflate *s, ff_io *io) {
  uint32_t e;
  if (io->in == io->in_end)
    return FF_NEED_INPUT;
  ff_bits b = ff_bits_open(s, io);
  if (!look_up_careful(&s->tables, 0, s->tables.litlen_bits, &b, &e))
    return FF_NEED_INPUT;
  if (!(e & FF_E_END))
    return FF_DIRECT;
  ff_bits_drop(&b, ff_entry_code_bits(e));
  ff_bits_close(&b, s, io);
  return FF_END;
}
