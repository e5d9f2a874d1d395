/* Mutations that keep an input a plan and a gzip file. */

#include "steps.h"
#include "streams.h"

#define MIN_CAPACITY 2048u

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned start);

static void new_plan(choice *c, uint8_t *data) {
  for (size_t i = 0; i < PLAN_SIZE; i++)
    data[i] = (uint8_t)below(c, 256);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned start) {
  choice c = choice_from(start);
  const uint32_t kind = below(&c, 16);
  if (capacity < MIN_CAPACITY)
    return LLVMFuzzerMutate(data, size, capacity);
  if (kind < 1 || size < PLAN_SIZE) {
    const size_t most = one_in(&c, 3) ? capacity : FF_MIN(capacity, 8192);
    new_plan(&c, data);
    return PLAN_SIZE + make_stream(&c, data + PLAN_SIZE, most - PLAN_SIZE);
  }
  if (kind < 4) {
    new_plan(&c, data);
    return size;
  }
  if (kind == 4 && size > PLAN_SIZE) {
    data[PLAN_SIZE + below(&c, (uint32_t)(size - PLAN_SIZE))] ^= (uint8_t)(1u << below(&c, 8));
    mend_trailer(data + PLAN_SIZE, size - PLAN_SIZE);
    return size;
  }
  size = LLVMFuzzerMutate(data, size, capacity);
  if (kind < 7 && size > PLAN_SIZE)
    mend_trailer(data + PLAN_SIZE, size - PLAN_SIZE);
  return size;
}
