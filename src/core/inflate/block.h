/* The symbols of a block: when lanes decode them and when the plain loop does. */
#ifndef FF_BLOCK_H
#define FF_BLOCK_H

#include "inflate.h"

/* Phase FF_SYMBOLS: FF_END behind the end-of-block code, else as ff_inflate_run(). */
ff_status ff_block_run(ff_inflate *s, ff_io *io);

/* The same for ff_inflate_produce(): FF_BATCH, FF_END, FF_NEED_INPUT or FF_DIRECT. */
ff_status ff_block_produce(ff_inflate *s, ff_io *io, ff_batch *batch);

#endif
