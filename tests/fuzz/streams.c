#include "streams.h"

#include <stdbool.h>
#include <string.h>
#include <zlib.h>

#include "oracle.h"

#define EOB 256u
#define LITLEN 288u
#define DIST 32u
#define LONGEST 15u
#define PRECODE 19u
#define HEADER_SIZE 10u
#define TRAILER_SIZE 8u
#define DATA_LIMIT ((size_t)1 << 20)
#define SHORT 1024u

/* Bits, first to last. What does not fit is dropped, so that capacity cuts streams anywhere. */
typedef struct writer {
  uint8_t *out;
  size_t capacity;
  size_t bits;
} writer;

static void put(writer *w, uint32_t value, unsigned n) {
  for (; n && w->bits / 8 < w->capacity; n--, value >>= 1, w->bits++) {
    if (w->bits % 8 == 0)
      w->out[w->bits / 8] = 0;
    w->out[w->bits / 8] |= (uint8_t)((value & 1) << w->bits % 8);
  }
}

static void put_padding(writer *w, choice *c) {
  while (w->bits % 8)
    put(w, below(c, 2), 1);
}

typedef struct code {
  unsigned symbols;
  uint8_t length[LITLEN];
  uint16_t word[LITLEN]; /* first bit highest */
} code;

/* Canonical words for the lengths; of an over-subscribed set, whatever falls out. */
static void assign_words(code *k) {
  unsigned word = 0;
  for (unsigned bits = 1; bits <= LONGEST; bits++, word <<= 1)
    for (unsigned s = 0; s < k->symbols; s++)
      if (k->length[s] == bits)
        k->word[s] = (uint16_t)word++;
}

static void put_symbol(writer *w, const code *k, unsigned symbol) {
  for (unsigned bit = k->length[symbol]; bit; bit--)
    put(w, k->word[symbol] >> (bit - 1) & 1, 1);
}

/* The depths of n leaves of a random binary tree no deeper than `limit`; n is at most 2^limit. */
static void tree_depths(choice *c, uint8_t *depth, unsigned n, unsigned limit) {
  unsigned leaves = 1;
  const uint32_t deep = below(c, 4);
  depth[0] = 0;
  while (leaves < n) {
    unsigned at = below(c, leaves);
    if (below(c, 4) < deep) /* long words want the latest leaf split again */
      at = leaves - 1;
    while (depth[at] >= limit)
      at = (at + 1) % leaves;
    depth[leaves++] = ++depth[at];
  }
}

/* Lengths for n symbols chosen from the first `among`; `needed`: a symbol that must have one. */
static void random_code(choice *c, code *k, unsigned symbols, unsigned among, unsigned n, unsigned needed,
                        unsigned limit) {
  uint8_t depth[LITLEN];
  memset(k, 0, sizeof *k);
  k->symbols = symbols;
  tree_depths(c, depth, n, limit);
  if (n == 1)
    depth[0] = 1;
  for (unsigned i = 0, s = needed; i < n; i++) {
    while (k->length[s])
      s = below(c, among);
    k->length[s] = depth[i];
  }
}

void random_lengths(choice *c, uint8_t *lengths, unsigned symbols, unsigned needed) {
  code k;
  random_code(c, &k, symbols, symbols, 1 + below(c, symbols), needed, LONGEST);
  memcpy(lengths, k.length, symbols);
}

/* One length that makes a set incomplete or over-subscribed. */
static void damage_code(choice *c, code *k) { k->length[below(c, k->symbols)] = (uint8_t)below(c, LONGEST + 1); }

static const uint8_t precode_order[PRECODE] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

