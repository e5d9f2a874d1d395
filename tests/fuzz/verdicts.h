/* The end of a decoder's way against what zlib said. */
#ifndef FUZZ_VERDICTS_H
#define FUZZ_VERDICTS_H

#include "oracle.h"
#include "steps.h"

/* Check status, bytes, input consumed and members, once decoding has come to `status`. */
void compare(const verdict *v, const decoder *d, const feed *f, ff_status status, size_t produced);

#endif
