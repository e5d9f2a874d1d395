/* The few atomic operations that two threads need to hand work over. <stdatomic.h> would do, but for MSVC. */
#ifndef FF_ATOMIC_H
#define FF_ATOMIC_H

#include "common.h"

#if defined(__GNUC__) || defined(__clang__)
#include <sched.h>
#include <time.h>

typedef uint32_t ff_atomic;

/* What the other thread wrote before it stored the value is visible. */
FF_INLINE uint32_t ff_atomic_load(const ff_atomic *a) { return __atomic_load_n(a, __ATOMIC_ACQUIRE); }
FF_INLINE void ff_atomic_store(ff_atomic *a, uint32_t v) { __atomic_store_n(a, v, __ATOMIC_RELEASE); }
/* The value before. */
FF_INLINE uint32_t ff_atomic_add(ff_atomic *a, uint32_t v) { return __atomic_fetch_add(a, v, __ATOMIC_ACQ_REL); }

FF_INLINE void ff_pause(void) {
#if FF_X86
  __builtin_ia32_pause();
#elif FF_ARM64
  __asm__ volatile("yield");
#endif
}

FF_INLINE void ff_yield(void) { sched_yield(); }

FF_INLINE void ff_sleep(void) {
  const struct timespec a_moment = {0, 20000};
  nanosleep(&a_moment, NULL);
}

#else
#define WIN32_LEAN_AND_MEAN
#include <intrin.h>
#include <windows.h>

typedef volatile long ff_atomic;

FF_INLINE uint32_t ff_atomic_load(const ff_atomic *a) {
  return (uint32_t)_InterlockedCompareExchange((ff_atomic *)a, 0, 0);
}
FF_INLINE void ff_atomic_store(ff_atomic *a, uint32_t v) { (void)_InterlockedExchange(a, (long)v); }
FF_INLINE uint32_t ff_atomic_add(ff_atomic *a, uint32_t v) { return (uint32_t)_InterlockedExchangeAdd(a, (long)v); }
FF_INLINE void ff_pause(void) { YieldProcessor(); }
FF_INLINE void ff_yield(void) { SwitchToThread(); }
FF_INLINE void ff_sleep(void) { Sleep(1); }
#endif

#endif
