/* Tokens to bytes. */
#ifndef FF_EXECUTE_H
#define FF_EXECUTE_H

#include "inflate.h"

/* Go on with a batch: FF_END when all of it is in the output, FF_OUTPUT_FULL when it does not fit. Distances must have
 * been checked against s->produced. Of *s, only produced, match_length and match_distance change, and only level and
 * window are read: the output side is all it needs. */
ff_status ff_tokens_run(ff_inflate *s, ff_batch *batch, ff_io *io);

/* Whether every distance in a batch that has not been begun stays within what the stream has produced by then. */
bool ff_tokens_reach(const ff_inflate *s, const ff_batch *batch);

#endif
