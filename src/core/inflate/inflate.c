#include "inflate.h"

#include "block.h"
#include "copy.h"
#include "execute.h"
#include "header.h"

void ff_inflate_reset(ff_inflate *s, ff_cpu_level level) {
  s->level = level;
  s->tables.fixed = false;
  ff_lanes_reset(&s->lanes);
  ff_inflate_next(s);
}

void ff_inflate_next(ff_inflate *s) {
  s->phase = FF_BLOCK_START;
  s->bit = 0;
  s->produced = 0;
  s->lanes.in_block = false;
}

void ff_inflate_keep(ff_inflate *s, ff_io *io) {
  const size_t made = (size_t)(io->out - io->kept_at);
  if (made >= FF_WINDOW) {
    memcpy(s->window, io->out - FF_WINDOW, FF_WINDOW);
  } else if (made) {
    const size_t before = (size_t)FF_MIN(s->produced - made, FF_WINDOW - made); /* no more than there is */
    uint8_t *const end = s->window + FF_WINDOW;
    memmove(end - made - before, end - before, before);
    memcpy(end - made, io->kept_at, made);
  }
  io->kept_at = io->out; /* to keep it twice would push as much out of the window again */
}

static void end_block(ff_inflate *s, ff_io *io) {
  s->phase = FF_BLOCK_START;
  if (!s->last_block)
    return;
  if (s->bit) { /* the rest of the last byte is padding */
    s->bit = 0;
    io->in++;
  }
  s->phase = FF_STREAM_END;
}

static ff_status stored_bytes(ff_inflate *s, ff_io *io) {
  const size_t room = (size_t)(io->out_end - io->out), at_hand = (size_t)(io->in_end - io->in);
  const size_t n = FF_MIN(FF_MIN(room, at_hand), s->stored_left);
  if (n) {
    memcpy(io->out, io->in, n);
    io->out += n;
    io->in += n;
    s->produced += n;
    s->stored_left -= (unsigned)n;
  }
  if (!s->stored_left)
    return FF_END;
  return n == room ? FF_OUTPUT_FULL : FF_NEED_INPUT;
}

static ff_status rest_of_match(ff_inflate *s, ff_io *io) {
  const uint8_t *const start = io->out;
  ff_copy_match_careful(s, io);
  s->produced += (uint64_t)(io->out - start);
  if (s->match_length)
    return FF_OUTPUT_FULL;
  s->phase = FF_SYMBOLS;
  return FF_END;
}

static ff_status one_phase(ff_inflate *s, ff_io *io) {
  ff_status status;
  switch (s->phase) {
  case FF_MATCH:
    return rest_of_match(s, io);
  case FF_TOKENS:
    status = ff_tokens_run(s, &s->batch, io);
    if (status == FF_END)
      s->phase = FF_SYMBOLS;
    return status;
  case FF_STORED_BYTES:
    status = stored_bytes(s, io);
    if (status == FF_END)
      end_block(s, io);
    return status;
  case FF_SYMBOLS:
    if (io->in == io->in_end)
      return FF_NEED_INPUT;
    status = ff_block_run(s, io);
    if (status == FF_END && s->phase == FF_SYMBOLS)
      end_block(s, io);
    return status;
  default:
    if (io->in == io->in_end)
      return FF_NEED_INPUT;
    return ff_header_run(s, io);
  }
}

ff_status ff_inflate_run(ff_inflate *s, ff_io *io) {
  ff_status status = FF_END;
  while (status == FF_END && s->phase != FF_STREAM_END) {
    status = one_phase(s, io);
    if (status == FF_END && s->phase == FF_BLOCK_START && io->pause && io->out != io->kept_at)
      return FF_PAUSED;
  }
  return status;
}
