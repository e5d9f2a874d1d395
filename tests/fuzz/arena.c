#define _DEFAULT_SOURCE

#include "arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

arena arena_open(size_t capacity) {
  arena a;
  a.capacity = (capacity + PAGE - 1) / PAGE * PAGE;
  uint8_t *const p = mmap(NULL, a.capacity + 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  a.begin = p + PAGE;
  if (p == MAP_FAILED || mprotect(p, PAGE, PROT_NONE) || mprotect(a.begin + a.capacity, PAGE, PROT_NONE)) {
    perror("arena");
    exit(120);
  }
  return a;
}
