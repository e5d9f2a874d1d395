/* What decoding does, counted: how much goes through lanes, how it is joined, what the second worker finds.
 *
 *     work FILE...                one line per gzip file, CPU level and way of decoding
 *     work -same RECORD FILE...   the same, until a line differs from that file's: exit status 1
 *
 * Guesses never show in the result of decoding, so no comparison of bytes notices that they have become worse. Counts do,
 * and they are the same on every run: the two workers of a pair take turns in one thread, at places that numbers choose -
 * at every atomic operation there may be a turn, so that orders come up which a scheduler seldom or never brings about.
 *
 * Lines: name, level, "alone", and batches of lanes, their tokens, symbols that lanes decoded, tokens of bridges, new
 * starts, batches of one chain, their tokens, calls of the plain loop, bytes from it, batches executed.
 * Or: name, level, "turns" or "pixels", how seldom a turn is, how seldom a guess is spoiled, misses to begin with, and
 * runs for two, blocks executed in them, headers read, batches, tokens of them, batches executed, misses at the end.
 * All end with matches copied with care, and the number and the sum of the places that were fetched ahead, of input and
 * of output. */

#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#include "../fuzz/choice.h"
#include "crc32.h"
#include "duet.h"
#include "inflate/block.h"
#include "inflate/copy.h"
#include "inflate/execute.h"
#include "inflate/header.h"
#include "inflate/symbols.h"

static void die(const char *what) {
  fprintf(stderr, "work: %s\n", what);
  exit(120);
}

static struct {
  unsigned long batches, tokens, steps, bridged, restarts, singles, single_tokens, plain, plain_bytes, executed;
  unsigned long opened, blocks, headers, produced, produced_tokens, misses, careful, reads, writes;
  uint32_t read_places, write_places; /* sums */
} seen;

/* The functions under test are wrapped where they are called. */
static size_t counted_lanes_decode(ff_lanes *l, const ff_tables *tables, ff_cpu_level level, const uint8_t *in,
                                   const uint8_t *in_end, uint64_t *position, uint64_t window, ff_batch *batch) {
  const size_t n = ff_lanes_decode(l, tables, level, in, in_end, position, window, batch);
  if (!n)
    return n;
  for (unsigned i = 0; i < batch->segments; i++)
    if (batch->part[i].at >= FF_BRIDGE_START)
      seen.bridged += batch->part[i].n;
  for (unsigned k = 0; k < FF_LANES; k++) {
    seen.steps += l->lane[k].n;
    seen.restarts += l->lane[k].restarts;
  }
  seen.batches++;
  seen.tokens += n;
  return n;
}

static size_t counted_lanes_single(const ff_tables *tables, const uint8_t *in, const uint8_t *in_end,
                                   uint64_t *position, ff_batch *batch) {
  const size_t n = ff_lanes_single(tables, in, in_end, position, batch);
  seen.singles++;
  seen.single_tokens += n;
  return n;
}

static ff_status counted_symbols_run(ff_inflate *s, ff_io *io, size_t soft, bool *paused) {
  const uint8_t *const from = io->out;
  const ff_status status = ff_symbols_run(s, io, soft, paused);
  seen.plain++;
  seen.plain_bytes += (size_t)(io->out - from);
  return status;
}

static ff_status counted_tokens_run(ff_inflate *s, ff_batch *batch, ff_io *io) {
  seen.executed++;
  return ff_tokens_run(s, batch, io);
}

static ff_status counted_header_run(ff_inflate *s, ff_io *io) {
  seen.headers++;
  return ff_header_run(s, io);
}

#define ff_lanes_decode counted_lanes_decode
#define ff_lanes_single counted_lanes_single
#define ff_symbols_run counted_symbols_run
#include "inflate/block.c"
#undef ff_lanes_decode
#undef ff_lanes_single
#undef ff_symbols_run

/* What is asked for ahead of its use: places within the input, and within the output or the scratch of the pixels. */
static const uint8_t *input_begin, *output_begin;

static void note_read(const uint8_t *p) {
  seen.reads++;
  seen.read_places += (uint32_t)(p - input_begin);
}

static void note_write(const uint8_t *p) {
  seen.writes++;
  seen.write_places += (uint32_t)(p - output_begin);
}

static void counted_match_careful(ff_inflate *s, ff_io *io) {
  seen.careful++;
  ff_copy_match_careful(s, io);
}

#undef FF_PREFETCH_READ
#undef FF_PREFETCH_WRITE
#define FF_PREFETCH_READ(p) note_read(p)
#define FF_PREFETCH_WRITE(p) note_write(p)
#define ff_copy_match_careful counted_match_careful
#define execute execute_piece /* duet.c has another one */
#include "inflate/execute.c"
#undef execute
#undef ff_copy_match_careful

#define ff_tokens_run counted_tokens_run
#define ff_header_run counted_header_run
#include "inflate/inflate.c"

