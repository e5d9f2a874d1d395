/* The one place in the core that asks for memory, where there is none. Linked with -Wl,--wrap=malloc. */

#include <stdbool.h>
#include <stddef.h>

#include "../../fmnist_fast/include/fmnist_fast.h"
#include "capi.h"

static bool none;

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_malloc(size_t n) { return none ? NULL : __real_malloc(n); }

int main(void) {
  const fmnist_fast_api *const api = ff_capi(ff_cpu_detect());
  none = true;
  if (api->decoder_new())
    return 1;
  none = false;
  fmnist_fast_decoder *const d = api->decoder_new();
  if (!d)
    return 2;
  api->decoder_free(d);
  return 0;
}
