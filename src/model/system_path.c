#include "model/system_path.h"

/* Of the first three names of a path: an image's partition may stand before. */
static bool begins_in_system(kk_slice path)
{
    static const char *const folders[] = {"windows", "program files", "program files (x86)",
                                          "winnt",   "usr",           "lib",
                                          "lib64",   "bin",           "sbin",
                                          "boot",    "proc",          "sys",
                                          "etc",     "snap"};
    kk_slice rest = path, folder;
    for (int depth = 0; depth < 3 && kk_split(&rest, '/', &folder) && rest.len; depth++)
        for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
            if (kk_eq_nocase(folder, kk_cstr(folders[i])))
                return true;
    return false;
}

bool kk_is_system_path(kk_slice path)
{
    if (kk_has_nocase(path, KK_S("/temp/")) || kk_has_nocase(path, KK_S("/tmp/")))
        return false; /* where intruders put things together */
    static const char *const inside[] = {"/ProgramData/Microsoft/", "/AppData/Local/Programs/",
                                         "/node_modules/",          "/site-packages/",
                                         "/dist-packages/",         "/.git/"};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
        if (kk_has_nocase(path, kk_cstr(inside[i])))
            return true;
    return begins_in_system(path);
}
