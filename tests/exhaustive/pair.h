/* Short inputs, at the rate of the decoders themselves: nothing is allocated or initialized anew for an input. */
#ifndef EXHAUSTIVE_PAIR_H
#define EXHAUSTIVE_PAIR_H

#include "choice.h"
#include "oracle.h"

/* Longer outputs are compared so far. */
#define PAIR_ROOM ((size_t)1 << 18)
#define PAIR_INPUT ((size_t)1 << 13)

/* So many inputs were compared, so many of them were sound, and at so many places a decoder was restored. */
extern unsigned long pair_inputs, pair_sound, pair_places;

void pair_open(void);

/* One bare DEFLATE stream of up to PAIR_INPUT bytes: verdict, bytes, bytes consumed. zlib's verdict is returned. Every
 * eighth input is decoded twice, the second time in pieces into small rooms. A disagreement ends the process, after the
 * input was printed. */
verdict_kind pair_check(choice *c, const uint8_t *data, size_t n);

/* The same, with lanes, their windows and their places chosen at random. */
verdict_kind pair_check_lanes(choice *c, const uint8_t *data, size_t n);

/* A file of gzip members: their number too. */
verdict_kind pair_check_file(choice *c, const uint8_t *data, size_t n);

/* The same; between blocks, decoders take turns that know nothing but a saved place. */
verdict_kind pair_check_places(choice *c, const uint8_t *data, size_t n);

#endif
