#include "swap.h"

static void swap_generic(uint8_t *p, size_t n, unsigned itemsize) {
  for (; n; n--, p += itemsize)
    for (unsigned i = 0; i < itemsize / 2; i++) {
      const uint8_t first = p[i];
      p[i] = p[itemsize - 1 - i];
      p[itemsize - 1 - i] = first;
    }
}

#if FF_X86
#include <immintrin.h>

FF_TARGET("avx2") static void swap_avx2(uint8_t *p, size_t n, unsigned itemsize) {
  uint8_t order[32]; /* of the bytes within each half of a vector */
  size_t bytes = n * itemsize;

  for (unsigned i = 0; i < sizeof order; i++)
    order[i] = (uint8_t)((i & 15) ^ (itemsize - 1));
  const __m256i shuffle = _mm256_loadu_si256((const __m256i *)(const void *)order);
  for (; bytes >= 32; bytes -= 32, p += 32) {
    __m256i *const at = (__m256i *)(void *)p;
    _mm256_storeu_si256(at, _mm256_shuffle_epi8(_mm256_loadu_si256(at), shuffle));
  }
  swap_generic(p, bytes / itemsize, itemsize);
}
#endif

void ff_swap(ff_cpu_level level, uint8_t *p, size_t n, unsigned itemsize) {
#if FF_X86
  if (level >= FF_CPU_AVX2) {
    swap_avx2(p, n, itemsize);
    return;
  }
#endif
  (void)level;
  swap_generic(p, n, itemsize);
}