/* Turns. */
enum { STACK = 1 << 18, TURNS_MOST = 20 * 1000 * 1000, MARK = 0xA5 };
static struct {
  ucontext_t lead, assist;
  choice c;
  unsigned seldom; /* a turn is one in so many atomic operations; 0: only who waits gives up */
  unsigned lies;   /* one guess in so many is spoiled; 0: none */
  bool two, assisting;
  unsigned long turns;
} turn;

static struct {
  ff_gzip gzip;
  ff_duet duet;
  ff_pixels px;
} d;

static void change(void) {
  if (!turn.two)
    return;
  if (++turn.turns > TURNS_MOST)
    die("the workers wait for each other");
  turn.assisting = !turn.assisting;
  if (turn.assisting)
    swapcontext(&turn.lead, &turn.assist);
  else
    swapcontext(&turn.assist, &turn.lead);
}

static void maybe_change(void) {
  if (turn.seldom && one_in(&turn.c, turn.seldom))
    change();
}

static uint32_t turn_load(const ff_atomic *a) {
  maybe_change();
  return ff_atomic_load(a);
}

static void turn_store(ff_atomic *a, uint32_t v) {
  maybe_change();
  ff_atomic_store(a, v);
}

static uint32_t turn_add(ff_atomic *a, uint32_t v) {
  maybe_change();
  /* Who takes a block looks for it from the start of the one before on. */
  if (a == &d.duet.claimed && d.duet.claimed > d.duet.known + 1)
    die("a block is taken though the start of the one before is not known");
  return ff_atomic_add(a, v);
}

/* Likewise in front of each batch: its decoding takes the time of many atomic operations. A start that is not a guess is
 * not looked at any more. */
static ff_status counted_block_produce(ff_inflate *s, ff_io *io, ff_batch *batch) {
  if (turn.seldom)
    change();
  ff_duet_worker *const w = &d.duet.worker[s == &d.duet.worker[1].inflate];
  if (turn.lies && one_in(&turn.c, turn.lies))
    w->block[batch >= w->block[1].batch].start ^= 1;
  const ff_status status = ff_block_produce(s, io, batch);
  seen.produced += status == FF_BATCH;
  for (unsigned i = 0; status == FF_BATCH && i < batch->segments; i++)
    seen.produced_tokens += batch->part[i].n;
  return status;
}

#define ff_atomic_load turn_load
#define ff_atomic_store turn_store
#define ff_atomic_add turn_add
#define ff_pause change
#define ff_yield change
#define ff_sleep change
#define ff_block_produce counted_block_produce
#include "duet.c"
#undef ff_atomic_load
#undef ff_atomic_store
#undef ff_atomic_add

typedef struct {
  unsigned seldom, lies, misses;
} schedule;

static void assistant(void) {
  ff_duet_assist(&d.duet);
  turn.two = false;
  turn.assisting = false;
}

/* These batches belong to nobody between runs: what is copied around them must leave them alone. */
static ff_batch *const idle[] = {&d.gzip.inflate.batch, &d.duet.worker[0].inflate.batch,
                                 &d.duet.worker[1].inflate.batch};
enum { IDLE = sizeof idle / sizeof *idle };

static void mark(void) {
  for (unsigned k = 0; k < IDLE; k++)
    memset(idle[k], MARK + (int)k, sizeof *idle[k]);
}

static void check_marks(void) {
  for (unsigned k = 0; k < IDLE; k++)
    for (size_t i = 0; i < sizeof *idle[k]; i++)
      if (((const uint8_t *)idle[k])[i] != MARK + k)
        die("a batch has been written to that nobody decodes to");
}

static void run_two(ff_io *io, ff_pixels *px, unsigned misses) {
  static char stack[STACK];
  mark();
  ff_duet_open(&d.duet, &d.gzip, io, px);
  d.duet.misses = misses;
  if (getcontext(&turn.assist))
    die("no context");
  turn.assist.uc_stack.ss_sp = stack;
  turn.assist.uc_stack.ss_size = sizeof stack;
  turn.assist.uc_link = &turn.lead;
  makecontext(&turn.assist, assistant, 0);
  turn.two = true;
  ff_duet_lead(&d.duet);
  ff_duet_close(&d.duet, true);
  while (turn.two)
    change();
  check_marks();
  seen.opened++;
  seen.blocks += d.duet.executed;
  seen.misses += d.duet.misses;
}

/* `way`: how two do it; NULL: one does. */
static ff_status run(ff_io *io, ff_pixels *px, const schedule *way) {
  ff_status status;
  io->pause = way != NULL;
  do {
    if (way && ff_duet_applies(&d.gzip, io)) {
      uint8_t *const end = (uint8_t *)(uintptr_t)io->in_end;
      run_two(io, px, way->misses);
      io->in_end = end;
    }
    status = px ? ff_gzip_run_pixels(&d.gzip, px) : ff_gzip_run(&d.gzip, io);
  } while (status == FF_PAUSED);
  return status;
}

enum { CAPACITY = 1 << 22, AROUND = 64 };
static uint8_t in[CAPACITY], out[CAPACITY + AROUND], alone[CAPACITY];
static float items[CAPACITY + AROUND], expected[CAPACITY];
static size_t size, made;
static const char *name;
static FILE *record;

