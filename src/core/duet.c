/* sched_yield() and nanosleep(), which -std=c11 hides. */
#define _POSIX_C_SOURCE 200809L

#include "duet.h"

#include "crc32.h"
#include "inflate/block.h"
#include "inflate/execute.h"
#include "inflate/header.h"

/* Waiting: a few microseconds of pauses, because the other worker is seldom behind by more; then the processor is
 * offered to others, for as long as a large page takes that the other one is the first to touch; then really given up.
 * Who sleeps wakes up late: a limit of 32 here cost half of what the second thread gains in fresh memory. */
#define PAUSES 64u
#define YIELDS 500u

/* Output of one run. Between runs the caller looks for interrupts. */
#define RUN_BYTES ((uint64_t)64 << 20)

/* Where less than this is left of the scratch, the window slides: twice what an ordinary block makes. */
#define SCRATCH_LOW ((size_t)72 << 10)

/* A wrong guess counts as so many right ones; at the limit, one thread is better. */
#define MISS 4u
#define MISSES_MAX 40u

/* Headers are looked for in steps of this many bits to both sides of the guess, as far as 1/32 of a block. */
#define STEP_BITS 480u
/* Input that must lie behind a guess, in bits: its header, and no block is as short as that. */
#define INPUT_MARGIN 4096u

static void wait_a_little(unsigned *rounds) {
  const unsigned n = (*rounds)++;
  if (n < PAUSES)
    ff_pause();
  else if (n < PAUSES + YIELDS)
    ff_yield();
  else
    ff_sleep();
}

/* False: the run has been stopped meanwhile. */
static bool wait_for(const ff_duet *d, const ff_atomic *a, uint32_t n) {
  for (unsigned rounds = 0; ff_atomic_load(a) < n; wait_a_little(&rounds))
    if (ff_atomic_load(&d->stopped))
      return false;
  return true;
}

/* Block i will not be executed in this run. */
static bool beyond(const ff_duet *d, uint32_t i) {
  return ff_atomic_load(&d->stopped) || ff_atomic_load(&d->broken) < i;
}

/* False: there is no block i. */
static bool wait_for_start(const ff_duet *d, uint32_t i) {
  for (unsigned rounds = 0; ff_atomic_load(&d->known) < i; wait_a_little(&rounds))
    if (beyond(d, i))
      return false;
  return true;
}

/* For the worker that is about to execute a block: the other one is converting the block before it and will be through
 * with that, whatever becomes of the run. */
static void wait_for_conversion(const ff_duet *d, uint32_t n) {
  for (unsigned rounds = 0; ff_atomic_load(&d->converted) < n;)
    wait_a_little(&rounds);
}

bool ff_duet_supported(ff_cpu_level level) { return FF_X86 && level >= FF_CPU_AVX2; }

/* The block that begins at bit `bit` is not the last one and has a code of its own. */
static bool ordinary(const ff_io *io, unsigned bit) {
  return io->in_end - io->in >= 2 && (ff_load16(io->in) >> bit & 7) == 4;
}

bool ff_duet_applies(const ff_gzip *g, const ff_io *io) {
  const ff_inflate *const s = &g->inflate;
  return g->phase == FF_GZIP_BODY && g->failure == FF_NEED_INPUT && s->phase == FF_BLOCK_START &&
         s->produced >= FF_WINDOW && ff_duet_supported(s->level) && ordinary(io, s->bit);
}

static uint64_t start_of(const ff_duet *d, uint32_t i) { return d->start[i % FF_DUET_STARTS]; }

static void seek(const ff_duet *d, ff_duet_worker *w, ff_duet_block *b, uint64_t at) {
  b->start = at;
  w->io.in = d->in + at / 8;
  w->inflate.bit = at % 8;
  w->inflate.phase = FF_BLOCK_START;
  w->inflate.lanes.in_block = false;
}

/* A header with symbols behind it, from where the worker is on, up to finished tables. Callers have made sure of input there: of
 * INPUT_MARGIN, or of as much as a block takes, which is more than 0. */
static bool read_header(ff_duet_worker *w) {
  return ff_header_run(&w->inflate, &w->io) == FF_END && w->inflate.phase == FF_SYMBOLS && !w->inflate.last_block;
}

