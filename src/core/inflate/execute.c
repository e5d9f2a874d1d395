#include "execute.h"

#include "copy.h"

/* Tokens are executed in pieces of this many: split into literals and places of matches, which gives the exact number
 * of bytes, then copied without any further look at the room. */
#define PIECE 2048u
/* Where the room is short, pieces get shorter, and the last one is executed with care. */
#define SMALL_PIECE 64u
/* Before there is a whole window of output, distances are looked at in pieces of so many: one by one only where the
 * greatest of a piece goes back behind all that lies before the piece. */
#define REACH_PIECE 128u

/* A piece, split. literal[i] is the low byte of token i, whether it is a literal or not: a run of literals is copied
 * from where it stands, nothing has to be moved together. */
#define LITERAL_COPY 32u
#define PIECE_SLACK 64u
typedef struct {
  uint8_t literal[PIECE + PIECE_SLACK];
  uint16_t match[PIECE / 2 + PIECE_SLACK]; /* index of each length token */
  uint32_t matches;
  uint32_t bytes;        /* of output */
  uint32_t max_distance; /* 0: no match */
} split_piece;

/* Cache lines of input to fetch ahead of each piece. */
#define INPUT_AHEAD 20u

/* Bytes that a piece's execution may write behind its end. */
#define OUT_OVERRUN 64u
FF_STATIC_ASSERT(OUT_OVERRUN >= FF_COPY_OVERRUN && OUT_OVERRUN >= LITERAL_COPY, "margin");

#define NAME(what) what##_generic
#define ATTRIBUTES
#include "execute_kernel.h"

#if FF_X86
#include <immintrin.h>

/* The places of the bits that are set in each byte, lowest first, a byte each. */
#define PUT(m, i, list) ((uint64_t)(list) << 8 * ((m) >> (i) & 1) | (i) * ((m) >> (i) & 1))
#define PLACES(m) PUT(m, 0, PUT(m, 1, PUT(m, 2, PUT(m, 3, PUT(m, 4, PUT(m, 5, PUT(m, 6, PUT(m, 7, 0))))))))
#define PLACES4(m) PLACES(m), PLACES((m) + 1), PLACES((m) + 2), PLACES((m) + 3)
#define PLACES16(m) PLACES4(m), PLACES4((m) + 4), PLACES4((m) + 8), PLACES4((m) + 12)
#define PLACES64(m) PLACES16(m), PLACES16((m) + 16), PLACES16((m) + 32), PLACES16((m) + 48)
static const uint64_t set_bits[256] = {PLACES64(0u), PLACES64(64u), PLACES64(128u), PLACES64(192u)};

#define NAME(what) what##_avx2
#define ATTRIBUTES FF_TARGET("avx2,bmi,bmi2,lzcnt,popcnt")
#define FF_KERNEL_AVX2 1
#include "execute_kernel.h"

/* Byte i of a match at distance d < 32 is byte i mod d of its source. Row 32 leaves everything in its place; row 0 is
 * not used. */
#define FOUR(d, i) (i) % (d), ((i) + 1) % (d), ((i) + 2) % (d), ((i) + 3) % (d)
#define EIGHT(d, i) FOUR(d, i), FOUR(d, (i) + 4)
#define REPEAT(d) {EIGHT(d, 0), EIGHT(d, 8), EIGHT(d, 16), EIGHT(d, 24)}
static const _Alignas(32) uint8_t repeat_order[33][32] = {
    REPEAT(1),  REPEAT(1),  REPEAT(2),  REPEAT(3),  REPEAT(4),  REPEAT(5),  REPEAT(6),  REPEAT(7),  REPEAT(8),
    REPEAT(9),  REPEAT(10), REPEAT(11), REPEAT(12), REPEAT(13), REPEAT(14), REPEAT(15), REPEAT(16), REPEAT(17),
    REPEAT(18), REPEAT(19), REPEAT(20), REPEAT(21), REPEAT(22), REPEAT(23), REPEAT(24), REPEAT(25), REPEAT(26),
    REPEAT(27), REPEAT(28), REPEAT(29), REPEAT(30), REPEAT(31), REPEAT(32)};
/* Bytes of a whole number of periods: where the same vector goes next. */
#define STRIDE(d) (32 / (d) * (d))
static const uint8_t repeat_stride[32] = {
    0,          STRIDE(1),  STRIDE(2),  STRIDE(3),  STRIDE(4),  STRIDE(5),  STRIDE(6),  STRIDE(7),
    STRIDE(8),  STRIDE(9),  STRIDE(10), STRIDE(11), STRIDE(12), STRIDE(13), STRIDE(14), STRIDE(15),
    STRIDE(16), STRIDE(17), STRIDE(18), STRIDE(19), STRIDE(20), STRIDE(21), STRIDE(22), STRIDE(23),
    STRIDE(24), STRIDE(25), STRIDE(26), STRIDE(27), STRIDE(28), STRIDE(29), STRIDE(30), STRIDE(31)};

