/* Splitting and copying, included once per CPU level with NAME and ATTRIBUTES set. */

/* n <= PIECE tokens; reads whole vectors behind them. */
ATTRIBUTES static void NAME(split)(const uint16_t *token, uint32_t n, split_piece *piece) {
  uint16_t *match = piece->match;
  uint32_t lengths = 0, most = FF_TOKEN_DISTANCE;

#if defined(FF_KERNEL_AVX512)
  __m512i sum = _mm512_setzero_si512(), top = _mm512_set1_epi16((short)FF_TOKEN_DISTANCE);
  const __m512i first_length = _mm512_set1_epi16(256), page = _mm512_set1_epi16((short)0xFF00);
  const __m512i one = _mm512_set1_epi16(1), step = _mm512_set1_epi16(32);
  __m512i index = _mm512_set_epi16(31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11,
                                   10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  for (uint32_t i = 0; i < n; i += 32) {
    const __mmask32 here = _bzhi_u32(~0u, FF_MIN(n - i, 32));
    const __m512i t = _mm512_maskz_loadu_epi16(here, token + i);
    const __mmask32 is_length = _mm512_cmpeq_epi16_mask(_mm512_and_si512(t, page), first_length);
    _mm256_storeu_si256((__m256i *)(void *)(piece->literal + i), _mm512_cvtepi16_epi8(t));
    /* Compressed in a register, stored whole: compressing into memory is microcode on Zen 4. */
    _mm512_storeu_si512(match, _mm512_maskz_compress_epi16(is_length, index));
    match += _mm_popcnt_u32(is_length);
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(_mm512_maskz_mov_epi16(is_length, t), one));
    top = _mm512_max_epu16(top, t);
    index = _mm512_add_epi16(index, step);
  }
  lengths = (uint32_t)_mm512_reduce_add_epi32(sum);
  const __m256i half = _mm256_max_epu16(_mm512_castsi512_si256(top), _mm512_extracti64x4_epi64(top, 1));
  __m128i quarter = _mm_max_epu16(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  quarter = _mm_minpos_epu16(_mm_xor_si128(quarter, _mm_set1_epi16(-1)));
  most = (uint16_t)~_mm_extract_epi16(quarter, 0);
#elif defined(FF_KERNEL_AVX2)
  __m256i sum = _mm256_setzero_si256(), top = _mm256_set1_epi16((short)FF_TOKEN_DISTANCE);
  const __m256i one = _mm256_set1_epi16(1), low = _mm256_set1_epi16(0xFF);
  for (uint32_t i = 0; i < n; i += 32) {
    const __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(token + i));
    const __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(token + i + 16));
    const __m256i low_bytes = _mm256_packus_epi16(_mm256_and_si256(a, low), _mm256_and_si256(b, low));
    const __m256i a_length = _mm256_cmpeq_epi16(_mm256_srli_epi16(a, 8), one);
    const __m256i b_length = _mm256_cmpeq_epi16(_mm256_srli_epi16(b, 8), one);
    const __m256i flags = _mm256_permute4x64_epi64(_mm256_packs_epi16(a_length, b_length), 0xD8);
    uint32_t is_length = (uint32_t)_mm256_movemask_epi8(flags);
    _mm256_storeu_si256((__m256i *)(void *)(piece->literal + i), _mm256_permute4x64_epi64(low_bytes, 0xD8));
    __m256i lengths_here = _mm256_add_epi16(_mm256_and_si256(a, a_length), _mm256_and_si256(b, b_length));
    __m256i top_here = _mm256_max_epu16(a, b);
    if (FF_UNLIKELY(n - i < 32)) { /* what lies behind the piece does not count */
      is_length = _bzhi_u32(is_length, n - i);
      lengths_here = top_here = _mm256_setzero_si256();
      for (uint32_t k = i; k < n; k++) {
        most = FF_MAX(most, token[k]);
        lengths += token[k] >> 8 == 1 ? token[k] : 0;
      }
    }
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(lengths_here, one));
    top = _mm256_max_epu16(top, top_here);
    for (uint32_t k = i; k < i + 32; k += 8, is_length >>= 8) {
      const __m128i places = _mm_loadl_epi64((const __m128i *)(const void *)&set_bits[is_length & 0xFF]);
      const __m128i index = _mm_add_epi16(_mm_cvtepu8_epi16(places), _mm_set1_epi16((short)k));
      _mm_storeu_si128((__m128i *)(void *)match, index);
      match += _mm_popcnt_u32(is_length & 0xFF);
    }
  }
  uint32_t sums[8];
  uint16_t tops[16];
  _mm256_storeu_si256((__m256i *)(void *)sums, sum);
  _mm256_storeu_si256((__m256i *)(void *)tops, top);
  for (unsigned k = 0; k < 8; k++)
    lengths += sums[k];
  for (unsigned k = 0; k < 16; k++)
    most = FF_MAX(most, tops[k]);
