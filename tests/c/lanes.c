/* Decode gzip files with the lanes' test hooks set, and compare with what another decoder said.
 *
 *     lanes levels     the CPU levels of this machine and the number of lanes, one per line
 *     lanes run        cases from standard input, one per line:
 *
 *         INPUT OUTPUT VERDICT CONSUMED LEVEL WAY MEMORY LANES SEED WINDOW PIECE ROOM
 *
 * INPUT and OUTPUT are files; OUTPUT holds all bytes up to the end or the fault. VERDICT is ok, truncated or corrupt,
 * after CONSUMED bytes. WAY is how it is decoded:
 *
 *     whole    ff_gzip_run()
 *     duet     two threads that take alternate blocks
 *     turns    the same, but only one of them runs at a time, see turns.h
 *
 * MEMORY is where output goes: with "same" a room follows upon the one before, and is window; with "fresh" what a full
 * room held is overwritten, so that the window is the decoder's own copy; with "floats" it goes through floats.
 *
 * LANES, SEED and WINDOW are the hooks' values (0: none), SEED is also the number of "turns"; PIECE and ROOM are bytes of
 * input and output per call.
 *
 * Each case that fails is a line of its own; lines that begin with "stats" tell what the lanes did. The exit status is
 * the number of failures, at most 100; 120 and above: the driver itself failed. */

/* nanosleep() in atomic.h, which -std=c11 hides. */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "turns.h"

/* The function under test is wrapped, to count what it does: without that, a decoder that never runs its lanes would
 * pass every case. */
size_t lanes_decode_inner(ff_lanes *l, const ff_tables *tables, ff_cpu_level level, const uint8_t *in,
                          const uint8_t *in_end, uint64_t *position, uint64_t window, ff_batch *batch);
#define ff_lanes_decode lanes_decode_inner
#include "inflate/lanes.c"
#undef ff_lanes_decode

enum { CANARY = 64, CANARY_BYTE = 0xC5, SCRIBBLE = 0xEE, EXCESS = 700 };

typedef enum { WHOLE, DUET, TURNS, WAYS } way;
static const char *const way_names[WAYS] = {"whole", "duet", "turns"};

typedef struct {
  unsigned long batches;  /* that held tokens */
  unsigned long joins;    /* lanes joined to one before them */
  unsigned long bridged;  /* tokens decoded between lanes that did not meet */
  unsigned long restarts; /* of lanes that came upon a false end */
} statistics;

static statistics all[WAYS][FF_CPU_LEVELS][FF_LANES + 1];
static _Thread_local statistics *now; /* of the case that runs; NULL: not counted */

size_t ff_lanes_decode(ff_lanes *l, const ff_tables *tables, ff_cpu_level level, const uint8_t *in,
                       const uint8_t *in_end, uint64_t *position, uint64_t window, ff_batch *batch) {
  const size_t n = lanes_decode_inner(l, tables, level, in, in_end, position, window, batch);
  unsigned lanes = 0;
  if (!n || !now)
    return n;
  for (unsigned i = 0; i < batch->segments; i++) {
    if (batch->part[i].at >= FF_BRIDGE_START)
      now->bridged += batch->part[i].n;
    else
      lanes++;
  }
  for (unsigned k = 0; k < FF_LANES; k++)
    now->restarts += l->lane[k].restarts;
  now->batches++;
  now->joins += lanes ? lanes - 1 : 0;
  return n;
}

static void die(const char *what) {
  fprintf(stderr, "lanes: %s\n", what);
  exit(120);
}

static void *allocated(size_t n) {
  void *const p = malloc(n ? n : 1);
  if (!p)
    die("out of memory");
  return p;
}

typedef struct {
  char name[512];
  uint8_t *data;
  size_t n;
} blob;

/* Read a file, unless it is the one that was read last. */
static void load(blob *b, const char *name) {
  if (b->data && !strcmp(b->name, name))
    return;
  FILE *const file = fopen(name, "rb");
  if (!file || fseek(file, 0, SEEK_END))
    die(name);
  const long n = ftell(file);
  if (n < 0 || fseek(file, 0, SEEK_SET))
    die(name);
  free(b->data);
  b->n = (size_t)n;
  b->data = allocated(b->n);
  if (fread(b->data, 1, b->n, file) != b->n)
    die(name);
  fclose(file);
  snprintf(b->name, sizeof b->name, "%s", name);
}

typedef struct {
  char input[512], output[512], verdict[16], level[16], way[16], memory[16];
  unsigned long consumed, lanes, seed, window, piece, room;
} test_case;

