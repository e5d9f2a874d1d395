#include "gzip.h"

#include "crc32.h"

#define FLAG_HEADER_CRC 0x02
#define FLAG_EXTRA 0x04
#define FLAG_NAME 0x08
#define FLAG_COMMENT 0x10
#define FLAG_RESERVED 0xE0

/* Output between two looks at the checksum, which is to find it in the second-level cache. Most input makes less from
 * one call to the next. */
#define CRC_BYTES ((size_t)512 << 10)

void ff_gzip_init(ff_gzip *g, ff_cpu_level level) {
  g->phase = FF_GZIP_BETWEEN;
  g->level = level;
  g->failure = FF_NEED_INPUT;
  g->members = 0;
  g->offset = 0;
  ff_inflate_reset(&g->inflate, level);
}

bool ff_gzip_save(const ff_gzip *g, ff_gzip_point *point) {
  if (g->phase != FF_GZIP_BODY || g->inflate.phase != FF_BLOCK_START)
    return false;
  point->crc = g->crc;
  point->members = g->members;
  point->offset = g->offset;
  point->bit = g->inflate.bit;
  point->produced = g->inflate.produced;
  memcpy(point->window, g->inflate.window, FF_WINDOW);
  return true;
}

void ff_gzip_restore(ff_gzip *g, ff_cpu_level level, const ff_gzip_point *point) {
  ff_gzip_init(g, level);
  g->phase = FF_GZIP_BODY;
  g->crc = point->crc;
  g->members = point->members;
  g->offset = point->offset;
  g->inflate.bit = point->bit;
  g->inflate.produced = point->produced;
  memcpy(g->inflate.window, point->window, FF_WINDOW);
}

/* Fuzzers build without the checks, to get behind them. */
static bool agree(uint32_t told, uint32_t found) {
#ifdef FF_UNCHECKED
  found = told;
#endif
  return told == found;
}

static size_t at_hand(const ff_io *io) { return (size_t)(io->in_end - io->in); }

/* Consume n header bytes. */
static void pass(ff_gzip *g, ff_io *io, size_t n) {
  if (g->flags & FLAG_HEADER_CRC)
    g->header_crc = ff_crc32(g->level, g->header_crc, io->in, n);
  io->in += n;
}

static ff_status between(ff_gzip *g, ff_io *io) {
  if (g->members)
    while (io->in != io->in_end && *io->in == 0)
      io->in++;
  if (io->in == io->in_end)
    return io->final && g->members ? FF_END : FF_NEED_INPUT;
  if (g->members && io->in[0] != 0x1F)
    return FF_TRAILING;
  if (at_hand(io) < 2) /* zlib does not judge the first byte alone */
    return FF_NEED_INPUT;
  if (io->in[0] != 0x1F || io->in[1] != 0x8B)
    return g->members ? FF_TRAILING : FF_BAD_MAGIC;
  io->in += 2;
  g->members++;
  g->phase = FF_GZIP_FIXED;
  return FF_NEED_INPUT;
}

static ff_status fixed_fields(ff_gzip *g, ff_io *io) {
  static const uint8_t magic[2] = {0x1F, 0x8B};
  if (at_hand(io) >= 2) { /* a bad method is bad even where the rest is missing */
    if (io->in[0] != 8)
      return FF_BAD_METHOD;
    if (io->in[1] & FLAG_RESERVED)
      return FF_BAD_FLAGS;
  }
  if (at_hand(io) < 8)
    return FF_NEED_INPUT;
  g->flags = io->in[1];
  g->header_crc = ff_crc32(g->level, 0, magic, sizeof magic);
  pass(g, io, 8);
  g->phase = FF_GZIP_EXTRA_LENGTH;
  return FF_NEED_INPUT;
}

static ff_status extra_length(ff_gzip *g, ff_io *io) {
  g->extra_left = 0;
  if (g->flags & FLAG_EXTRA) {
    if (at_hand(io) < 2)
      return FF_NEED_INPUT;
    g->extra_left = ff_load16(io->in);
    pass(g, io, 2);
  }
  g->phase = FF_GZIP_EXTRA;
  return FF_NEED_INPUT;
}

static ff_status extra(ff_gzip *g, ff_io *io) {
  const size_t n = FF_MIN(at_hand(io), g->extra_left);
  pass(g, io, n);
  g->extra_left = (uint16_t)(g->extra_left - n);
  if (!g->extra_left)
    g->phase = FF_GZIP_NAME;
  return FF_NEED_INPUT;
}

