/* The kernels at every CPU level against plain loops: all lengths up to a few vectors, at every place within a vector,
 * each buffer ending at a guard page or beginning behind one, and what lies around the result is not touched.
 *
 *     kernels    prints the number of runs; a disagreement ends the process with a message */

#include <math.h>
#include <stdio.h>
#include <zlib.h>

#include "augment.h"
#include "crc32.h"
#include "normalize.h"
#include "steps.h"
#include "swap.h"

enum { ROOM = 1 << 16, AROUND = 64, AROUND_BYTE = 0xC5 };

static arena input, output;
static unsigned long runs;
static ff_cpu_level levels[FF_CPU_LEVELS];
static unsigned known;
static choice c;

static void fill(uint8_t *p, size_t n) {
  for (size_t i = 0; i < n; i++)
    p[i] = (uint8_t)(choice_bits(&c) >> 56);
}

/* n random bytes of input, `slack` bytes from the guard page at either end. */
static uint8_t *source(size_t n, size_t slack, bool at_end) {
  uint8_t *const place = arena_place(&input, n, at_end);
  uint8_t *const p = at_end ? place - slack : place + slack;
  fill(p, n);
  return p;
}

/* Room for n bytes, likewise, between bytes that must stay. */
static uint8_t *target(size_t n, size_t slack, bool at_end) {
  uint8_t *const place = arena_place(&output, n, at_end);
  uint8_t *const p = at_end ? place - slack : place + slack;
  memset(at_end ? p - AROUND : output.begin, AROUND_BYTE, n + slack + AROUND);
  return p;
}

static void check_around(const uint8_t *p, size_t n, size_t slack, bool at_end) {
  const uint8_t *const begin = at_end ? p - AROUND : output.begin, *const end = begin + n + slack + AROUND;
  for (const uint8_t *q = begin; q < end; q++)
    CHECK((q >= p && q < p + n) || *q == AROUND_BYTE, "a byte around %zu bytes has changed", n);
}

static void crc(ff_cpu_level level) {
  static const uint32_t starts[3] = {0, 0xFFFFFFFF, 0x12345678};
  for (size_t n = 0; n <= 1400; n += n < 1100 ? 1 : 37)
    for (size_t slack = 0; slack < 64; slack += n < 140 ? 1 : 21)
      for (unsigned k = 0; k < 3; k++, runs++) {
        const uint8_t *const p = source(n, slack, k != 1);
        CHECK(ff_crc32(level, starts[k], p, n) == crc32(starts[k], p, (uInt)n), "CRC-32 of %zu bytes", n);
      }
}

/* float32 to IEEE half by arithmetic: to the nearest multiple of the last place, ties to even. */
static uint16_t half(float f) {
  const uint16_t sign = signbit(f) ? 0x8000 : 0;
  const double x = fabs((double)f);
  if (x == 0)
    return sign;
  if (x >= 65520)
    return sign | 0x7C00;
  const int exponent = ilogb(x) < -14 ? -14 : ilogb(x);
  const uint32_t units = (uint32_t)nearbyint(ldexp(x, 10 - exponent));
  return sign | (uint16_t)(((uint32_t)(exponent + 14) << 10) + units);
}

static const size_t sizes[3] = {2, 4, 8};
static const char kinds[3] = {'e', 'f', 'd'};

/* What a pixel becomes. */
static void convert(char kind, uint8_t pixel, double scale, double shift, uint8_t *out) {
  const float f = fmaf((float)pixel, (float)scale, (float)shift);
  const double d = fma((double)pixel, scale, shift);
  const uint16_t h = kind == 'e' ? half(f) : 0;
  if (kind == 'd')
    memcpy(out, &d, sizeof d);
  else if (kind == 'f')
    memcpy(out, &f, sizeof f);
  else
    memcpy(out, &h, sizeof h);
}

static void check_items(unsigned k, const uint8_t *src, const uint8_t *out, size_t n, double scale, double shift) {
  uint8_t expected[8];
  for (size_t i = 0; i < n; i++) {
    convert(kinds[k], src[i], scale, shift, expected);
    CHECK(!memcmp(out + i * sizes[k], expected, sizes[k]), "item %zu of %zu, kind %c", i, n, kinds[k]);
  }
}

