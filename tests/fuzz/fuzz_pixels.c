/* ff_gzip_run_pixels() and runs for two threads with pixels against zlib's bytes converted. Between calls, as callers
 * may, the scratch is overwritten and opened anew, and the room for items goes on anywhere. */

#include "normalize.h"
#include "verdicts.h"

#define ITEM_MAX 8

static struct {
  decoder d;
  feed f;
  arena output;
  ff_pixels *px; /* its last member, the scratch, ends at a guard page */
  uint8_t expected[OUTPUT_LIMIT * ITEM_MAX];
} s;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  plan p;
  verdict v;
  size_t made = 0;
  ff_status status = FF_NEED_INPUT;
  if (!begin(&p, &v, &s.d, &s.f, data, size))
    return 0;
  if (!s.output.begin) {
    s.output = arena_open((OUTPUT_LIMIT + 400) * ITEM_MAX);
    const arena scratch = arena_open(sizeof *s.px);
    s.px = (ff_pixels *)(void *)arena_place(&scratch, sizeof *s.px, true);
  }

  ff_pixels *const px = s.px;
  const unsigned item = 1u << (1 + below(&p.c, 3));
  px->kind = item == 2 ? 'e' : item == 4 ? 'f' : 'd';
  px->scale = 0.0111;
  px->shift = -0.81;
  px->level = FF_CPU_GENERIC;
  px->bypass = false;
  ff_pixels_convert(px, v.output, s.expected, v.produced);
  px->level = p.level;
  px->bypass = one_in(&p.c, 2);

  for (unsigned calls = 0; status == FF_NEED_INPUT || status == FF_OUTPUT_FULL; calls++) {
    CHECK(calls < 3000000, "does not end");
    const size_t most = v.produced + below(&p.c, 321) - made;
    const size_t room = p.room ? at_most(below(&p.c, p.room + 1) + (calls > 100 ? 30000 : 0), most) : most;
    uint8_t *const from = arena_place(&s.output, room * item, !one_in(&p.c, 4));
    if (!one_in(&p.c, 8))
      memset(px->scratch, 0xEE, sizeof px->scratch);
    FORGET(px->scratch, sizeof px->scratch);
    FORGET(from, room * item);
    px->out = from;
    px->left = room;
    ff_pixels_open(px);
    feed_present(&s.f, &p, &px->io, status == FF_NEED_INPUT);
    status = step(&s.d, &p, &px->io, px);
    const size_t n = (size_t)(px->out - from) / item;
    CHECK(n + px->left == room, "%zu items and room for %zu, of %zu", n, px->left, room);
    CHECK(status != FF_OUTPUT_FULL || !px->left, "a room that is full has room for %zu", px->left);
    WRITTEN(from, n * item);
    CHECK(made + n <= v.produced && !memcmp(from, s.expected + made * item, n * item),
          "wrong items between %zu and %zu", made, made + n);
    made += n;
    feed_consumed(&s.f, &px->io);
  }
  compare(&v, &s.d, &s.f, status, made);
  digest(s.expected, made * item);
  return 0;
}
