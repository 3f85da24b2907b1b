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

/* Its indicators as kk_iocs_put writes them. */
static kk_status read_one(const kk_options *options, kk_arena *arena, kk_slice path,
                          kk_buffer *told, kk_fault *fault)
{
    kk_slice bytes;
    kk_status status = kk_file_text(arena, path.ptr, KK_IOC_FILE_MOST, &bytes, fault);
    if (status != KK_OK)
        return fault->status = KK_INVALID;
    return kk_walled(options->unsafe_no_sandbox, read_inside, &bytes, told, fault);
}

static void put_part(kk_buffer *out, kk_slice part)
{
    uint64_t len = part.len;
    kk_put_bytes(out, &len, sizeof len);
    kk_put(out, part);
}

static bool take_part(kk_slice *rest, kk_slice *part)
{
    uint64_t len;
    if (rest->len < sizeof len)
        return false;
    memcpy(&len, rest->ptr, sizeof len);
    if (len > rest->len - sizeof len)
        return false;
    *part = kk_part(*rest, sizeof len, (size_t)len);
    *rest = kk_from(*rest, sizeof len + (size_t)len);
    return true;
}

kk_status kk_ioc_files_pack(const kk_options *options, kk_arena *arena, const kk_slice *paths,
                            size_t count, kk_slice *out, kk_fault *fault)
{
    kk_buffer packed = {0}, told = {0};
    kk_status status = KK_OK;
    for (size_t i = 0; i < count && status == KK_OK; i++) {
        kk_slice path = kk_copy(arena, paths[i]);
        told.len = 0;
        status = read_one(options, arena, path, &told, fault);
        put_part(&packed, kk_from(path, kk_name_begins(path)));
        put_part(&packed, kk_buffer_slice(&told));
    }
    *out = kk_copy(arena, kk_buffer_slice(&packed));
    kk_buffer_close(&packed);
    kk_buffer_close(&told);
    return status;
}

bool kk_ioc_files_take(kk_arena *arena, kk_slice packed, kk_ioc_files *out)
{
    size_t items = 0, files = 0;
    kk_slice name, told;
    *out = (kk_ioc_files){0};
    while (packed.len) {
        kk_iocs iocs;
        if (!take_part(&packed, &name) || !take_part(&packed, &told) ||
            !kk_iocs_take(arena, told, &iocs))
            return false;
        out->items =
            kk_grow(arena, out->items, &items, out->count + iocs.count + 1, sizeof *out->items);
        if (iocs.count)
            memcpy(out->items + out->count, iocs.items, iocs.count * sizeof *iocs.items);
        out->files = kk_grow(arena, out->files, &files, out->file_count + 1, sizeof *out->files);
        out->files[out->file_count++] = (kk_ioc_file){name,       iocs.format, out->count,
                                                      iocs.count, iocs.unread, iocs.unread_count};
        out->count += iocs.count;
    }
    return true;
}

/* Workers that know the indicators of all files, in their order, and the passwords. */
static kk_status open_pool(kk_case *c, const kk_options *options, const kk_ioc_files *given,
                           kk_pool **pool, kk_fault *fault)
{
    kk_buffer told = {0};
    kk_json j = {.out = &told};
    kk_status status = kk_pool_open(options->unsafe_no_sandbox, pool, fault);
    if (status == KK_OK)
        status = kk_case_give_passwords(c, options, *pool, fault);
    kk_iocs_put(&j, &(kk_iocs){.format = "list", .items = given->items, .count = given->count});
    if (status == KK_OK)
        status = kk_pool_iocs(*pool, kk_buffer_slice(&told), fault);
    kk_buffer_close(&told);
    return status;
}

kk_status kk_ioc_files_search(kk_case *c, const kk_options *options, const kk_ioc_files *given,
                              bool contents, kk_ioc_search *out, kk_fault *fault)
{
    kk_pool *pool = NULL;
    bool looks = contents && !c->so_far;
    kk_status status = looks ? open_pool(c, options, given, &pool, fault) : KK_OK;
    kk_intake_settings settings = {.store = c->store,
                                   .pool = pool,
                                   .folder = c->path.ptr,
                                   .jobs = options->jobs,
                                   .zone = c->settings->timezone,
                                   .key = c->key,
                                   .progress = options->progress,
                                   .context = options->context};
    if (status == KK_OK)
        status = kk_iocs_search(c->store, given->items, given->count, looks ? &settings : NULL,
                                c->arena, out, fault);
    kk_pool_close(pool);
    return status;
}
