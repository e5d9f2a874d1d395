/* uint8 pixels to floating point: out = fma(pixel, scale, shift), one rounding.
 *
 * The arithmetic is the definition, so every level gives the same bits. No -ffast-math, no contraction.
 */
#ifndef FF_NORMALIZE_H
#define FF_NORMALIZE_H

#include "common.h"
#include "cpu.h"

/* All three: n items from src to out, which do not overlap; out needs no alignment. */

/* `bypass`: out is part of something that does not stay in the cache anyway. Ordinary stores read each cache line before
 * they overwrite it; stores that bypass the cache are then twice as fast. */
void ff_affine_u8_f32(ff_cpu_level level, const uint8_t *src, void *out, size_t n, float scale, float shift,
                      bool bypass);

void ff_affine_u8_f64(ff_cpu_level level, const uint8_t *src, void *out, size_t n, double scale, double shift);

/* The float32 result, rounded once more, to the nearest even half. */
void ff_affine_u8_f16(ff_cpu_level level, const uint8_t *src, void *out, size_t n, float scale, float shift);

/* The one for `kind`: 'f', 'd' or 'e' as struct and NumPy name float32, float64, float16. `bypass` holds where it can.
 * Returns the bytes written. */
size_t ff_affine_u8(ff_cpu_level level, char kind, const uint8_t *src, void *out, size_t n, double scale, double shift,
                    bool bypass);

#endif
