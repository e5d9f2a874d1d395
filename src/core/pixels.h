/* Decoded bytes that leave as floating point, while they are in the cache: no full-size intermediate. */
#ifndef FF_PIXELS_H
#define FF_PIXELS_H

#include "inflate/inflate.h"

/* Decoded bytes between two slides of the window. Two threads have to wait for each other's pixels there: with 768 KiB
 * they gain a tenth over 256, and more gains nothing. */
#define FF_PIXELS_ROOM ((size_t)256 << 10)
#define FF_PIXELS_SHARED_ROOM ((size_t)768 << 10)

typedef struct ff_pixels {
  ff_io io;                 /* its output side is the scratch */
  const uint8_t *converted; /* what of the scratch has left */
  ff_cpu_level level;
  char kind;   /* 'f', 'd' or 'e': float32, float64, float16 */
  bool bypass; /* see normalize.h */
  double scale;
  double shift;
  uint8_t *out; /* next item */
  size_t left;  /* items of room */
  uint8_t scratch[FF_WINDOW + FF_PIXELS_SHARED_ROOM];
} ff_pixels;

/* Bytes to allocate: one thread uses the first part of the scratch only. */
size_t ff_pixels_size(bool shared);

/* Get ready for output of up to `left` items. level, kind, bypass, scale, shift, out and left must have been set. */
void ff_pixels_open(ff_pixels *px);

/* Convert what is new in the scratch and make room in it, once its last 32 KiB have been kept. False: the room for items
 * is full. */
bool ff_pixels_flush(ff_pixels *px);

/* Convert n decoded bytes at src to items at dst; returns the bytes that these take. */
size_t ff_pixels_convert(const ff_pixels *px, const uint8_t *src, uint8_t *dst, size_t n);

#endif
