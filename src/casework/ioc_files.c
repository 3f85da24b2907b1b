#include "casework/ioc_files.h"

#include "casework/rule_files.h"
#include "worker/walled.h"

static void read_inside(void *context, kk_buffer *out)
{
    const kk_slice *bytes = context;
    kk_arena *arena = kk_arena_open();
    kk_iocs iocs;
    kk_json j = {.out = out};
    kk_iocs_read(arena, *bytes, &iocs);
    kk_iocs_put(&j, &iocs);
    kk_arena_close(arena);
}

static kk_status read_one(const kk_options *options, kk_arena *arena, kk_slice path, kk_iocs *out,
                          kk_fault *fault)
{
    kk_slice bytes;
    kk_buffer told = {0};
    kk_status status = kk_file_text(arena, path.ptr, KK_IOC_FILE_MOST, &bytes, fault);
    if (status != KK_OK)
        return fault->status = KK_INVALID;
    status = kk_walled(options->unsafe_no_sandbox, read_inside, &bytes, &told, fault);
    if (status == KK_OK && !kk_iocs_take(arena, kk_copy(arena, kk_buffer_slice(&told)), out))
        status =
            kk_fail(fault, KK_IO, "%.*s could not be read: what read it spoke nonsense: tell us",
                    KK_P(path));
    kk_buffer_close(&told);
    return status;
}

kk_status kk_ioc_files_read(const kk_options *options, kk_arena *arena, const kk_slice *paths,
                            size_t count, kk_ioc_files *out, kk_fault *fault)
{
    size_t capacity = 0;
    *out = (kk_ioc_files){.files = KK_NEW_ARRAY(arena, kk_ioc_file, count)};
    for (size_t i = 0; i < count; i++) {
        kk_iocs iocs;
        kk_slice path = kk_copy(arena, paths[i]);
        size_t slash = kk_rfind_byte(path, '/');
        kk_status status = read_one(options, arena, path, &iocs, fault);
        if (status != KK_OK)
            return status;
        out->items =
            kk_grow(arena, out->items, &capacity, out->count + iocs.count + 1, sizeof *out->items);
        if (iocs.count)
            memcpy(out->items + out->count, iocs.items, iocs.count * sizeof *iocs.items);
        out->files[out->file_count++] =
            (kk_ioc_file){slash == KK_NOWHERE ? path : kk_from(path, slash + 1),
                          iocs.format,
                          out->count,
                          iocs.count,
                          iocs.unread,
                          iocs.unread_count};
        out->count += iocs.count;
    }
    return KK_OK;
}