static void affine(ff_cpu_level level) {
  for (unsigned k = 0; k < 3; k++)
    for (size_t n = 0; n <= 300; n += n < 140 ? 1 : 23)
      for (size_t slack = 0; slack < 64; slack += n < 70 ? 1 : 4)
        for (int bypass = 0; bypass < 2; bypass++, runs++) {
          const bool at_end = slack % 2 || n % 2;
          const uint8_t *const src = source(n, slack % 3, at_end);
          uint8_t *const out = target(n * sizes[k], slack, at_end);
          CHECK(ff_affine_u8(level, kinds[k], src, out, n, 0.0111, -0.81, bypass) == n * sizes[k], "bytes written");
          check_items(k, src, out, n, 0.0111, -0.81);
          check_around(out, n * sizes[k], slack, at_end);
        }
}

/* Halves at all places where rounding or range changes: the shift alone is the value. */
static void halves(ff_cpu_level level) {
  uint8_t zero[16] = {0}, out[16 * 2], expected[2];
  /* Exponent and the mantissa's first ten bits; each of them around the least half, the least normal one, the greatest. */
  for (uint32_t top = 0, step; top < 1u << 18; top += step) {
    const uint32_t near = top & ~0x1FFu;
    step = near == 0x19600 || near == 0x19800 || near == 0x1C200 || near == 0x1C400 || near == 0x23A00 ? 1 : 7;
    for (unsigned low = 0; low < 5; low++, runs++) {
      static const uint32_t lows[5] = {0, 1, 0x0FFF, 0x1000, 0x1001};
      const uint32_t bits = top << 13 | lows[low] | (top + low) % 2 << 31;
      float value;
      memcpy(&value, &bits, sizeof value);
      ff_affine_u8_f16(level, zero, out, 16, 1, value);
      memcpy(expected, out + 2 * (top % 16), sizeof expected);
      uint16_t got;
      memcpy(&got, expected, sizeof got);
      if (value != value)
        CHECK(got == ((bits >> 16 & 0x8000) | 0x7E00 | (bits >> 13 & 0x3FF)), "a NaN becomes %04x", got);
      else
        CHECK(got == half(value), "%a becomes %04x, not %04x", (double)value, got, half(value));
    }
  }
}

static void swap(ff_cpu_level level) {
  uint8_t copy[8 * 80];
  for (unsigned k = 0; k < 3; k++)
    for (size_t n = 0; n < 80; n++)
      for (size_t slack = 0; slack < 64; slack++, runs++) {
        const size_t bytes = n * sizes[k];
        uint8_t *const p = target(bytes, slack, slack % 2);
        fill(p, bytes);
        memcpy(copy, p, bytes);
        ff_swap(level, p, n, (unsigned)sizes[k]);
        for (size_t i = 0; i < bytes; i++)
          CHECK(p[i] == copy[i / sizes[k] * sizes[k] + sizes[k] - 1 - i % sizes[k]], "byte %zu of %zu", i, bytes);
        check_around(p, bytes, slack, slack % 2);
      }
}

enum { ROWS = 9, PICKED = 24 };

/* Some rows: neighbors, repeats, and any. */
static void pick(int64_t *index, size_t count) {
  for (size_t i = 0; i < count; i++)
    index[i] = i && one_in(&c, 2) ? FF_MIN(index[i - 1] + 1, ROWS - 1) : below(&c, ROWS);
}

static void gather(ff_cpu_level level) {
  int64_t index[PICKED];
  for (size_t row = 0; row <= 200; row += row < 70 ? 1 : 26)
    for (size_t count = 0; count <= PICKED; count += 1 + count / 4, runs++) {
      const bool at_end = count % 2;
      const uint8_t *const rows = source(ROWS * row, 0, at_end);
      pick(index, count);
      const ff_gather g = {rows, ROWS, row, index, count};
      CHECK(ff_gather_bad(&g) == count, "a good index is refused");
      for (unsigned k = 0; k < 4; k++) {
        const size_t bytes = row * (k < 3 ? sizes[k] : 1);
        uint8_t *const out = target(count * bytes, 0, at_end);
        if (k < 3)
          ff_gather_affine(level, kinds[k], &g, out, 0.0111, -0.81);
        else
          ff_gather_bytes(&g, out);
        for (size_t i = 0; i < count; i++)
          if (k < 3)
            check_items(k, rows + (size_t)index[i] * row, out + i * bytes, row, 0.0111, -0.81);
          else
            CHECK(!memcmp(rows + (size_t)index[i] * row, out + i * row, row), "row %zu", i);
        check_around(out, count * bytes, 0, at_end);
      }
      for (size_t bad = 0; bad < count; bad++) {
        static const int64_t none[4] = {ROWS, -1, INT64_MAX, INT64_MIN};
        const int64_t good = index[bad];
        index[bad] = none[bad % 4];
        CHECK(ff_gather_bad(&g) == bad, "a bad index is not found");
        index[bad] = good;
      }
    }
}

