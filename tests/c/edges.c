/* What happens at exact limits: how long a worker of a pair waits in which way, where the window of the pixels slides,
 * which part of a block is left to lanes, how much of a gzip member's fields is taken when not all of it is there.
 *
 *     edges    the exit status is 1 if something happens elsewhere */

#include <stdio.h>
#include <stdlib.h>

#include "duet.h"

static unsigned pauses, yields, sleeps;
static ff_atomic *raised_by_yield;
static void count_pause(void) { pauses++; }
static void count_yield(void) {
  yields++;
  if (raised_by_yield)
    ++*raised_by_yield;
}
static void count_sleep(void) { sleeps++; }

/* The functions under test are static: their file is part of this program. */
#define ff_pause count_pause
#define ff_yield count_yield
#define ff_sleep count_sleep
#include "duet.c"

/* Lanes that always decode as much. */
static size_t ten_tokens(ff_lanes *l, const ff_tables *tables, ff_cpu_level level, const uint8_t *in,
                         const uint8_t *in_end, uint64_t *position, uint64_t window, ff_batch *batch) {
  (void)l, (void)tables, (void)level, (void)in, (void)in_end, (void)window;
  batch->segments = 0;
  *position += 77;
  return 10;
}

#define ff_lanes_decode ten_tokens
#include "inflate/block.c"

static struct {
  ff_gzip gzip;
  ff_duet duet;
  ff_pixels px;
} d;

static void wrong(const char *what) {
  puts(what);
  exit(1);
}

/* A wait of 1,000 rounds, of each kind. */
static void waits(void) {
  unsigned rounds = 0;
  pauses = yields = sleeps = 0;
  for (unsigned i = 0; i < 1000; i++)
    wait_a_little(&rounds);
  if (pauses != 64 || yields != 500 || sleeps != 436)
    wrong("waits in another way");
}

/* All waits but that for a conversion, until something comes that the first yield brings: behind all pauses. */
static void other_waits(void) {
  ff_io io = {0};
  memset(&d, 0, sizeof d);
  pauses = 0;
  raised_by_yield = &d.duet.known;
  if (!wait_for(&d.duet, &d.duet.known, 1) || pauses != 64)
    wrong("waits for a block in another way");
  raised_by_yield = &d.duet.stopped;
  d.duet.known = 0;
  if (wait_for(&d.duet, &d.duet.known, 1) || pauses != 128)
    wrong("a wait that is stopped is another");
  raised_by_yield = &d.duet.broken;
  d.duet.stopped = 0;
  d.duet.broken = UINT32_MAX; /* and one more is 0 */
  if (wait_for_start(&d.duet, 2) || pauses != 192)
    wrong("waits for what cannot come");
  raised_by_yield = &d.duet.known;
  d.duet.broken = 2;
  if (!wait_for_start(&d.duet, 1) || pauses != 256)
    wrong("a block before the broken one is another");
  io.in = io.in_end = io.base = io.out = d.px.scratch;
  d.duet.gzip = &d.gzip;
  d.duet.io = &io;
  d.duet.out = d.px.scratch;
  raised_by_yield = &d.duet.left;
  ff_duet_close(&d.duet, true);
  if (pauses != 320)
    wrong("waits for the assistant in another way");
  raised_by_yield = NULL;
}

/* The window of the pixels slides as soon as less than SCRATCH_LOW is left behind the output: below the block before this
 * one if there is that much room, which need not be converted then; else as far as the scratch goes. */
static void slides(size_t left, bool slid) {
  ff_io io = {0}, own = {0};
  uint8_t *const scratch = d.px.scratch;
  memset(&d.duet, 0, sizeof d.duet);
  d.duet.io = &own;
  d.duet.converted = 7;
  d.duet.out = scratch + sizeof d.px.scratch - left;
  d.duet.latest = scratch;
  d.px.left = sizeof d.px.scratch;
  scratch_room(&d.duet, &d.px, 7, &io);
  if ((d.duet.out == scratch + FF_WINDOW) != slid || (own.kept_at == scratch) != slid)
    wrong("the window of the pixels slides elsewhere");
  if (io.out_end != scratch + sizeof d.px.scratch)
    wrong("another room in the scratch");
}

static void slides_below(size_t room, bool below) {
  ff_io io = {0}, own = {0};
  uint8_t *const begin = d.px.scratch + FF_WINDOW;
  memset(&d.duet, 0, sizeof d.duet);
  d.duet.io = &own;
  d.duet.converted = 6;
  d.duet.out = d.px.scratch + sizeof d.px.scratch - 1;
  d.duet.latest = begin + room;
  d.px.left = sizeof d.px.scratch;
  pauses = yields = 0;
  raised_by_yield = &d.duet.converted;
  scratch_room(&d.duet, &d.px, 7, &io);
  raised_by_yield = NULL;
  if (pauses != (below ? 0 : 64) || yields != !below)
    wrong("waits for a conversion in another way");
  if (io.out_end != (below ? d.duet.latest : d.px.scratch + sizeof d.px.scratch))
    wrong("the room below a block in conversion is another");
}

