/* Resumable DEFLATE decoder. The caller's output is its window; it owns no buffer but a copy of the last 32 KiB.
 *
 * Contract
 *   Input    io->in .. io->in_end. A call consumes whole bytes; what it leaves must be presented again, with more bytes
 *            behind it, unless io->final says that there are no more. Never reads outside this range.
 *   Output   io->out .. io->out_end is room; io->base .. io->out is the latest output of this decoder, in place, and
 *            serves as window. Never writes outside the room, but bytes of the room behind the returned io->out may be
 *            overwritten with anything. Output before io->base comes from the copy that ff_inflate_keep() makes.
 *   Errors   are sticky. Nothing is reported before it is certain: with any split of the input the verdict is that of
 *            the whole.
 *   Threads  one call at a time per decoder; no global state.
 */
#ifndef FF_INFLATE_H
#define FF_INFLATE_H

#include "../common.h"
#include "../cpu.h"
#include "../status.h"
#include "lanes.h"
#include "tables.h"

#define FF_WINDOW 32768u

typedef struct ff_io {
  const uint8_t *in;
  const uint8_t *in_end;
  uint8_t *base;
  uint8_t *out;
  uint8_t *out_end;
  const uint8_t *kept_at; /* where the kept window ends: the caller sets it to `out` before the first run behind that */
  bool final;
  bool pause; /* return FF_PAUSED between two blocks, once there is output */
} ff_io;

typedef enum ff_phase {
  FF_BLOCK_START,
  FF_STORED_LENGTH,
  FF_STORED_BYTES,
  FF_HEADER_COUNTS,
  FF_HEADER_PRECODE,
  FF_HEADER_LENGTHS,
  FF_SYMBOLS,
  FF_MATCH,  /* a match that the end of the room has cut */
  FF_TOKENS, /* tokens of this block that the end of the room has cut */
  FF_STREAM_END
} ff_phase;

typedef struct ff_inflate {
  ff_phase phase;
  ff_cpu_level level;
  bool last_block;
  unsigned bit;          /* bits of *io->in that are consumed already, 0-7 */
  uint64_t produced;     /* bytes of this stream so far */
  unsigned stored_left;  /* FF_STORED_BYTES */
  unsigned match_length; /* FF_MATCH, FF_TOKENS: what is still to copy */
  unsigned match_distance;
  unsigned nlitlen, ndist, nprecode, index; /* block header: counts, and how many lengths have been read */
  uint8_t precode_lengths[FF_PRECODE_SYMS];
  uint8_t precode[1u << FF_PRECODE_BITS];
  uint8_t lengths[320]; /* 286 + 30, literal/length and distance together */
  ff_tables tables;
  uint8_t window[FF_WINDOW]; /* the latest output, as it was when the run before this one ended */
  ff_lanes lanes;
  ff_batch batch; /* FF_TOKENS */
} ff_inflate;

/* Start a new stream in memory that may hold anything. The window is emptied: a match never reaches into another
 * stream. */
void ff_inflate_reset(ff_inflate *s, ff_cpu_level level);

/* The same behind another stream. Kept are tables of the fixed code, which take longer than a tiny stream does, and what
 * blocks were like: a file's members resemble one another. */
void ff_inflate_next(ff_inflate *s);

/* FF_NEED_INPUT, FF_OUTPUT_FULL, FF_PAUSED, FF_END (io->in is behind the last byte of the stream) or an FF_BAD_ status. */
ff_status ff_inflate_run(ff_inflate *s, ff_io *io);

/* Keep the last 32 KiB of what the runs since io->kept_at brought to, so that the next one may bring another buffer.
 * What has been kept already is not kept again. */
void ff_inflate_keep(ff_inflate *s, ff_io *io);

#endif
