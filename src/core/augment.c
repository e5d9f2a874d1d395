#include "augment.h"

#include "normalize.h"

/* Rows that are moved before they are converted stay in the first level of the cache, and are many enough that the table
 * of the generic kernels is made for thousands of items at a time. */
enum { SCRATCH = 16384 };

FF_INLINE void copy_line(uint8_t *dst, const uint8_t *src, size_t n) {
  if (n < 16) {
    memcpy(dst, src, n);
    return;
  }
  for (size_t at = 0; at + 16 <= n; at += 16)
    ff_copy16(dst + at, src + at);
  ff_copy16(dst + n - 16, src + n - 16); /* overlaps what is there already: cheaper than to copy the rest by bytes */
}

FF_INLINE void reverse_bytes(uint8_t *dst, const uint8_t *src, size_t n) {
  if (n < 8) {
    for (size_t k = 0; k < n; k++)
      dst[k] = src[n - 1 - k];
    return;
  }
  for (size_t at = 0;; at = FF_MIN(at + 8, n - 8)) { /* the last eight overlap, as above */
    uint64_t v;
    memcpy(&v, src + n - 8 - at, 8);
    v = ff_swap64(v);
    memcpy(dst + at, &v, 8);
    if (at + 8 == n)
      return;
  }
}

FF_INLINE void reverse_items(uint8_t *dst, const uint8_t *src, size_t n, size_t item) {
  for (size_t k = 0; k < n; k++)
    memcpy(dst + k * item, src + (n - 1 - k) * item, item);
}

static void reverse_line(uint8_t *dst, const uint8_t *src, size_t n, size_t item) {
  switch (item) { /* constants, so that the copies become loads and stores */
  case 1:
    reverse_bytes(dst, src, n);
    return;
  case 2:
    reverse_items(dst, src, n, 2);
    return;
  case 4:
    reverse_items(dst, src, n, 4);
    return;
  case 8:
    reverse_items(dst, src, n, 8);
    return;
  default:
    reverse_items(dst, src, n, item);
  }
}

static void move_image(const ff_augment *a, ff_move move, const uint8_t *src, uint8_t *dst) {
  const size_t line = a->width * a->item, bytes = a->height * line;
  const size_t down = (size_t)FF_MAX(move.down, 0), up = (size_t)FF_MAX(-move.down, 0);
  const size_t right = (size_t)FF_MAX(move.right, 0), left = (size_t)FF_MAX(-move.right, 0);

  if (!(down | up | right | left | (size_t)(move.flip != 0))) {
    memcpy(dst, src, bytes);
    return;
  }
  if (down | up | right | left)
    memset(dst, 0, bytes);
  if (down + up >= a->height || right + left >= a->width)
    return;
  const size_t lines = a->height - down - up, items = a->width - right - left;

  src += up * line + (move.flip ? right : left) * a->item;
  dst += down * line + right * a->item;
  for (size_t y = 0; y < lines; y++, src += line, dst += line)
    if (move.flip)
      reverse_line(dst, src, items, a->item);
    else
      copy_line(dst, src, items * a->item);
}

void ff_augment_bytes(const ff_gather *g, const ff_augment *a, uint8_t *out) {
  const size_t bytes = a->height * a->width * a->item;

  for (size_t i = 0; i < FF_GATHER_AHEAD; i++)
    ff_gather_prefetch(g, i);
  for (size_t i = 0; i < g->count; i++) {
    const uint8_t *const row = g->source + (size_t)g->index[i] * g->row;

    ff_gather_prefetch(g, i + FF_GATHER_AHEAD);
    for (size_t at = 0; at < g->row; at += bytes)
      move_image(a, a->move[i], row + at, out + i * g->row + at);
  }
}

static size_t rows_at_once(size_t row) { return row < SCRATCH ? SCRATCH / FF_MAX(row, (size_t)1) : 1; }

size_t ff_augment_scratch(size_t row) { return rows_at_once(row) * row; }

void ff_augment_affine(ff_cpu_level level, char kind, const ff_gather *g, const ff_augment *a, uint8_t *scratch,
                       void *out, double scale, double shift) {
  const size_t most = rows_at_once(g->row);
  uint8_t *to = out;

  for (size_t i = 0; i < g->count; i += most) {
    ff_gather rows = *g;
    ff_augment moves = *a;
    rows.index += i;
    rows.count = FF_MIN(most, g->count - i);
    moves.move += i;
    ff_augment_bytes(&rows, &moves, scratch);
    to += ff_affine_u8(level, kind, scratch, to, rows.count * g->row, scale, shift, false);
  }
}
