#include "join.h"

#ifdef FF_TEST_HOOKS
static bool missed(const ff_lanes *l, uint64_t position) {
  return l->test.seed && ((position * 0x9E3779B97F4A7C15u) >> 60) < (l->test.seed & 7);
}
#else
#define missed(l, position) ((void)(l), false)
#endif

/* A step reads 8 bytes from its position on. */
#define FF_SINGLE_MARGIN 128u

static void add_segment(ff_batch *batch, uint32_t at, uint32_t n) {
  if (n) {
    batch->part[batch->segments].at = at;
    batch->part[batch->segments].n = n;
    batch->segments++;
  }
}

static bool is_distance(uint16_t token) { return token >= FF_TOKEN_FIRST_DISTANCE; }
static bool is_length(uint16_t token) { return token >= FF_TOKEN_FIRST_LENGTH && token < FF_TOKEN_FIRST_DISTANCE; }

/* A boundary of a lane: before token i, at bit `at`. */
typedef struct {
  const uint16_t *token;
  const uint8_t *bits;
  uint32_t i, n;
  uint64_t at;
} cursor;

static cursor first_boundary(const ff_lanes *l, const ff_batch *batch, unsigned k) {
  const cursor c = {batch->token + (size_t)k * FF_LANE_STRIDE, l->bits + (size_t)k * FF_LANE_STRIDE, 0, l->lane[k].n,
                    l->lane[k].start};
  return c;
}

/* Advance both to the first boundary that they share and that no distance follows. Equal position and equal kind of the
 * next symbol make all that follows equal. */
static bool meet(const ff_lanes *l, cursor *x, cursor *y) {
  while (x->i < x->n && y->i < y->n) {
    const unsigned step_x = x->at <= y->at, step_y = y->at <= x->at;
    if (x->at == y->at && !is_distance(x->token[x->i]) && !is_distance(y->token[y->i]) && !missed(l, x->at))
      return true;
    x->at += x->bits[x->i] & (0 - step_x);
    x->i += step_x;
    y->at += y->bits[y->i] & (0 - step_y);
    y->i += step_y;
  }
  return false;
}

/* One literal, or a length and its distance, from bit *at on; *at is behind it. Returns the number of tokens, 0 where
 * something special is next. */
static uint32_t step(const uint32_t *entry, const uint8_t *in, uint64_t limit, uint64_t *at, uint16_t *token) {
  unsigned bits, more;
  uint32_t e;
  if (*at > limit)
    return 0;
  e = ff_lane_step(entry, in, *at, 0, token, &bits);
  if (e & FF_E_EXCEPTION)
    return 0;
  if (!(e & FF_E_DIST)) {
    *at += bits;
    return 1;
  }
  if (*at + bits > limit)
    return 0;
  e = ff_lane_step(entry, in, *at + bits, FF_E_DIST, token + 1, &more);
  if (e & FF_E_EXCEPTION)
    return 0;
  *at += bits + more;
  return 2;
}

size_t ff_lanes_single(const ff_tables *tables, const uint8_t *in, const uint8_t *in_end, uint64_t *position,
                       ff_batch *batch) {
  const uint64_t input_end = (uint64_t)(in_end - in) * 8;
  uint32_t n = 0;

  batch->segments = batch->segment = batch->done = 0;
  if (input_end < *position + FF_SINGLE_MARGIN)
    return 0;
  for (uint32_t more = 1; more && n + 2 <= FF_BRIDGE_TOKENS; n += more)
    more = step(tables->entry, in, input_end - FF_SINGLE_MARGIN, position, batch->token + FF_BRIDGE_START + n);
  add_segment(batch, FF_BRIDGE_START, n);
  return n;
}

/* Decode on from `at`, one symbol after the other, until a later lane than `k` is met: its number, with its cursor at
 * the meeting point. n: none was met; decoding stopped at *at. */
static unsigned bridge(const ff_lanes *l, unsigned k, unsigned n, const uint32_t *entry, const uint8_t *in,
                       uint64_t limit, ff_batch *batch, uint32_t *used, uint64_t *at, cursor *met) {
  uint16_t *const token = batch->token + FF_BRIDGE_START;

  for (k++; k < n; k++) {
    cursor y = first_boundary(l, batch, k);
    while (y.i < y.n) {
      if (y.at < *at) {
        y.at += y.bits[y.i++];
        continue;
      }
      if (y.at == *at && !is_distance(y.token[y.i]) && !missed(l, *at)) {
        *met = y;
        return k;
      }
      const uint32_t more = *used + 2 > FF_BRIDGE_TOKENS ? 0 : step(entry, in, limit, at, &token[*used]);
      if (!more)
        return n;
      *used += more;
    }
  }
  return n;
}

size_t ff_lanes_join(const ff_lanes *l, unsigned n, const uint32_t *entry, const uint8_t *in, uint64_t limit,
                     ff_batch *batch, uint64_t *position) {
  unsigned k = 0;
  uint32_t used = 0; /* bridge tokens */
  size_t total = 0;
  cursor from = first_boundary(l, batch, 0); /* what of lane k counts: from here on */

  batch->segments = batch->segment = batch->done = 0;
  for (;;) {
    cursor to = from; /* up to here; found from its end, which is near */
    to.i = to.n;
    to.at = l->lane[k].end;
    if (k + 1 < n) {
      cursor next = first_boundary(l, batch, k + 1);
      while (to.i > from.i && to.at > next.at)
        to.at -= to.bits[--to.i];
      if (meet(l, &to, &next)) {
        add_segment(batch, k * FF_LANE_STRIDE + from.i, to.i - from.i);
        total += to.i - from.i;
        from = next;
        k++;
        continue;
      }
      to.i = to.n;
      to.at = l->lane[k].end;
    }
    if (to.i > from.i && is_length(to.token[to.i - 1])) /* its distance is not there */
      to.at -= to.bits[--to.i];
    add_segment(batch, k * FF_LANE_STRIDE + from.i, to.i - from.i);
    total += to.i - from.i;
    const uint32_t bridge_start = used;
    k = bridge(l, k, n, entry, in, limit, batch, &used, &to.at, &from);
    add_segment(batch, FF_BRIDGE_START + bridge_start, used - bridge_start);
    total += used - bridge_start;
    if (k == n) {
      *position = to.at;
      return total;
    }
  }
}
