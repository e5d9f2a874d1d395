#include "tables.h"

/* What a symbol means, before its code word is known: an entry without bits 0-5 and 12-15, plus its number of extra
 * bits in bits 0-5. */
#define LITERAL(v) ((uint32_t)(v) << 16 | FF_E_LITERAL)
#define LENGTH(base, extra) ((uint32_t)((base) + FF_TOKEN_LENGTH) << 16 | FF_E_DIST | (extra))
#define DISTANCE(base, extra) ((uint32_t)((base) + FF_TOKEN_DISTANCE) << 16 | (extra))
#define END_OF_BLOCK (FF_E_EXCEPTION | FF_E_END)
#define BAD_LITLEN FF_E_EXCEPTION
#define BAD_DIST (FF_E_EXCEPTION | FF_E_DIST)

static const uint32_t length_meaning[32] = {
    END_OF_BLOCK,   LENGTH(3, 0),   LENGTH(4, 0),  LENGTH(5, 0),   LENGTH(6, 0),   LENGTH(7, 0),   LENGTH(8, 0),
    LENGTH(9, 0),   LENGTH(10, 0),  LENGTH(11, 1), LENGTH(13, 1),  LENGTH(15, 1),  LENGTH(17, 1),  LENGTH(19, 2),
    LENGTH(23, 2),  LENGTH(27, 2),  LENGTH(31, 2), LENGTH(35, 3),  LENGTH(43, 3),  LENGTH(51, 3),  LENGTH(59, 3),
    LENGTH(67, 4),  LENGTH(83, 4),  LENGTH(99, 4), LENGTH(115, 4), LENGTH(131, 5), LENGTH(163, 5), LENGTH(195, 5),
    LENGTH(227, 5), LENGTH(258, 0), BAD_LITLEN,    BAD_LITLEN,
};

static const uint32_t dist_meaning[FF_MAX_DIST_SYMS] = {
    DISTANCE(1, 0),     DISTANCE(2, 0),     DISTANCE(3, 0),      DISTANCE(4, 0),      DISTANCE(5, 1),
    DISTANCE(7, 1),     DISTANCE(9, 2),     DISTANCE(13, 2),     DISTANCE(17, 3),     DISTANCE(25, 3),
    DISTANCE(33, 4),    DISTANCE(49, 4),    DISTANCE(65, 5),     DISTANCE(97, 5),     DISTANCE(129, 6),
    DISTANCE(193, 6),   DISTANCE(257, 7),   DISTANCE(385, 7),    DISTANCE(513, 8),    DISTANCE(769, 8),
    DISTANCE(1025, 9),  DISTANCE(1537, 9),  DISTANCE(2049, 10),  DISTANCE(3073, 10),  DISTANCE(4097, 11),
    DISTANCE(6145, 11), DISTANCE(8193, 12), DISTANCE(12289, 12), DISTANCE(16385, 13), DISTANCE(24577, 13),
    BAD_DIST,           BAD_DIST,
};

FF_INLINE uint32_t litlen_meaning(unsigned symbol) {
  return symbol < 256 ? LITERAL(symbol) : length_meaning[symbol - 256];
}

FF_INLINE uint32_t finish_entry(uint32_t meaning, unsigned code_bits) {
  return meaning + (code_bits << 12) + (meaning & FF_E_EXCEPTION ? 0 : code_bits);
}

/* The code words of one Huffman code, ready to be dealt out in canonical order. */
typedef struct {
  unsigned count[FF_MAX_CODE_BITS + 1];
  uint16_t sorted[FF_MAX_LITLEN_SYMS]; /* symbols by code length (some unused ones first), then by value */
  unsigned longest;                    /* 0: no code word at all */
  int left;                            /* unused code space, in words of 15 bits; negative: over-subscribed */
} code_plan;

/* Symbols are counted and sorted in four quarters at once: equal lengths stand in rows, and a counter that is stored
 * and loaded again for each of them would make the time of the whole. */
