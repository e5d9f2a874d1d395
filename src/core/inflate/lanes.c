#include "lanes.h"

#include "join.h"

/* A lane may be stepped where this much input lies behind its position: FF_LANE_STEPS symbols of at most 16 bits
 * (length) and 24 bits (distance) in turn, one more of any length, and the 8 bytes of the last load. */
#define LENGTH_BITS_MAX (FF_TABLE_BITS + 5)
#define DIST_BITS_MAX (FF_TABLE_BITS + 13)
#define INPUT_MARGIN (FF_LANE_PAIRS * (LENGTH_BITS_MAX + DIST_BITS_MAX) + 15 + 13 + 64)
FF_STATIC_ASSERT(LENGTH_BITS_MAX + DIST_BITS_MAX <= 64 - 7, "two symbols in one load");
FF_STATIC_ASSERT(DIST_BITS_MAX <= 32, "the bits of a symbol in 32 bits");

/* Lanes run on this far into the next range, to meet the next lane there: 13 symbols are the mean, some 40 the 95th
 * percentile. */
#define OVERLAP 160u
/* A lane that ends this early has most likely never been in step: it starts again behind. */
#define EARLY_TOKENS 128u
#define MAX_RESTARTS 4u

/* Tokens that a batch of steps can add to a lane: the steps, and one symbol with a long code. */
#define TOKENS_PER_ROUND (FF_LANE_STEPS + 1)
FF_STATIC_ASSERT(FF_LANE_SLACK >= 32 + FF_LANE_STEPS, "whole vectors behind the last token");

void ff_lanes_reset(ff_lanes *l) {
  l->in_block = false;
  l->done = l->last_block = 0;
  l->mean_block = 0;
  l->change = 1024;
  l->token_bits = 16 * 6;
  l->balance = FF_LANES_CREDIT;
  l->poor = l->skip = 0;
}

/* The entry that a lane used last. */
static uint32_t *entry_of(ff_lanes *l, unsigned k) { return &l->record[k][0].entry[1]; }

static void stop_lane(ff_lanes *l, unsigned k) {
  l->lane[k].running = false;
  l->lane[k].end = l->position[k];
  l->check[k] = 0;
}

/* Behind a round: count what each lane has done, and see to those that are stuck or at their end. False: all done. */
static bool look_after(ff_lanes *l, unsigned n, const uint32_t *entry, const uint8_t *in, uint64_t limit, uint64_t park,
                       uint16_t *tokens) {
  bool running = false, beyond_end = false;

  for (unsigned k = 0; k < FF_LANES; k++) {
    ff_lane *const lane = &l->lane[k];
    if (!lane->running) { /* it runs on the spot, for nothing */
      l->position[k] = park;
      *entry_of(l, k) = 0;
      continue;
    }
    bool ended = false;
    if (*entry_of(l, k) & FF_E_EXCEPTION) {
      unsigned done = 0;
      uint16_t token;
      unsigned bits;
      while (!(l->record[k][1 + done / 2].entry[done % 2] & FF_E_EXCEPTION))
        done++;
      lane->n += done;
      const uint32_t e = l->position[k] > limit
                             ? FF_E_EXCEPTION
                             : ff_lane_step(entry, in, l->position[k], *entry_of(l, k) & FF_E_DIST, &token, &bits);
      if (!(e & FF_E_EXCEPTION)) {
        const size_t at = (size_t)k * FF_LANE_STRIDE + lane->n++;
        tokens[at] = token;
        l->bits[at] = (uint8_t)bits;
        l->position[k] += bits;
        *entry_of(l, k) = e;
      } else if (k && lane->n < EARLY_TOKENS && lane->restarts < MAX_RESTARTS && l->position[k] < limit) {
        lane->restarts++;
        lane->n = 0;
        lane->start = ++l->position[k];
        *entry_of(l, k) = 0;
      } else {
        ended = true;
      }
    } else {
      lane->n += FF_LANE_STEPS;
    }
#ifdef FF_TEST_HOOKS
    if (l->test.seed && ((l->position[k] + l->test.seed) * 0x9E3779B97F4A7C15u) >> 58 == 0)
      ended = true;
#endif
    if (ended || l->position[k] >= lane->stop || lane->n > FF_LANE_TOKENS - TOKENS_PER_ROUND)
      stop_lane(l, k);
    else if (!beyond_end)
      running = true;
    if (ended)
      beyond_end = true; /* lanes behind the end of the block decode what is no part of it: nobody waits for them */
  }
  if (!running)
    for (unsigned k = 0; k < n; k++)
      if (l->lane[k].running)
        stop_lane(l, k);
  return running;
}

#if FF_X86
#include <immintrin.h>

#define NAME run_lanes_avx2
#define ATTRIBUTES FF_TARGET("avx2,bmi,bmi2,lzcnt")
#define FF_KERNEL_AVX2 1
#include "lanes_kernel.h"

#define NAME run_lanes_avx512
#define ATTRIBUTES FF_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx2,bmi,bmi2,lzcnt")
#define FF_KERNEL_AVX512 1
#include "lanes_kernel.h"
#endif

#define NAME run_lanes_generic
#define ATTRIBUTES
#include "lanes_kernel.h"

size_t ff_lanes_decode(ff_lanes *l, const ff_tables *tables, ff_cpu_level level, const uint8_t *in,
                       const uint8_t *in_end, uint64_t *position, uint64_t window, ff_batch *batch) {
  const uint64_t start = *position, input_end = (uint64_t)(in_end - in) * 8;
  unsigned n = FF_LANES;

#ifdef FF_TEST_HOOKS
  if (l->test.lanes)
    n = FF_MIN(l->test.lanes, FF_LANES);
#endif
  l->lane[0].n = 0;
  if (input_end < start + INPUT_MARGIN + FF_LANES_MIN_INPUT)
    return 0;
  const uint64_t limit = input_end - INPUT_MARGIN;
  window = FF_MIN(window, limit - start);
  for (unsigned k = 0; k < FF_LANES; k++) {
    ff_lane *const lane = &l->lane[k];
    lane->running = k < n;
    lane->start = start + window * k / n;
#ifdef FF_TEST_HOOKS
    if (l->test.seed && k && k < n)
      lane->start = start + (l->test.seed * (k + 1) * 0x9E3779B97F4A7C15u >> 20) % window;
#endif
    lane->stop = FF_MIN(start + window * (k + 1) / n + (k + 1 < n ? OVERLAP : 0), limit);
    lane->n = 0;
    lane->restarts = 0;
    l->position[k] = lane->running ? lane->start : start;
    l->check[k] = lane->running ? lane->stop : 0;
    *entry_of(l, k) = 0;
  }
#if FF_X86
  if (level >= FF_CPU_AVX512)
    run_lanes_avx512(l, n, tables->entry, in, limit, start, batch->token);
  else if (level >= FF_CPU_AVX2)
    run_lanes_avx2(l, n, tables->entry, in, limit, start, batch->token);
  else
#else
  (void)level;
#endif
    run_lanes_generic(l, n, tables->entry, in, limit, start, batch->token);
  return ff_lanes_join(l, n, tables->entry, in, limit, batch, position);
}
