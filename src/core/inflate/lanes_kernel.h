/* The lanes' loop, included once per CPU level with NAME and ATTRIBUTES set.
 *
 * A round takes every lane FF_LANE_STEPS symbols further, two per load: `bits` starts at the first one and holds at
 * least 57 true bits, which is enough for a length and a distance. No branch depends on the data. A symbol's chain is
 * shift, mask, look up; the lanes' chains are independent, so one lane's lookup latency is hidden by the others' work.
 * A lane that is stuck at an exceptional entry consumes no bits and records the same entry over and over. */

/* Six positions about fill the registers of x86-64, so a lane's previous entry is read back from its record: that is
 * off the chain, which goes through the position. The barrier keeps compilers from "sparing" this load and then
 * spilling six entries, and gcc 12 from adding the positions up in vector registers: a tenth of the loop each.
 * Rejected as slower: three symbols per load (and not all bits of the third are always there); BMI's three-operand
 * forms with constants in registers, because those registers are missed elsewhere. */
#if defined(__GNUC__)
#define KEEP_ORDER(p) __asm__ volatile("" : "+r"(p) : : "memory")
#else
#define KEEP_ORDER(p) ((void)0)
#endif

/* Loops over the lanes are unrolled, so that what is indexed by k lies in registers. */
#if defined(__clang__)
#define EACH_LANE(k) _Pragma("clang loop unroll(full)") for (unsigned k = 0; k < FF_LANES; k++)
#elif defined(__GNUC__)
#define EACH_LANE(k) _Pragma("GCC unroll 64") for (unsigned k = 0; k < FF_LANES; k++)
#else
#define EACH_LANE(k) for (unsigned k = 0; k < FF_LANES; k++)
#endif

ATTRIBUTES static void NAME(ff_lanes *l, unsigned n, const uint32_t *entry, const uint8_t *in, uint64_t limit,
                            uint64_t park, uint16_t *tokens) {
  for (;;) {
    uint32_t any = 0;
    unsigned late = 0;
    uint64_t p[FF_LANES];
    EACH_LANE (k)
      p[k] = l->position[k];
    for (unsigned i = 0; i < FF_LANE_PAIRS; i++)
      EACH_LANE (k) {
        const uint64_t b = ff_load64(in + (p[k] >> 3)) >> (p[k] & 7);
        const uint32_t e = entry[((uint32_t)b & (FF_TABLE_HALF - 1)) | (l->record[k][i].entry[1] & FF_E_DIST)];
        const uint32_t c = (uint32_t)(b >> (e & 63));
        l->record[k][i + 1].bits = b;
        l->record[k][i + 1].entry[0] = e;
        const uint32_t f = entry[(c & (FF_TABLE_HALF - 1)) | (e & FF_E_DIST)];
        l->record[k][i + 1].entry[1] = f;
        p[k] += (uint8_t)(e + f); /* both numbers fit in a byte together */
        KEEP_ORDER(p[k]);
      }
    EACH_LANE (k) {
      l->position[k] = p[k];
      any |= l->record[k][0].entry[1] = l->record[k][FF_LANE_PAIRS].entry[1];
      late |= p[k] >= l->check[k];
    }
#if defined(FF_KERNEL_AVX512)
    const __m512i low_byte = _mm512_set1_epi32(0xFF), nibble = _mm512_set1_epi32(15), ones = _mm512_set1_epi32(-1);
    const __m512i low_byte_of_pair = _mm512_set1_epi64(0xFF);
    const __m512i even = _mm512_set_epi64(14, 12, 10, 8, 6, 4, 2, 0), odd = _mm512_set_epi64(15, 13, 11, 9, 7, 5, 3, 1);
    for (unsigned half = 0; half < FF_LANE_STEPS; half += 16)
      for (unsigned k = 0; k < FF_LANES; k++) {
        const size_t at = (size_t)k * FF_LANE_STRIDE + l->lane[k].n + half;
        const ff_lane_pair *const pair = &l->record[k][1 + half / 2];
        const __m512i x = _mm512_loadu_si512(pair), y = _mm512_loadu_si512(pair + 4);
        const __m512i e = _mm512_permutex2var_epi64(x, odd, y), b = _mm512_permutex2var_epi64(x, even, y);
        const __m512i second = _mm512_srlv_epi64(b, _mm512_and_si512(e, low_byte_of_pair));
        const __m512i own = _mm512_mask_shuffle_epi32(b, 0xAAAA, second, _MM_PERM_CCAA);
        const __m512i above = _mm512_sllv_epi32(ones, _mm512_and_si512(e, low_byte));
        const __m512i code_bits = _mm512_and_si512(_mm512_srli_epi32(e, 12), nibble);
        const __m512i extra = _mm512_srlv_epi32(_mm512_andnot_si512(above, own), code_bits);
        const __m512i token = _mm512_add_epi32(_mm512_srli_epi32(e, 16), extra);
        _mm256_storeu_si256((__m256i *)(void *)&tokens[at], _mm512_cvtepi32_epi16(token));
        _mm_storeu_si128((__m128i *)(void *)&l->bits[at], _mm512_cvtepi32_epi8(e));
      }
#elif defined(FF_KERNEL_AVX2)
    const __m256i low_byte = _mm256_set1_epi32(0xFF), nibble = _mm256_set1_epi32(15), ones = _mm256_set1_epi32(-1);
    const __m256i low_byte_of_pair = _mm256_set1_epi64x(0xFF);
    const __m256i order = _mm256_set_epi32(7, 3, 6, 2, 5, 1, 4, 0);
    for (unsigned half = 0; half < FF_LANE_STEPS; half += 16)
      for (unsigned k = 0; k < FF_LANES; k++) {
        const size_t at = (size_t)k * FF_LANE_STRIDE + l->lane[k].n + half;
        __m256i token[2], used[2];
        for (unsigned q = 0; q < 2; q++) {
          const ff_lane_pair *const pair = &l->record[k][1 + half / 2 + 4 * q];
          const __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)pair);
          const __m256i y = _mm256_loadu_si256((const __m256i *)(const void *)(pair + 2));
          /* Pairs in the order 0, 2, 1, 3. */
          const __m256i e = _mm256_unpackhi_epi64(x, y), b = _mm256_unpacklo_epi64(x, y);
          const __m256i second = _mm256_srlv_epi64(b, _mm256_and_si256(e, low_byte_of_pair));
          const __m256i own = _mm256_blend_epi32(b, _mm256_slli_epi64(second, 32), 0xAA);
          used[q] = _mm256_and_si256(e, low_byte);
          const __m256i above = _mm256_sllv_epi32(ones, used[q]);
          const __m256i code_bits = _mm256_and_si256(_mm256_srli_epi32(e, 12), nibble);
          const __m256i extra = _mm256_srlv_epi32(_mm256_andnot_si256(above, own), code_bits);
          token[q] = _mm256_add_epi32(_mm256_srli_epi32(e, 16), extra);
        }
        const __m256i words = _mm256_permutevar8x32_epi32(_mm256_packus_epi32(token[0], token[1]), order);
        const __m256i used_words = _mm256_permutevar8x32_epi32(_mm256_packus_epi32(used[0], used[1]), order);
        _mm256_storeu_si256((__m256i *)(void *)&tokens[at], words);
        _mm_storeu_si128((__m128i *)(void *)&l->bits[at],
                         _mm_packus_epi16(_mm256_castsi256_si128(used_words), _mm256_extracti128_si256(used_words, 1)));
      }
