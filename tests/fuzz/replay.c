/* A fuzzer's target without libFuzzer: for other compilers, valgrind and coverage.
 *
 *     PROGRAM FILE...              run these inputs
 *     PROGRAM -make COUNT [START]  run so many inputs that the mutator makes from nothing
 *
 * The number of the input that runs is in `replay_at`, for debuggers. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "choice.h"

#define CAPACITY ((size_t)1 << 16)

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

int main(int argc, char **argv) {
  uint8_t *const data = calloc(CAPACITY, 1);
  size_t size = 0;
  if (argc < 2 || !data)
    return 125;
  if (strcmp(argv[1], "-make")) {
    for (replay_at = 1; replay_at < (unsigned long)argc; replay_at++)
      LLVMFuzzerTestOneInput(data, load(argv[replay_at], data));
    free(data);
    return 0;
  }
  const unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
  const unsigned long start = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
  for (replay_at = 0; replay_at < count; replay_at++) {
    choice c = choice_from(start + replay_at);
    if (one_in(&c, 3))
      size = 0;
    size = LLVMFuzzerCustomMutator(data, size, CAPACITY, (unsigned)choice_bits(&c));
    if (getenv("REPLAY_KEEP")) { /* what a crash leaves behind */
      FILE *const file = fopen(getenv("REPLAY_KEEP"), "wb");
      if (!file || fwrite(data, 1, size, file) != size || fclose(file))
        return 120;
    }
    LLVMFuzzerTestOneInput(data, size);
  }
  printf("%lu inputs\n", count);
  free(data);
  return 0;
}
