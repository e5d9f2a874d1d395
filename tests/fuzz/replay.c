/* A fuzzer's target without libFuzzer: for other compilers, valgrind and coverage.
 *
 *     PROGRAM FILE...                      run these inputs
 *     PROGRAM -make COUNT [START [STACK]]  run so many inputs that the mutator makes from nothing; with STACK bytes of
 *                                          stack, and say how many of them were used
 *
 * -make prints a digest of what was decoded and of how it ended.
 *
 * The number of the input that runs is in `replay_at`, for debuggers. */

#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verdicts.h"

#define CAPACITY ((size_t)1 << 16)
#define PAINT 0xA5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned start);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);

volatile unsigned long replay_at;

/* Some bits changed, sometimes the end cut. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity) {
  static choice c = {1};
  if (!size || (size < capacity && one_in(&c, 10)))
    data[size++] = (uint8_t)below(&c, 256);
  for (uint32_t n = 1 + below(&c, 4); n; n--)
    data[below(&c, (uint32_t)size)] ^= (uint8_t)(1u << below(&c, 8));
  return one_in(&c, 10) ? below(&c, (uint32_t)size) : size;
}

static size_t load(const char *name, uint8_t *data) {
  FILE *const file = fopen(name, "rb");
  if (!file) {
    perror(name);
    exit(120);
  }
  const size_t n = fread(data, 1, CAPACITY, file);
  fclose(file);
  return n;
}

static unsigned long count = 1000, start = 1;

static void *make(void *data) {
  size_t size = 0;
  for (replay_at = 0; replay_at < count; replay_at++) {
    choice c = choice_from(start + replay_at);
    if (one_in(&c, 3))
      size = 0;
    size = LLVMFuzzerCustomMutator(data, size, CAPACITY, (unsigned)choice_bits(&c));
    if (getenv("REPLAY_KEEP")) { /* what a crash leaves behind */
      FILE *const file = fopen(getenv("REPLAY_KEEP"), "wb");
      if (!file || fwrite(data, 1, size, file) != size || fclose(file))
        exit(120);
    }
    LLVMFuzzerTestOneInput(data, size);
  }
  return NULL;
}

/* make() in a thread with so little stack, behind a guard page. Returns how much of it was written to. */
static size_t make_on(size_t bytes, void *data) {
  const arena stack = arena_open(bytes);
  pthread_attr_t attributes;
  pthread_t thread;
  size_t untouched = 0;
  memset(stack.begin, PAINT, stack.capacity);
  if (pthread_attr_init(&attributes) || pthread_attr_setstack(&attributes, stack.begin, stack.capacity) ||
      pthread_create(&thread, &attributes, make, data) || pthread_join(thread, NULL)) {
    fprintf(stderr, "no thread with a stack of %zu bytes\n", bytes);
    exit(120);
  }
  while (stack.begin[untouched] == PAINT)
    untouched++;
  return stack.capacity - untouched;
}

int main(int argc, char **argv) {
  uint8_t *const data = calloc(CAPACITY, 1);
  if (argc < 2 || !data)
    return 125;
  if (strcmp(argv[1], "-make")) {
    for (replay_at = 1; replay_at < (unsigned long)argc; replay_at++)
      LLVMFuzzerTestOneInput(data, load(argv[replay_at], data));
    free(data);
    return 0;
  }
  if (argc > 2)
    count = strtoul(argv[2], NULL, 10);
  if (argc > 3)
    start = strtoul(argv[3], NULL, 10);
  if (argc > 4)
    printf("%zu bytes of stack\n", make_on(strtoul(argv[4], NULL, 10), data));
  else
    make(data);
  printf("%lu inputs, digest %016llx\n", count, (unsigned long long)verdicts_digest);
  free(data);
  return 0;
}
