#include "copy.h"

void ff_copy_match_careful(ff_inflate *s, ff_io *io) {
  const size_t distance = s->match_distance;
  size_t length = FF_MIN(s->match_length, (size_t)(io->out_end - io->out));
  const size_t in_place = (size_t)(io->out - io->base);

  s->match_length -= (unsigned)length;
  if (distance > in_place) {
    const size_t made = (size_t)(io->out - io->kept_at);
    const size_t n = FF_MIN(length, distance - in_place);
    memcpy(io->out, s->window + FF_WINDOW - distance + made, n);
    io->out += n;
    length -= n;
  }
  /* At the highest ratio the last bytes of the input, which are decoded with care, make 30 KiB. */
  if (length && (size_t)(io->out_end - io->out) >= length + FF_COPY_OVERRUN) {
    io->out = ff_copy_match_fast(io->out, (unsigned)length, (unsigned)distance);
    return;
  }
  for (; length; length--, io->out++)
    *io->out = *(io->out - distance);
}
