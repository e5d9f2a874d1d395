/* The two ends of a decoder's way: an input and what zlib says of it, and the comparison with that. */
#ifndef FUZZ_VERDICTS_H
#define FUZZ_VERDICTS_H

#include "oracle.h"
#include "steps.h"

/* Of everything that was compared so far: builds that do the same have the same. */
extern uint64_t verdicts_digest;

void digest(const void *data, size_t n);

/* Take an input apart into plan, zlib's verdict and the data to feed to a decoder that is opened for it. False: there is
 * no plan, or the output is too long to compare. */
bool begin(plan *p, verdict *v, decoder *d, feed *f, const uint8_t *data, size_t size);

/* Check status, bytes, input consumed and members, once decoding has come to `status`. */
void compare(const verdict *v, const decoder *d, const feed *f, ff_status status, size_t produced);

#endif
