/* The end of a decoder's way against what zlib said. */
#ifndef FUZZ_VERDICTS_H
#define FUZZ_VERDICTS_H

#include "oracle.h"
#include "steps.h"

/* Of everything that was compared so far: builds that do the same have the same. */
extern uint64_t verdicts_digest;

void digest(const void *data, size_t n);

/* Check status, bytes, input consumed and members, once decoding has come to `status`. */
void compare(const verdict *v, const decoder *d, const feed *f, ff_status status, size_t produced);

#endif
