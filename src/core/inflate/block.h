/* The symbols of a block: when lanes decode them and when the plain loop does. */
#ifndef FF_BLOCK_H
#define FF_BLOCK_H

#include "inflate.h"

/* Phase FF_SYMBOLS: FF_END behind the end-of-block code, else as ff_inflate_run(). */
ff_status ff_block_run(ff_inflate *s, ff_io *io);

/* The first half of the same: decode into `batch` what ff_tokens_run() executes. FF_BATCH: a batch is ready. FF_END as
 * there. FF_NEED_INPUT, FF_DIRECT: only ff_block_run() can go on. The output side of *s and *io is not touched.
 * s->produced must be at least FF_WINDOW when the batch is executed, so that no distance can be too far. Lanes are used
 * whatever s->level is: ff_duet_supported() is asked first. */
ff_status ff_block_produce(ff_inflate *s, ff_io *io, ff_batch *batch);

#endif
