/* Outlook's stores through libpff: reads go to the stream of evidence, never to a file. */
#include "parse/pst_store.h"

typedef struct {
    kk_stream *in;
    uint64_t at;
    bool open;
} source;

/* ---- What libbfio calls ---- */

static source *source_of(intptr_t *handle)
{
    return (source *)handle;
}

static int free_source(intptr_t **handle, libbfio_error_t **error)
{
    (void)error;
    *handle = NULL; /* the arena's */
    return 1;
}

static int open_source(intptr_t *handle, int flags, libbfio_error_t **error)
{
    (void)error;
    if (flags & LIBBFIO_ACCESS_FLAG_WRITE)
        return -1;
    source_of(handle)->open = true;
    return 1;
}

static int close_source(intptr_t *handle, libbfio_error_t **error)
{
    (void)error;
    source_of(handle)->open = false;
    return 0;
}

static ssize_t read_source(intptr_t *handle, uint8_t *into, size_t size, libbfio_error_t **error)
{
    (void)error;
    source *s = source_of(handle);
    size_t got = kk_read(s->in, s->at, into, size);
    s->at += got;
    return (ssize_t)got;
}

static ssize_t write_source(intptr_t *handle, const uint8_t *from, size_t size,
                            libbfio_error_t **error)
{
    (void)handle;
    (void)from;
    (void)size;
    (void)error;
    return -1;
}

static off64_t seek_source(intptr_t *handle, off64_t offset, int whence, libbfio_error_t **error)
{
    (void)error;
    source *s = source_of(handle);
    uint64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? s->at : s->in->size;
    off64_t to;
    if (__builtin_add_overflow((off64_t)from, offset, &to) || to < 0)
        return -1;
    s->at = (uint64_t)to;
    return to;
}

static int source_exists(intptr_t *handle, libbfio_error_t **error)
{
    (void)handle;
    (void)error;
    return 1;
}

static int source_is_open(intptr_t *handle, libbfio_error_t **error)
{
    (void)error;
    return source_of(handle)->open;
}

static int source_size(intptr_t *handle, size64_t *size, libbfio_error_t **error)
{
    (void)error;
    *size = source_of(handle)->in->size;
    return 1;
}

static int clone_source(intptr_t **to, intptr_t *from, libbfio_error_t **error)
{
    (void)to;
    (void)from;
    (void)error;
    return -1;
}

/* ---- The store ---- */

void kk_pst_close(kk_pst_store *store)
{
    if (store->file)
        libpff_file_free(&store->file, NULL);
    if (store->handle)
        libbfio_handle_free(&store->handle, NULL);
}

bool kk_pst_open(kk_pst_store *store, kk_arena *arena, kk_stream *in)
{
    *store = (kk_pst_store){0};
    source *s = KK_NEW(arena, source);
    *s = (source){.in = in};
    bool good =
        libbfio_handle_initialize(&store->handle, (intptr_t *)s, free_source, clone_source,
                                  open_source, close_source, read_source, write_source, seek_source,
                                  source_exists, source_is_open, source_size,
                                  LIBBFIO_FLAG_IO_HANDLE_NON_MANAGED, NULL) == 1 &&
        libpff_file_initialize(&store->file, NULL) == 1 &&
        libpff_file_open_file_io_handle(store->file, store->handle, LIBPFF_OPEN_READ, NULL) == 1;
    if (!good)
        kk_pst_close(store);
    return good;
}

/* ---- Values ---- */

libpff_record_set_t *kk_pst_set(libpff_item_t *item, int row)
{
    libpff_record_set_t *set = NULL;
    return item && libpff_item_get_record_set_by_index(item, row, &set, NULL) == 1 ? set : NULL;
}

void kk_pst_free_set(libpff_record_set_t **set)
{
    if (*set)
        libpff_record_set_free(set, NULL);
}

static libpff_record_entry_t *entry_of(libpff_record_set_t *set, unsigned property)
{
    libpff_record_entry_t *entry = NULL;
    int got =
        set ? libpff_record_set_get_entry_by_type(
                  set, property, 0, &entry, LIBPFF_ENTRY_VALUE_FLAG_MATCH_ANY_VALUE_TYPE, NULL)
            : 0;
    return got == 1 ? entry : NULL;
}

kk_slice kk_pst_bytes(libpff_record_set_t *set, kk_arena *arena, unsigned property, size_t most,
                      unsigned *type, bool *cut)
{
    kk_slice bytes = KK_NONE;
    size_t size = 0;
    libpff_record_entry_t *entry = entry_of(set, property);
    *type = 0;
    if (!entry)
        return bytes;
    libpff_record_entry_get_value_type(entry, type, NULL);
    if (libpff_record_entry_get_data_size(entry, &size, NULL) == 1 && size) {
        *cut = *cut || size > most;
        size = size > most ? most : size;
        uint8_t *to = kk_take(arena, size);
        /* An entry remembers how far it was read, also for the next one who asks for it. */
        libpff_record_entry_seek_offset(entry, 0, SEEK_SET, NULL);
        ssize_t got = libpff_record_entry_read_buffer(entry, to, size, NULL);
        if (got > 0)
            bytes = (kk_slice){(char *)to, (size_t)got};
    }
    libpff_record_entry_free(&entry, NULL);
    return bytes;
}

uint32_t kk_pst_number(libpff_record_set_t *set, unsigned property)
{
    uint32_t value = 0;
    libpff_record_entry_t *entry = entry_of(set, property);
    if (!entry || libpff_record_entry_get_data_as_32bit_integer(entry, &value, NULL) != 1)
        value = 0;
    if (entry)
        libpff_record_entry_free(&entry, NULL);
    return value;
}

uint64_t kk_pst_time(libpff_record_set_t *set, unsigned property)
{
    uint64_t value = 0;
    libpff_record_entry_t *entry = entry_of(set, property);
    if (!entry || libpff_record_entry_get_data_as_filetime(entry, &value, NULL) != 1)
        value = 0;
    if (entry)
        libpff_record_entry_free(&entry, NULL);
    return value;
}
