/* Byte order. IDX is big-endian. */
#ifndef FF_SWAP_H
#define FF_SWAP_H

#include "common.h"
#include "cpu.h"

/* Reverse the bytes of n items of 2, 4 or 8 bytes, in place. p needs no alignment. */
void ff_swap(ff_cpu_level level, uint8_t *p, size_t n, unsigned itemsize);

#endif
