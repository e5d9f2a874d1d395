/* Rows of an array by their numbers, as in gather.h, each taken for a stack of images that are mirrored and moved.
 *
 * Items that nothing is moved to are zero bytes. As there, nothing is checked but the moves: any value of them is safe.
 */
#ifndef FF_AUGMENT_H
#define FF_AUGMENT_H

#include "gather.h"

typedef struct ff_move {
  int16_t down, right; /* up and left if negative, out of the picture if as large as it */
  int16_t flip;        /* not 0: first mirrored, left to right */
} ff_move;

typedef struct ff_augment {
  size_t height, width; /* at least 1 */
  size_t item;          /* bytes; height * width * item divides the row */
  const ff_move *move;  /* one for each index */
} ff_augment;

/* `out` has room for count rows and overlaps nothing. */
void ff_augment_bytes(const ff_gather *g, const ff_augment *a, uint8_t *out);

/* Bytes that ff_augment_affine needs for rows on their way. */
size_t ff_augment_scratch(size_t row);

/* Moved, then converted byte by byte, as in ff_gather_affine. */
void ff_augment_affine(ff_cpu_level level, char kind, const ff_gather *g, const ff_augment *a, uint8_t *scratch,
                       void *out, double scale, double shift);

#endif
