#include "cpu.h"

#include "common.h"

#if FF_X86
#include <cpuid.h>

#define BIT(n) (1u << (n))

/* State that the operating system saves on a context switch: an instruction set without it must not be used. */
static uint64_t os_saved_state(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

static bool has_avx2(void) {
  const uint32_t leaf1_c =
      BIT(1) | BIT(12) | BIT(20) | BIT(27) | BIT(28) | BIT(29); /* PCLMUL FMA SSE4.2 OSXSAVE AVX F16C */
  const uint32_t leaf7_b = BIT(3) | BIT(5) | BIT(8);            /* BMI1 AVX2 BMI2 */
  const uint32_t lzcnt = BIT(5);
  const uint64_t ymm = 0x06;
  uint32_t a, b, c, d;

  return __get_cpuid(1, &a, &b, &c, &d) && (c & leaf1_c) == leaf1_c && (os_saved_state() & ymm) == ymm &&
         __get_cpuid(0x80000001u, &a, &b, &c, &d) && (c & lzcnt) && __get_cpuid_count(7, 0, &a, &b, &c, &d) &&
         (b & leaf7_b) == leaf7_b;
}

/* Beyond AVX2. */
static bool has_avx512(void) {
  const uint32_t leaf7_b = BIT(16) | BIT(17) | BIT(30) | BIT(31); /* F DQ BW VL */
  const uint32_t leaf7_c = BIT(1) | BIT(6) | BIT(10);             /* VBMI VBMI2 VPCLMULQDQ */
  const uint64_t zmm = 0xE6;
  uint32_t a, b, c, d;

  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & leaf7_b) == leaf7_b && (c & leaf7_c) == leaf7_c &&
         (os_saved_state() & zmm) == zmm;
}

static ff_cpu_level detect(void) { return !has_avx2() ? FF_CPU_GENERIC : has_avx512() ? FF_CPU_AVX512 : FF_CPU_AVX2; }

#elif FF_ARM64

static ff_cpu_level detect(void) { return FF_CPU_NEON; } /* NEON is part of the base architecture */

#else

static ff_cpu_level detect(void) { return FF_CPU_GENERIC; }

#endif

ff_cpu_level ff_cpu_detect(void) { return detect(); }

static const char *const names[FF_CPU_LEVELS] = {"generic", "neon", "avx2", "avx512"};

const char *ff_cpu_name(ff_cpu_level level) { return names[level]; }

int ff_cpu_cap(ff_cpu_level detected, const char *name) {
  for (int level = 0; level < FF_CPU_LEVELS; level++)
    if (strcmp(name, names[level]) == 0) {
      const bool foreign = (level == FF_CPU_NEON) != (detected == FF_CPU_NEON);
      return foreign ? FF_CPU_GENERIC : FF_MIN((int)detected, level);
    }
  return -1;
}