#if FF_X86
/* The precode at bit `at` is complete: the sum of 2^-length is 1. 63 bits must be readable. */
FF_TARGET("popcnt,bmi,bmi2") FF_INLINE bool complete_precode(const uint8_t *in, uint64_t at) {
  const uint64_t every = 0x1249249249249249u; /* third bit */
  const unsigned n = (ff_load32(in + (at + 13) / 8) >> (at + 13) % 8 & 15) + 4;
  const uint64_t v = ff_load64(in + (at + 17) / 8) >> (at + 17) % 8 & (((uint64_t)1 << 3 * n) - 1);
  const uint64_t a = v & every, b = v >> 1 & every, c = v >> 2 & every;
#define COUNT(x) ((unsigned)__builtin_popcountll(x))
  return COUNT(a & ~(b | c)) * 64 + COUNT(b & ~(a | c)) * 32 + COUNT(a & b & ~c) * 16 + COUNT(c & ~(a | b)) * 8 +
             COUNT(a & c & ~b) * 4 + COUNT(b & c & ~a) * 2 + COUNT(a & b & c) ==
         128;
#undef COUNT
}

/* Look for a header that starts in the STEP_BITS bits from *at on, which is the first of a byte. */
FF_TARGET("popcnt,bmi,bmi2")
static bool search_step(const ff_duet *d, ff_duet_worker *w, ff_duet_block *b, uint64_t at) {
  for (unsigned k = 0; k < STEP_BITS; k += 48, at += 48) {
    /* 48 places at once: not the last block, dynamic, counts in range. */
    const uint64_t v = ff_load64(d->in + at / 8);
    uint64_t places = ~v & ~(v >> 1) & v >> 2 & ~(v >> 4 & v >> 5 & v >> 6 & v >> 7) &
                      ~(v >> 9 & v >> 10 & v >> 11 & v >> 12) & (((uint64_t)1 << 48) - 1);
    for (; places; places &= places - 1) {
      const uint64_t place = at + ff_trailing_zeros(places);
      if (complete_precode(d->in, place)) {
        seek(d, w, b, place);
        if (read_header(w))
          return true;
      }
    }
  }
  return false;
}
#else
static bool search_step(const ff_duet *d, ff_duet_worker *w, ff_duet_block *b, uint64_t at) {
  (void)d, (void)w, (void)b, (void)at;
  return false;
}
#endif

/* How many bits block i will have, if it is like the last one of which start and end are known at block i's start. */
static uint64_t usual_size(const ff_duet *d, uint32_t i) {
  return i > 0 ? start_of(d, i) - start_of(d, i - 1) : d->first_size;
}

/* Input that ends within a block ends the run in front of it; to see that coming saves decoding half a block. */
static bool fits(const ff_duet *d, const ff_duet_worker *w, uint64_t start, uint64_t size) {
  return start + size <= (uint64_t)(w->io.in_end - d->in) * 8;
}

/* Find a header where the block should start, and read it. */
static bool search(const ff_duet *d, ff_duet_worker *w, ff_duet_block *b) {
  const uint32_t i = b->number;
  const uint64_t before = start_of(d, i - 1), input_end = (uint64_t)(w->io.in_end - d->in) * 8;
  const uint64_t size = usual_size(d, i - 1);
  const uint64_t guess = (before + size) / 8 * 8;

  if (!fits(d, w, guess, size))
    return false;
  for (uint64_t off = 0; off <= size / 32; off += STEP_BITS) {
    if (ff_atomic_load(&d->known) >= i || beyond(d, i))
      return false;
    if (guess + off + INPUT_MARGIN <= input_end && search_step(d, w, b, guess + off))
      return true;
    const uint64_t back = off + STEP_BITS;
    if (back < size && guess - back + INPUT_MARGIN <= input_end && search_step(d, w, b, guess - back))
      return true;
  }
  return false;
}