static void say(const char *line) {
  static char recorded[512];
  if (!record) {
    puts(line);
    return;
  }
  if (!fgets(recorded, sizeof recorded, record))
    recorded[0] = 0;
  recorded[strcspn(recorded, "\n")] = 0;
  if (!strcmp(recorded, line))
    return;
  printf("was %s\nis  %s\n", recorded, line);
  exit(1);
}

static void present(ff_io *io) {
  io->in = input_begin = in;
  io->in_end = in + size;
  io->final = true;
}

/* Bytes, alone or with turns. */
static void bytes(ff_cpu_level level, const schedule *way) {
  ff_io io = {0};
  memset(&seen, 0, sizeof seen);
  ff_gzip_init(&d.gzip, level);
  present(&io);
  output_begin = out;
  io.base = io.out = out;
  io.out_end = out + CAPACITY;
  if (run(&io, NULL, way) != FF_END)
    die("not a sound file");
  const size_t n = (size_t)(io.out - out);
  if (way && (n != made || memcmp(out, alone, n)))
    die("two workers make other bytes than one");
  made = n;
  memcpy(alone, out, n);
}

/* float32 items, with turns; the file's bytes are in alone[]. */
static void pixels(ff_cpu_level level, const schedule *way) {
  memset(&seen, 0, sizeof seen);
  ff_gzip_init(&d.gzip, level);
  memset(&d.px, 0, sizeof d.px);
  d.px.kind = 'f';
  d.px.scale = 0.5;
  d.px.shift = 3;
  d.px.level = level;
  d.px.out = (uint8_t *)items;
  d.px.left = made;
  ff_pixels_open(&d.px);
  present(&d.px.io);
  output_begin = d.px.scratch;
  if (run(&d.px.io, &d.px, way) > FF_END)
    die("not a sound file, as pixels");
  for (size_t i = 0; i < made; i++)
    expected[i] = (float)alone[i] * 0.5f + 3;
  if (d.px.left || memcmp(items, expected, made * sizeof *items))
    die("two workers make other pixels than one");
}

/* The fields of a line behind its name, level and way. */
static void say_counts(ff_cpu_level level, const char *how, const unsigned long *counts, unsigned n) {
  char line[512];
  int at = snprintf(line, sizeof line, "%s %s %s", name, ff_cpu_name(level), how);
  for (unsigned i = 0; i < n; i++)
    at += snprintf(line + at, sizeof line - (size_t)at, " %lu", counts[i]);
  say(line);
}

#define SAY(level, how, ...)                                                                                           \
  say_counts(level, how, (const unsigned long[]){__VA_ARGS__},                                                         \
             sizeof((const unsigned long[]){__VA_ARGS__}) / sizeof(unsigned long))

static void count_alone(ff_cpu_level level) {
  bytes(level, NULL);
  SAY(level, "alone", seen.batches, seen.tokens, seen.steps, seen.bridged, seen.restarts, seen.singles,
      seen.single_tokens, seen.plain, seen.plain_bytes, seen.executed, seen.careful, seen.reads, seen.read_places,
      seen.writes, seen.write_places);
}

static void count_two(ff_cpu_level level, const schedule *way, bool as_pixels) {
  turn.seldom = way->seldom;
  turn.lies = way->lies;
  turn.c = choice_from(size + way->seldom);
  turn.turns = 0;
  (as_pixels ? pixels : bytes)(level, way);
  SAY(level, as_pixels ? "pixels" : "turns", way->seldom, way->lies, way->misses, seen.opened, seen.blocks,
      seen.headers, seen.produced, seen.produced_tokens, seen.executed, seen.misses, seen.careful, seen.reads,
      seen.read_places, seen.writes, seen.write_places);
}

static void count(ff_cpu_level level) {
  static const schedule ways[] = {{0, 0, 0}, {1, 0, 0}, {3, 0, 0}, {40, 0, 0}, {3, 3, 0}, {2, 6, 40}, {1, 0, 41}};
  count_alone(level);
  for (unsigned k = 0; ff_duet_supported(level) && k < sizeof ways / sizeof *ways; k++) {
    count_two(level, &ways[k], false);
    count_two(level, &ways[k], true);
  }
}

int main(int argc, char **argv) {
  int next = 1;
  if (argc > 2 && !strcmp(argv[1], "-same")) {
    record = fopen(argv[2], "r");
    next = 3;
    if (!record)
      die(argv[2]);
  }
  for (; next < argc; next++) {
    FILE *const file = fopen(argv[next], "rb");
    if (!file)
      die(argv[next]);
    size = fread(in, 1, CAPACITY, file);
    fclose(file);
    name = strrchr(argv[next], '/') ? strrchr(argv[next], '/') + 1 : argv[next];
    for (unsigned level = 0; level < FF_CPU_LEVELS; level++)
      if (ff_cpu_cap(ff_cpu_detect(), ff_cpu_name((ff_cpu_level)level)) == (int)level)
        count((ff_cpu_level)level);
  }
  return 0;
}
