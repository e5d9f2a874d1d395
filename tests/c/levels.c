/* The CPU level of processors that this one is not: each lacks one feature of a level, or the system does not save one
 * part of its registers. A level too high is an illegal instruction in the first file read.
 *
 *     levels    prints the number of processors tried; the exit status is 1 if one of them got another level */

#include <stdio.h>

#include "common.h"
#include "cpu.h"

#if !FF_X86
int main(void) { return 0; }
#else
#include <cpuid.h>

static struct {
  uint32_t leaf1_c, extended_c, leaf7_b, leaf7_c, saved;
  uint32_t leaves; /* bits: leaf 1, the extended one, leaf 7 are there */
} cpu;

static int fake_cpuid(uint32_t leaf, uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d) {
  *a = *b = *d = 0;
  *c = leaf == 1 ? cpu.leaf1_c : leaf == 0x80000001u ? cpu.extended_c : 0;
  return leaf == 1 ? cpu.leaves & 1 : leaf == 0x80000001u ? cpu.leaves >> 1 & 1 : 0;
}

static int fake_cpuid_count(uint32_t leaf, uint32_t part, uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d) {
  const bool known = leaf == 7 && part == 0;
  *a = *d = 0;
  *b = known ? cpu.leaf7_b : 0;
  *c = known ? cpu.leaf7_c : 0;
  return known ? cpu.leaves >> 2 & 1 : 0;
}

#define __get_cpuid fake_cpuid
#define __get_cpuid_count fake_cpuid_count
/* What the instruction XGETBV says. */
#define __asm__
#define volatile(...) (low = cpu.saved, high = 0)
#include "cpu.c"
#undef volatile

/* Features by leaf, as the manuals number them, of AVX2 and of what AVX-512 adds. */
static const unsigned char avx2_leaf1[] = {1, 12, 20, 27, 28, 29}, avx2_extended[] = {5}, avx2_leaf7[] = {3, 5, 8},
                           avx2_saved[] = {1, 2};
static const unsigned char avx512_leaf7_b[] = {16, 17, 30, 31}, avx512_leaf7_c[] = {1, 6, 10},
                           avx512_saved[] = {5, 6, 7};

static unsigned tried;
static int wrong;

static void set(uint32_t *word, const unsigned char *bits, unsigned n) {
  for (unsigned i = 0; i < n; i++)
    *word |= 1u << bits[i];
}

static void expect(ff_cpu_level level, const char *what, unsigned bit) {
  const ff_cpu_level got = ff_cpu_detect();
  tried++;
  if (got == level)
    return;
  printf("%s %u: %s, not %s\n", what, bit, ff_cpu_name(got), ff_cpu_name(level));
  wrong = 1;
}

static void without(uint32_t *word, const unsigned char *bits, unsigned n, ff_cpu_level level, const char *what) {
  for (unsigned i = 0; i < n; i++) {
    *word ^= 1u << bits[i];
    expect(level, what, bits[i]);
    *word ^= 1u << bits[i];
  }
}

#define WORDS(list) list, sizeof list

static void lack_one_each(ff_cpu_level best) {
  without(&cpu.leaf1_c, WORDS(avx2_leaf1), FF_CPU_GENERIC, "without bit of leaf 1");
  without(&cpu.extended_c, WORDS(avx2_extended), FF_CPU_GENERIC, "without bit of leaf 80000001");
  without(&cpu.leaf7_b, WORDS(avx2_leaf7), FF_CPU_GENERIC, "without bit of leaf 7");
  without(&cpu.saved, WORDS(avx2_saved), FF_CPU_GENERIC, "without saved state");
  for (unsigned leaf = 0; leaf < 3; leaf++) {
    cpu.leaves ^= 1u << leaf;
    expect(FF_CPU_GENERIC, "without leaf", leaf);
    cpu.leaves ^= 1u << leaf;
  }
  if (best != FF_CPU_AVX512)
    return;
  without(&cpu.leaf7_b, WORDS(avx512_leaf7_b), FF_CPU_AVX2, "without bit of leaf 7");
  without(&cpu.leaf7_c, WORDS(avx512_leaf7_c), FF_CPU_AVX2, "without bit of leaf 7, c,");
  without(&cpu.saved, WORDS(avx512_saved), FF_CPU_AVX2, "without saved state");
}

static void cap(ff_cpu_level detected, const char *name, int level) {
  const int got = ff_cpu_cap(detected, name);
  tried++;
  if (got == level)
    return;
  printf("%s on %s: %d, not %d\n", name, ff_cpu_name(detected), got, level);
  wrong = 1;
}

static void caps(void) {
  cap(FF_CPU_AVX512, "avx512", FF_CPU_AVX512);
  cap(FF_CPU_AVX512, "avx2", FF_CPU_AVX2);
  cap(FF_CPU_AVX512, "generic", FF_CPU_GENERIC);
  cap(FF_CPU_AVX512, "neon", FF_CPU_GENERIC);
  cap(FF_CPU_AVX2, "avx512", FF_CPU_AVX2);
  cap(FF_CPU_AVX2, "neon", FF_CPU_GENERIC);
  cap(FF_CPU_GENERIC, "avx512", FF_CPU_GENERIC);
  cap(FF_CPU_GENERIC, "neon", FF_CPU_GENERIC);
  cap(FF_CPU_NEON, "neon", FF_CPU_NEON);
  cap(FF_CPU_NEON, "avx2", FF_CPU_GENERIC);
  cap(FF_CPU_NEON, "generic", FF_CPU_GENERIC);
  cap(FF_CPU_AVX2, "sse", -1);
  cap(FF_CPU_AVX2, "", -1);
}

int main(void) {
  expect(FF_CPU_GENERIC, "no leaf", 0);
  cpu.leaves = 7;
  expect(FF_CPU_GENERIC, "no feature", 0);
  set(&cpu.leaf1_c, WORDS(avx2_leaf1));
  set(&cpu.extended_c, WORDS(avx2_extended));
  set(&cpu.leaf7_b, WORDS(avx2_leaf7));
  set(&cpu.saved, WORDS(avx2_saved));
  expect(FF_CPU_AVX2, "AVX2 and nothing more", 0);
  lack_one_each(FF_CPU_AVX2);
  set(&cpu.leaf7_b, WORDS(avx512_leaf7_b));
  set(&cpu.leaf7_c, WORDS(avx512_leaf7_c));
  set(&cpu.saved, WORDS(avx512_saved));
  expect(FF_CPU_AVX512, "AVX-512", 0);
  lack_one_each(FF_CPU_AVX512);
  cpu.leaf1_c = cpu.extended_c = cpu.leaf7_b = cpu.leaf7_c = cpu.saved = ~0u;
  expect(FF_CPU_AVX512, "everything", 0);
  caps();
  printf("%u processors and caps\n", tried);
  return wrong;
}
#endif