/* Decode the symbols of the block, whose header has been read. False: it is not an ordinary one, or not this one. */
static bool decode(const ff_duet *d, ff_duet_worker *w, ff_duet_block *b) {
  const uint32_t i = b->number;
  ff_status status = FF_BATCH;
  for (b->batches = 0; status == FF_BATCH && b->batches < FF_DUET_BATCHES; b->batches += status == FF_BATCH) {
    if (ff_atomic_load(&d->stopped) || (ff_atomic_load(&d->known) >= i && start_of(d, i) != b->start))
      return false;
    status = ff_block_produce(&w->inflate, &w->io, &b->batch[b->batches]);
  }
  b->behind = w->io.in;
  return status == FF_END;
}

FF_STATIC_ASSERT(FF_WINDOW + FF_PIXELS_SHARED_ROOM >= SCRATCH_LOW + 2 * FF_WINDOW,
                 "a window that slides does not overlap with where it goes");

/* Set the room for block i in the scratch of the pixels. */
static void scratch_room(ff_duet *d, ff_pixels *px, uint32_t i, ff_io *io) {
  uint8_t *end = px->scratch + sizeof px->scratch;
  if ((size_t)(end - d->out) < SCRATCH_LOW) {
    uint8_t *const begin = px->scratch + FF_WINDOW;
    /* The block before this one may still be in conversion, as long as this one stays below it. */
    const bool below = d->latest - begin >= (ptrdiff_t)SCRATCH_LOW;
    wait_for_conversion(d, below ? i - 1 : i);
    memcpy(px->scratch, d->out - FF_WINDOW, FF_WINDOW);
    if (below)
      end = d->latest;
    d->out = begin;
    d->io->kept_at = px->scratch;
  }
  io->out_end = d->out + FF_MIN((size_t)(end - d->out), px->left);
}

/* Execute a block. Nothing has happened if there is not room for all of it. */
static bool execute(ff_duet *d, ff_duet_worker *w, ff_duet_block *b) {
  const uint32_t i = b->number;
  ff_inflate *const s = &w->inflate;
  ff_pixels *const px = d->px;
  ff_io io = *d->io;

  if (px)
    scratch_room(d, px, i, &io);
  io.out = d->out;
  io.kept_at = d->io->kept_at;
  io.in = b->behind; /* where to fetch ahead */
  s->produced = d->produced;
  s->match_length = 0;
  for (uint32_t k = 0; k < b->batches; k++)
    if (ff_tokens_run(s, &b->batch[k], &io) != FF_END)
      return false;

  uint8_t *const from = d->out;
  const size_t n = (size_t)(io.out - from);
  d->crc = ff_crc32(d->gzip->level, d->crc, from, n);
  d->produced = s->produced;
  d->latest = from;
  d->out = io.out;
  if (!px) {
    ff_atomic_store(&d->executed, i + 1);
    return true;
  }
  uint8_t *const to = px->out;
  px->left -= n;
  px->out += n * (px->kind == 'd' ? 8 : px->kind == 'f' ? 4 : 2);
  ff_atomic_store(&d->executed, i + 1);
  ff_pixels_convert(px, from, to, n);
  /* The other one may be through with its next block first. */
  if (wait_for(d, &d->converted, i))
    ff_atomic_store(&d->converted, i + 1);
  return true;
}

/* Take the next block and decode it as far as that is possible. False: there is none. */
static bool prepare(ff_duet *d, ff_duet_worker *w, ff_duet_block *b) {
  const uint32_t i = b->number = ff_atomic_add(&d->claimed, 1);
  if (beyond(d, i)) /* perhaps this worker has come when all is over, and there is no input any more */
    return false;
  b->guessed = ff_atomic_load(&d->known) < i && search(d, w, b);
  b->whole = b->guessed && decode(d, w, b);
  if (!wait_for_start(d, i))
    return false;
  const uint64_t start = start_of(d, i);
  b->hit = b->guessed && b->start == start;
  if (!b->hit) {
    seek(d, w, b, start);
    b->whole = fits(d, w, start, usual_size(d, i)) && read_header(w) && decode(d, w, b);
  }
  if (b->whole) {
    d->start[(i + 1) % FF_DUET_STARTS] = (uint64_t)(w->io.in - d->in) * 8 + w->inflate.bit;
    ff_atomic_store(&d->known, i + 1);
  } else {
    ff_atomic_store(&d->broken, i);
  }
  return true;
}

