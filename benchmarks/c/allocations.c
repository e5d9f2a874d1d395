/* Counts large allocations of a process that is started with this library in LD_PRELOAD (glibc).
 *
 * What Python allocates for its own small objects comes from its arenas and is not seen. */
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

enum { LARGE = 1024 };

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static atomic_size_t number, total;

static void note(size_t size) {
  if (size >= LARGE) {
    atomic_fetch_add(&number, 1);
    atomic_fetch_add(&total, size);
  }
}

size_t ff_allocations(void) { return atomic_load(&number); }
size_t ff_allocated(void) { return atomic_load(&total); }

void *malloc(size_t size) {
  note(size);
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  note(count * size);
  return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
  note(size);
  return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note(size);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
  note(size);
  *out = __libc_memalign(alignment, size);
  return *out ? 0 : ENOMEM;
}
