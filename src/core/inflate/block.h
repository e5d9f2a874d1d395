/* The symbols of a block: when lanes decode them and when the plain loop does. */
#ifndef FF_BLOCK_H
#define FF_BLOCK_H

#include "inflate.h"

/* Phase FF_SYMBOLS: FF_END behind the end-of-block code, else as ff_inflate_run(). */
ff_status ff_block_run(ff_inflate *s, ff_io *io);

#endif
