/* What this processor can do. A level names a set of kernels; every kernel of a lower level stays correct. */
#ifndef FF_CPU_H
#define FF_CPU_H

typedef enum ff_cpu_level {
  FF_CPU_GENERIC = 0,
  FF_CPU_NEON,   /* aarch64: NEON, CRC32 instructions */
  FF_CPU_AVX2,   /* x86-64: AVX2, BMI1, BMI2, FMA, F16C, LZCNT, PCLMULQDQ */
  FF_CPU_AVX512, /* the same with F, BW, DQ, VL, VBMI, VBMI2, VPCLMULQDQ */
  FF_CPU_LEVELS
} ff_cpu_level;

/* The highest level of this processor and operating system. Probes each time: call once and keep the answer. */
ff_cpu_level ff_cpu_detect(void);

/* "generic", "neon", "avx2", "avx512". */
const char *ff_cpu_name(ff_cpu_level level);

/* `detected`, but not above the named level; of a level of another architecture only the generic kernels are left.
 * -1: unknown name. */
int ff_cpu_cap(ff_cpu_level detected, const char *name);

#endif
