#define _POSIX_C_SOURCE 200809L

#include "steps.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void check_failed(const char *condition, const char *file, int line, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "%s:%d: not %s: ", file, line, condition);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  abort();
}

static uint32_t size_class(unsigned byte) {
  static const uint32_t sizes[16] = {0, 0, 0, 1, 2, 3, 7, 15, 16, 17, 64, 300, 4096, 20000, 33000, 140000};
  return sizes[byte % 16];
}

/* The CPU levels of this machine. MSan does not know which bytes a vector permutation leaves out, so under it only the
 * first, without vectors. */
static unsigned find_levels(ff_cpu_level *levels) {
  unsigned n = 0;
  for (unsigned l = 0; l < (MEMORY_SANITIZER ? 1 : FF_CPU_LEVELS); l++)
    if (ff_cpu_cap(ff_cpu_detect(), ff_cpu_name((ff_cpu_level)l)) == (int)l)
      levels[n++] = (ff_cpu_level)l;
  return n;
}

bool plan_read(plan *p, const uint8_t *data, size_t size) {
  static ff_cpu_level levels[FF_CPU_LEVELS];
  static unsigned known;
  if (size < PLAN_SIZE)
    return false;
  if (!known)
    known = find_levels(levels);
  p->level = levels[data[0] % known];
  p->how = (way)(data[0] / 16 % 4);
  p->piece = size_class(data[1]);
  p->room = size_class(data[1] / 16);
  p->lanes = data[2] % (FF_LANES + 1);
  p->seed = data[3] % 4 ? 0 : 1u + data[3];
  p->window = data[4] % 4 ? 0 : 64u + 128u * data[5];
  p->c = choice_from(ff_load64(data + 4));
  return true;
}

/* Anything, and another thing in each word: what is equal by chance hides that nobody has set it. */
static void soil(void *memory, size_t n) {
  uint32_t word = 1;
  for (size_t at = 0; at + sizeof word <= n; at += sizeof word) {
    word = word * 1664525u + 1013904223u;
    memcpy((uint8_t *)memory + at, &word, sizeof word);
  }
}

void decoder_open(decoder *d, const plan *p) {
  const size_t used = p->how == ALONE ? sizeof d->gzip : sizeof *d;
  if (p->c.state / 2 % 8 == 0) /* not each time: it takes as long as a small input does */
    soil(d, used);
  FORGET(d, used);
  ff_gzip_init(&d->gzip, p->level);
  d->gzip.inflate.lanes.test.lanes = p->lanes;
  d->gzip.inflate.lanes.test.seed = p->seed;
  d->gzip.inflate.lanes.test.window = p->window;
}

void feed_present(feed *f, plan *p, ff_io *io, bool more) {
  if (more)
    f->seen += at_most(p->piece ? 1 + below(&p->c, p->piece) : f->size, f->size - f->seen);
  const size_t n = f->seen - f->at;
  uint8_t *const place = arena_place(&f->memory, n, !one_in(&p->c, 4));
  memcpy(place, f->data + f->at, n);
  FOREIGN(place, n); /* zlib, which is not instrumented, may have written it */
  io->in = place;
  io->in_end = place + n;
  io->final = f->seen == f->size;
}

static void *assist(void *duet) {
  ff_duet_assist(duet);
  return NULL;
}

static void run_duet(decoder *d, way how, ff_io *io, ff_pixels *px) {
  pthread_t thread;
  ff_duet_open(&d->duet, &d->gzip, io, px);
  if (how == ASSIST)
    ff_duet_assist(&d->duet);
  else if (how == BOTH)
    CHECK(!pthread_create(&thread, NULL, assist, &d->duet), "no thread");
  ff_duet_lead(&d->duet);
  ff_duet_close(&d->duet, how != LEAD);
  if (how == BOTH)
    pthread_join(thread, NULL);
  else if (how == LEAD)
    ff_duet_assist(&d->duet); /* one that comes too late has to find that the run is over */
}

ff_status step(decoder *d, plan *p, ff_io *io, ff_pixels *px) {
  ff_status status;
  io->pause = p->how != ALONE;
  do {
    if (p->how != ALONE && ff_duet_applies(&d->gzip, io)) {
      run_duet(d, p->how, io, px);
      if (!io->final && one_in(&p->c, 4)) /* with more input there may be more blocks for two */
        return FF_NEED_INPUT;
    }
    status = px ? ff_gzip_run_pixels(&d->gzip, px) : ff_gzip_run(&d->gzip, io);
  } while (status == FF_PAUSED);
  return status;
}
