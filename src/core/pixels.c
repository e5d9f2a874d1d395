#include "pixels.h"

#include "normalize.h"

/* One thread slides the window here. */
static uint8_t *room_end(ff_pixels *px) { return px->scratch + FF_WINDOW + FF_PIXELS_ROOM; }

static void limit_room(ff_pixels *px) {
  const size_t room = (size_t)(room_end(px) - px->io.out);
  px->io.out_end = px->io.out + FF_MIN(room, px->left);
}

size_t ff_pixels_size(bool shared) {
  return offsetof(ff_pixels, scratch) + FF_WINDOW + (shared ? FF_PIXELS_SHARED_ROOM : FF_PIXELS_ROOM);
}

void ff_pixels_open(ff_pixels *px) {
  px->io.base = px->io.out = px->scratch;
  px->converted = px->scratch;
  limit_room(px);
}

size_t ff_pixels_convert(const ff_pixels *px, const uint8_t *src, uint8_t *dst, size_t n) {
  return ff_affine_u8(px->level, px->kind, src, dst, n, px->scale, px->shift, px->bypass);
}

bool ff_pixels_flush(ff_pixels *px) {
  const size_t n = (size_t)(px->io.out - px->converted);
  px->out += ff_pixels_convert(px, px->converted, px->out, n);
  px->left -= n;
  px->converted = px->io.out;
  if (px->io.out >= room_end(px) && px->left) { /* two threads may have got further */
    /* What stays in front of the new bytes serves as window in place: the scratch holds more than that. */
    memmove(px->scratch, px->io.out - FF_WINDOW, FF_WINDOW);
    px->io.out = px->scratch + FF_WINDOW;
    px->converted = px->io.kept_at = px->io.out;
  }
  limit_room(px);
  return px->left != 0;
}
