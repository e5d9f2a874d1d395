/* Small worlds tried out completely, and large ones at random, against zlib.
 *
 *     worlds splits FILE...     every two-way split of input and of output, all pairs (step 1 up to 300 bytes)
 *     worlds slack FILE...      input ends 0-64, output 0-320 bytes in front of a guard page
 *     worlds flips FILE...      every single bit of each file flipped
 *     worlds prefixes FILE...   every prefix of each file
 *     worlds flip COUNT START   COUNT single flips of generated files
 *     worlds splice COUNT START COUNT pieces of generated files moved to another place
 *     worlds codes COUNT START  COUNT random codes, decoded against one bit at a time
 *     worlds crc LENGTH START   CRC-32 of all lengths below, at 64 alignments, from 3 values, at all CPU levels
 *     worlds window -           rooms around the window's size, and what is kept of them
 *
 * Prints the number of runs. A disagreement ends the process with a message. */

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "crc32.h"
#include "streams.h"
#include "verdicts.h"

#define CAPACITY ((size_t)1 << 16)

static arena input, output;
static decoder d;
static unsigned long runs;
static ff_cpu_level levels[FF_CPU_LEVELS];
static unsigned known;

/* One run with the input cut at `cut`, the first room ending at `room`, and both buffers' ends so far from the guards. */
static void run(const uint8_t *data, size_t n, const verdict *v, size_t cut, size_t room, size_t slack_in,
                size_t slack_out) {
  const plan p = {.level = levels[runs % known]};
  feed f = {.data = data, .size = n};
  ff_status status = FF_NEED_INPUT;
  size_t made = 0;

  decoder_open(&d, &p);
  while (status == FF_NEED_INPUT || status == FF_OUTPUT_FULL) {
    ff_io io = {0};
    f.seen = f.seen < cut ? cut : n;
    if (cut == 0)
      f.seen = n;
    uint8_t *const in = input.begin + input.capacity - slack_in - (f.seen - f.at);
    memcpy(in, data + f.at, f.seen - f.at);
    io.in = in;
    io.in_end = in + (f.seen - f.at);
    io.final = f.seen == n;
    const size_t left = (made < room ? room : v->produced + slack_out) - made;
    io.base = io.out = output.begin + output.capacity - left;
    io.out_end = io.out + left;
    status = ff_gzip_run(&d.gzip, &io);
    const size_t got = (size_t)(io.out - io.base);
    CHECK(made + got <= v->produced && !memcmp(io.base, v->output + made, got), "wrong bytes; cut %zu, room %zu", cut,
          room);
    CHECK(got || status != FF_OUTPUT_FULL || !left, "stands still; cut %zu, room %zu", cut, room);
    made += got;
    if (status == FF_OUTPUT_FULL &&
        made >= room) /* full to the last byte: whether more is to come needs room to tell */
      slack_out++;
    feed_consumed(&f, &io);
  }
  compare(v, &d, &f, status, made);
  runs++;
}

static void whole(const uint8_t *data, size_t n) {
  const verdict v = oracle(data, n);
  if (v.kind != TOO_LONG)
    run(data, n, &v, 0, 0, 0, runs % 320);
}

static void splits(uint8_t *data, size_t n) {
  const verdict v = oracle(data, n);
  const size_t step_in = 1 + n / 300, step_out = 1 + v.produced / 300;
  for (size_t cut = 0; cut <= n; cut += step_in)
    for (size_t room = 0; room <= v.produced; room += step_out)
      run(data, n, &v, cut, room, 0, cut % 7);
}

static void slack(uint8_t *data, size_t n) {
  uint8_t *const padded = calloc(n + 64, 1);
  const verdict v = oracle(data, n);
  if (!padded || v.kind != OK)
    exit(120);
  memcpy(padded, data, n);
  for (size_t in = 0; in <= 64; in++)
    for (size_t out = 0; out <= 320; out++) {
      verdict longer = v;
      longer.consumed += in;
      run(padded, n + in, &longer, 0, 0, 0, out); /* zeros behind the member */
      run(data, n, &v, 0, 0, in, out);            /* foreign bytes behind the input */
    }
  free(padded);
}

