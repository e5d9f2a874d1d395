/* Several decoders inside one block.
 *
 * The part of a block that is at hand is cut into FF_LANES ranges of equal length, and one lane decodes each of them
 * from its first bit on, though that bit may lie anywhere within a code word. Huffman codes fall into step by
 * themselves: after some 13 symbols such a lane comes upon a true symbol boundary, and from there on it can only do
 * what a decoder that started at the top of the block would do. Where the lane before it, running on past its own
 * range, reaches a bit that the lane behind started a symbol at too, expecting the same kind of symbol, the two are
 * joined. So the result is that of one decoder from the top, bit for bit; guesses cost time when they are wrong, never
 * correctness.
 *
 * Lanes report nothing and write nothing but tokens. What is special - end of block, code words that must not occur,
 * the end of the input - ends the batch just before it, and the plain loop finds it again: every verdict is its
 * verdict.
 */
#ifndef FF_LANES_H
#define FF_LANES_H

#include "../cpu.h"
#include "tokens.h"

/* Symbols that each lane decodes between two looks at all of them. */
#ifndef FF_LANE_PAIRS
#define FF_LANE_PAIRS 8u
#endif
#define FF_LANE_STEPS (2 * FF_LANE_PAIRS)

/* What a lane records of two symbols: the bits that start at the first one, and both entries. Side by side, because
 * what bounds the loop on some cores is how many cache lines the stores go to (Zen 4). */
typedef struct ff_lane_pair {
  uint64_t bits;
  uint32_t entry[2];
} ff_lane_pair;

typedef struct ff_lane {
  uint64_t start; /* bit position of its first token */
  uint64_t stop;  /* where it may stop */
  uint64_t end;   /* bit position behind its last token, once it has stopped */
  uint32_t n;     /* tokens */
  uint32_t restarts;
  bool running;
} ff_lane;

typedef struct ff_lanes {
  ff_lane lane[FF_LANES];
  uint64_t position[FF_LANES];
  uint64_t check[FF_LANES];                         /* ff_lane.stop; 0 for a lane that has stopped */
  ff_lane_pair record[FF_LANES][1 + FF_LANE_PAIRS]; /* the first one: entry[1] of the last pair before */
  uint8_t bits[FF_LANES * FF_LANE_STRIDE];          /* of each token in ff_batch.token */

  /* What blocks were like so far, to place the lanes. Positions and sizes in bits. */
  bool in_block;
  bool ending;         /* the end-of-block code is next */
  uint64_t done;       /* of this block */
  uint64_t last_block; /* size of the previous block; 0: none */
  uint32_t mean_block; /* running mean of block sizes */
  uint32_t change;     /* running mean of the change from block to block, in 1/1024 */
  uint32_t token_bits; /* running mean of bits per token, in 1/16 */
  int32_t balance;     /* cycles that lanes have saved lately, estimated */
  uint32_t poor;       /* how often it has become negative lately */
  uint32_t skip;       /* batches to leave to the plain loop because of that */

#ifdef FF_TEST_HOOKS
  struct {
    uint32_t lanes;  /* use so many; 0: all */
    uint32_t seed;   /* not 0: shift starts, stop lanes and miss joins at random */
    uint32_t window; /* bits per batch; 0: planned */
  } test;
#endif
} ff_lanes;

/* The balance that a stream begins with. */
#define FF_LANES_CREDIT 20000

void ff_lanes_reset(ff_lanes *l);

/* Lanes start no batch where less input than this is at hand, in bits. */
#define FF_LANES_MIN_INPUT (FF_LANES * 2048u)

/* Decode symbols from bit *position of `in` on, about as far as `window` bits, into `batch`. The input is read up to
 * in_end. Returns the number of tokens, 0 where lanes do not help; *position is behind the last of them. `tables` must
 * have been widened. */
size_t ff_lanes_decode(ff_lanes *l, const ff_tables *tables, ff_cpu_level level, const uint8_t *in,
                       const uint8_t *in_end, uint64_t *position, uint64_t window, ff_batch *batch);

/* The same with one chain, for what is too short for lanes: up to FF_BRIDGE_TOKENS tokens. */
size_t ff_lanes_single(const ff_tables *tables, const uint8_t *in, const uint8_t *in_end, uint64_t *position,
                       ff_batch *batch);

#endif