static void plan_code(code_plan *plan, const uint8_t *lengths, unsigned n) {
  uint16_t next[4][FF_MAX_CODE_BITS + 1];
  unsigned at = 0, skipped = 0;

  while (n - skipped > 8 && !ff_load64(lengths + skipped)) /* text has no literals below 10, short blocks few */
    skipped += 8;
  lengths += skipped;
  n -= skipped;
  const unsigned m = n / 4;

  memset(next, 0, sizeof next);
  for (unsigned i = 0; i < m; i++) {
    next[0][lengths[i]]++;
    next[1][lengths[m + i]]++;
    next[2][lengths[2 * m + i]]++;
    next[3][lengths[3 * m + i]]++;
  }
  for (unsigned i = 4 * m; i < n; i++)
    next[3][lengths[i]]++;

  plan->longest = 0;
  plan->left = 1 << FF_MAX_CODE_BITS;
  for (unsigned bits = 0; bits <= FF_MAX_CODE_BITS; bits++) {
    const unsigned first = at, second = first + next[0][bits], third = second + next[1][bits];
    const unsigned fourth = third + next[2][bits];
    at = fourth + next[3][bits];
    next[0][bits] = (uint16_t)first;
    next[1][bits] = (uint16_t)second;
    next[2][bits] = (uint16_t)third;
    next[3][bits] = (uint16_t)fourth;
    plan->count[bits] = at - first;
    if (bits && at != first) {
      plan->left -= (int)(at - first) << (FF_MAX_CODE_BITS - bits);
      plan->longest = bits;
    }
  }
  for (unsigned i = 0; i < m; i++) {
    plan->sorted[next[0][lengths[i]]++] = (uint16_t)(skipped + i);
    plan->sorted[next[1][lengths[m + i]]++] = (uint16_t)(skipped + m + i);
    plan->sorted[next[2][lengths[2 * m + i]]++] = (uint16_t)(skipped + 2 * m + i);
    plan->sorted[next[3][lengths[3 * m + i]]++] = (uint16_t)(skipped + 3 * m + i);
  }
  for (unsigned i = 4 * m; i < n; i++)
    plan->sorted[next[3][lengths[i]]++] = (uint16_t)(skipped + i);
}

/* zlib's rule: complete, or one code word of one bit. (No word at all is each caller's own case.) */
static bool plan_is_usable(const code_plan *plan) { return plan->left == 0 || (plan->left > 0 && plan->longest == 1); }

/* A code word of `bits` bits with its first bit in bit 0, as the input has it. */
FF_INLINE unsigned reversed(unsigned code, unsigned bits) {
#define R2(v) v, (v) + 128, (v) + 64, (v) + 192
#define R4(v) R2(v), R2((v) + 32), R2((v) + 16), R2((v) + 48)
#define R6(v) R4(v), R4((v) + 8), R4((v) + 4), R4((v) + 12)
  static const uint8_t byte[256] = {R6(0), R6(2), R6(1), R6(3)};
#undef R2
#undef R4
#undef R6
  return ((unsigned)byte[code & 0xFF] << 8 | byte[code >> 8]) >> (16 - bits);
}

/* Index bits of the subtable that the code word of `bits` bits opens: just enough that the words left, in order,
 * fill it. */
static unsigned subtable_bits(const unsigned *count, unsigned bits, unsigned longest) {
  unsigned index_bits = bits - FF_TABLE_BITS;
  int room = 1 << index_bits;
  for (; bits < longest; bits++) {
    room -= (int)count[bits];
    if (room <= 0)
      break;
    index_bits++;
    room <<= 1;
  }
  return index_bits;
}

