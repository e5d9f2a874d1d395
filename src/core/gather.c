#include "gather.h"

#include "normalize.h"

/* Rows in a random order come from memory, and the processor cannot guess the next one: it is asked for this many rows
 * ahead, and not more of it than this, so that neighbours in the cache survive. Into the second level: the first one can
 * wait for fewer lines at a time than a row has, and an epoch takes a third longer through it. */
enum { AHEAD = 4, AHEAD_BYTES = 4096, LINE = 64 };

size_t ff_gather_bad(const ff_gather *g) {
  for (size_t i = 0; i < g->count; i++)
    if (FF_UNLIKELY((uint64_t)g->index[i] >= g->rows)) /* negative ones are large here */
      return i;
  return g->count;
}

FF_INLINE void prefetch_row(const ff_gather *g, size_t i) {
  if (i >= g->count)
    return;
  const uint8_t *const p = g->source + (size_t)g->index[i] * g->row;
  const size_t bytes = FF_MIN(g->row, (size_t)AHEAD_BYTES);

  for (size_t at = 0; at < bytes; at += LINE)
    FF_PREFETCH_READ_L2(p + at);
}

/* How many rows from the i-th on are neighbours in the source too: an epoch in order is one long run. Otherwise the rows
 * to come are asked for. */
FF_INLINE size_t run_of_rows(const ff_gather *g, size_t i) {
  size_t run = 1;

  while (i + run < g->count && g->index[i + run] - g->index[i + run - 1] == 1)
    run++;
  if (run == 1)
    prefetch_row(g, i + AHEAD);
  return run;
}

/* The body converts or copies `bytes` bytes from `from` to the items of `size` bytes at `to`. */
#define FOR_EACH_RUN(g, out, size, ...)                                                                                \
  for (size_t i = 0, run; i < (g)->count; i += run) {                                                                  \
    run = run_of_rows(g, i);                                                                                           \
    const uint8_t *const from = (g)->source + (size_t)(g)->index[i] * (g)->row;                                        \
    const size_t bytes = run * (g)->row;                                                                               \
    uint8_t *const to = (out) + i * (g)->row * (size);                                                                 \
    __VA_ARGS__                                                                                                        \
  }

void ff_gather_bytes(const ff_gather *g, uint8_t *out){FOR_EACH_RUN(g, out, 1, { memcpy(to, from, bytes); })}

/* The generic kernels start by working out all 256 values, which is too much to do for every row. */
#define BY_TABLE(name, type)                                                                                           \
  static void name(const ff_gather *g, uint8_t *out, const type *value) {                                              \
    FOR_EACH_RUN(g, out, sizeof(type), {                                                                               \
      for (size_t k = 0; k < bytes; k++)                                                                               \
        memcpy(to + k * sizeof(type), &value[from[k]], sizeof(type));                                                  \
    })                                                                                                                 \
  }

BY_TABLE(by_table_f32, float) BY_TABLE(by_table_f64, double) BY_TABLE(by_table_f16, uint16_t)

    static void gather_generic(char kind, const ff_gather *g, uint8_t *out, double scale, double shift) {
  uint8_t pixels[256];
  union {
    float f32[256];
    double f64[256];
    uint16_t f16[256];
  } value;

  for (unsigned pixel = 0; pixel < 256; pixel++)
    pixels[pixel] = (uint8_t)pixel;
  if (kind == 'f') {
    ff_affine_u8_f32(FF_CPU_GENERIC, pixels, value.f32, 256, (float)scale, (float)shift, false);
    by_table_f32(g, out, value.f32);
  } else if (kind == 'd') {
    ff_affine_u8_f64(FF_CPU_GENERIC, pixels, value.f64, 256, scale, shift);
    by_table_f64(g, out, value.f64);
  } else {
    ff_affine_u8_f16(FF_CPU_GENERIC, pixels, value.f16, 256, (float)scale, (float)shift);
    by_table_f16(g, out, value.f16);
  }
}

void ff_gather_affine(ff_cpu_level level, char kind, const ff_gather *g, void *out, double scale, double shift) {
  if (level == FF_CPU_GENERIC) {
    gather_generic(kind, g, out, scale, shift);
    return;
  }
  const float a = (float)scale, b = (float)shift;
  uint8_t *const items = out;

  for (size_t i = 0; i < AHEAD; i++)
    prefetch_row(g, i);
  if (kind == 'f')
    FOR_EACH_RUN(g, items, 4, { ff_affine_u8_f32(level, from, to, bytes, a, b, false); })
  else if (kind == 'd')
    FOR_EACH_RUN(g, items, 8, { ff_affine_u8_f64(level, from, to, bytes, scale, shift); })
  else
    FOR_EACH_RUN(g, items, 2, { ff_affine_u8_f16(level, from, to, bytes, a, b); })
}