static void flips(uint8_t *data, size_t n) {
  for (size_t bit = 0; bit < 8 * n; bit++) {
    data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    whole(data, n);
    data[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
}

static void prefixes(uint8_t *data, size_t n) {
  for (size_t cut = 0; cut < n; cut++) {
    const verdict v = oracle(data, cut);
    run(data, cut, &v, 0, 0, 0, cut % 320);
  }
}

/* A file that zlib accepts. */
static size_t good_file(choice *c, uint8_t *data) {
  size_t n;
  do
    n = make_stream(c, data, CAPACITY / 4);
  while (oracle(data, n).kind != OK);
  return n;
}

/* What is accepted must be what it was, or another file by its own checksums: both say so together, or neither. */
static void damaged(choice *c, unsigned long count, bool splice) {
  static uint8_t data[CAPACITY], copy[CAPACITY];
  size_t n = 0;
  for (unsigned long i = 0; i < count; i++) {
    if (i % 200 == 0)
      n = good_file(c, data);
    memcpy(copy, data, n);
    if (splice) {
      const size_t length = 1 + below(c, (uint32_t)(n / 2)), from = below(c, (uint32_t)(n - length + 1));
      memmove(copy + below(c, (uint32_t)(n - length + 1)), data + from, length);
    } else {
      copy[below(c, (uint32_t)n)] ^= (uint8_t)(1u << below(c, 8));
    }
    whole(copy, n);
  }
}

/* Canonical decoding as RFC 1951 describes it: the symbol of the word at the front of `bits`, and its length. */
static int one_bit_at_a_time(const uint8_t *lengths, unsigned symbols, uint32_t bits, unsigned *length) {
  unsigned count[16] = {0}, code = 0, first = 0, index = 0;
  for (unsigned s = 0; s < symbols; s++)
    count[lengths[s]]++;
  for (*length = 1; *length < 16; ++*length, bits >>= 1) {
    code |= bits & 1;
    if (code - first < count[*length]) {
      for (unsigned s = 0, k = index + code - first - index;; s++)
        if (lengths[s] == *length && k-- == 0)
          return (int)s;
    }
    index += count[*length];
    first = (first + count[*length]) << 1;
    code <<= 1;
  }
  return -1;
}

/* The least length or distance of a symbol, as a token. */
static unsigned least_token(bool dist, unsigned symbol, unsigned extra) {
  if (dist)
    return FF_TOKEN_DISTANCE + (symbol < 4 ? symbol + 1 : ((2u + symbol % 2) << extra) + 1);
  if (symbol < 256)
    return symbol;
  return FF_TOKEN_LENGTH + (symbol < 265 ? symbol - 254 : symbol == 285 ? 258 : ((4u + (symbol - 1) % 4) << extra) + 3);
}

/* The tables' answer to the word at the front of `bits`. */
static void check_entry(const ff_tables *t, bool dist, uint32_t bits, int symbol, unsigned length) {
  uint32_t e = t->entry[(dist ? FF_TABLE_HALF : 0) | (bits & (FF_TABLE_HALF - 1))];
  unsigned before = 0;
  if (e & FF_E_EXCEPTION && e & FF_E_POINTER) {
    before = FF_TABLE_BITS;
    e = t->entry[ff_entry_subtable(e) + (bits >> FF_TABLE_BITS & ((1u << ff_entry_code_bits(e)) - 1))];
  }
  if (symbol < 0) {
    CHECK(e & FF_E_EXCEPTION && !(e & FF_E_END), "a word that is none is taken for one");
    return;
  }
  CHECK(before + ff_entry_code_bits(e) == length, "%u bits, not %u, for symbol %d", before + ff_entry_code_bits(e),
        length, symbol);
  if (!dist && symbol == 256) {
    CHECK(e & FF_E_END, "the end of block is none");
    return;
  }
  const unsigned extra = dist ? dist_extra((unsigned)symbol) : length_extra((unsigned)symbol);
  CHECK(before + ff_entry_bits(e) == length + extra && !(e & FF_E_EXCEPTION), "other bits for symbol %d", symbol);
  CHECK(ff_entry_value(e) == least_token(dist, (unsigned)symbol, extra), "token %u for symbol %d", ff_entry_value(e),
        symbol);
}

/* Some word needs all index bits of its subtable: the proven bound counts on that. */
static void check_subtables(const ff_tables *t) {
  for (unsigned i = 0; i < 2 * FF_TABLE_HALF; i++) {
    const uint32_t e = t->entry[i];
    unsigned longest = 0;
    if (!(e & FF_E_EXCEPTION) || !(e & FF_E_POINTER))
      continue;
    for (unsigned k = 0; k < 1u << ff_entry_code_bits(e); k++)
      longest = FF_MAX(longest, ff_entry_code_bits(t->entry[ff_entry_subtable(e) + k]));
    CHECK(longest == ff_entry_code_bits(e), "a subtable of %u bits for words of %u", ff_entry_code_bits(e), longest);
  }
}

static void codes(choice *c, unsigned long count) {
  static ff_tables tables;
  uint8_t litlen[286], dist[30];
  for (; runs < count; runs++) {
    random_lengths(c, litlen, sizeof litlen, 256);
    random_lengths(c, dist, sizeof dist, below(c, sizeof dist));
    CHECK(ff_tables_build(&tables, litlen, sizeof litlen, dist, sizeof dist) == FF_END, "a complete code is refused");
    ff_tables_widen(&tables);
    if (runs % 64 == 0)
      check_subtables(&tables);
    for (unsigned k = 0; k < 8; k++) {
      const uint32_t bits = (uint32_t)choice_bits(c);
      unsigned length;
      int symbol = one_bit_at_a_time(litlen, sizeof litlen, bits, &length);
      check_entry(&tables, false, bits, symbol, length);
      symbol = one_bit_at_a_time(dist, sizeof dist, bits, &length);
      check_entry(&tables, true, bits, symbol, length);
    }
  }
}

/* One byte more each time, in front of a guard page or at any distance behind one. */
static void checksums(choice *c, size_t longest) {
  uint8_t *const data = input.begin;
  for (size_t i = 0; i < input.capacity; i++)
    data[i] = (uint8_t)choice_bits(c);
  for (size_t offset = 0; offset < 64; offset++)
    for (unsigned s = 0; s < 3; s++) {
      const uint32_t from = s < 2 ? s * UINT32_MAX : (uint32_t)choice_bits(c);
      uint32_t expected = from;
      for (size_t n = 0; n < longest; expected = (uint32_t)crc32(expected, data + offset + n++, 1))
        for (unsigned l = 0; l < known; l++, runs++)
          CHECK(ff_crc32(levels[l], from, data + offset, n) == expected, "%zu bytes at %zu, level %u", n, offset, l);
    }
  const uint8_t *const end = data + input.capacity;
  for (size_t n = 0; n < longest; n++) {
    const uint32_t expected = (uint32_t)crc32(0, end - n, (uInt)n);
    for (unsigned l = 0; l < known; l++, runs++)
      CHECK(ff_crc32(levels[l], 0, end - n, n) == expected, "%zu bytes at the end, level %u", n, l);
  }
}

/* The window after output in rooms of all sizes around its own, and nothing behind it is written. */
static void window(choice *c) {
  static uint8_t made[3 * FF_WINDOW], all[8 * FF_WINDOW];
  static ff_inflate s, before;
  static const size_t near[6] = {0, 1, FF_WINDOW - 1, FF_WINDOW, FF_WINDOW + 1, 2 * FF_WINDOW};
  for (; runs < 100; runs++) {
    size_t total = FF_WINDOW;
    for (size_t i = 0; i < sizeof s; i++)
      ((uint8_t *)&s)[i] = (uint8_t)choice_bits(c);
    memset(s.window, 0, sizeof s.window);
    s.produced = one_in(c, 2) ? 0 : FF_WINDOW + below(c, 1000);
    memcpy(&before, &s, sizeof s);
    memset(all, 0, FF_WINDOW);
    for (unsigned k = 0; k < 3; k++) {
      const size_t n = one_in(c, 2) ? near[below(c, 6)] : below(c, FF_WINDOW + 100);
      for (size_t i = 0; i < n; i++)
        made[i] = all[total + i] = (uint8_t)choice_bits(c);
      ff_io io = {.base = made, .out = made + n, .out_end = made + sizeof made, .kept_at = made};
      s.produced += n;
      ff_inflate_keep(&s, &io);
      ff_inflate_keep(&s, &io); /* nothing new */
      total += n;
      const size_t there = (size_t)FF_MIN(s.produced, FF_WINDOW);
      CHECK(!memcmp(s.window + FF_WINDOW - there, all + total - there, there), "another window after %zu bytes", n);
    }
    s.produced = before.produced;
    const size_t behind = offsetof(ff_inflate, window) + FF_WINDOW;
    CHECK(!memcmp(&s, &before, offsetof(ff_inflate, window)), "something in front of the window has changed");
    CHECK(!memcmp((uint8_t *)&s + behind, (uint8_t *)&before + behind, sizeof s - behind), "something behind it has");
  }
}

/* Files of the command line, one after the other. */
static void each_file(int argc, char **argv, void (*act)(uint8_t *data, size_t n)) {
  static uint8_t data[CAPACITY];
  for (int i = 2; i < argc; i++) {
    FILE *const file = fopen(argv[i], "rb");
    if (!file) {
      perror(argv[i]);
      exit(120);
    }
    const size_t n = fread(data, 1, CAPACITY, file);
    fclose(file);
    act(data, n);
  }
}

int main(int argc, char **argv) {
  if (argc < 3)
    return 125;
  input = arena_open(2 * CAPACITY);
  output = arena_open(OUTPUT_LIMIT + 400);
  for (unsigned l = 0; l < FF_CPU_LEVELS; l++)
    if (ff_cpu_cap(ff_cpu_detect(), ff_cpu_name((ff_cpu_level)l)) == (int)l)
      levels[known++] = (ff_cpu_level)l;
  const char *const world = argv[1];
  const unsigned long count = strtoul(argv[2], NULL, 10);
  choice c = choice_from(argc > 3 ? strtoul(argv[3], NULL, 10) : 1);
  if (!strcmp(world, "splits"))
    each_file(argc, argv, splits);
  else if (!strcmp(world, "slack"))
    each_file(argc, argv, slack);
  else if (!strcmp(world, "flips"))
    each_file(argc, argv, flips);
  else if (!strcmp(world, "prefixes"))
    each_file(argc, argv, prefixes);
  else if (!strcmp(world, "flip") || !strcmp(world, "splice"))
    damaged(&c, count, !strcmp(world, "splice"));
  else if (!strcmp(world, "window"))
    window(&c);
  else if (!strcmp(world, "codes"))
    codes(&c, count);
  else if (!strcmp(world, "crc") && count < CAPACITY)
    checksums(&c, count);
  else
    return 125;
  printf("%lu\n", runs);
  return 0;
}
