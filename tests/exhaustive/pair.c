#include "pair.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "verdicts.h"

#define SLACK 320u
/* A fault shows up some bits before or behind the place where zlib has put its bits down. */
#define NEARBY 8

unsigned long pair_inputs, pair_sound, pair_places;

static ff_cpu_level levels[FF_CPU_LEVELS];
static unsigned known;
static ff_inflate bare[FF_CPU_LEVELS];
static ff_gzip framed[FF_CPU_LEVELS];
static arena input, output;
static z_stream z;

/* Of the input that is compared. */
static struct {
  const uint8_t *data;
  size_t n;
} latest;

/* A disagreement aborts, and a byte behind a buffer is on a guard page. */
static void print_latest(int signal_number) {
  fprintf(stderr, "signal %d after %lu inputs: ", signal_number, pair_inputs);
  for (size_t i = 0; i < latest.n; i++)
    fprintf(stderr, "%02x", latest.data[i]);
  fputc('\n', stderr);
  exit(1);
}

void pair_open(void) {
  input = arena_open(PAIR_INPUT);
  output = arena_open(PAIR_ROOM + SLACK);
  for (unsigned l = 0; l < FF_CPU_LEVELS; l++)
    if (ff_cpu_cap(ff_cpu_detect(), ff_cpu_name((ff_cpu_level)l)) == (int)l)
      levels[known++] = (ff_cpu_level)l;
  for (unsigned k = 0; k < known; k++)
    ff_inflate_reset(&bare[k], levels[k]);
  if (inflateInit2(&z, -15) != Z_OK)
    exit(120);
  signal(SIGABRT, print_latest);
  signal(SIGSEGV, print_latest);
}

static verdict by_zlib(const uint8_t *data, size_t n) {
  static uint8_t out[PAIR_ROOM];
  inflateReset(&z);
  z.next_in = (Bytef *)(uintptr_t)data;
  z.avail_in = (uInt)n;
  z.next_out = out;
  z.avail_out = (uInt)sizeof out;
  const int status = inflate(&z, Z_FINISH);
  verdict v = {.produced = z.total_out, .consumed = z.total_in, .output = out};
  if (!z.avail_out)
    v.kind = TOO_LONG;
  else if (status != Z_STREAM_END)
    v.kind = status == Z_DATA_ERROR ? CORRUPT : TRUNCATED;
  return v;
}

static verdict_kind kind_of(ff_status status) {
  switch (status) {
  case FF_END:
    return OK;
  case FF_NEED_INPUT:
    return TRUNCATED;
  case FF_OUTPUT_FULL:
    return TOO_LONG; /* than what zlib makes */
  default:
    return CORRUPT;
  }
}

static void judge(const verdict *v, ff_status status, size_t made, size_t consumed) {
  if (v->kind == TOO_LONG)
    return;
  CHECK(made == v->produced, "%zu bytes, zlib %zu", made, v->produced);
  CHECK(kind_of(status) == v->kind, "status %d, zlib %d", status, v->kind);
  if (v->kind == OK)
    CHECK(consumed == v->consumed, "%zu consumed, zlib %zu", consumed, v->consumed);
  if (v->kind == CORRUPT)
    CHECK(consumed <= v->consumed + NEARBY && v->consumed <= consumed + NEARBY, "%zu consumed, zlib %zu", consumed,
          v->consumed);
}

/* All input and all room at once, both in front of guard pages. */
static void at_once(ff_inflate *s, const uint8_t *data, size_t n, const verdict *v) {
  uint8_t *const in = arena_place(&input, n, true);
  const size_t room = v->produced + (v->kind == TOO_LONG ? 0 : pair_inputs % (SLACK + 1) + 1);
  ff_io io = {.in = in, .in_end = in + n, .final = true};
  memcpy(in, data, n);
  io.base = io.out = arena_place(&output, room, true);
  io.kept_at = io.out;
  io.out_end = io.base + room;
  const ff_status status = ff_inflate_run(s, &io);
  CHECK(!memcmp(io.base, v->output, at_most(v->produced, (size_t)(io.out - io.base))), "wrong bytes");
  judge(v, status, (size_t)(io.out - io.base), (size_t)(io.in - in));
}

/* In pieces of input and into rooms of output, a few bytes each or anywhere, on from what was kept. Of what is longer,
 * not that few: to keep the window takes longer than to decode them. */