#else
    for (unsigned k = 0; k < FF_LANES; k++) {
      const size_t at = (size_t)k * FF_LANE_STRIDE + l->lane[k].n;
      for (unsigned i = 0; i < FF_LANE_PAIRS; i++) {
        const uint32_t e = l->record[k][i + 1].entry[0], f = l->record[k][i + 1].entry[1];
        const uint64_t b = l->record[k][i + 1].bits, c = b >> (e & 63);
        const uint64_t x = (b & ~(~(uint64_t)0 << (e & 63))) >> (e >> 12 & 15);
        const uint64_t y = (c & ~(~(uint64_t)0 << (f & 63))) >> (f >> 12 & 15);
        tokens[at + 2 * i] = (uint16_t)((e >> 16) + (uint32_t)x);
        tokens[at + 2 * i + 1] = (uint16_t)((f >> 16) + (uint32_t)y);
        l->bits[at + 2 * i] = (uint8_t)e;
        l->bits[at + 2 * i + 1] = (uint8_t)f;
      }
    }
#endif
    if (FF_LIKELY(!(any & FF_E_EXCEPTION) && !late)) {
      bool room = true;
      for (unsigned k = 0; k < FF_LANES; k++) {
        l->lane[k].n += FF_LANE_STEPS;
        room &= l->lane[k].n <= FF_LANE_TOKENS - TOKENS_PER_ROUND;
      }
      if (FF_LIKELY(room))
        continue;
      for (unsigned k = 0; k < n; k++)
        stop_lane(l, k);
      return;
    }
    if (!look_after(l, n, entry, in, limit, park, tokens))
      return;
  }
}

#undef KEEP_ORDER
#undef EACH_LANE
#undef NAME
#undef ATTRIBUTES
#undef FF_KERNEL_AVX2
#undef FF_KERNEL_AVX512
