/* CRC-32 of RFC 1952 (polynomial 0x04C11DB7, reflected, inverted at both ends). */
#ifndef FF_CRC32_H
#define FF_CRC32_H

#include "common.h"
#include "cpu.h"

/* Continue `crc` (0 for a new one) over n bytes. */
uint32_t ff_crc32(ff_cpu_level level, uint32_t crc, const uint8_t *p, size_t n);

#endif