static void slide(void) {
  const size_t low = 72 << 10;
  slides(low, false);
  slides(low - 1, true);
  slides_below(low, true);
  slides_below(low - 1, false);
}

/* An assistant who comes when the run has been closed finds neither input nor output any more. */
static void comes_too_late(void) {
  uint8_t byte = 0;
  ff_io io = {.in = &byte, .in_end = &byte + 1, .base = &byte, .out = &byte, .out_end = &byte};
  memset(&d, 0, sizeof d);
  ff_duet_open(&d.duet, &d.gzip, &io, NULL);
  ff_duet_close(&d.duet, false);
  ff_duet_assist(&d.duet);
  if (d.duet.broken != UINT32_MAX || d.duet.worker[1].io.in != &byte)
    wrong("who comes too late looks at a block");
}

/* Blocks in front of which two workers begin, by the three bits there: not the last one, a code of its own. */
static void beginnings(void) {
  const uint8_t data[2] = {0, 1}; /* 4, from bit 6 on */
  ff_io io = {.in = data, .in_end = data + 2};
  if (!ordinary(&io, 6) || ordinary(&io, 5) || ordinary(&io, 7))
    wrong("two workers begin at another block");
  io.in_end--;
  if (ordinary(&io, 6))
    wrong("a block is looked at that is not there yet");
}

/* How many bits lanes shall try, and after how many bytes they shall be tried again where that is 0. */
static void plans(void) {
  static const struct {
    uint32_t change;
    uint64_t done, last_block;
    uint32_t mean_block, token_bits;
    int32_t balance;
    uint32_t skip;
    uint64_t window;
    size_t soft;
  } cases[] = {
      {100, 0, 100000, 16000, 96, 20001, 0, 32000, 2000},    /* sizes of blocks are no guide */
      {99, 0, 100000, 16000, 96, 20001, 0, 100000, 2000},    /* they are: the whole block */
      {99, 0, 179711, 16000, 96, 20001, 0, 179711, 2000},    /* all that there is room for */
      {99, 0, 179712, 16000, 96, 20001, 0, 89856, 2000},     /* more: two halves */
      {99, 84000, 100000, 16000, 96, 20001, 0, 16000, 2000}, /* the least that lanes are tried on */
      {99, 84001, 100000, 16000, 96, 20001, 0, 0, 2844},     /* less: a little more than the rest */
      {99, 99999, 100000, 16000, 96, 20001, 0, 0, 845},
      {99, 100000, 100000, 16000, 96, 20001, 0, 32000, 2000}, /* longer than expected */
      {1024, 15999, 1, 15999, 96, 20001, 0, 0, 2000},         /* short blocks */
      {1024, 15999, 1, 16000, 96, 20001, 0, 32000, 2000},
      {1024, 16000, 1, 15999, 96, 20001, 0, 32000, 2000},
      {1024, 15999, 0, 15999, 96, 20001, 0, 32000, 2000},
      {1024, 0, 0, 0, 96, 20001, 2, 0, 4000}, /* lanes have not paid */
      {1024, 0, 0, 0, 96, 20000, 0, 8000, 2000},
      {1024, 0, 0, 0, 17, 20001, 0, 31824, 2000}, /* short tokens: less room */
      {1024, 0, 0, 0, 16, 20001, 0, 29952, 2000},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    ff_lanes *const l = &d.gzip.inflate.lanes;
    size_t soft = 0;
    ff_lanes_reset(l);
    l->ending = false;
    l->change = cases[i].change;
    l->done = cases[i].done;
    l->last_block = cases[i].last_block;
    l->mean_block = cases[i].mean_block;
    l->token_bits = cases[i].token_bits;
    l->balance = cases[i].balance;
    l->skip = cases[i].skip;
    if (plan(l, &soft) != cases[i].window || soft != cases[i].soft || l->skip != cases[i].skip / 2)
      wrong("plans another window");
    l->ending = true;
    if (plan(l, &soft) || soft != 2000)
      wrong("plans lanes for the end of a block");
  }
}

