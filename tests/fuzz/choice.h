/* Reproducible choices: xorshift64*. */
#ifndef FUZZ_CHOICE_H
#define FUZZ_CHOICE_H

#include <stdint.h>

typedef struct choice {
  uint64_t state; /* never 0 */
} choice;

static inline choice choice_from(uint64_t start) {
  const choice c = {start * 0x9E3779B97F4A7C15u | 1};
  return c;
}

static inline uint64_t choice_bits(choice *c) {
  c->state ^= c->state << 13;
  c->state ^= c->state >> 7;
  c->state ^= c->state << 17;
  return c->state * 0x2545F4914F6CDD1Du;
}

/* 0 .. n-1; 0 where n is 0. */
static inline uint32_t below(choice *c, uint32_t n) { return n ? (uint32_t)((choice_bits(c) >> 32) % n) : 0; }

/* One time in n. */
static inline int one_in(choice *c, uint32_t n) { return below(c, n) == 0; }

#endif
