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
/* Lanes that have shown nothing yet, or too little, get windows of this size. */
#define TRIAL_BITS 8000u

static void note_block(ff_lanes *l) {
  if (l->last_block) {
    const uint64_t more = FF_MAX(l->done, l->last_block), less = FF_MIN(l->done, l->last_block);
    const uint32_t change = (uint32_t)((more - less) * 1024 / more);
    l->change = l->change - l->change / 4 + change / 4;
  }
  l->mean_block = l->mean_block - l->mean_block / 8 + (uint32_t)FF_MIN(l->done, 1u << 24) / 8;
  l->last_block = l->done;
  l->in_block = false;
}

/* Bits that the lanes shall try next; 0: this is the plain loop's, for *soft bytes. */
static uint64_t plan(ff_lanes *l, size_t *soft) {
  const uint64_t room = (uint64_t)(FF_LANES * (FF_LANE_TOKENS / 16 * 13)) * l->token_bits / 16;
  uint64_t window = WINDOW_BITS;
  *soft = PLAIN_BYTES;
  if (l->ending)
    return 0;
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
  if (l->mean_block < MIN_WINDOW_BITS && l->done < MIN_WINDOW_BITS && l->last_block)
    return 0; /* most likely over before lanes are in step */
  if (l->skip) {
    l->skip--;
    *soft = (size_t)(window / 8);
    return 0;
  }
  window = FF_MIN(window, room);
  return l->balance > FF_LANES_CREDIT ? window : FF_MIN(window, TRIAL_BITS);
}

/* Not where the processor lacks BMI2: shifts by a variable go through one register there, and the plain loop wins by a
 * fifth. */
static bool lanes_apply(const ff_inflate *s) {
#ifdef FF_TEST_HOOKS
  if (s->lanes.test.window)
    return true;
#endif
  return s->level >= FF_CPU_AVX2;
}

/* The end-of-block code is next, as far as can be seen: lanes would start in front of it for nothing. */
static bool block_ends(const ff_inflate *s, const ff_io *io) {
  const uint64_t mask = ((uint64_t)1 << s->tables.litlen_bits) - 1; /* tables may not be wide yet */
  return io->in_end - io->in >= 8 && s->tables.entry[ff_load64(io->in) >> s->bit & mask] & FF_E_END;
}

/* Leave the input behind that has become tokens. */
static void advance(ff_inflate *s, ff_io *io, uint64_t position) {
  s->lanes.done += position - s->bit;
  io->in += position / 8;
  s->bit = position % 8;
  s->lanes.ending = block_ends(s, io);
}

/* Codes whose words are nearly all of one length fall into step late or never. So what the lanes' work costs in cycles,
 * about 4 for a lane's symbol and 17 for a bridge's, is set off against what the plain loop would have taken. In the
 * red, lanes are tried again after 4, 16, 64 ... windows. One batch in the red is nothing: the end of a block may cut
 * it. */
#define LANE_CYCLES 4
#define BRIDGE_CYCLES 17
#define PLAIN_CYCLES 8
#define MAX_BALANCE 300000
#define MAX_POOR 4u

static void judge(ff_lanes *l, const ff_batch *batch, size_t n) {
  l->balance += PLAIN_CYCLES * (int32_t)n;
  for (unsigned k = 0; k < FF_LANES; k++)
    l->balance -= LANE_CYCLES * (int32_t)l->lane[k].n;
  for (unsigned i = 0; i < batch->segments; i++)
    if (batch->part[i].at >= FF_BRIDGE_START)
      l->balance -= BRIDGE_CYCLES * (int32_t)batch->part[i].n;
  if (l->balance < 0) {
    l->balance = 0;
    l->poor = FF_MIN(l->poor + 1, MAX_POOR);
    l->skip = 1u << 2 * l->poor;
  } else if (l->balance > MAX_BALANCE) {
    l->balance = MAX_BALANCE;
    l->poor = 0;
  }
}

/* Tokens in the batch, 0 where lanes do not help; *position is behind them. */
static size_t decode_batch(ff_inflate *s, const ff_io *io, uint64_t window, ff_batch *batch, uint64_t *position) {
  ff_lanes *const l = &s->lanes;

  ff_tables_widen(&s->tables);
  const size_t n = ff_lanes_decode(l, &s->tables, s->level, io->in, io->in_end, position, window, batch);
  if (l->lane[0].n)
    judge(l, batch, n);
  if (n)
    l->token_bits = (uint32_t)((l->token_bits * 7 + (*position - s->bit) * 16 / n) / 8);
  return n;
}

/* True: a batch has been decoded. */
static bool fill_batch(ff_inflate *s, ff_io *io, uint64_t window) {
  uint64_t position = s->bit;
  const size_t n = decode_batch(s, io, window, &s->batch, &position);
  if (!n || !ff_tokens_reach(s, &s->batch))
    return false;
  advance(s, io, position);
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

static void open_block(ff_inflate *s, const ff_io *io) {
  ff_lanes *const l = &s->lanes;
  if (!l->in_block) {
    l->in_block = true;
    l->ending = block_ends(s, io);
    l->done = 0;
  }
}

ff_status ff_block_produce(ff_inflate *s, ff_io *io, ff_batch *batch) {
  ff_lanes *const l = &s->lanes;
  uint64_t position = s->bit;
  size_t soft, n = 0;

  open_block(s, io);
  const uint64_t window = plan(l, &soft);
  if (window)
    n = decode_batch(s, io, window, batch, &position);
  if (!n) {
    ff_tables_widen(&s->tables);
    n = ff_lanes_single(&s->tables, io->in, io->in_end, &position, batch);
  }
  advance(s, io, position);
  if (n)
    return FF_BATCH;
  const ff_status status = ff_symbols_end(s, io);
  if (status == FF_END)
    note_block(l);
  return status;
}

ff_status ff_block_run(ff_inflate *s, ff_io *io) {
  ff_lanes *const l = &s->lanes;
  ff_status status;
  bool paused;

  open_block(s, io);
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
