/* sched_yield() and nanosleep(), which -std=c11 hides. */
#define _POSIX_C_SOURCE 200809L

#include "pipeline.h"

#include "crc32.h"
#include "inflate/execute.h"

/* Waiting: a few microseconds of pauses, because the other side is seldom behind by more; then the processor is offered
 * to others; then really given up, because on a machine with all cores busy the other side may be waiting for this one. */
#define PAUSES 64u
#define YIELDS 32u

typedef struct {
  unsigned rounds;
} waiter;

static void wait_a_little(waiter *w) {
  const unsigned n = w->rounds++;
  if (n < PAUSES)
    ff_pause();
  else if (n < PAUSES + YIELDS)
    ff_yield();
  else
    ff_sleep();
}

void ff_pipeline_init(ff_pipeline *p) {
  ff_atomic_store(&p->produced, 0);
  ff_atomic_store(&p->consumed, 0);
  ff_pipeline_open(p);
}

bool ff_pipeline_applies(const ff_gzip *g) {
  const ff_inflate *const s = &g->inflate;
  return g->phase == FF_GZIP_BODY && s->produced >= FF_WINDOW && s->phase != FF_MATCH && s->phase != FF_TOKENS &&
         s->phase != FF_STORED_BYTES && s->phase < FF_STREAM_END;
}

void ff_pipeline_open(ff_pipeline *p) {
  ff_atomic_store(&p->closed, 0);
  ff_atomic_store(&p->halted, 0);
  ff_atomic_store(&p->left, 0);
}

void ff_pipeline_close(ff_pipeline *p) { ff_atomic_store(&p->closed, 1); }

void ff_pipeline_wait(const ff_pipeline *p) {
  for (waiter w = {0}; !ff_atomic_load(&p->left);)
    wait_a_little(&w);
}

bool ff_pipeline_pending(const ff_pipeline *p) { return ff_atomic_load(&p->produced) != ff_atomic_load(&p->consumed); }

ff_status ff_pipeline_produce(ff_pipeline *p, ff_gzip *g, ff_io *io) {
  const uint8_t *const start = io->in;
  uint32_t n = ff_atomic_load(&p->produced);
  ff_status status = FF_BATCH;

  while (status == FF_BATCH) {
    for (waiter w = {0}; n - ff_atomic_load(&p->consumed) == FF_RING && !ff_atomic_load(&p->halted);)
      wait_a_little(&w);
    if (ff_atomic_load(&p->halted)) {
      status = FF_OUTPUT_FULL;
    } else {
      status = ff_inflate_produce(&g->inflate, io, &p->ring[n % FF_RING]);
      if (status == FF_BATCH)
        ff_atomic_store(&p->produced, ++n);
    }
  }
  g->offset += (uint64_t)(io->in - start);
  return status;
}

/* One batch, and the CRC of its bytes while they are in the cache. */
static ff_status execute(ff_gzip *g, ff_batch *batch, ff_io *io, ff_pixels *px) {
  ff_status status;
  do {
    const uint8_t *const out = io->out;
    status = ff_tokens_run(&g->inflate, batch, io);
    g->crc = ff_crc32(g->level, g->crc, out, (size_t)(io->out - out));
  } while (px && ff_pixels_flush(px, &g->inflate) && status == FF_OUTPUT_FULL);
  return status;
}

ff_status ff_pipeline_consume(ff_pipeline *p, ff_gzip *g, ff_io *io, ff_pixels *px) {
  uint32_t n = ff_atomic_load(&p->consumed);
  ff_status status = FF_END;

  io->kept_at = io->out;
  while (status == FF_END) {
    for (waiter w = {0}; ff_atomic_load(&p->produced) == n && !ff_atomic_load(&p->closed);)
      wait_a_little(&w);
    /* Closed is stored after the last batch: so an empty ring behind it is the end. */
    if (ff_atomic_load(&p->produced) == n)
      break;
    status = execute(g, &p->ring[n % FF_RING], io, px);
    if (status == FF_END)
      ff_atomic_store(&p->consumed, ++n);
    else
      ff_atomic_store(&p->halted, 1);
  }
  ff_inflate_keep(&g->inflate, io);
  ff_atomic_store(&p->left, 1);
  return status;
}
