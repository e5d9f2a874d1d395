/* Portability: the only place that knows compilers and byte orders. */
#ifndef FF_COMMON_H
#define FF_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__) || defined(__clang__)
#define FF_INLINE static inline __attribute__((always_inline))
#define FF_LIKELY(x) __builtin_expect(!!(x), 1)
#define FF_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define FF_TARGET(features) __attribute__((target(features)))
#define FF_PREFETCH_WRITE(p) __builtin_prefetch((p), 1)
#define FF_PREFETCH_READ(p) __builtin_prefetch((p), 0)
#define FF_PREFETCH_READ_L2(p) __builtin_prefetch((p), 0, 2)
#else
#define FF_INLINE static __forceinline
#define FF_LIKELY(x) (x)
#define FF_UNLIKELY(x) (x)
#define FF_TARGET(features)
#define FF_PREFETCH_WRITE(p) ((void)(p))
#define FF_PREFETCH_READ(p) ((void)(p))
#define FF_PREFETCH_READ_L2(p) ((void)(p))
#endif

#define FF_STATIC_ASSERT(cond, what) _Static_assert(cond, what)
#define FF_MIN(a, b) ((a) < (b) ? (a) : (b))
#define FF_MAX(a, b) ((a) > (b) ? (a) : (b))

/* Of the bits below the lowest one that is set. */
#if defined(__GNUC__) || defined(__clang__)
FF_INLINE unsigned ff_trailing_zeros(uint64_t v) { return (unsigned)__builtin_ctzll(v); }
#else
#include <intrin.h>
FF_INLINE unsigned ff_trailing_zeros(uint64_t v) {
  unsigned long n;
  _BitScanForward64(&n, v);
  return (unsigned)n;
}
#endif

/* x86-64 kernels need function target attributes, so gcc or clang; other compilers get the generic ones. */
#if defined(__x86_64__) && defined(__GNUC__)
#define FF_X86 1
#else
#define FF_X86 0
#endif
#if defined(__aarch64__) && defined(__GNUC__)
#define FF_ARM64 1
#else
#define FF_ARM64 0
#endif

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define FF_BIG_ENDIAN 1
#else
#define FF_BIG_ENDIAN 0
#endif

FF_INLINE uint32_t ff_swap32(uint32_t v) {
  v = (v & 0x00FF00FFu) << 8 | (v >> 8 & 0x00FF00FFu);
  return v << 16 | v >> 16;
}

FF_INLINE uint64_t ff_swap64(uint64_t v) {
  return (uint64_t)ff_swap32((uint32_t)v) << 32 | ff_swap32((uint32_t)(v >> 32));
}

/* Unaligned little-endian loads: memcpy is the one spelling that is both defined and a single instruction. */
FF_INLINE uint64_t ff_load64(const void *p) {
  uint64_t v;
  memcpy(&v, p, sizeof v);
  return FF_BIG_ENDIAN ? ff_swap64(v) : v;
}

FF_INLINE uint32_t ff_load32(const void *p) {
  uint32_t v;
  memcpy(&v, p, sizeof v);
  return FF_BIG_ENDIAN ? ff_swap32(v) : v;
}

FF_INLINE uint16_t ff_load16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }

FF_INLINE uint32_t ff_load32_be(const void *p) {
  uint32_t v;
  memcpy(&v, p, sizeof v);
  return FF_BIG_ENDIAN ? v : ff_swap32(v);
}

/* Copies of a fixed number of bytes whose source and destination do not overlap within that number. */
FF_INLINE void ff_copy8(uint8_t *dst, const uint8_t *src) {
  uint64_t v;
  memcpy(&v, src, 8);
  memcpy(dst, &v, 8);
}

FF_INLINE void ff_copy16(uint8_t *dst, const uint8_t *src) {
  uint8_t v[16];
  memcpy(v, src, 16);
  memcpy(dst, v, 16);
}

#endif
