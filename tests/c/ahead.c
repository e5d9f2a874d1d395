/* Which rows are fetched ahead of their use, line by line: no comparison of bytes notices a wrong address.
 *
 *     ahead    the exit status is 1 if something else is fetched than the fourth row behind the current one, where that
 *              one is no neighbor of the next: up to 4 KiB of it, 64 bytes at a time */

#include <stdio.h>

#include "common.h"

static const uint8_t *noted[10000];
static size_t notes;

static void note(const uint8_t *p) {
  if (notes < sizeof noted / sizeof *noted)
    noted[notes] = p;
  notes++;
}

#undef FF_PREFETCH_READ_L2
#define FF_PREFETCH_READ_L2(p) note(p)
#include "augment.c"
#include "gather.c"

enum { ROWS = 50, COUNT = 23, AHEAD = 4, MOST = 4096, LINE = 64, LONGEST = 9000 };

static uint8_t source[ROWS * LONGEST], moved[COUNT * LONGEST];
static double items[COUNT * LONGEST];
static int64_t index_of[COUNT];
static size_t checked;
static int wrong;

static void expect(const uint8_t *p) {
  wrong |= checked >= notes || noted[checked] != p;
  checked++;
}

/* All of row i that is asked for. */
static void expect_row(size_t i, size_t count, size_t row) {
  for (size_t at = 0; i < count && at < row && at < MOST; at += LINE)
    expect(source + (size_t)index_of[i] * row + at);
}

/* Rows in any order; at the end of each but the last of neighbors the next ones are asked for. */
static void expect_runs(size_t count, size_t row) {
  for (size_t i = 0, run; i < count; i += run) {
    for (run = 1; i + run < count && index_of[i + run] == index_of[i + run - 1] + 1;)
      run++;
    if (run == 1)
      expect_row(i + AHEAD, count, row);
  }
}

static void expect_first(size_t count, size_t row) {
  for (size_t i = 0; i < AHEAD; i++)
    expect_row(i, count, row);
}

static void done(const char *what, size_t count, size_t row) {
  if (wrong || checked != notes) {
    printf("%s, %zu rows of %zu bytes: fetches other places\n", what, count, row);
    wrong = 1;
  }
  notes = checked = 0;
}

static void rows(size_t count, size_t row) {
  static ff_move none[COUNT];
  const ff_gather g = {source, ROWS, row, index_of, count};
  const ff_augment a = {1, row, 1, none};

  ff_gather_bytes(&g, moved);
  expect_runs(count, row);
  done("bytes", count, row);
  ff_gather_affine(FF_CPU_GENERIC, 'e', &g, items, 1, 0);
  expect_runs(count, row);
  done("generic items", count, row);
  if (ff_cpu_cap(ff_cpu_detect(), "avx2") == FF_CPU_AVX2) {
    ff_gather_affine(FF_CPU_AVX2, 'd', &g, items, 1, 0);
    expect_first(count, row);
    expect_runs(count, row);
    done("items", count, row);
  }
  ff_augment_bytes(&g, &a, moved);
  expect_first(count, row);
  for (size_t i = 0; i < count; i++)
    expect_row(i + AHEAD, count, row);
  done("moved images", count, row);
}

/* How many rows are moved before they are converted: as many as the scratch holds. */
static void scratch_sizes(void) {
  static const size_t known[][2] = {{1, 16384},   {784, 15680},   {8192, 16384},
                                    {8193, 8193}, {16384, 16384}, {16385, 16385}};
  for (size_t k = 0; k < sizeof known / sizeof *known; k++)
    if (ff_augment_scratch(known[k][0]) != known[k][1]) {
      printf("a scratch of %zu bytes for rows of %zu\n", ff_augment_scratch(known[k][0]), known[k][0]);
      wrong = 1;
    }
}

int main(void) {
  static const size_t lengths[] = {1, 63, 64, 65, 784, 4095, 4096, 4097, LONGEST};
  for (size_t i = 0; i < COUNT; i++)
    index_of[i] = i % 5 == 3 ? index_of[i - 1] + 1 : (int64_t)(i * 17 % ROWS);
  for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++)
    for (size_t count = 0; count <= COUNT; count++)
      rows(count, lengths[k]);
  scratch_sizes();
  return wrong;
}
