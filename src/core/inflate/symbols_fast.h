/* The fast loop, included once per CPU level with NAME and ATTRIBUTES set.
 *
 * Returns FF_NEED_INPUT behind in_stop or when the room's margin is used up, FF_END, or an FF_BAD_ status.
 *
 * The chain that bounds the speed is lookup -> shift -> lookup; everything else is kept off it: the next entry is looked
 * up before the refill that it does not need, and up to four literals are taken per refill. Rejected: two literals per
 * lookup (on image data two code words fit the index in 1 % of the lookups, and the table costs more to build). */

#define DROP(e) (buf >>= (e) & 63, count -= ff_entry_bits(e))
#define LOOK_UP() (entry[buf & litlen_mask])
/* Bits that the load brings twice are or-ed onto themselves. */
#define REFILL() (buf |= ff_load64(in) << count, in += (63 - count) >> 3, count |= 56)

ATTRIBUTES static ff_status NAME(ff_inflate *s, ff_io *io, ff_bits *b, const uint8_t *in_stop) {
  const uint32_t *const entry = s->tables.entry;
  const uint64_t litlen_mask = (1u << s->tables.litlen_bits) - 1, dist_mask = (1u << s->tables.dist_bits) - 1;
  const uint8_t *in = b->next;
  uint8_t *out = io->out, *const start = out;
  uint8_t *const out_stop = io->out_end - OUT_MARGIN;
  /* Matches from here on lie in place and in this stream. */
  const uint8_t *const floor = s->produced < (uint64_t)(out - io->base) ? out - s->produced : io->base;
  uint64_t buf = b->buf;
  unsigned count = b->count;
  ff_status status = FF_NEED_INPUT;
  uint32_t e;

  REFILL();
  e = LOOK_UP();
  while (in <= in_stop && out <= out_stop) {
    if (FF_LIKELY(e & FF_E_LITERAL)) {
      DROP(e);
      *out++ = (uint8_t)(e >> 16);
      e = LOOK_UP();
      if (FF_LIKELY(e & FF_E_LITERAL)) {
        DROP(e);
        *out++ = (uint8_t)(e >> 16);
        e = LOOK_UP();
        if (FF_LIKELY(e & FF_E_LITERAL)) {
          DROP(e);
          *out++ = (uint8_t)(e >> 16);
          e = LOOK_UP();
          if (FF_LIKELY(e & FF_E_LITERAL)) {
            DROP(e);
            *out++ = (uint8_t)(e >> 16);
            e = LOOK_UP();
            REFILL();
            continue;
          }
        }
      }
      REFILL();
    }
    if (FF_UNLIKELY(e & FF_E_EXCEPTION)) {
      if (e & FF_E_POINTER) {
        buf >>= FF_TABLE_BITS;
        count -= FF_TABLE_BITS;
        e = entry[ff_entry_subtable(e) + (buf & ((1u << ff_entry_code_bits(e)) - 1))];
        if (e & FF_E_LITERAL) {
          DROP(e);
          *out++ = (uint8_t)(e >> 16);
          REFILL();
          e = LOOK_UP();
          continue;
        }
      }
      if (e & FF_E_EXCEPTION) {
        buf >>= ff_entry_code_bits(e);
        count -= ff_entry_code_bits(e);
        status = e & FF_E_END ? FF_END : FF_BAD_LITLEN_CODE;
        break;
      }
    }
    unsigned length = token_with_extra(e, buf) - FF_TOKEN_LENGTH;
    DROP(e);
    e = entry[FF_TABLE_HALF + (buf & dist_mask)];
    if (FF_UNLIKELY(e & FF_E_EXCEPTION)) {
      if (e & FF_E_POINTER) {
        buf >>= FF_TABLE_BITS;
        count -= FF_TABLE_BITS;
        e = entry[ff_entry_subtable(e) + (buf & ((1u << ff_entry_code_bits(e)) - 1))];
      }
      if (e & FF_E_EXCEPTION) {
        status = FF_BAD_DIST_CODE;
        break;
      }
    }
    const unsigned distance = token_with_extra(e, buf) - FF_TOKEN_DISTANCE;
    DROP(e);
    REFILL();
    e = LOOK_UP();
    if (FF_LIKELY(distance <= (size_t)(out - floor))) {
      if (FF_UNLIKELY(length == MAX_LENGTH)) {
        unsigned bits = 0;
        const unsigned n = repeats(&s->tables, buf, count, distance, (size_t)(io->out_end - out), &bits);
        buf >>= n * bits;
        count -= n * bits;
        length += n * MAX_LENGTH;
        REFILL();
        e = LOOK_UP();
      }
      out = ff_copy_match_fast(out, length, distance);
      continue;
    }
    if (distance > s->produced + (uint64_t)(out - start)) {
      status = FF_BAD_TOO_FAR;
      break;
    }
    s->match_length = length;
    s->match_distance = distance;
    io->out = out;
    ff_copy_match_careful(s, io);
    out = io->out;
  }
  io->out = out;
  b->buf = buf;
  b->count = count;
  b->next = in;
  return status;
}

#undef DROP
#undef LOOK_UP
#undef REFILL
#undef NAME
#undef ATTRIBUTES
