/* Block headers, up to finished decode tables. */
#ifndef FF_HEADER_H
#define FF_HEADER_H

#include "inflate.h"

/* Go on with the header that s->phase is in, until the phase is FF_STORED_BYTES or FF_SYMBOLS (FF_END), the input ends
 * (FF_NEED_INPUT) or the header is bad. */
ff_status ff_header_run(ff_inflate *s, ff_io *io);

#endif