static void in_pieces(choice *c, ff_inflate *s, const uint8_t *data, size_t n, const verdict *v) {
  const uint32_t most = (uint32_t)v->produced, piece = one_in(c, 2) ? 3 + (uint32_t)n / 64 : (uint32_t)n;
  const uint32_t largest = one_in(c, 2) ? 5 + most / 64 : most + 1;
  size_t at = 0, seen = 0, made = 0;
  ff_status status = FF_NEED_INPUT;
  do {
    if (status == FF_NEED_INPUT)
      seen += at_most(1 + below(c, piece), n - seen);
    uint8_t *const in = arena_place(&input, seen - at, true);
    const size_t room = at_most(below(c, largest + 1), v->produced + 1 - made);
    ff_io io = {.in = in, .in_end = in + (seen - at), .final = seen == n};
    memcpy(in, data + at, seen - at);
    io.base = io.out = arena_place(&output, room, true);
    io.kept_at = io.out;
    io.out_end = io.base + room;
    status = ff_inflate_run(s, &io);
    ff_inflate_keep(s, &io);
    const size_t got = (size_t)(io.out - io.base);
    CHECK(made + got <= v->produced && !memcmp(io.base, v->output + made, got), "wrong bytes behind %zu", made);
    made += got;
    at += (size_t)(io.in - in);
  } while (status == FF_OUTPUT_FULL || (status == FF_NEED_INPUT && seen < n));
  judge(v, status, made, at);
}

static verdict_kind compared(choice *c, ff_inflate *s, const uint8_t *data, size_t n) {
  const verdict v = by_zlib(data, n);
  latest.data = data;
  latest.n = n;
  at_once(s, data, n, &v);
  if (pair_inputs % 8 == 0 && v.kind != TOO_LONG) {
    ff_inflate_next(s);
    in_pieces(c, s, data, n, &v);
  }
  pair_inputs++;
  pair_sound += v.kind == OK;
  return v.kind;
}

verdict_kind pair_check(choice *c, const uint8_t *data, size_t n) {
  ff_inflate *const s = &bare[pair_inputs % known];
  ff_inflate_next(s);
  memset(&s->lanes.test, 0, sizeof s->lanes.test);
  return compared(c, s, data, n);
}

verdict_kind pair_check_lanes(choice *c, const uint8_t *data, size_t n) {
  ff_inflate *const s = &bare[pair_inputs % known];
  ff_inflate_next(s);
  s->lanes.test.lanes = below(c, FF_LANES + 1);
  s->lanes.test.seed = one_in(c, 2) ? 1 + below(c, 255) : 0;
  s->lanes.test.window = one_in(c, 4) ? 0 : 64 + below(c, 1u << (7 + below(c, 8)));
  return compared(c, s, data, n);
}

/* At every place between two blocks where there is new output, go on with a decoder that has nothing but the saved place. */
static ff_gzip *moved(ff_gzip *from, ff_cpu_level level) {
  static ff_gzip_point point;
  static ff_gzip other[2]; /* each still holds what it held before */
  ff_gzip *const to = from == &other[0] ? &other[1] : &other[0];
  CHECK(ff_gzip_save(from, &point), "no place between two blocks");
  ff_gzip_restore(to, level, &point);
  pair_places++;
  return to;
}

/* The number of members and whatever else verdicts.h compares, of the file in pieces or at once. */
static verdict_kind compared_file(choice *c, const uint8_t *data, size_t n, bool moving) {
  static decoder last;
  const ff_cpu_level level = levels[pair_inputs % known];
  const verdict v = oracle(data, n);
  feed f = {.memory = input, .data = data, .size = n};
  plan p = {.level = level, .piece = one_in(c, 8) ? 1 + below(c, 30) : 0, .c = *c};
  ff_status status = FF_NEED_INPUT;
  size_t made = 0;
  ff_gzip *g = &framed[pair_inputs % known];
  latest.data = data;
  latest.n = n;
  if (v.produced > PAIR_ROOM)
    return TOO_LONG;
  ff_gzip_init(g, level);
  while (status == FF_NEED_INPUT || status == FF_OUTPUT_FULL || status == FF_PAUSED) {
    ff_io io = {.pause = moving};
    const size_t room = v.produced - made + pair_inputs % (SLACK + 1) + (status == FF_OUTPUT_FULL);
    feed_present(&f, &p, &io, status == FF_NEED_INPUT);
    io.base = io.out = arena_place(&output, room, true);
    io.out_end = io.base + room;
    status = ff_gzip_run(g, &io);
    const size_t got = (size_t)(io.out - io.base);
    CHECK(made + got <= v.produced && !memcmp(io.base, v.output + made, got), "wrong bytes behind %zu", made);
    made += got;
    feed_consumed(&f, &io);
    if (status == FF_PAUSED)
      g = moved(g, level);
  }
  memcpy(&last.gzip, g, offsetof(ff_gzip, inflate));
  compare(&v, &last, &f, status, made);
  pair_inputs++;
  pair_sound += v.kind == OK;
  return v.kind;
}

verdict_kind pair_check_file(choice *c, const uint8_t *data, size_t n) { return compared_file(c, data, n, false); }

verdict_kind pair_check_places(choice *c, const uint8_t *data, size_t n) { return compared_file(c, data, n, true); }
