#include "verdicts.h"

/* A fault shows up some bits before or behind the place where zlib has put its bits down. */
#define NEARBY 8

static verdict_kind kind_of(ff_status status) {
  switch (status) {
  case FF_END:
    return OK;
  case FF_TRAILING:
    return TRAILING;
  case FF_TRUNCATED:
    return TRUNCATED;
  default:
    return status >= FF_BAD_BLOCK_TYPE && status < FF_TRUNCATED ? CORRUPT : TOO_LONG;
  }
}

uint64_t verdicts_digest = 0xCBF29CE484222325u; /* FNV-1a */

void digest(const void *data, size_t n) {
  for (const uint8_t *p = data; n; n--)
    verdicts_digest = (verdicts_digest ^ *p++) * 0x100000001B3u;
}

bool begin(plan *p, verdict *v, decoder *d, feed *f, const uint8_t *data, size_t size) {
  if (!plan_read(p, data, size))
    return false;
  *v = oracle(data + PLAN_SIZE, size - PLAN_SIZE);
  FOREIGN(v->output, v->produced);
  if (v->kind == TOO_LONG)
    return false;
  if (!f->memory.begin)
    f->memory = arena_open((size_t)1 << 18);
  f->data = data + PLAN_SIZE;
  f->size = FF_MIN(size - PLAN_SIZE, f->memory.capacity);
  f->at = f->seen = 0;
  decoder_open(d, p);
  return true;
}

void compare(const verdict *v, const decoder *d, const feed *f, ff_status status, size_t produced) {
  const ff_gzip *const g = &d->gzip;
  uint64_t members = g->members;
  CHECK(kind_of(status) == v->kind, "status %d, zlib %d", status, v->kind);
  CHECK(produced == v->produced, "%zu bytes, zlib %zu", produced, v->produced);
  CHECK(g->offset == f->at, "offset %llu after %zu bytes", (unsigned long long)g->offset, f->at);
  if (v->kind == OK || v->kind == TRAILING)
    CHECK(f->at == v->consumed, "%zu bytes consumed, zlib %zu", f->at, v->consumed);
  if (v->kind == CORRUPT)
    CHECK(f->at <= v->consumed + NEARBY && v->consumed <= f->at + NEARBY, "%zu consumed, zlib %zu", f->at, v->consumed);
  if (v->kind == TRUNCATED)
    members += g->phase == FF_GZIP_BETWEEN && f->at < f->size;
  else if (v->kind == CORRUPT)
    members += !members; /* its magic is what is wrong */
  CHECK(members == v->members, "%llu members, zlib %u", (unsigned long long)members, v->members);
  const uint64_t found[] = {status, produced, f->at, members};
  digest(found, sizeof found);
  digest(v->output, produced);
}
