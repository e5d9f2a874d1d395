/* What happens at exact limits: how long a worker of a pair waits in which way, where the window of the pixels slides, how
 * much of a gzip member's fields is taken when not all of it is there.
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
  io.in = io.in_end = io.base = io.out = d.px.scratch;
  d.duet.gzip = &d.gzip;
  d.duet.io = &io;
  d.duet.out = d.px.scratch;
  raised_by_yield = &d.duet.left;
  ff_duet_close(&d.duet, true);
  if (pauses != 192)
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
  fields();
  return 0;
}
