/* ff_gzip_run() and runs for two threads against zlib: verdict, bytes, bytes consumed, members; input and output cut
 * anywhere, both between guard pages, output with any part of what came before it in place or none. */

#include "verdicts.h"

#define KEPT_MAX 40000u
#define SLACK_MAX 320u

static struct {
  decoder d;
  feed f;
  arena output;
} s;

/* Room for the next step, behind the latest `kept` bytes. */
static void open_room(plan *p, ff_io *io, const verdict *v, size_t made, unsigned calls) {
  const size_t kept = one_in(&p->c, 2) ? 0 : at_most(below(&p->c, KEPT_MAX), made);
  const size_t most = v->produced + below(&p->c, SLACK_MAX + 1) - made;
  size_t room = p->room ? below(&p->c, p->room + 1) + (calls > 300 ? 30000 : 0) : most;
  room = FF_MIN(room, s.output.capacity - KEPT_MAX);
  uint8_t *const place = arena_place(&s.output, kept + room, !one_in(&p->c, 4));
  memcpy(place, v->output + made - kept, kept);
  FORGET(place + kept, room);
  io->base = place;
  io->out = place + kept;
  io->out_end = place + kept + room;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  plan p;
  verdict v;
  size_t made = 0;
  ff_status status = FF_NEED_INPUT;
  if (!begin(&p, &v, &s.d, &s.f, data, size))
    return 0;
  if (!s.output.begin)
    s.output = arena_open(OUTPUT_LIMIT + KEPT_MAX + SLACK_MAX);

  for (unsigned calls = 0; status == FF_NEED_INPUT || status == FF_OUTPUT_FULL; calls++) {
    ff_io io = {0};
    CHECK(status != FF_NEED_INPUT || !calls || s.f.seen < s.f.size || p.how != ALONE, "wants more than all");
    CHECK(calls < 3000000, "does not end");
    feed_present(&s.f, &p, &io, status == FF_NEED_INPUT);
    open_room(&p, &io, &v, made, calls);
    const uint8_t *const from = io.out;
    const uint8_t *const in = io.in;
    status = step(&s.d, &p, &io, NULL);
    CHECK(io.in >= in && io.in <= io.in_end, "input out of bounds");
    CHECK(io.out >= from && io.out <= io.out_end, "output out of bounds");
    CHECK(status != FF_OUTPUT_FULL || io.out == io.out_end, "a room that is full has room");
    const size_t n = (size_t)(io.out - from);
    WRITTEN(from, n);
    CHECK(made + n <= v.produced && !memcmp(from, v.output + made, n), "wrong bytes between %zu and %zu", made,
          made + n);
    made += n;
    feed_consumed(&s.f, &io);
    if (status >= FF_BAD_BLOCK_TYPE)
      CHECK(ff_gzip_run(&s.d.gzip, &io) == status, "errors are sticky");
  }
  compare(&v, &s.d, &s.f, status, made);
  return 0;
}
