/* The plain symbol decoder: one code word after the other. Fast while both margins hold, careful at the tails. */
#ifndef FF_SYMBOLS_H
#define FF_SYMBOLS_H

#include "inflate.h"

/* Decode the block that s->tables describes: FF_END behind its end-of-block code, else as ff_inflate_run(). May pause
 * (FF_NEED_INPUT, *paused set) behind the first symbol that ends more than `soft` bytes of input further on. */
ff_status ff_symbols_run(ff_inflate *s, ff_io *io, size_t soft, bool *paused);

/* Take the end-of-block code, if that is next: FF_END. FF_NEED_INPUT: not known yet. FF_DIRECT: something else is next. */
ff_status ff_symbols_end(ff_inflate *s, ff_io *io);

#endif