/* One image, mirrored and moved, item by item. */
static void moved(const ff_augment *a, ff_move m, const uint8_t *src, uint8_t *dst) {
  for (long y = 0; y < (long)a->height; y++)
    for (long x = 0; x < (long)a->width; x++) {
      const long from_y = y - m.down, from_x = x - m.right;
      const bool inside = from_y >= 0 && from_y < (long)a->height && from_x >= 0 && from_x < (long)a->width;
      const long column = m.flip ? (long)a->width - 1 - from_x : from_x;
      for (size_t k = 0; k < a->item; k++)
        *dst++ = inside ? src[((size_t)from_y * a->width + (size_t)column) * a->item + k] : 0;
    }
}

static int16_t some_move(size_t size) {
  static const int16_t extremes[4] = {INT16_MIN, INT16_MAX, -1, 1};
  return one_in(&c, 20) ? extremes[below(&c, 4)] : (int16_t)((int)below(&c, 2 * (uint32_t)size + 3) - (int)size - 1);
}

static void augment(ff_cpu_level level) {
  static uint8_t expected[ROOM], scratch[ROOM];
  int64_t index[PICKED];
  ff_move move[PICKED];
  CHECK(ff_augment_scratch(0) == 0 && ff_augment_scratch(1 << 20) == 1 << 20, "scratch of the extremes");
  for (unsigned round = 0; round < 3000; round++, runs++) {
    static const size_t items[6] = {1, 1, 2, 4, 8, 3};
    const size_t item = items[below(&c, 6)], height = 1 + below(&c, 6), width = 1 + below(&c, item == 1 ? 50 : 12);
    const size_t images = 1 + below(&c, 2), row = images * height * width * item, count = below(&c, PICKED + 1);
    const bool at_end = round % 2;
    const uint8_t *const rows = source(ROWS * row, 0, at_end);
    pick(index, count);
    for (size_t i = 0; i < count; i++)
      move[i] = (ff_move){some_move(height), some_move(width), (int16_t)below(&c, 2)};
    const ff_gather g = {rows, ROWS, row, index, count};
    const ff_augment a = {height, width, item, move};
    uint8_t *const out = target(count * row, 0, at_end);
    ff_augment_bytes(&g, &a, out);
    for (size_t i = 0; i < count * images; i++)
      moved(&a, move[i / images], rows + (size_t)index[i / images] * row + i % images * (row / images),
            expected + i * (row / images));
    CHECK(!memcmp(out, expected, count * row), "%zu images of %zu x %zu x %zu", count, height, width, item);
    check_around(out, count * row, 0, at_end);
    if (count * row * sizes[1] + AROUND <= ROOM) {
      const size_t need = ff_augment_scratch(row);
      CHECK(need >= row && need <= sizeof scratch - AROUND, "scratch of %zu bytes", need);
      memset(scratch + need, AROUND_BYTE, AROUND);
      uint8_t *const floats = target(count * row * sizes[1], 0, at_end);
      ff_augment_affine(level, 'f', &g, &a, scratch, floats, 0.0111, -0.81);
      check_items(1, expected, floats, count * row, 0.0111, -0.81);
      for (unsigned i = 0; i < AROUND; i++)
        CHECK(scratch[need + i] == AROUND_BYTE, "wrote behind the scratch");
    }
  }
}

int main(void) {
  static void (*const all[])(ff_cpu_level) = {crc, affine, halves, swap, gather, augment};
  input = arena_open(ROOM);
  output = arena_open(ROOM * 2);
  c = choice_from(7);
  for (unsigned l = 0; l < FF_CPU_LEVELS; l++)
    if (ff_cpu_cap(ff_cpu_detect(), ff_cpu_name((ff_cpu_level)l)) == (int)l)
      levels[known++] = (ff_cpu_level)l;
  for (unsigned k = 0; k < sizeof all / sizeof *all; k++)
    for (unsigned l = 0; l < known; l++)
      all[k](levels[l]);
  printf("%lu\n", runs);
  return 0;
}
