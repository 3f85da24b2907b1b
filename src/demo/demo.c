#include "demo/demo.h"

#include "demo/cases.h"
#include "demo/disk.h"

kk_status kk_demo_write(const char *directory, const char *ntfs_helper, kk_fault *fault)
{
    static const struct {
        const char *name;
        kk_status (*write)(const kk_demo_case *into);
    } cases[] = {{"paint", kk_demo_paint}, {"mats", kk_demo_mats}};
    kk_status status = KK_OK;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0] && status == KK_OK; i++) {
        kk_arena *arena = kk_arena_open();
        const kk_demo_case into = {arena, kk_print(arena, "%s/%s", directory, cases[i].name),
                                   ntfs_helper, fault};
        status = kk_demo_folder(kk_print(arena, "%.*s/evidence", KK_P(into.folder)), fault);
        if (status == KK_OK)
            status = cases[i].write(&into);
        kk_demo_sweep(kk_print(arena, "%.*s/.stage", KK_P(into.folder)));
        kk_arena_close(arena);
    }
    return status;
}
