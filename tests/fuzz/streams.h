/* Gzip files that get deep into a decoder: random bytes hardly ever get past the first block header. */
#ifndef FUZZ_STREAMS_H
#define FUZZ_STREAMS_H

#include <stddef.h>

#include "choice.h"

/* Write one file of up to `capacity` bytes, at least 1024; returns its size. Some have damage or an end too early. */
size_t make_stream(choice *c, uint8_t *out, size_t capacity);

/* The same for a bare stream, and for one member, whose header takes up to 200 bytes. Where capacity is below a KiB,
 * blocks are short. Damage is rare, and never in a trailer. */
size_t make_raw(choice *c, uint8_t *out, size_t capacity);
size_t make_member(choice *c, uint8_t *out, size_t capacity);

/* Set CRC-32 and length of the first member to what zlib finds, if it ends. */
void mend_trailer(uint8_t *data, size_t size);

/* Lengths of a complete code, or of one word, for some of the symbols, `needed` among them. */
void random_lengths(choice *c, uint8_t *lengths, unsigned symbols, unsigned needed);

/* Extra bits of a symbol. */
unsigned length_extra(unsigned symbol);
unsigned dist_extra(unsigned symbol);

#endif
