#include "normalize.h"

#include <math.h>

/* float32 to IEEE half, to the nearest even. */
static uint16_t half_from_float(float f) {
  uint32_t bits;
  memcpy(&bits, &f, sizeof bits);
  const uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
  bits &= 0x7FFFFFFF;
  if (bits > 0x7F800000) /* NaN: keep it one */
    return sign | 0x7E00 | (uint16_t)(bits >> 13 & 0x3FF);
  if (bits >= 0x477FF000) /* rounds to 2**16 or more */
    return sign | 0x7C00;
  if (bits < 0x38800000) { /* subnormal half: let the addition of 0.5 do the shift and the rounding */
    float magnitude;
    memcpy(&magnitude, &bits, sizeof magnitude);
    magnitude += 0.5f;
    memcpy(&bits, &magnitude, sizeof bits);
    return sign | (uint16_t)(bits - 0x3F000000);
  }
  bits += 0xFFF + (bits >> 13 & 1);
  return sign | (uint16_t)((bits - 0x38000000) >> 13);
}

/* Generic level: a pixel has 256 values, so each is worked out once. fma() is exact, if slow, where there is no
 * instruction for it. */
#define GENERIC(name, type, expression, real)                                                                          \
  static void name(const uint8_t *src, uint8_t *out, size_t n, real scale, real shift) {                               \
    type value[256];                                                                                                   \
    for (unsigned pixel = 0; pixel < 256; pixel++)                                                                     \
      value[pixel] = expression;                                                                                       \
    for (size_t i = 0; i < n; i++)                                                                                     \
      memcpy(out + i * sizeof(type), &value[src[i]], sizeof(type));                                                    \
  }

GENERIC(f32_generic, float, fmaf((float)pixel, scale, shift), float)
GENERIC(f64_generic, double, fma((double)pixel, scale, shift), double)
GENERIC(f16_generic, uint16_t, half_from_float(fmaf((float)pixel, scale, shift)), float)

/* The vector loops take whole vectors; ends are padded to one. (A table of 256 values for a tail of a few would cost more
 * than the body of a small batch.) The body reads the pixels at `from` and writes the results to `to`. */
#define WITH_PADDED_END(vector, type, ...)                                                                             \
  for (; n >= (vector); n -= (vector), src += (vector), out += (vector) * sizeof(type)) {                              \
    uint8_t *const to = out;                                                                                           \
    const uint8_t *const from = src;                                                                                   \
    __VA_ARGS__                                                                                                        \
  }                                                                                                                    \
  if (n) {                                                                                                             \
    uint8_t from[vector] = {0}, to[(vector) * sizeof(type)];                                                           \
    memcpy(from, src, n);                                                                                              \
    __VA_ARGS__ memcpy(out, to, n * sizeof(type));                                                                     \
  }

#if FF_X86
#include <immintrin.h>

#define AVX2 FF_TARGET("avx2,fma,f16c")
#define AVX512 FF_TARGET("avx512f,avx512bw,avx512vl,fma,f16c")

#define LOAD128(p) _mm_loadu_si128((const __m128i *)(const void *)(p))
#define LOAD64(p) _mm_loadl_epi64((const __m128i *)(const void *)(p))

AVX2 static void f32_avx2(const uint8_t *src, uint8_t *out, size_t n, float scale, float shift) {
  const __m256 a = _mm256_set1_ps(scale), b = _mm256_set1_ps(shift);
  WITH_PADDED_END(8, float, {
    const __m256 x = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(LOAD64(from)));
    _mm256_storeu_ps((float *)(void *)to, _mm256_fmadd_ps(x, a, b));
  })
}

/* `out` is aligned to 32 bytes. */
AVX2 static void f32_avx2_stream(const uint8_t *src, uint8_t *out, size_t n, float scale, float shift) {
  const __m256 a = _mm256_set1_ps(scale), b = _mm256_set1_ps(shift);
  for (; n >= 8; n -= 8, src += 8, out += 32) {
    const __m256 x = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(LOAD64(src)));
    _mm256_stream_ps((float *)(void *)out, _mm256_fmadd_ps(x, a, b));
  }
  _mm_sfence();
  f32_avx2(src, out, n, scale, shift);
}

AVX512 static void f32_avx512(const uint8_t *src, uint8_t *out, size_t n, float scale, float shift) {
  const __m512 a = _mm512_set1_ps(scale), b = _mm512_set1_ps(shift);
  WITH_PADDED_END(16, float, {
    const __m512 x = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(LOAD128(from)));
    _mm512_storeu_ps((float *)(void *)to, _mm512_fmadd_ps(x, a, b));
  })
}

/* `out` is aligned to 64 bytes. */
AVX512 static void f32_avx512_stream(const uint8_t *src, uint8_t *out, size_t n, float scale, float shift) {
  const __m512 a = _mm512_set1_ps(scale), b = _mm512_set1_ps(shift);
  for (; n >= 16; n -= 16, src += 16, out += 64) {
    const __m512 x = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(LOAD128(src)));
    _mm512_stream_ps((float *)(void *)out, _mm512_fmadd_ps(x, a, b));
  }
  _mm_sfence();
  f32_avx512(src, out, n, scale, shift);
}

AVX2 static void f64_avx2(const uint8_t *src, uint8_t *out, size_t n, double scale, double shift) {
  const __m256d a = _mm256_set1_pd(scale), b = _mm256_set1_pd(shift);
  WITH_PADDED_END(4, double, {
    int pixels;
    memcpy(&pixels, from, sizeof pixels);
    const __m256d x = _mm256_cvtepi32_pd(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(pixels)));
    _mm256_storeu_pd((double *)(void *)to, _mm256_fmadd_pd(x, a, b));
  })
}