/* Name and comment: up to and with the first zero byte. */
static ff_status text(ff_gzip *g, ff_io *io, unsigned flag, ff_gzip_phase next) {
  if (g->flags & flag) {
    if (io->in == io->in_end)
      return FF_NEED_INPUT;
    const uint8_t *zero = memchr(io->in, 0, at_hand(io));
    pass(g, io, zero ? (size_t)(zero - io->in) + 1 : at_hand(io));
    if (!zero)
      return FF_NEED_INPUT;
  }
  g->phase = next;
  return FF_NEED_INPUT;
}

static ff_status header_crc(ff_gzip *g, ff_io *io) {
  if (g->flags & FLAG_HEADER_CRC) {
    if (at_hand(io) < 2)
      return FF_NEED_INPUT;
    if (!agree(ff_load16(io->in), g->header_crc & 0xFFFF))
      return FF_BAD_HEADER_CRC;
    io->in += 2;
  }
  g->crc = 0;
  ff_inflate_next(&g->inflate);
  g->phase = FF_GZIP_BODY;
  return FF_NEED_INPUT;
}

static ff_status body(ff_gzip *g, ff_io *io) {
  uint8_t *const out_end = io->out_end;
  ff_status status;
  io->kept_at = io->out;
  do {
    const uint8_t *const out = io->out;
    io->out_end = io->out + FF_MIN((size_t)(out_end - out), CRC_BYTES);
    status = ff_inflate_run(&g->inflate, io);
    g->crc = ff_crc32(g->level, g->crc, out, (size_t)(io->out - out));
  } while (status == FF_OUTPUT_FULL && io->out_end != out_end);
  io->out_end = out_end;
  if (status != FF_END) {
    ff_inflate_keep(&g->inflate, io);
    return status;
  }
  g->phase = FF_GZIP_CRC;
  return FF_NEED_INPUT;
}

static ff_status trailer(ff_gzip *g, ff_io *io) {
  if (at_hand(io) < 4)
    return FF_NEED_INPUT;
  g->stored = ff_load32(io->in);
  io->in += 4;
  if (g->phase == FF_GZIP_CRC) {
    if (!agree(g->stored, g->crc))
      return FF_BAD_CRC;
    g->phase = FF_GZIP_SIZE;
  } else {
    if (!agree(g->stored, (uint32_t)g->inflate.produced))
      return FF_BAD_SIZE;
    g->phase = FF_GZIP_BETWEEN;
  }
  return FF_NEED_INPUT;
}

static ff_status one_phase(ff_gzip *g, ff_io *io) {
  switch (g->phase) {
  case FF_GZIP_BETWEEN:
    return between(g, io);
  case FF_GZIP_FIXED:
    return fixed_fields(g, io);
  case FF_GZIP_EXTRA_LENGTH:
    return extra_length(g, io);
  case FF_GZIP_EXTRA:
    return extra(g, io);
  case FF_GZIP_NAME:
    return text(g, io, FLAG_NAME, FF_GZIP_COMMENT);
  case FF_GZIP_COMMENT:
    return text(g, io, FLAG_COMMENT, FF_GZIP_HEADER_CRC);
  case FF_GZIP_HEADER_CRC:
    return header_crc(g, io);
  case FF_GZIP_BODY:
    return body(g, io);
  default:
    return trailer(g, io);
  }
}

ff_status ff_gzip_run(ff_gzip *g, ff_io *io) {
  const uint8_t *const start = io->in;
  ff_status status = g->failure;
  ff_gzip_phase phase;

  if (status != FF_NEED_INPUT)
    return status;
  do { /* FF_NEED_INPUT of a phase that is over means: on to the next */
    phase = g->phase;
    status = one_phase(g, io);
  } while (status == FF_NEED_INPUT && g->phase != phase);
  if (status == FF_NEED_INPUT && io->final)
    status = FF_TRUNCATED;
  if (status >= FF_BAD_BLOCK_TYPE)
    g->failure = status;
  g->offset += (uint64_t)(io->in - start);
  return status;
}

ff_status ff_gzip_run_pixels(ff_gzip *g, ff_pixels *px) {
  ff_status status;
  do
    status = ff_gzip_run(g, &px->io);
  while (ff_pixels_flush(px) && status == FF_OUTPUT_FULL);
  return status;
}