/* One decoder with what it decodes by. */
typedef struct {
  ff_gzip gzip;
  ff_duet duet;
  ff_pixels pixels;
  uint32_t runs; /* of two threads */
} decoder;

static void *assist(void *argument) {
  ff_duet_assist(argument);
  return NULL;
}

static void run_freely(ff_duet *d) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, assist, d))
    die("no thread");
  ff_duet_lead(d);
  ff_duet_close(d, true);
  pthread_join(thread, NULL);
}

/* Decode as far as input and room reach; px: NULL, or io is its scratch. */
static ff_status run(decoder *d, ff_io *io, ff_pixels *px, way how) {
  ff_status status;
  io->pause = how != WHOLE;
  do {
    if (how != WHOLE && ff_duet_applies(&d->gzip, io)) {
      ff_duet_open(&d->duet, &d->gzip, io, px);
      if (how == DUET)
        run_freely(&d->duet);
      else if (!turns_run(&d->duet, d->gzip.inflate.lanes.test.seed + 12 * d->runs++))
        die("no thread");
      ff_duet_assist(&d->duet); /* one that comes too late has to find that the run is over */
    }
    status = px ? ff_gzip_run_pixels(&d->gzip, px) : ff_gzip_run(&d->gzip, io);
  } while (status == FF_PAUSED);
  return status;
}

/* The same by way of floats in memory of their own, so that a sanitizer sees every write behind them. */
static ff_status run_floats(decoder *d, ff_io *io, way how) {
  ff_pixels *const px = &d->pixels;
  const size_t room = (size_t)(io->out_end - io->out);
  float *const floats = allocated(room * sizeof *floats);

  px->io.in = io->in;
  px->io.in_end = io->in_end;
  px->io.final = io->final;
  px->level = d->gzip.inflate.level;
  px->kind = 'f';
  px->bypass = false;
  px->scale = 1;
  px->shift = 0;
  px->out = (uint8_t *)floats;
  px->left = room;
  ff_pixels_open(px);
  const ff_status status = run(d, &px->io, px, how);
  for (size_t i = 0; i < room - px->left; i++)
    *io->out++ = (uint8_t)floats[i];
  io->in = px->io.in;
  free(floats);
  return status;
}

static ff_status run_step(decoder *d, ff_io *io, way how, bool floats) {
  return floats ? run_floats(d, io, how) : run(d, io, NULL, how);
}

static const char *verdict_of(ff_status status) {
  if (status == FF_END)
    return "ok";
  if (status == FF_TRUNCATED)
    return "truncated";
  return status >= FF_BAD_BLOCK_TYPE && status < FF_TRUNCATED ? "corrupt" : "nonsense";
}

/* A new room of output behind io->out, with guards behind it. */
static void open_room(ff_io *io, uint8_t *buffer, size_t capacity, size_t room) {
  const size_t left = capacity - (size_t)(io->out - buffer);
  io->out_end = io->out + FF_MIN(room, left);
  memset(io->out_end, CANARY_BYTE, CANARY);
}

static bool guards_hold(const ff_io *io) {
  for (unsigned i = 0; i < CANARY; i++)
    if (io->out_end[i] != CANARY_BYTE)
      return false;
  return true;
}

