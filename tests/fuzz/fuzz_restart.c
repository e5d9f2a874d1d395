/* Places saved between two blocks and restored, in memory that may hold anything, against zlib: what comes behind such
 * a place is what would have come. */

#include "verdicts.h"

#define SAVED_MAX 3u

typedef struct place {
  ff_gzip_point point;
  size_t at;
  size_t made;
} place;

static struct {
  decoder d;
  feed f;
  arena output;
  place saved[SAVED_MAX + 1]; /* the last one for what must not be saved */
  unsigned n;
} s;

static void save(plan *p, size_t made) {
  place *const to = &s.saved[s.n < SAVED_MAX ? s.n : below(&p->c, SAVED_MAX)];
  if (s.n >= SAVED_MAX && !one_in(&p->c, 3))
    return;
  CHECK(ff_gzip_save(&s.d.gzip, &to->point), "no place between two blocks");
  CHECK(to->point.offset == s.f.at, "the place says another offset");
  to->at = s.f.at;
  to->made = made;
  s.n += s.n < SAVED_MAX;
}

/* Decode on from `made` bytes of output. */
static void go_on(plan *p, const verdict *v, size_t made, bool saving) {
  ff_status status = FF_NEED_INPUT;
  for (unsigned calls = 0; status == FF_NEED_INPUT || status == FF_OUTPUT_FULL || status == FF_PAUSED; calls++) {
    ff_io io = {0};
    CHECK(calls < 3000000, "does not end");
    const size_t most = v->produced + below(&p->c, 320) - made;
    const size_t room = p->room ? at_most(below(&p->c, p->room + 1) + (calls > 300 ? 30000 : 0), most) : most;
    feed_present(&s.f, p, &io, status == FF_NEED_INPUT);
    io.base = io.out = arena_place(&s.output, room, true);
    io.out_end = io.out + room;
    io.pause = saving;
    FORGET(io.out, room);
    status = ff_gzip_run(&s.d.gzip, &io);
    const size_t n = (size_t)(io.out - io.base);
    CHECK(made + n <= v->produced && !memcmp(io.base, v->output + made, n), "wrong bytes between %zu and %zu", made,
          made + n);
    made += n;
    feed_consumed(&s.f, &io);
    if (status == FF_PAUSED)
      save(p, made);
    else if (s.d.gzip.phase != FF_GZIP_BODY || s.d.gzip.inflate.phase != FF_BLOCK_START)
      CHECK(!ff_gzip_save(&s.d.gzip, &s.saved[SAVED_MAX].point), "a place in the middle of something");
  }
  compare(v, &s.d, &s.f, status, made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  plan p;
  verdict v;
  if (!begin(&p, &v, &s.d, &s.f, data, size))
    return 0;
  if (!s.output.begin)
    s.output = arena_open(OUTPUT_LIMIT + 400);
  s.n = 0;
  go_on(&p, &v, 0, true);
  for (unsigned i = 0; i < s.n; i++) {
    s.f.at = s.f.seen = s.saved[i].at;
    memset(&s.d.gzip, 0xA5, sizeof s.d.gzip);
    ff_gzip_restore(&s.d.gzip, p.level, &s.saved[i].point);
    memset(&s.d.gzip.inflate.lanes.test, 0, sizeof s.d.gzip.inflate.lanes.test);
    go_on(&p, &v, s.saved[i].made, false);
  }
  return 0;
}
