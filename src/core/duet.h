/* One gzip member in two threads that take alternate blocks.
 *
 * While one worker decodes block i, the other guesses where block i+1 starts - compressed sizes of blocks hardly change
 * in what zlib makes of images - by looking for a block header there, and decodes from it into batches of tokens. When
 * the first one comes to the end of its block, the guess is confirmed, or what was decoded is thrown away. Only then
 * are tokens executed, block after block in the order of the stream, each by the worker that decoded it: tokens never
 * leave their core.
 *
 * A guess costs time when it is wrong, never correctness: decoding from the same bit on gives the same tokens, and
 * nothing of it is executed or reported before the bit is known to be the right one. Whatever is not an ordinary block
 * ends the run in front of it, and ff_gzip_run() goes on there: every verdict is its verdict.
 *
 * The threads are the caller's: one that opens, leads and closes, and one that assists, or none. What ff_duet_open()
 * got may be used by nobody else before ff_duet_close() has returned.
 */
#ifndef FF_DUET_H
#define FF_DUET_H

#include "atomic.h"
#include "gzip.h"
#include "pixels.h"

/* Batches of one block. zlib's blocks need two or three, and up to eight before the lanes know how long blocks are. */
#define FF_DUET_BATCHES 8u

typedef struct ff_duet_block {
  uint32_t number;
  uint32_t batches; /* decoded so far */
  uint64_t start;   /* in bits; perhaps a guess */
  const uint8_t *behind;
  bool guessed; /* before its start was known */
  bool hit;     /* rightly */
  bool whole;   /* decoded up to its end */
  ff_batch batch[FF_DUET_BATCHES];
} ff_duet_block;

typedef struct ff_duet_worker {
  ff_io io; /* its input side */
  ff_inflate inflate;
  ff_duet_block block[2]; /* one more where the other worker is late */
} ff_duet_worker;

/* Blocks whose start may still be asked for: four that have not been executed, two before them, one behind. */
#define FF_DUET_STARTS 8u

typedef struct ff_duet {
  /* Blocks are numbered from 0 on. What the workers tell each other lies on few cache lines, each with what is read
   * together. */
  ff_atomic claimed; /* blocks that have a worker */
  uint8_t pad1[60];
  ff_atomic known;                /* the last block whose start is known */
  uint64_t start[FF_DUET_STARTS]; /* of the latest blocks, in bits */
  uint8_t pad2[56];
  ff_atomic executed;  /* blocks; the rest is for the worker of the next one */
  ff_atomic converted; /* blocks of which the pixels have left the scratch */
  uint32_t crc;
  uint32_t misses; /* of guesses lately */
  uint64_t produced;
  uint8_t *out;
  uint8_t *latest; /* where the block before `out` begins; with pixels */
  uint8_t pad3[16];
  ff_atomic broken; /* the block that is no ordinary one, or not all there: where its turn comes, the run stops */
  ff_atomic stopped;
  ff_atomic entered; /* the assistant has begun */
  ff_atomic left;    /* and returned */
  uint8_t pad4[48];

  /* As they were when this run began. */
  ff_gzip *gzip;
  ff_io *io;
  ff_pixels *px;
  const uint8_t *in;
  uint8_t *out_end;
  uint64_t first_size; /* guess, in bits */
  uint64_t limit;      /* of ff_inflate.produced */
  ff_duet_worker worker[2];
} ff_duet;

/* Whether there is anything to gain on such a processor. */
bool ff_duet_supported(ff_cpu_level level);

/* Whether two workers can go on with the member from where it is: in front of a block that is worth it, as io->in tells. */
bool ff_duet_applies(const ff_gzip *g, const ff_io *io);

/* Open a run that decodes from *io as far as it gets. `px`: NULL, or io is its scratch, and what comes there is
 * converted. */
void ff_duet_open(ff_duet *d, ff_gzip *g, ff_io *io, ff_pixels *px);

/* Do one half of the work; or all of it, if there is no assistant. */
void ff_duet_lead(ff_duet *d);
void ff_duet_assist(ff_duet *d);

/* Behind ff_duet_lead(): wait for the assistant, if there is or will be one. One that begins after this has returned,
 * because the caller does not know of it, touches nothing but *d. *g and *io are in front of the first block
 * that has not been executed. */
void ff_duet_close(ff_duet *d, bool assisted);

#endif