/* Decode one case. NULL, or what is wrong. */
static const char *decode(decoder *d, const test_case *t, ff_cpu_level level, way how, const blob *input,
                          const blob *expected) {
  const size_t capacity = expected->n + EXCESS;
  const bool fresh = !strcmp(t->memory, "fresh"), floats = !strcmp(t->memory, "floats");
  uint8_t *const buffer = allocated(capacity + CANARY), *piece = NULL;
  const char *wrong = NULL;
  size_t seen = 0, consumed = 0, compared = 0;
  ff_status status = FF_NEED_INPUT;
  ff_io io = {0};

  ff_gzip_init(&d->gzip, level);
  d->runs = 0;
  d->gzip.inflate.lanes.test.lanes = (uint32_t)t->lanes;
  d->gzip.inflate.lanes.test.seed = (uint32_t)t->seed;
  d->gzip.inflate.lanes.test.window = (uint32_t)t->window;
  io.base = io.out = buffer;
  open_room(&io, buffer, capacity, t->room);

  while (!wrong && (status == FF_NEED_INPUT || status == FF_OUTPUT_FULL)) {
    if (status == FF_NEED_INPUT) { /* in memory of its own, so that a sanitizer sees every read behind it */
      seen = FF_MIN(FF_MAX(seen, consumed) + t->piece, input->n);
      free(piece);
      piece = allocated(seen - consumed);
      memcpy(piece, input->data + consumed, seen - consumed);
      io.in = piece;
      io.in_end = piece + (seen - consumed);
      io.final = seen == input->n;
    }
    const uint8_t *const begin = io.in;
    status = run_step(d, &io, how, floats);
    consumed += (size_t)(io.in - begin);
    if (!guards_hold(&io))
      wrong = "wrote behind the room";
    else if (d->gzip.offset != consumed)
      wrong = "offset is not what was consumed";
    else if (status == FF_NEED_INPUT && io.final)
      wrong = "wants more than all the input";
    else if (status == FF_OUTPUT_FULL && io.out != io.out_end)
      wrong = "says that a room is full which is not";
    else if (status == FF_OUTPUT_FULL && io.out == buffer + capacity)
      wrong = "more output than expected";
    if (wrong || status != FF_OUTPUT_FULL)
      continue;
    if (fresh) { /* what lies there is no window any more */
      const size_t made = (size_t)(io.out - buffer);
      if (made > expected->n || memcmp(buffer + compared, expected->data + compared, made - compared))
        wrong = "wrong bytes";
      memset(buffer + compared, SCRIBBLE, made - compared);
      compared = made;
      io.base = io.out;
    }
    open_room(&io, buffer, capacity, t->room);
  }
  const size_t made = (size_t)(io.out - buffer);
  if (wrong)
    ;
  else if (status != FF_END && run_step(d, &io, how, floats) != status)
    wrong = "another verdict when asked again";
  else if (strcmp(verdict_of(status), t->verdict))
    wrong = verdict_of(status);
  else if (made != expected->n)
    wrong = "wrong number of bytes";
  else if (memcmp(buffer + compared, expected->data + compared, made - compared))
    wrong = "wrong bytes";
  else if (status == FF_END ? consumed != t->consumed : consumed > t->consumed + 8 || t->consumed > consumed + 8)
    wrong = "wrong number of bytes consumed";
  free(piece);
  free(buffer);
  return wrong;
}

static way way_of(const char *name) {
  for (unsigned i = 0; i < WAYS; i++)
    if (!strcmp(way_names[i], name))
      return (way)i;
  die("no such way");
  return WAYS;
}

static int run_cases(void) {
  static blob input, expected;
  static char line[2048];
  decoder *const d = allocated(sizeof *d);
  test_case t;
  int failures = 0;

  memset(d, 0, sizeof *d);
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "%511s %511s %15s %lu %15s %15s %15s %lu %lu %lu %lu %lu", t.input, t.output, t.verdict,
               &t.consumed, t.level, t.way, t.memory, &t.lanes, &t.seed, &t.window, &t.piece, &t.room) != 12)
      die("a case has twelve fields");
    const int level = ff_cpu_cap(ff_cpu_detect(), t.level);
    if (level < 0 || strcmp(ff_cpu_name((ff_cpu_level)level), t.level) || t.lanes > FF_LANES || !t.piece || !t.room)
      die("a case that cannot be run");
    const way how = way_of(t.way);
    load(&input, t.input);
    load(&expected, t.output);
    now = &all[how][level][t.lanes];
    const char *const wrong = decode(d, &t, (ff_cpu_level)level, how, &input, &expected);
    if (wrong) {
      printf("%s: %s", wrong, line);
      failures += failures < 100;
    }
  }
  for (unsigned how = 0; how < WAYS; how++)
    for (unsigned level = 0; level < FF_CPU_LEVELS; level++)
      for (unsigned lanes = 0; lanes <= FF_LANES; lanes++) {
        const statistics *const s = &all[how][level][lanes];
        if (s->batches)
          printf("stats %s %s %u %lu %lu %lu %lu\n", way_names[how], ff_cpu_name((ff_cpu_level)level), lanes,
                 s->batches, s->joins, s->bridged, s->restarts);
      }
  free(input.data);
  free(expected.data);
  free(d);
  return failures;
}

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "run"))
    return run_cases();
  if (argc != 2 || strcmp(argv[1], "levels"))
    return 125;
  const ff_cpu_level most = ff_cpu_detect();
  for (unsigned level = 0; level < FF_CPU_LEVELS; level++)
    if (ff_cpu_cap(most, ff_cpu_name((ff_cpu_level)level)) == (int)level)
      puts(ff_cpu_name((ff_cpu_level)level));
  printf("%u\n", FF_LANES);
  return 0;
}
