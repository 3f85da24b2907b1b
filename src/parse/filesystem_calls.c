/* libtsk brings thirty libraries along, most for kinds of images that are not read with it: it is loaded when
 * the first volume is opened, or before the walls go up. */
#include "parse/filesystem.h"

#include "base/late.h"

#include <pthread.h>

void tsk_error_reset(void); /* its own header leaves the parameters open */

enum {
#define CALL(result, name, parameters, arguments) AT_##name,
#define ACT(name, parameters, arguments) AT_##name,
#include "parse/filesystem_calls.def"
    CALLS
};

static struct {
    pthread_once_t once;
    bool loaded;
    kk_late_call calls[CALLS];
} library = {.once = PTHREAD_ONCE_INIT};

static void load(void)
{
    static const char *const names[] = {
#define CALL(result, name, parameters, arguments) #name,
#define ACT(name, parameters, arguments) #name,
#include "parse/filesystem_calls.def"
    };
    library.loaded = !kk_late_load(KAKUHO_LIBTSK, names, library.calls, CALLS);
}

bool kk_filesystem_warm(void)
{
    pthread_once(&library.once, load);
    return library.loaded;
}

#define CALL(result, name, parameters, arguments)                                                  \
    result name parameters                                                                         \
    {                                                                                              \
        return ((__typeof__(&name))library.calls[AT_##name])arguments;                             \
    }
#define ACT(name, parameters, arguments)                                                           \
    void name parameters                                                                           \
    {                                                                                              \
        ((__typeof__(&name))library.calls[AT_##name]) arguments;                                   \
    }
#include "parse/filesystem_calls.def"
