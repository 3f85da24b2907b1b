#include "base/late.h"

#include <dlfcn.h>
#include <string.h>

const char *kk_late_load(const char *library, const char *const *names, kk_late_call *calls,
                         size_t count)
{
    void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
    for (size_t i = 0; handle && i < count; i++) {
        void *found = dlsym(handle, names[i]);
        if (found)
            memcpy(&calls[i], &found, sizeof found); /* C has no cast for it */
        else
            handle = NULL;
    }
    return handle ? NULL : dlerror();
}
