#include "crc32.h"

#include "crc32_tables.h"

/* Inside, `crc` is the bare register: inverted only by ff_crc32(). */

static uint32_t crc_bytes(uint32_t crc, const uint8_t *p, size_t n) {
  while (n--)
    crc = crc >> 8 ^ ff_crc32_table[0][(crc ^ *p++) & 0xFF];
  return crc;
}

/* Eight bytes: table k holds the effect of a byte that k more bytes follow. */
FF_INLINE uint32_t crc_word(const uint32_t table[8][256], uint64_t word) {
  const uint32_t low = (uint32_t)word, high = (uint32_t)(word >> 32);
  return table[7][low & 0xFF] ^ table[6][low >> 8 & 0xFF] ^ table[5][low >> 16 & 0xFF] ^ table[4][low >> 24] ^
         table[3][high & 0xFF] ^ table[2][high >> 8 & 0xFF] ^ table[1][high >> 16 & 0xFF] ^ table[0][high >> 24];
}

/* One chain of words is bound by the latency of the lookups. So long data is braided: of each four words one goes to each
 * of four chains, whose remainder is moved on by all four (the far tables) to where its next word stands. */
static uint32_t crc_generic(uint32_t crc, const uint8_t *p, size_t n) {
  if (n >= 64) {
    uint64_t a = crc, b = 0, c = 0, d = 0;
    for (; n >= 64; p += 32, n -= 32) {
      a = crc_word(ff_crc32_far, ff_load64(p) ^ a);
      b = crc_word(ff_crc32_far, ff_load64(p + 8) ^ b);
      c = crc_word(ff_crc32_far, ff_load64(p + 16) ^ c);
      d = crc_word(ff_crc32_far, ff_load64(p + 24) ^ d);
    }
    crc = crc_word(ff_crc32_table, ff_load64(p) ^ a);
    crc = crc_word(ff_crc32_table, ff_load64(p + 8) ^ b ^ crc);
    crc = crc_word(ff_crc32_table, ff_load64(p + 16) ^ c ^ crc);
    crc = crc_word(ff_crc32_table, ff_load64(p + 24) ^ d ^ crc);
    p += 32;
    n -= 32;
  }
  for (; n >= 8; n -= 8, p += 8)
    crc = crc_word(ff_crc32_table, ff_load64(p) ^ crc);
  return crc_bytes(crc, p, n);
}

#if FF_X86
#include <immintrin.h>

#define CLMUL FF_TARGET("avx2,pclmul")

/* Move a 128-bit remainder over the distance that `k` stands for, and take in the 16 bytes found there. */
CLMUL FF_INLINE __m128i fold(__m128i x, __m128i k, __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(x, k, 0x00), high = _mm_clmulepi64_si128(x, k, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

CLMUL FF_INLINE __m128i load(const uint8_t *p) { return _mm_loadu_si128((const __m128i *)(const void *)p); }

/* Four remainders side by side hide the latency of the multiplication. The last 16 bytes of remainder go through the
 * table: cheaper in code than a Barrett reduction, and the cost is that of 16 bytes. */
CLMUL static uint32_t crc_pclmul(uint32_t crc, const uint8_t *p, size_t n) {
  const __m128i over64 = _mm_set_epi64x((long long)FF_CRC32_FOLD64_HIGH, (long long)FF_CRC32_FOLD64_LOW);
  const __m128i over16 = _mm_set_epi64x((long long)FF_CRC32_FOLD16_HIGH, (long long)FF_CRC32_FOLD16_LOW);
  uint8_t rest[16];

  if (n < 64)
    return crc_generic(crc, p, n);
  __m128i a = _mm_xor_si128(load(p), _mm_cvtsi32_si128((int)crc));
  __m128i b = load(p + 16), c = load(p + 32), d = load(p + 48);
  for (p += 64, n -= 64; n >= 64; p += 64, n -= 64) {
    a = fold(a, over64, load(p));
    b = fold(b, over64, load(p + 16));
    c = fold(c, over64, load(p + 32));
    d = fold(d, over64, load(p + 48));
  }
  a = fold(a, over16, b);
  a = fold(a, over16, c);
  a = fold(a, over16, d);
  for (; n >= 16; p += 16, n -= 16)
    a = fold(a, over16, load(p));
  _mm_storeu_si128((__m128i *)(void *)rest, a);
  return crc_generic(crc_generic(0, rest, sizeof rest), p, n);
}

#define WIDE FF_TARGET("avx512f,avx512vl,vpclmulqdq,avx2,pclmul")

WIDE FF_INLINE __m512i fold_wide(__m512i x, __m512i k, const uint8_t *next) {
  const __m512i low = _mm512_clmulepi64_epi128(x, k, 0x00), high = _mm512_clmulepi64_epi128(x, k, 0x11);
  return _mm512_ternarylogic_epi64(low, high, _mm512_loadu_si512(next), 0x96); /* all three xor-ed */
}

/* The same with sixteen remainders in four registers. What they come to is handed on as the first bytes of the rest. */
WIDE static uint32_t crc_vpclmul(uint32_t crc, const uint8_t *p, size_t n) {
  const __m128i far = _mm_set_epi64x((long long)FF_CRC32_FOLD256_HIGH, (long long)FF_CRC32_FOLD256_LOW);
  const __m128i near = _mm_set_epi64x((long long)FF_CRC32_FOLD64_HIGH, (long long)FF_CRC32_FOLD64_LOW);
  const __m512i over256 = _mm512_broadcast_i32x4(far), over64 = _mm512_broadcast_i32x4(near);
  uint8_t rest[4][64];

  if (n < 512)
    return crc_pclmul(crc, p, n);
  __m512i a = _mm512_xor_si512(_mm512_loadu_si512(p), _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)crc)));
  __m512i b = _mm512_loadu_si512(p + 64), c = _mm512_loadu_si512(p + 128), d = _mm512_loadu_si512(p + 192);
  for (p += 256, n -= 256; n >= 256; p += 256, n -= 256) {
    a = fold_wide(a, over256, p);
    b = fold_wide(b, over256, p + 64);
    c = fold_wide(c, over256, p + 128);
    d = fold_wide(d, over256, p + 192);
  }
  _mm512_storeu_si512(rest[1], b);
  _mm512_storeu_si512(rest[2], c);
  _mm512_storeu_si512(rest[3], d);
  a = fold_wide(a, over64, rest[1]);
  a = fold_wide(a, over64, rest[2]);
  a = fold_wide(a, over64, rest[3]);
  for (; n >= 64; p += 64, n -= 64)
    a = fold_wide(a, over64, p);
  _mm512_storeu_si512(rest[0], a);
  return crc_generic(crc_pclmul(0, rest[0], 64), p, n);
}
#endif

#if FF_ARM64
#include <arm_acle.h>

FF_TARGET("+crc") static uint32_t crc_arm(uint32_t crc, const uint8_t *p, size_t n) {
  for (; n >= 8; n -= 8, p += 8)
    crc = __crc32d(crc, ff_load64(p));
  return crc_bytes(crc, p, n);
}
#endif

uint32_t ff_crc32(ff_cpu_level level, uint32_t crc, const uint8_t *p, size_t n) {
  crc = ~crc;
#if FF_X86
  if (level >= FF_CPU_AVX512)
    return ~crc_vpclmul(crc, p, n);
  if (level >= FF_CPU_AVX2)
    return ~crc_pclmul(crc, p, n);
#elif FF_ARM64
  if (level >= FF_CPU_NEON)
    return ~crc_arm(crc, p, n);
#endif
  (void)level;
  return ~crc_generic(crc, p, n);
}
