#include "block.h"

#include "execute.h"
#include "symbols.h"

/* Blocks whose size changes by more than this from one to the next (in 1/1024) are decoded in windows of fixed size,
 * others in as few windows as the lanes' room allows, guessed from the block before. */
#define REGULAR 100u
#define WINDOW_BITS 32000u
/* What is shorter is left to the plain loop. */
#define MIN_WINDOW_BITS 16000u
#define PLAIN_BYTES (MIN_WINDOW_BITS / 8)

static void note_block(ff_lanes *l) {
  if (l->last_block) {
    const uint64_t more = FF_MAX(l->done, l->last_block), less = FF_MIN(l->done, l->last_block);
    const uint32_t change = (uint32_t)((more - less) * 1024 / more);
    l->change = l->change - l->change / 4 + change / 4;
  }
  l->last_block = l->done;
  l->in_block = false;
}

/* Bits that the lanes shall try next; 0: this is the plain loop's, for *soft bytes. */
static uint64_t plan(ff_lanes *l, size_t *soft) {
  const uint64_t room = (uint64_t)(FF_LANES * (FF_LANE_TOKENS / 16 * 13)) * l->token_bits / 16;
  uint64_t window = WINDOW_BITS;
  *soft = PLAIN_BYTES;
#ifdef FF_TEST_HOOKS
  if (l->test.window)
    return l->test.window;
#endif
  if (l->change < REGULAR && l->done < l->last_block) {
    window = l->last_block - l->done;
    if (window < MIN_WINDOW_BITS) {
      *soft = (size_t)(window / 8 + l->last_block / 128 + 64);
      return 0;
    }
    window /= window / room + 1;
  }
  if (l->skip) {
    l->skip--;
    *soft = (size_t)(window / 8);
    return 0;
  }
  return FF_MIN(window, room);
}

static bool lanes_apply(const ff_inflate *s) {
  return s->level >= FF_CPU_AVX2 && !s->tables.fixed;
}

/* True: a batch has been decoded. */
static bool fill_batch(ff_inflate *s, ff_io *io, uint64_t window) {
  ff_lanes *const l = &s->lanes;
  uint64_t position = s->bit;

  ff_tables_widen(&s->tables);
  const size_t n = ff_lanes_decode(l, &s->tables, s->level, io->in, io->in_end, &position, window, &s->batch);
  if (!n || (s->produced < FF_WINDOW && ff_tokens_max_distance(&s->batch) > s->produced))
    return false;
  l->done += position - s->bit;
  l->token_bits = (uint32_t)((l->token_bits * 7 + (position - s->bit) * 16 / n) / 8);
  io->in += position / 8;
  s->bit = position % 8;
  s->match_length = 0;
  s->phase = FF_TOKENS;
  return true;
}

static ff_status plain(ff_inflate *s, ff_io *io, size_t soft, bool *paused) {
  const uint8_t *const in = io->in;
  const unsigned bit = s->bit;
  const ff_status status = ff_symbols_run(s, io, soft, paused);
  s->lanes.done += (uint64_t)(io->in - in) * 8 + s->bit - bit;
  return status;
}

ff_status ff_block_run(ff_inflate *s, ff_io *io) {
  ff_lanes *const l = &s->lanes;
  ff_status status;
  bool paused;

  if (!l->in_block) {
    l->in_block = true;
    l->done = 0;
  }
  do {
    size_t soft = SIZE_MAX;
    if (lanes_apply(s)) {
      const uint64_t window = plan(l, &soft);
      if (window && fill_batch(s, io, window))
        return FF_END;
    }
    status = plain(s, io, soft, &paused);
  } while (paused);
  if (status == FF_END)
    note_block(l);
  return status;
}