/* The lengths of both codes, with repeats wherever they are possible and chance wants them. */
static void put_lengths(writer *w, choice *c, const uint8_t *lengths, unsigned n) {
  code pre;
  random_code(c, &pre, PRECODE, PRECODE, PRECODE, 0, 7);
  if (one_in(c, 40))
    damage_code(c, &pre);
  assign_words(&pre);
  put(w, PRECODE - 4, 4);
  for (unsigned i = 0; i < PRECODE; i++)
    put(w, pre.length[precode_order[i]], 3);
  for (unsigned i = 0, run; i < n; i += run) {
    for (run = 1; i + run < n && lengths[i + run] == lengths[i] && run < 138; run++) {
    }
    const bool repeat = !one_in(c, 5);
    if (repeat && lengths[i] == 0 && run >= 11) {
      put_symbol(w, &pre, 18);
      put(w, run - 11, 7);
    } else if (repeat && lengths[i] == 0 && run >= 3) {
      put_symbol(w, &pre, 17);
      put(w, run - 3, 3);
    } else if (repeat && i && lengths[i] == lengths[i - 1] && run >= 3) {
      run = run > 6 ? 6 : run;
      put_symbol(w, &pre, 16);
      put(w, run - 3, 2);
    } else {
      run = 1;
      put_symbol(w, &pre, lengths[i]);
    }
  }
}

static void dynamic_header(writer *w, choice *c, const code *litlen, const code *dist) {
  uint8_t lengths[LITLEN + DIST];
  unsigned nlitlen = 286, ndist = 30;
  while (nlitlen > 257 && !litlen->length[nlitlen - 1])
    nlitlen--;
  while (ndist > 1 && !dist->length[ndist - 1])
    ndist--;
  if (one_in(c, 60)) /* counts that must not be */
    nlitlen = 287 + below(c, 2);
  if (one_in(c, 60))
    ndist = 31 + below(c, 2);
  put(w, nlitlen - 257, 5);
  put(w, ndist - 1, 5);
  memcpy(lengths, litlen->length, nlitlen);
  memcpy(lengths + nlitlen, dist->length, ndist);
  put_lengths(w, c, lengths, nlitlen + ndist);
}

unsigned length_extra(unsigned symbol) { return symbol < 265 || symbol >= 285 ? 0 : (symbol - 261) / 4; }
unsigned dist_extra(unsigned symbol) { return symbol < 4 || symbol > 29 ? 0 : symbol / 2 - 1; }

static unsigned some_symbol(choice *c, const code *k, unsigned from, unsigned to) {
  for (unsigned tries = 0; tries < 64; tries++) {
    const unsigned s = from + below(c, to - from);
    if (k->length[s])
      return s;
  }
  return EOB;
}

/* Distances fit what has been made, but for a few. */
static void put_match(writer *w, choice *c, const code *litlen, const code *dist, size_t *made) {
  const unsigned symbol = some_symbol(c, litlen, 257, one_in(c, 50) ? LITLEN : 286);
  unsigned far = DIST, extra = length_extra(symbol);
  if (symbol == EOB)
    return;
  if (!one_in(c, 200))
    while (far > 1 && ((size_t)2 + (far & 1)) << (far / 2 - 1) > *made)
      far--;
  const unsigned distance = some_symbol(c, dist, 0, one_in(c, 3) ? (far < 4 ? far : 4) : far);
  if (distance == EOB)
    return;
  put_symbol(w, litlen, symbol);
  put(w, below(c, 1u << extra), extra);
  put_symbol(w, dist, distance);
  put(w, below(c, 1u << dist_extra(distance)), dist_extra(distance));
  *made += symbol < 265 ? symbol - 254 : ((size_t)3 << extra);
}

static void put_tokens(writer *w, choice *c, const code *litlen, const code *dist, size_t *made) {
  uint32_t n = below(c, 1u << (1 + below(c, w->capacity < SHORT ? 5 : 13)));
  const uint32_t matches = below(c, 10);
  for (; n; n--) {
    const unsigned literal = below(c, 10) < matches ? EOB : some_symbol(c, litlen, 0, EOB);
    if (literal == EOB) {
      put_match(w, c, litlen, dist, made);
    } else {
      put_symbol(w, litlen, literal);
      ++*made;
    }
  }
  if (!one_in(c, 100))
    put_symbol(w, litlen, EOB);
}

