/* What zlib makes of a sequence of gzip members. */
#ifndef FUZZ_ORACLE_H
#define FUZZ_ORACLE_H

#include <stddef.h>
#include <stdint.h>

/* Longer outputs are not compared. */
#define OUTPUT_LIMIT ((size_t)3 << 19)

typedef enum { OK, TRAILING, TRUNCATED, CORRUPT, TOO_LONG } verdict_kind;

typedef struct verdict {
  verdict_kind kind;
  size_t produced; /* up to the end or the fault */
  size_t consumed;
  unsigned members;  /* begun, a truncated one of at least one byte included */
  size_t first_end;  /* behind the first member; 0: it does not end */
  size_t first_made; /* bytes of its output */
  uint8_t *output;   /* the oracle's own, until the next call */
} verdict;

/* With CHECKS 0 neither header CRC nor CRC-32 nor length are looked at. */
#ifndef CHECKS
#define CHECKS 1
#endif

verdict oracle(const uint8_t *data, size_t size);

#endif
