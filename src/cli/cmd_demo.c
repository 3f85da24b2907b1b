/* kakuho demo: the writer of the example evidence, then the main job on both cases. */
#include "cli/investigate.h"

#include "demo/demo.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* The GPL helper that writes NTFS images lies beside this program, or where it is installed. */
static kk_slice helper_path(kk_invocation *i)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self);
    kk_slice path = {self, n > 0 ? (size_t)n : 0};
    return kk_print(i->arena, "%.*s/kakuho-demo-ntfs",
                    KK_P(kk_part(path, 0, kk_rfind_byte(path, '/'))));
}

typedef struct {
    const char *folder;
    const char *evidence[5];
    const char *listing;
} demo_case;

static const demo_case cases[] = {
    {"mats", {"fortigate", "DC01", "FS01.img"}, NULL},
    {"paint", {"fortigate", "AD01", "FS02.img", "LX01.img"}, "leak-listing.txt"},
};

static kk_status investigate(kk_invocation *i, kk_slice folder, const demo_case *d)
{
    kk_handed handed[8];
    size_t count = 0;
    bool failed = false;
    for (size_t k = 0; d->evidence[k]; k++)
        handed[count++] = (kk_handed){
            kk_print(i->arena, "%.*s/%s/evidence/%s", KK_P(folder), d->folder, d->evidence[k]),
            KK_NONE};
    if (d->listing)
        handed[count++] =
            (kk_handed){kk_print(i->arena, "%.*s/%s/%s", KK_P(folder), d->folder, d->listing),
                        KK_S("leak_listing")};
    i->options.case_file = kk_print(i->arena, "%.*s/%s/case.yaml", KK_P(folder), d->folder);
    kk_slice path = kk_print(i->arena, "%.*s/%s/case", KK_P(folder), d->folder);
    dprintf(i->err, "kakuho: investigating %.*s/%s\n", KK_P(folder), d->folder);
    return kk_investigate(i, path.ptr, handed, count, &failed);
}

static int run(kk_invocation *i)
{
    kk_slice folder = i->count ? kk_cstr(i->arguments[0]) : KK_S("demo");
    kk_slice path = kk_copy(i->arena, folder);
    dprintf(i->err, "kakuho: writing the evidence of two invented organisations to %s\n", path.ptr);
    kk_status status = kk_demo_write(path.ptr, helper_path(i).ptr, &i->fault);
    for (size_t k = 0; k < sizeof cases / sizeof *cases && status == KK_OK; k++)
        status = investigate(i, folder, &cases[k]);
    return kk_finish(i, status);
}

const kk_command kk_command_demo = {
    .name = "demo",
    .arguments = "[DIR]",
    .about = "write the two example cases' evidence and investigate them",
    .least = 0,
    .most = 1,
    .options = {KK_OPTION_NO_SANDBOX},
    .run = run,
};
