/* The one status type of the core. Nothing in the core prints, allocates or sets errno; callers turn a status into words. */
#ifndef FF_STATUS_H
#define FF_STATUS_H

typedef enum ff_status {
  /* Progress: the call did what it could. The first five are also the statuses of the Python backends. */
  FF_NEED_INPUT = 0,  /* present the unconsumed bytes again, with more behind them */
  FF_OUTPUT_FULL = 1, /* present more room */
  FF_END = 2,         /* the data ended where it may end */
  FF_TRAILING = 3,    /* after the last member, something that is not a member */
  FF_PAUSED = 4,      /* as was asked for: between two blocks */
  FF_BATCH = 5,       /* inside the core: a batch of tokens is ready */
  FF_DIRECT = 6,      /* inside the core: what comes next needs the output at hand */

  /* Bad DEFLATE data. */
  FF_BAD_BLOCK_TYPE = 16,
  FF_BAD_STORED_LENGTH,
  FF_BAD_COUNTS,
  FF_BAD_PRECODE,
  FF_BAD_REPEAT,
  FF_BAD_NO_END_OF_BLOCK,
  FF_BAD_LITLEN_SET,
  FF_BAD_DIST_SET,
  FF_BAD_LITLEN_CODE,
  FF_BAD_DIST_CODE,
  FF_BAD_TOO_FAR,

  /* Bad gzip framing. */
  FF_BAD_MAGIC,
  FF_BAD_METHOD,
  FF_BAD_FLAGS,
  FF_BAD_HEADER_CRC,
  FF_BAD_CRC,
  FF_BAD_SIZE,
  FF_TRUNCATED, /* the input is said to be complete, and is not */

  /* Bad IDX header. */
  FF_IDX_MAGIC,
  FF_IDX_TYPE,
  FF_IDX_RANK,
  FF_IDX_OVERFLOW
} ff_status;

#endif
