/* Buffers that begin behind a page which may not be touched, or end in front of one. */
#ifndef FUZZ_ARENA_H
#define FUZZ_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE ((size_t)4096)

typedef struct arena {
  uint8_t *begin;
  size_t capacity;
} arena;

/* Memory for at least `capacity` bytes, zeroed, with a guard page on either side. Ends the process where there is none. */
arena arena_open(size_t capacity);

/* n bytes at the arena's end, or at its beginning. */
static inline uint8_t *arena_place(const arena *a, size_t n, bool at_end) {
  return at_end ? a->begin + a->capacity - n : a->begin;
}

#endif
