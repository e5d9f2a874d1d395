/* One gzip member in two threads: one decodes blocks into batches of tokens, the other executes them, takes the CRC and
 * converts pixels.
 *
 * The threads are the caller's. Both sides may run as long as the producer has not returned; then the caller waits for
 * the consumer to return too, and only then may call anything else with the same ff_gzip. What the consumer left in the
 * ring, because the room was full, is what ff_pipeline_consume() goes on with in a later call.
 */
#ifndef FF_PIPELINE_H
#define FF_PIPELINE_H

#include "atomic.h"
#include "gzip.h"
#include "pixels.h"

/* Four batches of about 35 KB of output: enough to even out fast and slow blocks, and all in the L2 cache. */
#define FF_RING 4u

typedef struct ff_pipeline {
  /* Each on a cache line of its own: every store would throw the others' out of the other core. */
  ff_atomic produced; /* batches handed over */
  uint8_t pad1[60];
  ff_atomic consumed; /* batches executed */
  uint8_t pad2[60];
  ff_atomic closed; /* the producer is through */
  uint8_t pad3[60];
  ff_atomic halted; /* the consumer has stopped: the room is full */
  uint8_t pad4[60];
  ff_atomic left; /* the consumer has returned */
  uint8_t pad5[60];
  ff_batch ring[FF_RING];
} ff_pipeline;

void ff_pipeline_init(ff_pipeline *p);

/* Whether the pipeline can take over the member where it is. */
bool ff_pipeline_applies(const ff_gzip *g);

/* Open it for a producer and a consumer. */
void ff_pipeline_open(ff_pipeline *p);

/* Decode input into the ring, until FF_NEED_INPUT; FF_OUTPUT_FULL: the consumer has halted; FF_DIRECT, FF_END (of the
 * DEFLATE stream) or a bad status: ff_gzip_run() goes on from here, when the ring is empty. Only the input side of *io
 * is used. */
ff_status ff_pipeline_produce(ff_pipeline *p, ff_gzip *g, ff_io *io);

/* The consumer returns when the ring is empty. To be called by the producer's thread, whatever it ended with. */
void ff_pipeline_close(ff_pipeline *p);

/* Wait until the consumer has returned. */
void ff_pipeline_wait(const ff_pipeline *p);

/* Execute what is in the ring until it is empty and closed (FF_END), or the room is full (FF_OUTPUT_FULL). Only the
 * output side of *io is used; the window is kept. `px`: NULL, or io is its scratch, and what comes there is converted. */
ff_status ff_pipeline_consume(ff_pipeline *p, ff_gzip *g, ff_io *io, ff_pixels *px);

/* Whether there are batches left to execute. Not while both threads run. */
bool ff_pipeline_pending(const ff_pipeline *p);

#endif