/* Execute the block when its turn has come. False: the run is over. */
static bool finish(ff_duet *d, ff_duet_worker *w, ff_duet_block *b) {
  if (!wait_for(d, &d->executed, b->number))
    return false;
  if (b->guessed)
    d->misses = b->hit ? d->misses - (d->misses > 0) : d->misses + MISS;
  if (b->whole && d->misses <= MISSES_MAX && d->produced < d->limit && execute(d, w, b))
    return true;
  ff_atomic_store(&d->stopped, 1);
  return false;
}

static void work(ff_duet *d, ff_duet_worker *w) {
  ff_duet_block *b = &w->block[0], *next = &w->block[1];
  bool there = prepare(d, w, b);
  while (there) {
    /* Where the other worker is late, go on with the block after this one meanwhile. */
    const bool early = b->whole && ff_atomic_load(&d->executed) < b->number;
    const bool ahead = early && prepare(d, w, next);
    if (!finish(d, w, b))
      return;
    there = early ? ahead : prepare(d, w, next);
    ff_duet_block *const done = b;
    b = next;
    next = done;
  }
}

void ff_duet_open(ff_duet *d, ff_gzip *g, ff_io *io, ff_pixels *px) {
  const ff_lanes *const l = &g->inflate.lanes;

  ff_atomic_store(&d->claimed, 0);
  ff_atomic_store(&d->known, 0);
  ff_atomic_store(&d->executed, 0);
  ff_atomic_store(&d->converted, 0);
  ff_atomic_store(&d->broken, UINT32_MAX);
  ff_atomic_store(&d->stopped, 0);
  ff_atomic_store(&d->entered, 0);
  ff_atomic_store(&d->left, 0);
  d->gzip = g;
  d->io = io;
  d->px = px;
  d->in = io->in;
  d->start[0] = g->inflate.bit;
  d->first_size = l->last_block + 700;
  d->crc = g->crc;
  d->misses = 0;
  d->produced = g->inflate.produced;
  d->limit = d->produced + RUN_BYTES;
  d->out = io->out;
  d->latest = px ? px->scratch : NULL;
  io->kept_at = io->out;
  for (unsigned k = 0; k < 2; k++) {
    ff_duet_worker *const w = &d->worker[k];
    ff_inflate *const s = &w->inflate;
    w->io = *io;
    ff_inflate_reset(s, g->inflate.level);
    memcpy(s->window, g->inflate.window, sizeof s->window);
    memcpy(&s->lanes.in_block, &l->in_block, sizeof *l - offsetof(ff_lanes, in_block));
  }
}

void ff_duet_lead(ff_duet *d) { work(d, &d->worker[0]); }

void ff_duet_assist(ff_duet *d) {
  /* Entered is stored before stopped is looked at, and ff_duet_close() does it the other way round: one of the two sees
   * the other. */
  ff_atomic_add(&d->entered, 1);
  work(d, &d->worker[1]);
  ff_atomic_store(&d->left, 1);
}

void ff_duet_close(ff_duet *d, bool assisted) {
  ff_gzip *const g = d->gzip;
  ff_io *const io = d->io;

  ff_atomic_add(&d->stopped, 1);
  assisted = assisted || ff_atomic_load(&d->entered);
  for (unsigned rounds = 0; assisted && !ff_atomic_load(&d->left);)
    wait_a_little(&rounds);
  const uint64_t at = start_of(d, ff_atomic_load(&d->executed));
  io->in += at / 8;
  io->out = d->out;
  g->offset += at / 8;
  g->crc = d->crc;
  g->inflate.bit = at % 8;
  g->inflate.produced = d->produced;
  memcpy(&g->inflate.lanes.in_block, &d->worker[0].inflate.lanes.in_block,
         sizeof(ff_lanes) - offsetof(ff_lanes, in_block));
  g->inflate.lanes.in_block = false;
  ff_inflate_keep(&g->inflate, io);
  if (d->px) {
    d->px->converted = io->out;
    ff_pixels_flush(d->px);
  }
}