static void put_block(writer *w, choice *c, bool last, size_t *made) {
  static const uint32_t sizes[] = {0, 1, 5, 300, 40000}, few[] = {0, 1, 2, 5, 30};
  code litlen, dist;
  const uint32_t kind = below(c, 8);
  put(w, last, 1);
  if (kind == 0) {
    const uint32_t n = (w->capacity < SHORT ? few : sizes)[below(c, 5)];
    put(w, 0, 2);
    put_padding(w, c);
    put(w, n, 16);
    put(w, n ^ (one_in(c, 60) ? 0xFFFEu : 0xFFFFu), 16);
    for (uint32_t i = 0; i < n; i++)
      put(w, below(c, 256), 8);
    *made += n;
    return;
  }
  if (one_in(c, 80)) {
    put(w, 3, 2);
    return;
  }
  memset(&litlen, 0, sizeof litlen);
  memset(&dist, 0, sizeof dist);
  if (kind == 1) {
    put(w, 1, 2);
    for (unsigned s = 0; s < LITLEN; s++)
      litlen.length[s] = s < 144 ? 8 : s < 256 ? 9 : s < 280 ? 7 : 8;
    memset(dist.length, 5, DIST);
    litlen.symbols = LITLEN;
    dist.symbols = DIST;
  } else {
    put(w, 2, 2);
    random_code(c, &litlen, 286, 286, one_in(c, 3) ? 1 + below(c, 20) : 1 + below(c, 286), EOB, LONGEST);
    random_code(c, &dist, 30, 30, 1 + below(c, 30), below(c, 30), LONGEST);
    if (one_in(c, 8))
      memset(dist.length, 0, sizeof dist.length);
    if (one_in(c, 20))
      damage_code(c, &litlen);
    if (one_in(c, 20))
      damage_code(c, &dist);
    dynamic_header(w, c, &litlen, &dist);
  }
  assign_words(&litlen);
  assign_words(&dist);
  put_tokens(w, c, &litlen, &dist, made);
}

size_t make_raw(choice *c, uint8_t *out, size_t capacity) {
  writer w = {out, capacity, 0};
  size_t made = 0;
  for (uint32_t blocks = 1 + below(c, one_in(c, 8) ? 40 : 4); blocks; blocks--)
    put_block(&w, c, blocks == 1 && !one_in(c, 40), &made);
  return (w.bits + 7) / 8;
}

/* Noise, runs, pictures, words, far repeats. */
static void make_data(choice *c, uint8_t *data, size_t n) {
  const uint32_t kind = below(c, 6), shade = 1 + below(c, 40);
  const size_t period = 1 + below(c, one_in(c, 2) ? 40 : 40000);
  for (size_t i = 0; i < n; i++) {
    const int x = (int)(i % 28) - 14, y = (int)(i / 28 % 28) - 14, round = x * x + y * y;
    switch (kind) {
    case 0:
      data[i] = (uint8_t)below(c, 256);
      break;
    case 1:
      data[i] = (uint8_t)(one_in(c, 200) ? below(c, 256) : 7);
      break;
    case 2:
      data[i] = (uint8_t)(round < 130 ? 200 - round + (int)below(c, shade) : 0);
      break;
    case 3:
      data[i] = (uint8_t)('a' + below(c, below(c, 26) + 1));
      break;
    case 4:
      data[i] = (uint8_t)(i < period ? below(c, 256) : data[i - period]);
      break;
    default:
      data[i] = (uint8_t)(i % 977 < 400 || i < 1000 ? below(c, shade) : data[i - 1 - below(c, 999)]);
    }
  }
}

/* By zlib with any setting: small memory levels make many small blocks, flushes empty ones. */
static size_t by_zlib(choice *c, uint8_t *out, size_t capacity) {
  static uint8_t data[DATA_LIMIT];
  const size_t n = below(c, 1u << (4 + below(c, one_in(c, 6) ? 17 : 13)));
  z_stream z = {0};
  make_data(c, data, n);
  if (deflateInit2(&z, (int)below(c, 10), Z_DEFLATED, -(9 + (int)below(c, 7)), 1 + (int)below(c, 9),
                   one_in(c, 2) ? Z_DEFAULT_STRATEGY : (int)below(c, 5)) != Z_OK)
    return 0;
  z.next_in = data;
  z.next_out = out;
  z.avail_out = (uInt)capacity;
  const uint32_t step = one_in(c, 3) ? 1 + below(c, 60000) : (uint32_t)n;
  while (z.total_in + step < n && z.avail_out) {
    z.avail_in = step;
    deflate(&z, one_in(c, 2) ? Z_FULL_FLUSH : one_in(c, 2) ? Z_PARTIAL_FLUSH : Z_BLOCK);
    if (z.avail_in)
      break;
  }
  z.avail_in = (uInt)(n - z.total_in);
  deflate(&z, Z_FINISH);
  deflateEnd(&z);
  return z.total_out;
}