#else
  uint16_t top = FF_TOKEN_DISTANCE;
  for (uint32_t i = 0; i < n; i++) {
    piece->literal[i] = (uint8_t)token[i];
    top = FF_MAX(top, token[i]);
  }
  for (uint32_t i = 0; i < n; i++) {
    const bool is_length = token[i] >> 8 == 1;
    *match = (uint16_t)i;
    match += is_length;
    lengths += is_length ? token[i] : 0;
  }
  most = top;
#endif
  piece->matches = (uint32_t)(match - piece->match);
  piece->bytes = n - 2 * piece->matches + lengths - FF_TOKEN_LENGTH * piece->matches;
  piece->max_distance = most - FF_TOKEN_DISTANCE;
}

ATTRIBUTES FF_INLINE void NAME(copy32)(uint8_t *to, const uint8_t *from) {
#if defined(FF_KERNEL_AVX512) || defined(FF_KERNEL_AVX2)
  _mm256_storeu_si256((__m256i *)(void *)to, _mm256_loadu_si256((const __m256i *)(const void *)from));
#else
  ff_copy16(to, from);
  ff_copy16(to + 16, from + 16);
#endif
}

/* The room must hold piece->bytes + OUT_OVERRUN. */
ATTRIBUTES static void NAME(copy)(ff_inflate *s, ff_io *io, const uint16_t *token, uint32_t n, split_piece *piece) {
  const uint8_t *literal = piece->literal;
  const uint16_t *match = piece->match, *const last = match + piece->matches;
  uint8_t *out = io->out;

  piece->match[piece->matches] = (uint16_t)n; /* the literals behind the last match */
  for (;; match++) {
    const size_t at = *match;
    const uint8_t *const literal_end = piece->literal + at;
    NAME(copy32)(out, literal);
    if (FF_UNLIKELY(literal_end > literal + 32)) {
      uint8_t *to = out + 32;
      for (const uint8_t *from = literal + 32; from < literal_end; from += 32, to += 32)
        NAME(copy32)(to, from);
    }
    out += literal_end - literal;
    if (match == last)
      break;
    literal = literal_end + 2;
    const size_t length = token[at] - FF_TOKEN_LENGTH, distance = token[at + 1] - FF_TOKEN_DISTANCE;
    FF_PREFETCH_WRITE(out + 2048);
    if (FF_UNLIKELY(distance > (size_t)(out - io->base))) {
      io->out = out;
      s->match_length = (unsigned)length;
      s->match_distance = (unsigned)distance;
      ff_copy_match_careful(s, io);
      out = io->out;
      continue;
    }
#if defined(FF_KERNEL_AVX512)
    /* One permutation repeats what a short distance brings: no branch on the distance. */
    const size_t period = FF_MIN(distance, 32);
    const __m256i from = _mm256_loadu_si256((const __m256i *)(const void *)(out - distance));
    const __m256i order = _mm256_load_si256((const __m256i *)(const void *)repeat_order[period]);
    const __m256i first = _mm256_permutexvar_epi8(order, from);
    _mm256_storeu_si256((__m256i *)(void *)out, first);
    if (FF_UNLIKELY(length > 32)) {
      if (distance >= 32) {
        for (uint8_t *to = out + 32; to < out + length; to += 32)
          NAME(copy32)(to, to - distance);
      } else { /* without waiting for what has just been stored */
        for (uint8_t *to = out + repeat_stride[period]; to < out + length; to += repeat_stride[period])
          _mm256_storeu_si256((__m256i *)(void *)to, first);
      }
    }
    out += length;
#else
    out = ff_copy_match_fast(out, (unsigned)length, (unsigned)distance);
#endif
  }
  io->out = out;
}

#undef NAME
#undef ATTRIBUTES
#undef FF_KERNEL_AVX2
#undef FF_KERNEL_AVX512
