/* A sequence of gzip members (RFC 1952) as one stream of bytes.
 *
 * Header fields are skipped as they pass, whatever their length; header CRC, CRC-32 and size are checked; reserved flags
 * are refused. Zero bytes behind a member are padding, and another member may follow. Iterative, in constant memory.
 */
#ifndef FF_GZIP_H
#define FF_GZIP_H

#include "inflate/inflate.h"
#include "pixels.h"

typedef struct ff_gzip ff_gzip;

typedef enum ff_gzip_phase {
  FF_GZIP_BETWEEN, /* before the first member, or behind one */
  FF_GZIP_FIXED,   /* method to operating system: 8 bytes behind the magic */
  FF_GZIP_EXTRA_LENGTH,
  FF_GZIP_EXTRA,
  FF_GZIP_NAME,
  FF_GZIP_COMMENT,
  FF_GZIP_HEADER_CRC,
  FF_GZIP_BODY,
  FF_GZIP_CRC,
  FF_GZIP_SIZE
} ff_gzip_phase;

struct ff_gzip {
  ff_gzip_phase phase;
  ff_cpu_level level;
  ff_status failure; /* sticky; FF_NEED_INPUT: none */
  uint8_t flags;
  uint16_t extra_left;
  uint32_t header_crc;
  uint32_t crc;     /* of this member's output so far */
  uint32_t stored;  /* what the trailer said, where that is wrong */
  uint64_t members; /* begun so far */
  uint64_t offset;  /* compressed bytes consumed in all */
  ff_inflate inflate;
};

void ff_gzip_init(ff_gzip *g, ff_cpu_level level);

/* A place to start again from: between two blocks of a member. */
typedef struct ff_gzip_point {
  uint32_t crc;
  uint64_t members;
  uint64_t offset;
  unsigned bit;
  uint64_t produced;
  uint8_t window[FF_WINDOW];
} ff_gzip_point;

/* Save the place; false where none can be saved. After FF_PAUSED one can. */
bool ff_gzip_save(const ff_gzip *g, ff_gzip_point *point);

/* Make g, which needs no initialization, go on from there. */
void ff_gzip_restore(ff_gzip *g, ff_cpu_level level, const ff_gzip_point *point);

/* Contract of ff_inflate_run() for the whole sequence. FF_END: io->final, and the input ended behind a member.
 * FF_TRAILING: io->in is at something behind the last member that is neither padding nor a member.
 * FF_TRUNCATED: io->final, and more was to come. Keeps the window by itself. */
ff_status ff_gzip_run(ff_gzip *g, ff_io *io);

/* The same into px, whose io has the input. FF_OUTPUT_FULL: the room for items is full. */
ff_status ff_gzip_run_pixels(ff_gzip *g, ff_pixels *px);

#endif
