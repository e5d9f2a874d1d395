#include "gather.h"

#include "normalize.h"

size_t ff_gather_bad(const ff_gather *g) {
  for (size_t i = 0; i < g->count; i++)
    if (FF_UNLIKELY((uint64_t)g->index[i] >= g->rows)) /* negative ones are large here */
      return i;
  return g->count;
}

/* How many rows from the i-th on are neighbors in the source too: an epoch in order is one long run. Otherwise the rows
 * to come are asked for. */
FF_INLINE size_t run_of_rows(const ff_gather *g, size_t i) {
  size_t run = 1;

  while (i + run < g->count && g->index[i + run] - g->index[i + run - 1] == 1)
    run++;
  if (run == 1)
    ff_gather_prefetch(g, i + FF_GATHER_AHEAD);
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
  ff_affine_u8(FF_CPU_GENERIC, kind, pixels, &value, 256, scale, shift, false);
  if (kind == 'f')
    by_table_f32(g, out, value.f32);
  else if (kind == 'd')
    by_table_f64(g, out, value.f64);
  else
    by_table_f16(g, out, value.f16);
}

void ff_gather_affine(ff_cpu_level level, char kind, const ff_gather *g, void *out, double scale, double shift) {
  if (level == FF_CPU_GENERIC) {
    gather_generic(kind, g, out, scale, shift);
    return;
  }
  const size_t size = kind == 'f' ? 4 : kind == 'd' ? 8 : 2;
  uint8_t *const items = out;

  for (size_t i = 0; i < FF_GATHER_AHEAD; i++)
    ff_gather_prefetch(g, i);
  FOR_EACH_RUN(g, items, size, { ff_affine_u8(level, kind, from, to, bytes, scale, shift, false); })
}