/* Fill one half (first level at `start`), subtables from *free_slot on. Returns the number of index bits. */
static unsigned fill_half(uint32_t *entry, unsigned start, unsigned *free_slot, code_plan *plan, bool is_dist) {
  const uint32_t bad = is_dist ? BAD_DIST : BAD_LITLEN;
  uint32_t *half = entry + start;
  const unsigned half_bits = FF_MIN(FF_MAX(plan->longest, 1), FF_TABLE_BITS);
  unsigned next = 0, bits = 1, sub_prefix = ~0u, sub_start = 0, sub_bits = 0;
  const uint16_t *symbol = plan->sorted + plan->count[0];

  if (plan->left > 0) { /* one word of one bit, or none: what is not that word must not occur */
    half[0] = half[1] = finish_entry(bad, 1);
    if (plan->longest)
      half[0] = finish_entry(is_dist ? dist_meaning[*symbol] : litlen_meaning(*symbol), 1);
    return 1;
  }
  /* First level: words in order of length; before each longer length, what is filled is repeated. */
  for (; bits <= half_bits; bits++) {
    for (unsigned n = plan->count[bits]; n; n--, symbol++)
      half[reversed(next++, bits)] = finish_entry(is_dist ? dist_meaning[*symbol] : litlen_meaning(*symbol), bits);
    next <<= 1;
    if (bits < half_bits)
      memcpy(half + (1u << bits), half, sizeof *half << bits);
  }
  for (; bits <= plan->longest; bits++) {
    for (; plan->count[bits]; plan->count[bits]--, symbol++) {
      const unsigned code = reversed(next++, bits);
      const unsigned prefix = code & (FF_TABLE_HALF - 1);
      if (prefix != sub_prefix) {
        sub_prefix = prefix;
        sub_bits = subtable_bits(plan->count, bits, plan->longest);
        sub_start = *free_slot;
        *free_slot += 1u << sub_bits;
        half[prefix] = sub_start << 16 | sub_bits << 12 | FF_E_POINTER | bad;
      }
      const uint32_t e = finish_entry(is_dist ? dist_meaning[*symbol] : litlen_meaning(*symbol), bits - FF_TABLE_BITS);
      for (unsigned i = code >> FF_TABLE_BITS; i < 1u << sub_bits; i += 1u << (bits - FF_TABLE_BITS))
        entry[sub_start + i] = e;
    }
    next <<= 1;
  }
  return half_bits;
}

ff_status ff_tables_build(ff_tables *t, const uint8_t *litlen, unsigned nlitlen, const uint8_t *dist, unsigned ndist) {
  code_plan plan;
  unsigned free_slot = 2 * FF_TABLE_HALF;

  t->fixed = false;
  plan_code(&plan, litlen, nlitlen);
  if (!plan_is_usable(&plan))
    return FF_BAD_LITLEN_SET;
  t->litlen_bits = (uint8_t)fill_half(t->entry, 0, &free_slot, &plan, false);
  plan_code(&plan, dist, ndist);
  if (plan.longest && !plan_is_usable(&plan))
    return FF_BAD_DIST_SET;
  t->dist_bits = (uint8_t)fill_half(t->entry, FF_TABLE_HALF, &free_slot, &plan, true);
  return FF_END;
}

void ff_tables_fixed(ff_tables *t) {
  uint8_t litlen[FF_MAX_LITLEN_SYMS], dist[FF_MAX_DIST_SYMS];
  if (t->fixed)
    return;
  memset(litlen, 8, 144);
  memset(litlen + 144, 9, 112);
  memset(litlen + 256, 7, 24);
  memset(litlen + 280, 8, 8);
  memset(dist, 5, sizeof dist);
  (void)ff_tables_build(t, litlen, sizeof litlen, dist, sizeof dist);
  t->fixed = true;
}

void ff_tables_widen(ff_tables *t) {
  for (; t->litlen_bits < FF_TABLE_BITS; t->litlen_bits++)
    memcpy(t->entry + (1u << t->litlen_bits), t->entry, sizeof *t->entry << t->litlen_bits);
  for (; t->dist_bits < FF_TABLE_BITS; t->dist_bits++)
    memcpy(t->entry + FF_TABLE_HALF + (1u << t->dist_bits), t->entry + FF_TABLE_HALF, sizeof *t->entry << t->dist_bits);
}

ff_status ff_precode_build(uint8_t table[1u << FF_PRECODE_BITS], const uint8_t lengths[FF_PRECODE_SYMS]) {
  code_plan plan;
  unsigned next = 0;

  plan_code(&plan, lengths, FF_PRECODE_SYMS);
  const uint16_t *symbol = plan.sorted + plan.count[0];
  if (!plan.longest) { /* zlib reads on with a word of one bit for length 0, and fails at the missing end of block */
    memset(table, 1 << 5, 1u << FF_PRECODE_BITS);
    return FF_END;
  }
  if (plan.left != 0)
    return FF_BAD_PRECODE;
  for (unsigned bits = 1; bits <= FF_PRECODE_BITS; bits++, next <<= 1)
    for (unsigned n = plan.count[bits]; n; n--, symbol++)
      for (unsigned i = reversed(next++, bits); i < 1u << FF_PRECODE_BITS; i += 1u << bits)
        table[i] = (uint8_t)(bits << 5 | *symbol);
  return FF_END;
}
