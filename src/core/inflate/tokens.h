/* A batch: some of a block's symbols as tokens (tables.h), on their way from decoding to execution.
 *
 * Decoding fills a batch and never looks at the output; execution turns it into bytes and never looks at the input. So
 * the two may run one after the other, or apart: a block can be decoded before anybody knows where its output goes. A batch
 * holds offsets, no pointers: it may be moved.
 *
 * Tokens lie where the lanes wrote them; segments say which of them count, and in what order. A segment never ends
 * between a length and its distance.
 */
#ifndef FF_TOKENS_H
#define FF_TOKENS_H

#include "tables.h"

/* Chains that decode side by side. Six pairs of position and entry about fill the registers of x86-64; measured: four
 * leave the core idle half of the time, eight gain nothing. */
#ifndef FF_LANES
#define FF_LANES 6u
#endif

/* Tokens that one lane may write, and slack behind them for whole vectors. The slack also keeps the lanes' streams from
 * sharing the low 12 address bits. */
#define FF_LANE_TOKENS 6144u
#define FF_LANE_SLACK 96u
#define FF_LANE_STRIDE (FF_LANE_TOKENS + FF_LANE_SLACK)

/* Tokens that bridge lanes which do not meet. */
#define FF_BRIDGE_TOKENS 4096u
#define FF_BRIDGE_START (FF_LANES * FF_LANE_STRIDE)

#define FF_SEGMENTS (2 * FF_LANES + 1)

typedef struct ff_segment {
  uint32_t at; /* index of its first token */
  uint32_t n;
} ff_segment;

typedef struct ff_batch {
  uint32_t segments; /* in use */
  uint32_t segment;  /* the first that is not wholly executed */
  uint32_t done;     /* its tokens that are */
  ff_segment part[FF_SEGMENTS];
  uint16_t token[FF_BRIDGE_START + FF_BRIDGE_TOKENS + FF_LANE_SLACK];
} ff_batch;

#endif
