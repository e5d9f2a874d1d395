/* Decode the gzip file on standard input at one CPU level, with input in pieces, and write what came out.
 *
 *     decode LEVEL PIECE ROOM
 *
 * The exit status is the last ff_status. For builds of the C core alone: other architectures, sanitizers. */
#include <stdio.h>
#include <stdlib.h>

#include "crc32.h"
#include "gzip.h"
#include "normalize.h"

/* Both kernels at this level against the generic ones: they are defined by their arithmetic. */
static int kernels_agree(ff_cpu_level level) {
  static uint8_t src[1003], wide[2][1003 * 8];
  for (size_t i = 0; i < sizeof src; i++)
    src[i] = (uint8_t)(i * 7);
  for (size_t n = 0; n <= sizeof src; n = n < 70 ? n + 1 : n + 311) {
    for (int generic = 0; generic < 2; generic++) {
      const ff_cpu_level l = generic ? FF_CPU_GENERIC : level;
      ff_affine_u8_f32(l, src, wide[generic], n, 0.0111f, -0.81f, n > 200);
    }
    if (memcmp(wide[0], wide[1], n * 4))
      return 0;
    for (int generic = 0; generic < 2; generic++)
      ff_affine_u8_f64(generic ? FF_CPU_GENERIC : level, src, wide[generic], n, 0.0111, -0.81);
    if (memcmp(wide[0], wide[1], n * 8))
      return 0;
    for (int generic = 0; generic < 2; generic++)
      ff_affine_u8_f16(generic ? FF_CPU_GENERIC : level, src, wide[generic], n, 0.0111f, -0.81f);
    if (memcmp(wide[0], wide[1], n * 2))
      return 0;
    if (ff_crc32(level, 5, src, n) != ff_crc32(FF_CPU_GENERIC, 5, src, n))
      return 0;
  }
  return 1;
}

int main(int argc, char **argv) {
  enum { CAPACITY = 1 << 22 };
  static uint8_t in[CAPACITY], out[CAPACITY];
  static ff_gzip g;
  if (argc != 4)
    return 125;
  const int level = ff_cpu_cap(ff_cpu_detect(), argv[1]);
  const size_t piece = strtoul(argv[2], NULL, 10), room = strtoul(argv[3], NULL, 10);
  if (level < 0 || !kernels_agree((ff_cpu_level)level))
    return 126;
  const size_t n = fread(in, 1, CAPACITY, stdin);

  ff_io io = {0};
  io.in = in;
  io.out = io.base = out;
  ff_status status = FF_NEED_INPUT;
  size_t seen = 0;
  ff_gzip_init(&g, (ff_cpu_level)level);
  for (;;) {
    seen = FF_MIN(FF_MAX(seen, (size_t)(io.in - in)) + piece, n);
    io.in_end = in + seen;
    io.final = seen == n;
    do {
      io.base = io.out;
      io.out_end = io.out + FF_MIN(room, (size_t)(out + CAPACITY - io.out));
      status = ff_gzip_run(&g, &io);
    } while (status == FF_OUTPUT_FULL && io.out != out + CAPACITY);
    if (status != FF_NEED_INPUT)
      break;
  }
  fwrite(out, 1, (size_t)(io.out - out), stdout);
  return (int)status;
}