/* Method, flags and all optional fields that the flags promise; at most 200 bytes. */
static size_t put_header(choice *c, uint8_t *out) {
  size_t n = HEADER_SIZE;
  const uint8_t flags = (uint8_t)(one_in(c, 3) ? below(c, 32) : one_in(c, 100) ? below(c, 256) : 0);
  memcpy(out, "\x1f\x8b\x08\0\0\0\0\0\0\xff", HEADER_SIZE);
  out[3] = flags;
  if (flags & 4) {
    const uint32_t length = below(c, 40);
    out[n++] = (uint8_t)length;
    out[n++] = 0;
    for (uint32_t i = 0; i < length; i++)
      out[n++] = (uint8_t)below(c, 256);
  }
  for (unsigned text = 8; text <= 16; text *= 2)
    if (flags & text) {
      for (uint32_t i = below(c, 40); i; i--)
        out[n++] = (uint8_t)(1 + below(c, 255));
      out[n++] = 0;
    }
  if (flags & 2) {
    const uLong crc = crc32(0, out, (uInt)n) ^ (uLong)one_in(c, 30);
    out[n++] = (uint8_t)crc;
    out[n++] = (uint8_t)(crc >> 8);
  }
  return n;
}

size_t make_member(choice *c, uint8_t *out, size_t capacity) {
  size_t n = put_header(c, out);
  const size_t room = capacity - n - TRAILER_SIZE;
  n += room >= SHORT && one_in(c, 2) ? by_zlib(c, out + n, room) : make_raw(c, out + n, room);
  memset(out + n, 0, TRAILER_SIZE);
  n += TRAILER_SIZE;
  mend_trailer(out, n);
  return n;
}

void mend_trailer(uint8_t *data, size_t size) {
  /* Whether the old trailer was wrong must not matter here, so the bare stream is what is decoded. */
  z_stream z = {0};
  static uint8_t out[OUTPUT_LIMIT];
  if (inflateInit2(&z, 31) != Z_OK)
    return;
  inflateValidate(&z, 0);
  z.next_in = data;
  z.avail_in = (uInt)size;
  z.next_out = out;
  z.avail_out = (uInt)sizeof out;
  if (inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_in >= TRAILER_SIZE) {
    const uint32_t told[2] = {(uint32_t)crc32(0, out, (uInt)z.total_out), (uint32_t)z.total_out};
    uint8_t *const trailer = data + z.total_in - TRAILER_SIZE;
    for (unsigned i = 0; i < TRAILER_SIZE; i++)
      trailer[i] = (uint8_t)(told[i / 4] >> 8 * (i % 4));
  }
  inflateEnd(&z);
}

size_t make_stream(choice *c, uint8_t *out, size_t capacity) {
  size_t n = 0;
  uint32_t members = one_in(c, 4) ? 1 + below(c, 5) : 1;
  capacity = 1024 + below(c, (uint32_t)(capacity - 1024) + 1);
  for (; members && capacity - n >= 512; members--) {
    n += make_member(c, out + n, capacity - n);
    if (one_in(c, 6))
      for (uint32_t zeros = below(c, 20); zeros && n < capacity; zeros--)
        out[n++] = 0;
  }
  if (one_in(c, 10) && n < capacity)
    out[n++] = (uint8_t)below(c, 256);
  if (one_in(c, 5))
    for (uint32_t flips = 1 + below(c, 3); flips; flips--)
      out[below(c, (uint32_t)n)] ^= (uint8_t)(1u << below(c, 8));
  if (one_in(c, 10))
    n = below(c, (uint32_t)n);
  return n;
}