/* What is remembered of blocks and of the work on them. */
static void memories(void) {
  ff_lanes *const l = &d.gzip.inflate.lanes;
  ff_batch *const batch = &d.gzip.inflate.batch;
  uint64_t position = 3;

  memset(l, 0xFF, sizeof *l);
  ff_lanes_reset(l);
  if (l->in_block || l->done || l->last_block || l->mean_block || l->change != 1024 || l->token_bits != 96 ||
      l->balance != 20000 || l->poor || l->skip)
    wrong("begins with another memory of blocks");
  static const uint64_t sizes[] = {8000, 4000, 12000, 1 << 25};
  static const uint32_t changes[] = {1024, 896, 842, 887}, means[] = {1000, 1375, 2704, 2099518};
  for (unsigned i = 0; i < 4; i++) {
    l->in_block = true;
    l->done = sizes[i];
    note_block(l);
    if (l->in_block || l->last_block != sizes[i] || l->change != changes[i] || l->mean_block != means[i])
      wrong("remembers another size of blocks");
  }

  d.gzip.inflate.bit = 3;
  memset(l, 0, sizeof *l);
  l->token_bits = 96;
  if (decode_batch(&d.gzip.inflate, NULL, 1, batch, &position) != 10 || l->token_bits != 99 || l->balance)
    wrong("remembers another size of tokens");

  static const struct {
    int32_t balance, next;
    uint32_t poor, next_poor, next_skip;
  } cases[] = {
      {1000, 1597, 2, 2, 9}, {-597, 0, 2, 2, 9},        {-598, 0, 2, 3, 64},       {-598, 0, 0, 1, 4},
      {-598, 0, 4, 4, 256},  {299403, 300000, 2, 2, 9}, {299404, 300000, 2, 0, 9},
  };
  for (unsigned k = 0; k < FF_LANES; k++)
    l->lane[k].n = k + 1;
  batch->segments = 3;
  batch->part[0] = (ff_segment){FF_BRIDGE_START, 3};
  batch->part[1] = (ff_segment){FF_BRIDGE_START - 1, 1000};
  batch->part[2] = (ff_segment){FF_BRIDGE_START + 3, 4};
  batch->part[3] = (ff_segment){FF_BRIDGE_START + 7, 1000};
  for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
    l->balance = cases[i].balance;
    l->poor = cases[i].poor;
    l->skip = 9;
    judge(l, batch, 100);
    if (l->balance != cases[i].next || l->poor != cases[i].next_poor || l->skip != cases[i].next_skip)
      wrong("judges lanes in another way");
  }
}

/* The end of a block is seen ahead of time where eight bytes are at hand, in tables that are wide or not. */
static void sees_ends(void) {
  static const uint8_t in[8] = {0x5F, 0x50};
  ff_inflate *const s = &d.gzip.inflate;
  ff_io io = {0};
  memset(s, 0, sizeof *s);
  s->tables.litlen_bits = FF_TABLE_BITS;
  s->bit = 3;
  io.in = in;
  io.in_end = in + 8;
  for (unsigned i = 0; i < 2; i++) {
    if (block_ends(s, &io) != i)
      wrong("sees the end of a block elsewhere");
    s->tables.entry[0x505F >> 3 & (FF_TABLE_HALF - 1)] = FF_E_END;
  }
  s->tables.litlen_bits = 9; /* the slot that has just been set lies behind those of this code */
  if (block_ends(s, &io))
    wrong("looks for the end of a block behind the table");
  s->tables.entry[0x505F >> 3 & 0x1FF] = FF_E_END;
  if (!block_ends(s, &io))
    wrong("misses the end of a block in a narrow table");
  io.in_end = in + 7;
  if (block_ends(s, &io))
    wrong("looks for the end of a block beyond what is at hand");
}

/* What of a member's header and trailer is taken when only so much of it is there: fields as wholes, at once. */
static void fields(void) {
  static const uint8_t member[25] = {0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 255, 3, 0, 'a', 'b', 'c', 3};
  static const uint8_t taken[26] = {0,  0,  2,  2,  2,  2,  2,  2,  2,  2,  10, 10, 12,
                                    13, 14, 15, 15, 17, 17, 17, 17, 21, 21, 21, 21, 25};
  for (size_t n = 0; n <= sizeof member; n++) {
    ff_io io = {0};
    io.in = member;
    io.in_end = member + n;
    io.base = io.out = io.out_end = (uint8_t *)d.px.scratch;
    ff_gzip_init(&d.gzip, FF_CPU_GENERIC);
    if (ff_gzip_run(&d.gzip, &io) != FF_NEED_INPUT || (n != 16 && io.in != member + taken[n]))
      wrong("takes another part of a member's fields");
  }
}

int main(void) {
  waits();
  other_waits();
  slide();
  comes_too_late();
  beginnings();
  plans();
  memories();
  sees_ends();
  fields();
  return 0;
}
