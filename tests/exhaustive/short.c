/* Short inputs by the hundred million, against zlib.
 *
 *     short bytes FIRST END      all streams of up to 4 bytes whose first two are FIRST, FIRST + 1, ... (of 65,536); one
 *                                that some fewer bytes decide is not made longer
 *     short precodes FIRST END   all lengths, 0 to 7, of seven words of the code for code lengths (of 8^7), and bits
 *     short codes FIRST END      all lengths, 0 to 5, of five literals and lengths and two distances (of 6^7), each with
 *                                all of 9 bits of data, and more bits
 *     short mutants FIRST END    streams made from these numbers, each with every bit flipped, every prefix, and more
 *     short files FIRST END      files of gzip members, likewise
 *     short lanes FIRST END      streams that are long enough for lanes, which are chosen at random
 *     short places FIRST END     files again; where a block ends, another decoder goes on from the saved place
 *
 * Prints the numbers of inputs, of those that are sound, and of saved places. Pieces of a range may be run in any order. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pair.h"
#include "streams.h"

#define DEPTH 4u

static uint8_t data[PAIR_INPUT];
static size_t bits;

static void put(uint64_t value, unsigned n) {
  for (; n; n--, value >>= 1, bits++) {
    if (bits % 8 == 0)
      data[bits / 8] = 0;
    data[bits / 8] |= (uint8_t)((value & 1) << bits % 8);
  }
}

static void put_tail(choice *c) {
  put(choice_bits(c), 64);
  put(choice_bits(c), 64);
}

static void longer(choice *c, unsigned n) {
  if (pair_check(c, data, n) == TRUNCATED && n < DEPTH)
    for (unsigned byte = 0; byte < 256; byte++) {
      data[n] = (uint8_t)byte;
      longer(c, n + 1);
    }
}

static void bytes(choice *c, unsigned long number) {
  data[0] = (uint8_t)(number / 256);
  data[1] = (uint8_t)number;
  if (number % 256 == 0)
    pair_check(c, data, 1);
  longer(c, 2);
}

static void precodes(choice *c, unsigned long number) {
  bits = 0;
  put(5, 3);           /* the last block, dynamic */
  put(below(c, 4), 5); /* few more than 257 literals and lengths */
  put(below(c, 4), 5);
  put(3, 4);
  for (unsigned i = 0; i < 7; i++, number /= 8)
    put(number % 8, 3);
  const size_t header = bits;
  for (unsigned k = 0; k < 16; k++) {
    bits = header;
    data[bits / 8] &= (uint8_t)((1u << bits % 8) - 1);
    put_tail(c);
    pair_check(c, data, bits / 8);
  }
}

/* With a code for code lengths whose words are 4 bits long for 0 to 13, and 5 for the rest. */
static void put_length(unsigned symbol) {
  const unsigned length = symbol < 13 ? 4 : 5, word = symbol < 13 ? symbol : symbol + 13;
  for (unsigned bit = length; bit; bit--)
    put(word >> (bit - 1) & 1, 1);
}

static void codes(choice *c, unsigned long number) {
  static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  unsigned length[7];
  for (unsigned i = 0; i < 7; i++, number /= 6)
    length[i] = number % 6;
  bits = 0;
  put(5, 3);
  put(2, 5); /* 259 literals and lengths: 0, 1, 256, 257, 258 have words */
  put(1, 5); /* 2 distances */
  put(15, 4);
  for (unsigned i = 0; i < 19; i++)
    put(order[i] < 13 ? 4 : 5, 3);
  put_length(length[0]);
  put_length(length[1]);
  put_length(18); /* 254 times 0 */
  put(127, 7);
  put_length(18);
  put(116 - 11, 7);
  for (unsigned i = 2; i < 7; i++)
    put_length(length[i]);
  const size_t header = bits;
  for (unsigned word = 0; word < 512; word++) {
    bits = header;
    data[bits / 8] &= (uint8_t)((1u << bits % 8) - 1);
    put(word, 9);
    put(choice_bits(c), 20);
    pair_check(c, data, (bits + 7) / 8);
  }
}

/* Every flip, every cut, and bytes replaced. */
static void mutants(choice *c, size_t n, verdict_kind (*check)(choice *c, const uint8_t *data, size_t n), size_t step) {
  check(c, data, n);
  for (size_t bit = step > 1 ? below(c, (uint32_t)step) : 0; bit < 8 * n; bit += step) {
    data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    check(c, data, n);
    data[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
  for (size_t cut = step > 1 ? below(c, (uint32_t)step) : 0; cut < n; cut += step)
    check(c, data, cut);
  for (size_t i = 0; i < n; i += step) {
    const size_t at = below(c, (uint32_t)n), other = below(c, (uint32_t)n);
    const uint8_t old = data[at], second = data[other];
    data[at] = (uint8_t)choice_bits(c);
    data[other] ^= (uint8_t)(1u << below(c, 8));
    check(c, data, n);
    data[other] = second;
    data[at] = old;
  }
}

static void streams(choice *c, unsigned long number) {
  *c = choice_from(number);
  mutants(c, make_raw(c, data, 20 + below(c, 300)), pair_check, 1);
}

static size_t make_file(choice *c, uint32_t members) {
  size_t n = 0;
  for (; members; members--) {
    n += make_member(c, data + n, 300 + below(c, 200));
    for (uint32_t zeros = one_in(c, 4) ? below(c, 9) : 0; zeros; zeros--)
      data[n++] = 0;
  }
  return n;
}

static void files(choice *c, unsigned long number) {
  *c = choice_from(number);
  mutants(c, make_file(c, 1 + below(c, 3)), pair_check_file, 1);
}

static void places(choice *c, unsigned long number) {
  *c = choice_from(number);
  mutants(c, make_file(c, 1 + below(c, 2)), pair_check_places, 1);
}

static void lanes(choice *c, unsigned long number) {
  *c = choice_from(number);
  mutants(c, make_raw(c, data, 2200 + below(c, 5900)), pair_check_lanes, 97);
}

static const struct {
  const char *name;
  void (*run)(choice *c, unsigned long number);
} worlds[] = {{"bytes", bytes}, {"precodes", precodes}, {"codes", codes},  {"mutants", streams},
              {"files", files}, {"lanes", lanes},       {"places", places}};

int main(int argc, char **argv) {
  if (argc < 4)
    return 125;
  pair_open();
  for (unsigned w = 0; w < sizeof worlds / sizeof *worlds; w++)
    if (!strcmp(argv[1], worlds[w].name)) {
      const unsigned long first = strtoul(argv[2], NULL, 10), end = strtoul(argv[3], NULL, 10);
      choice c = choice_from(first);
      for (unsigned long number = first; number < end; number++)
        worlds[w].run(&c, number);
      printf("%lu inputs, %lu sound, %lu places\n", pair_inputs, pair_sound, pair_places);
      return 0;
    }
  return 125;
}
