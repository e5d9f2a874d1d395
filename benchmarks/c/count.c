/* Work for a counter of instructions.
 *
 *     count LEVEL decode|normalize|gather|copy|none FILE BYTES
 *
 * decode: the gzip FILE, which holds BYTES bytes. normalize: BYTES bytes of FILE to float32. gather: rows of them, in
 * another order, to float32; copy: the same to bytes. none: the same preparations and nothing else, to be subtracted. The exit status is 0 when everything went as it should. */
#include <stdio.h>
#include <stdlib.h>

#include "gather.h"
#include "gzip.h"
#include "normalize.h"

enum { SLACK = 512, ROW = 784, STRIDE = 7 };

/* Every row once, neighbours STRIDE apart; the number of rows is no multiple of it. */
static ff_gather gathering(const uint8_t *source, size_t bytes) {
  const size_t count = bytes / ROW;
  int64_t *const index = malloc(count * sizeof *index + 1);
  for (size_t i = 0; index && i < count; i++)
    index[i] = (int64_t)(i * STRIDE % count);
  return (ff_gather){.source = source, .rows = count, .row = ROW, .index = index, .count = count};
}

int main(int argc, char **argv) {
  if (argc != 5)
    return 2;
  const int level = ff_cpu_cap(ff_cpu_detect(), argv[1]);
  if (level < 0 || strcmp(ff_cpu_name((ff_cpu_level)level), argv[1]))
    return 3; /* this processor, or the one that is emulated, does not have it */
  const size_t bytes = strtoul(argv[4], NULL, 10);
  FILE *const file = fopen(argv[3], "rb");
  if (!file || fseek(file, 0, SEEK_END))
    return 4;
  const long size = ftell(file);
  uint8_t *const in = malloc((size_t)size + 1), *const out = malloc(4 * bytes + SLACK);
  ff_gzip *const g = malloc(sizeof *g);
  const ff_gather rows = gathering(in, bytes);
  if (size < 0 || !in || !out || !g || !rows.index || fseek(file, 0, SEEK_SET) || fread(in, 1, (size_t)size, file) != (size_t)size)
    return 5;

  if (!strcmp(argv[2], "decode")) {
    ff_io io = {0};
    io.in = in;
    io.in_end = in + size;
    io.base = io.out = out;
    io.out_end = out + bytes + SLACK; /* a tail that is executed with care would say nothing of the rest */
    io.final = true;
    ff_gzip_init(g, (ff_cpu_level)level);
    if (ff_gzip_run(g, &io) != FF_END || (size_t)(io.out - out) != bytes)
      return 6;
  } else if (!strcmp(argv[2], "normalize")) {
    if ((size_t)size < bytes)
      return 6;
    ff_affine_u8_f32((ff_cpu_level)level, in, out, bytes, 0.0111f, -0.81f, false);
  } else if (!strcmp(argv[2], "gather")) {
    ff_gather_affine((ff_cpu_level)level, 'f', &rows, out, 0.0111, -0.81);
  } else if (!strcmp(argv[2], "copy")) {
    ff_gather_bytes(&rows, out);
  } else if (strcmp(argv[2], "none")) {
    return 2;
  }
  return 0;
}
