/* Decode tables of one DEFLATE block.
 *
 * Both codes of a block live in one array, so that a decoder can step from a literal to a length to a distance without
 * a branch: the entry just used says, in place, which half the next index goes to.
 *
 *     [0, 2048)      literal/length code, indexed by the next FF_TABLE_BITS bits
 *     [2048, 4096)   distance code, likewise
 *     [4096, ...)    subtables of codes longer than FF_TABLE_BITS
 *
 * A code whose longest word is shorter than FF_TABLE_BITS fills only the first 1 << litlen_bits (dist_bits) slots;
 * ff_tables_widen() repeats them over the whole half for decoders that index with constant masks.
 *
 * Entry, 32 bits:
 *     0-5    bits that this step consumes: code word and extra bits together; 0 for every exceptional entry,
 *            which makes those sticky: a decoder that does not look at flags stays where it is
 *     6-7    0, so that the low byte is the number
 *     8      FF_E_LITERAL
 *     9      FF_E_END: end of block
 *     10     FF_E_EXCEPTION: end of block, pointer to a subtable, or a code word that must not occur
 *     11     FF_E_DIST: the next index goes to the distance half (length entries; exceptional distance entries)
 *     12-15  bits of the code word alone (of a pointer: index bits of its subtable)
 *     16-31  least token of the symbol (see below), or subtable start
 *
 * Entries of subtables count their bits without the FF_TABLE_BITS that led there.
 */
#ifndef FF_TABLES_H
#define FF_TABLES_H

#include "../common.h"
#include "../status.h"

#define FF_TABLE_BITS 11u
#define FF_TABLE_HALF (1u << FF_TABLE_BITS)

#define FF_E_LITERAL (1u << 8)
#define FF_E_END (1u << 9)
#define FF_E_EXCEPTION (1u << 10)
#define FF_E_DIST FF_TABLE_HALF
#define FF_E_POINTER (1u << 31) /* beside FF_E_EXCEPTION: bits 16-30 are the start of a subtable */

/* Tokens: what a stream of symbols means, 16 bits each. A length is always followed by its distance.
 *     0 .. 255        literal byte
 *     256 .. 511      length 3 .. 258, plus FF_TOKEN_LENGTH
 *     512 .. 33279    distance 1 .. 32768, plus FF_TOKEN_DISTANCE
 * Entries hold them, so that a token is entry value + extra bits whatever its kind; to the plain loop the bias costs
 * nothing (it folds into an address). */
#define FF_TOKEN_LENGTH 253u
#define FF_TOKEN_DISTANCE 511u
#define FF_TOKEN_FIRST_LENGTH 256u
#define FF_TOKEN_FIRST_DISTANCE 512u

#define FF_MAX_LITLEN_SYMS 288u
#define FF_MAX_DIST_SYMS 32u
#define FF_MAX_CODE_BITS 15u

/* Most subtable slots that a complete code of 286 (30) symbols with words of at most 15 bits can need behind a first
 * level of 11 bits. Proven by enumeration in tests/test_table_bounds.py. */
#define FF_LITLEN_SUBTABLES 292u
#define FF_DIST_SUBTABLES 32u

typedef struct ff_tables {
  uint32_t entry[2 * FF_TABLE_HALF + FF_LITLEN_SUBTABLES + FF_DIST_SUBTABLES];
  uint8_t litlen_bits; /* index bits in use in each half */
  uint8_t dist_bits;
  bool fixed; /* holds the fixed code already */
} ff_tables;

FF_INLINE unsigned ff_entry_bits(uint32_t e) { return e & 0xFF; }
FF_INLINE unsigned ff_entry_code_bits(uint32_t e) { return e >> 12 & 15; }
FF_INLINE unsigned ff_entry_value(uint32_t e) { return e >> 16; }
FF_INLINE unsigned ff_entry_subtable(uint32_t e) { return e >> 16 & 0x7FFF; }

/* Build both halves from code lengths: litlen[0..nlitlen) and dist[0..ndist).
 * Accepts what zlib accepts: complete codes; a single code word of one bit; a distance code without any word. */
ff_status ff_tables_build(ff_tables *t, const uint8_t *litlen, unsigned nlitlen, const uint8_t *dist, unsigned ndist);

/* The fixed code of RFC 1951, 3.2.6; nothing is done if the tables hold it already. */
void ff_tables_fixed(ff_tables *t);

/* Repeat both first levels up to FF_TABLE_BITS index bits. */
void ff_tables_widen(ff_tables *t);

#define FF_PRECODE_SYMS 19u
#define FF_PRECODE_BITS 7u

/* The code of the code lengths: entry = bits << 5 | symbol, indexed by the next 7 bits. */
ff_status ff_precode_build(uint8_t table[1u << FF_PRECODE_BITS], const uint8_t lengths[FF_PRECODE_SYMS]);

#endif