#define NAME(what) what##_avx512
#define ATTRIBUTES FF_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx2,bmi,bmi2,lzcnt,popcnt")
#define FF_KERNEL_AVX512 1
#include "execute_kernel.h"
#endif

/* n tokens, one by one, within the room. Returns how many are done; s->match_length is what the room has cut. */
static uint32_t execute_careful(ff_inflate *s, ff_io *io, const uint16_t *token, uint32_t n) {
  uint32_t i = 0;
  while (i < n) {
    if (token[i] < FF_TOKEN_FIRST_LENGTH) {
      if (io->out == io->out_end)
        break;
      *io->out++ = (uint8_t)token[i++];
      continue;
    }
    s->match_length = token[i] - FF_TOKEN_LENGTH;
    s->match_distance = token[i + 1] - FF_TOKEN_DISTANCE;
    ff_copy_match_careful(s, io);
    i += 2;
    if (s->match_length)
      break;
  }
  return i;
}

static void split(const ff_inflate *s, const uint16_t *token, uint32_t n, split_piece *piece) {
#if FF_X86
  if (s->level >= FF_CPU_AVX512)
    split_avx512(token, n, piece);
  else if (s->level >= FF_CPU_AVX2)
    split_avx2(token, n, piece);
  else
#else
  (void)s;
#endif
    split_generic(token, n, piece);
}

static void execute(ff_inflate *s, ff_io *io, const uint16_t *token, uint32_t n, split_piece *piece) {
#if FF_X86
  if (s->level >= FF_CPU_AVX512)
    copy_avx512(s, io, token, n, piece);
  else if (s->level >= FF_CPU_AVX2)
    copy_avx2(s, io, token, n, piece);
  else
#endif
    copy_generic(s, io, token, n, piece);
}

/* n, or one less: a length stays with its distance. */
static uint32_t whole_tokens(const uint16_t *token, uint32_t n) {
  return n - (token[n - 1] >= FF_TOKEN_FIRST_LENGTH && token[n - 1] < FF_TOKEN_FIRST_DISTANCE);
}

/* Some of the n tokens, at least one unless the room is full; returns how many. */
static uint32_t execute_some(ff_inflate *s, ff_io *io, const uint16_t *token, uint32_t n) {
  split_piece piece;
  for (n = FF_MIN(n, PIECE);; n /= 4) {
    n = whole_tokens(token, n);
    const size_t room = (size_t)(io->out_end - io->out);
    if (n > SMALL_PIECE && room < n)
      continue;
    split(s, token, n, &piece);
    if (room >= piece.bytes + OUT_OVERRUN) {
      execute(s, io, token, n, &piece);
      return n;
    }
    if (n <= SMALL_PIECE)
      return execute_careful(s, io, token, n);
  }
}

ff_status ff_tokens_run(ff_inflate *s, ff_batch *batch, ff_io *io) {
  const uint8_t *const start = io->out;
  ff_status status = FF_END;

  if (s->match_length) {
    ff_copy_match_careful(s, io);
    if (s->match_length)
      status = FF_OUTPUT_FULL;
  }
  const uint8_t *ahead = io->in;
  while (status == FF_END && batch->segment < batch->segments) {
    /* Meanwhile the input of the next batch may come nearer: its lanes start at places no prefetcher foresees. */
    for (unsigned i = 0; i < INPUT_AHEAD && io->in_end - ahead > 64; i++, ahead += 64)
      FF_PREFETCH_READ(ahead);
    const ff_segment part = batch->part[batch->segment];
    const uint32_t left = part.n - batch->done;
    const uint32_t n = execute_some(s, io, batch->token + part.at + batch->done, left);
    batch->done += n;
    if (n == left) {
      batch->segment++;
      batch->done = 0;
    }
    if (n == 0 || s->match_length)
      status = FF_OUTPUT_FULL;
  }
  s->produced += (uint64_t)(io->out - start);
  return status;
}

/* Distances of n tokens one by one, behind `produced` bytes. */
static bool reach_careful(const uint16_t *token, uint32_t n, uint64_t produced) {
  for (uint32_t i = 0; i < n; i++) {
    if (token[i] < FF_TOKEN_FIRST_LENGTH) {
      produced++;
    } else {
      const unsigned length = token[i] - FF_TOKEN_LENGTH;
      if (token[++i] - FF_TOKEN_DISTANCE > produced)
        return false;
      produced += length;
    }
  }
  return true;
}

bool ff_tokens_reach(const ff_inflate *s, const ff_batch *batch) {
  uint64_t produced = s->produced;
  split_piece piece;
  for (uint32_t i = 0; i < batch->segments; i++) {
    const uint16_t *token = batch->token + batch->part[i].at;
    for (uint32_t left = batch->part[i].n, n; left && produced < FF_WINDOW; left -= n, token += n) {
      n = whole_tokens(token, FF_MIN(left, REACH_PIECE));
      split(s, token, n, &piece);
      if (piece.max_distance > produced && !reach_careful(token, n, produced))
        return false;
      produced += piece.bytes;
    }
  }
  return true;
}