AVX2 static void f16_avx2(const uint8_t *src, uint8_t *out, size_t n, float scale, float shift) {
  const __m256 a = _mm256_set1_ps(scale), b = _mm256_set1_ps(shift);
  WITH_PADDED_END(8, uint16_t, {
    const __m256 x = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(LOAD64(from)));
    const __m128i h = _mm256_cvtps_ph(_mm256_fmadd_ps(x, a, b), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    _mm_storeu_si128((__m128i *)(void *)to, h);
  })
}

typedef void f32_kernel(const uint8_t *, uint8_t *, size_t, float, float);

/* Bring `out` to a vector boundary, then bypass the cache. */
static void f32_bypass(f32_kernel *ordinary, f32_kernel *stream, size_t align, const uint8_t *src, uint8_t *out,
                       size_t n, float scale, float shift) {
  const size_t head = (size_t)(-(uintptr_t)out & (align - 1)) / sizeof(float);
  ordinary(src, out, head, scale, shift);
  stream(src + head, out + head * sizeof(float), n - head, scale, shift);
}
#endif

#if FF_ARM64
#include <arm_neon.h>

FF_INLINE uint32x4_t load_neon(const uint8_t *from) {
  uint32_t pixels;
  memcpy(&pixels, from, sizeof pixels);
  return vmovl_u16(vget_low_u16(vmovl_u8(vcreate_u8(pixels))));
}

static void f32_neon(const uint8_t *src, uint8_t *out, size_t n, float scale, float shift) {
  const float32x4_t a = vdupq_n_f32(scale), b = vdupq_n_f32(shift);
  WITH_PADDED_END(4, float, {
    const float32x4_t y = vfmaq_f32(b, vcvtq_f32_u32(load_neon(from)), a);
    vst1q_u8(to, vreinterpretq_u8_f32(y));
  })
}

static void f64_neon(const uint8_t *src, uint8_t *out, size_t n, double scale, double shift) {
  const float64x2_t a = vdupq_n_f64(scale), b = vdupq_n_f64(shift);
  WITH_PADDED_END(4, double, {
    const uint32x4_t x = load_neon(from);
    const float64x2_t low = vcvtq_f64_u64(vmovl_u32(vget_low_u32(x))),
                      high = vcvtq_f64_u64(vmovl_u32(vget_high_u32(x)));
    vst1q_u8(to, vreinterpretq_u8_f64(vfmaq_f64(b, low, a)));
    vst1q_u8(to + 16, vreinterpretq_u8_f64(vfmaq_f64(b, high, a)));
  })
}

static void f16_neon(const uint8_t *src, uint8_t *out, size_t n, float scale, float shift) {
  const float32x4_t a = vdupq_n_f32(scale), b = vdupq_n_f32(shift);
  WITH_PADDED_END(4, uint16_t, {
    const float32x4_t y = vfmaq_f32(b, vcvtq_f32_u32(load_neon(from)), a);
    vst1_u8(to, vreinterpret_u8_f16(vcvt_f16_f32(y)));
  })
}
#endif

void ff_affine_u8_f32(ff_cpu_level level, const uint8_t *src, void *out, size_t n, float scale, float shift,
                      bool bypass) {
#if FF_X86
  bypass = bypass && n >= 64 && (uintptr_t)out % sizeof(float) == 0;
  if (level >= FF_CPU_AVX512) {
    if (bypass)
      f32_bypass(f32_avx512, f32_avx512_stream, 64, src, out, n, scale, shift);
    else
      f32_avx512(src, out, n, scale, shift);
    return;
  }
  if (level >= FF_CPU_AVX2) {
    if (bypass)
      f32_bypass(f32_avx2, f32_avx2_stream, 32, src, out, n, scale, shift);
    else
      f32_avx2(src, out, n, scale, shift);
    return;
  }
#elif FF_ARM64
  if (level >= FF_CPU_NEON) {
    f32_neon(src, out, n, scale, shift);
    return;
  }
#endif
  (void)level;
  (void)bypass;
  f32_generic(src, out, n, scale, shift);
}

void ff_affine_u8_f64(ff_cpu_level level, const uint8_t *src, void *out, size_t n, double scale, double shift) {
#if FF_X86
  if (level >= FF_CPU_AVX2) {
    f64_avx2(src, out, n, scale, shift);
    return;
  }
#elif FF_ARM64
  if (level >= FF_CPU_NEON) {
    f64_neon(src, out, n, scale, shift);
    return;
  }
#endif
  (void)level;
  f64_generic(src, out, n, scale, shift);
}

void ff_affine_u8_f16(ff_cpu_level level, const uint8_t *src, void *out, size_t n, float scale, float shift) {
#if FF_X86
  if (level >= FF_CPU_AVX2) {
    f16_avx2(src, out, n, scale, shift);
    return;
  }
#elif FF_ARM64
  if (level >= FF_CPU_NEON) {
    f16_neon(src, out, n, scale, shift);
    return;
  }
#endif
  (void)level;
  f16_generic(src, out, n, scale, shift);
}

size_t ff_affine_u8(ff_cpu_level level, char kind, const uint8_t *src, void *out, size_t n, double scale, double shift,
                    bool bypass) {
  switch (kind) {
  case 'f':
    ff_affine_u8_f32(level, src, out, n, (float)scale, (float)shift, bypass);
    return n * 4;
  case 'd':
    ff_affine_u8_f64(level, src, out, n, scale, shift);
    return n * 8;
  default:
    ff_affine_u8_f16(level, src, out, n, (float)scale, (float)shift);
    return n * 2;
  }
}
