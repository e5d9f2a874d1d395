/* How one input of a fuzzer is decoded: the plan in front of it, its input piece by piece, one step at a time. */
#ifndef FUZZ_STEPS_H
#define FUZZ_STEPS_H

#include "arena.h"
#include "choice.h"
#include "duet.h"

/* An input of the fuzzers is a plan of so many bytes, and a gzip file. */
#define PLAN_SIZE ((size_t)12)

typedef enum {
  ALONE,  /* one thread */
  LEAD,   /* a run for two without an assistant */
  ASSIST, /* the same, all of it done by the assistant */
  BOTH    /* two threads */
} way;

typedef struct plan {
  ff_cpu_level level;
  way how;
  uint32_t piece;               /* greatest piece of input; 0: everything at once */
  uint32_t room;                /* greatest room for output; 0: what is expected, and up to 320 bytes more */
  uint32_t lanes, window, seed; /* test hooks of the lanes */
  choice c;
} plan;

typedef struct decoder {
  ff_gzip gzip;
  ff_duet duet;
} decoder;

typedef struct feed {
  arena memory;
  const uint8_t *data;
  size_t size;
  size_t at;   /* consumed */
  size_t seen; /* presented */
} feed;

/* The plan at the start of an input; false where there is none. */
bool plan_read(plan *p, const uint8_t *data, size_t size);

/* Prepare a decoder in memory that may hold anything. */
void decoder_open(decoder *d, const plan *p);

/* Present what is left, and some more of it if `more`, to *io. */
void feed_present(feed *f, plan *p, ff_io *io, bool more);

/* Call after each step. */
static inline void feed_consumed(feed *f, const ff_io *io) { f->at = f->seen - (size_t)(io->in_end - io->in); }

/* Decode into io, or into px, of which io is the scratch. */
ff_status step(decoder *d, plan *p, ff_io *io, ff_pixels *px);

/* FF_MIN for what must be evaluated once. */
static inline size_t at_most(size_t a, size_t b) { return a < b ? a : b; }

/* Say what is wrong and abort, for a fuzzer to see it. */
#define CHECK(condition, ...) ((condition) ? (void)0 : check_failed(#condition, __FILE__, __LINE__, __VA_ARGS__))
__attribute__((format(printf, 4, 5), noreturn)) void check_failed(const char *condition, const char *file, int line,
                                                                  const char *format, ...);

/* Memory that holds nothing yet, and a check that all of it does: only MSan notices. */
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define MEMORY_SANITIZER 1
#define FORGET(p, n) __msan_allocated_memory(p, n)
#define WRITTEN(p, n) __msan_check_mem_is_initialized(p, n)
#define FOREIGN(p, n) __msan_unpoison(p, n)
#endif
#endif
#ifndef FORGET
#define MEMORY_SANITIZER 0
#define FORGET(p, n) ((void)(p), (void)(n))
#define WRITTEN(p, n) ((void)(p), (void)(n))
#define FOREIGN(p, n) ((void)(p), (void)(n))
#endif

#endif
