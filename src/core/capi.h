/* The table of functions behind the public header, fmnist_fast/include/fmnist_fast.h, which has the contract. */
#ifndef FF_CAPI_H
#define FF_CAPI_H

#include "cpu.h"

/* The one table; its functions run at the level of the first call, which must have returned before the next. */
const void *ff_capi(ff_cpu_level level);

#endif
