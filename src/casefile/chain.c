/* Signed lines that hang together. A line counts once the head acknowledges it: first the lines are
 * written and forced to the disk, then the head. So after a crash whole lines may stand beyond the head
 * (they are taken over: one, or a batch), or a torn one (it is cut off).
 *
 *   write:  lines -> LINES -> fsync -> HEAD.new -> fsync -> rename -> fsync folder */
#include "casefile/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/json_read.h"

#define SECRET "case.key"
#define PUBLIC "case.pub"
#define FILE_MOST ((size_t)1 << 28)
#define PREVIOUS_MEMBER ",\"prev\":\""
#define PREVIOUS_TAIL (sizeof PREVIOUS_MEMBER - 1 + 64 + 1)
#define SIGNATURE_MEMBER ",\"sig\":\""
#define SIGNATURE_TAIL (sizeof SIGNATURE_MEMBER - 1 + 128 + 2) /* ,"sig":"...": with its "} */

typedef struct {
    uint64_t entries, bytes, last_bytes;
    kk_sha256 last;
} head;

struct kk_chain {
    const kk_chain_kind *kind;
    int folder, file;
    kk_sign_key key;
    kk_arena *scratch; /* between begin and end */
    kk_slice text;
    head acknowledged, next; /* next: with what was put and not yet written */
    kk_buffer put;
};

/* Files */
static kk_status failed(kk_fault *fault, const char *what, const char *name)
{
    return kk_fail(fault, KK_IO, "cannot %s %s of the case: %s", what, name, strerror(errno));
}

static bool lock_file(int file, int how)
{
    int result;
    do
        result = flock(file, how);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

static bool read_all(int file, char *into, size_t len, off_t at)
{
    while (len) {
        ssize_t got = pread(file, into, len, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        into += got;
        at += got;
        len -= (size_t)got;
    }
    return true;
}

static bool write_all(int file, const char *bytes, size_t len)
{
    while (len) {
        ssize_t put = write(file, bytes, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes += put;
        len -= (size_t)put;
    }
    return true;
}

static kk_status read_open(kk_arena *arena, int file, const char *name, kk_slice *out,
                           kk_fault *fault)
{
    struct stat info;
    if (fstat(file, &info) != 0)
        return failed(fault, "look at", name);
    if (info.st_size < 0 || (uint64_t)info.st_size > FILE_MOST)
        return kk_fail(fault, KK_LIMIT, "%s of the case is larger than 256 MiB", name);
    char *bytes = kk_take(arena, (size_t)info.st_size);
    if (!read_all(file, bytes, (size_t)info.st_size, 0))
        return failed(fault, "read", name);
    *out = (kk_slice){bytes, (size_t)info.st_size};
    return KK_OK;
}

/* KK_OK with an empty slice and *found false where there is none. */
static kk_status read_named(kk_arena *arena, int folder, const char *name, kk_slice *out,
                            bool *found, kk_fault *fault)
{
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    *out = KK_NONE;
    *found = file >= 0;
    if (file < 0)
        return errno == ENOENT ? KK_OK : failed(fault, "open", name);
    kk_status status = read_open(arena, file, name, out, fault);
    close(file);
    return status;
}

/* All or nothing: a new file takes the place of the old one. */
static kk_status write_named(int folder, const char *name, kk_slice bytes, kk_fault *fault)
{
    char temporary[64];
    snprintf(temporary, sizeof temporary, "%s.new", name);
    (void)unlinkat(folder, temporary, 0);
    int file =
        openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return failed(fault, "create", name);
    bool good = write_all(file, bytes.ptr, bytes.len) && fsync(file) == 0;
    if (close(file) != 0)
        good = false;
    if (!good || renameat(folder, temporary, folder, name) != 0 || fsync(folder) != 0) {
        kk_status status = failed(fault, "write", name);
        (void)unlinkat(folder, temporary, 0);
        return status;
    }
    return KK_OK;
}

/* Keys and signatures */
static bool from_hex(kk_slice hex, uint8_t *out, size_t len)
{
    if (hex.len != len * 2)
        return false;
    for (size_t i = 0; i < len; i++) {
        uint64_t byte;
        kk_slice pair = kk_part(hex, i * 2, 2);
        if (pair.ptr[0] == '+' || pair.ptr[0] == '-' || !kk_hex_to_u64(pair, &byte))
            return false;
        out[i] = (uint8_t)byte;
    }
    return true;
}

/* `text` ends in `}`; the signature goes in before it. */
static void sign_object(kk_buffer *text, const kk_sign_key *key)
{
    uint8_t signature[64];
    kk_sign(key, kk_buffer_slice(text), signature);
    text->len--;
    kk_put(text, KK_S(SIGNATURE_MEMBER));
    kk_put_hex(text, signature, sizeof signature);
    kk_put(text, KK_S("\"}"));
}

static bool signature_holds(kk_arena *arena, kk_slice object, const uint8_t public_key[32])
{
    uint8_t signature[64];
    if (object.len <= SIGNATURE_TAIL || !kk_ends(object, KK_S("\"}")))
        return false;
    size_t cut = object.len - SIGNATURE_TAIL;
    size_t hex = cut + sizeof SIGNATURE_MEMBER - 1;
    if (!kk_starts(kk_from(object, cut), KK_S(SIGNATURE_MEMBER)) ||
        !from_hex(kk_part(object, hex, 128), signature, 64))
        return false;
    return kk_signature_good(public_key, kk_join(arena, kk_part(object, 0, cut), KK_S("}")),
                             signature);
}

static kk_status write_hex_file(int folder, const char *name, const uint8_t *bytes, size_t len,
                                kk_fault *fault)
{
    kk_buffer text = {0};
    kk_put_hex(&text, bytes, len);
    kk_put_byte(&text, '\n');
    kk_status status = write_named(folder, name, kk_buffer_slice(&text), fault);
    explicit_bzero(text.ptr, text.len);
    kk_buffer_close(&text);
    return status;
}

static bool read_public(kk_arena *arena, int folder, uint8_t out[32])
{
    kk_slice text;
    kk_fault ignored;
    bool found;
    return read_named(arena, folder, PUBLIC, &text, &found, &ignored) == KK_OK && found &&
           from_hex(kk_trim(text), out, 32);
}

/* The head */
static kk_status write_head(const kk_chain *chain, const head *h, kk_fault *fault)
{
    kk_buffer text = {0};
    kk_putf(&text, "{\"entries\":%llu,\"bytes\":%llu,\"last_bytes\":%llu,\"last\":\"",
            (unsigned long long)h->entries, (unsigned long long)h->bytes,
            (unsigned long long)h->last_bytes);
    kk_put_hex(&text, h->last.bytes, sizeof h->last.bytes);
    kk_put(&text, KK_S("\"}"));
    sign_object(&text, &chain->key);
    kk_put_byte(&text, '\n');
    kk_status status = write_named(chain->folder, chain->kind->head, kk_buffer_slice(&text), fault);
    kk_buffer_close(&text);
    return status;
}

static bool read_head(kk_arena *arena, int folder, const char *name, const uint8_t public_key[32],
                      head *out, bool *found)
{
    kk_slice text;
    kk_fault ignored;
    if (read_named(arena, folder, name, &text, found, &ignored) != KK_OK || !*found)
        return false;
    text = kk_trim(text);
    const kk_json_value *json = kk_json_read(arena, text);
    return json && signature_holds(arena, text, public_key) &&
           kk_to_u64(kk_json_member(json, "entries"), &out->entries) &&
           kk_to_u64(kk_json_member(json, "bytes"), &out->bytes) &&
           kk_to_u64(kk_json_member(json, "last_bytes"), &out->last_bytes) &&
           kk_sha256_from_hex(kk_json_member(json, "last"), &out->last);
}

/* Lines */
static bool line_follows(kk_slice line, uint64_t n, const kk_sha256 *prev)
{
    char start[48];
    kk_sha256 said;
    size_t tail = SIGNATURE_TAIL + PREVIOUS_TAIL;
    snprintf(start, sizeof start, "{\"n\":%llu,\"at\":\"", (unsigned long long)n);
    if (line.len < tail || !kk_starts(line, kk_cstr(start)))
        return false;
    kk_slice previous = kk_part(line, line.len - tail, PREVIOUS_TAIL);
    return kk_starts(previous, KK_S(PREVIOUS_MEMBER)) &&
           kk_sha256_from_hex(kk_part(previous, sizeof PREVIOUS_MEMBER - 1, 64), &said) &&
           kk_sha256_eq(&said, prev);
}

static bool line_holds(kk_arena *arena, kk_slice line, uint64_t n, const kk_sha256 *prev,
                       const uint8_t public_key[32])
{
    const kk_json_value *json = kk_json_read(arena, line);
    return json && json->kind == KK_JSON_OBJECT && line_follows(line, n, prev) &&
           signature_holds(arena, line, public_key);
}

static head head_after(const head *before, kk_slice line)
{
    return (head){before->entries + 1, before->bytes + line.len + 1, line.len + 1,
                  kk_sha256_of(line)};
}

/* What a write of line `n` leaves when the machine stops in the middle of it: its beginning, or
 * zeros where a block never came to the disk. Anything else is somebody's. */
static bool is_torn(kk_arena *arena, kk_slice tail, uint64_t n)
{
    kk_slice start = kk_print(arena, "{\"n\":%llu,\"at\":\"", (unsigned long long)n);
    size_t zero = kk_find_byte(tail, 0);
    if (zero == KK_NOWHERE && kk_find_byte(tail, '\n') != KK_NOWHERE)
        return false;
    kk_slice written = kk_part(tail, 0, zero);
    if (kk_find_byte(written, '\n') != KK_NOWHERE)
        return false;
    return written.len < start.len ? kk_starts(start, written) : kk_starts(written, start);
}

static kk_status broken(const kk_chain_kind *kind, kk_fault *fault, const char *why)
{
    return kk_fail(fault, KK_STORE,
                   "%s of the case does not hold: %s: run `kakuho verify`, and put the files %s, "
                   "%s, case.key and case.pub back from a copy",
                   kind->name, why, kind->lines, kind->head);
}

void kk_chain_put(kk_chain *chain, kk_time at, kk_slice members)
{
    kk_buffer line = {0};
    head *next = &chain->next;
    kk_putf(&line, "{\"n\":%llu,\"at\":\"", (unsigned long long)(next->entries + 1));
    kk_put_time(&line, at);
    kk_put(&line, KK_S("\","));
    kk_put(&line, members);
    kk_put(&line, KK_S(PREVIOUS_MEMBER));
    kk_put_hex(&line, next->last.bytes, sizeof next->last.bytes);
    kk_put(&line, KK_S("\"}"));
    sign_object(&line, &chain->key);
    *next = head_after(next, kk_buffer_slice(&line));
    kk_put_byte(&line, '\n');
    kk_put(&chain->put, kk_buffer_slice(&line));
    kk_buffer_close(&line);
}

kk_status kk_chain_write(kk_chain *chain, kk_fault *fault)
{
    kk_status status = KK_OK;
    if (!write_all(chain->file, chain->put.ptr, chain->put.len) || fsync(chain->file) != 0) {
        status = failed(fault, "write", chain->kind->lines);
        if (ftruncate(chain->file, (off_t)chain->acknowledged.bytes) != 0)
            errno = 0; /* the torn line is cut off by the next writer */
    }
    if (status == KK_OK)
        status = write_head(chain, &chain->next, fault);
    if (status == KK_OK)
        chain->acknowledged = chain->next;
    else
        chain->next = chain->acknowledged;
    chain->put.len = 0;
    return status;
}

/* What stands beyond the head: whole lines of ours are taken over, a torn one is cut off. */
static kk_status settle_tail(kk_chain *chain, size_t *dropped, kk_fault *fault)
{
    head *h = &chain->acknowledged;
    kk_slice tail = kk_from(chain->text, h->bytes);
    uint64_t before = h->entries;
    for (size_t end; (end = kk_find_byte(tail, '\n')) != KK_NOWHERE;
         tail = kk_from(tail, end + 1)) {
        kk_slice line = kk_part(tail, 0, end);
        if ((h->entries > before && !chain->kind->batches) ||
            !line_holds(chain->scratch, line, h->entries + 1, &h->last, chain->key.public_key))
            break;
        *h = head_after(h, line);
    }
    if (tail.len && ((h->entries > before && !chain->kind->batches) ||
                     !is_torn(chain->scratch, tail, h->entries + 1)))
        return broken(chain->kind, fault,
                      "lines stand at its end that were not written by this program");
    *dropped = tail.len;
    if (tail.len && (ftruncate(chain->file, (off_t)h->bytes) != 0 || fsync(chain->file) != 0))
        return failed(fault, "repair", chain->kind->lines);
    return h->entries > before ? write_head(chain, h, fault) : KK_OK;
}

/* The end of the file against the head. */
static kk_status settle(kk_chain *chain, size_t *dropped, kk_fault *fault)
{
    head *h = &chain->acknowledged;
    bool found;
    *dropped = 0;
    kk_status status =
        read_open(chain->scratch, chain->file, chain->kind->lines, &chain->text, fault);
    if (status)
        return status;
    if (!read_head(chain->scratch, chain->folder, chain->kind->head, chain->key.public_key, h,
                   &found))
        return broken(chain->kind, fault, "its head is missing or was altered");
    if (chain->text.len < h->bytes || h->last_bytes > h->bytes)
        return broken(chain->kind, fault, "entries are missing at its end");
    if (h->entries) {
        kk_slice last = kk_part(chain->text, h->bytes - h->last_bytes, h->last_bytes - 1);
        kk_sha256 digest = kk_sha256_of(last);
        if (!kk_sha256_eq(&digest, &h->last))
            return broken(chain->kind, fault, "its last entry was altered");
    }
    if (chain->text.len > h->bytes)
        status = settle_tail(chain, dropped, fault);
    chain->text = kk_part(chain->text, 0, h->bytes);
    return status;
}

kk_status kk_chain_begin(kk_chain *chain, size_t *dropped, kk_fault *fault)
{
    if (!lock_file(chain->file, LOCK_EX))
        return failed(fault, "lock", chain->kind->lines);
    chain->scratch = kk_arena_open();
    kk_status status = settle(chain, dropped, fault);
    chain->next = chain->acknowledged;
    if (status != KK_OK)
        kk_chain_end(chain);
    return status;
}

kk_slice kk_chain_lines(const kk_chain *chain)
{
    return chain->text;
}

uint64_t kk_chain_count(const kk_chain *chain)
{
    return chain->next.entries;
}

const kk_sha256 *kk_chain_last(const kk_chain *chain)
{
    return &chain->acknowledged.last;
}

void kk_chain_end(kk_chain *chain)
{
    kk_arena_close(chain->scratch);
    chain->scratch = NULL;
    chain->text = KK_NONE;
    kk_buffer_close(&chain->put);
    chain->put = (kk_buffer){0};
    (void)lock_file(chain->file, LOCK_UN);
}

/* Opening */
static kk_status make_keys(kk_chain *chain, kk_fault *fault)
{
    head none = {0};
    struct stat info;
    if (fstat(chain->file, &info) != 0)
        return failed(fault, "look at", chain->kind->lines);
    if (info.st_size > 0)
        return broken(chain->kind, fault, "case.key is missing");
    kk_sign_key_make(&chain->key);
    kk_status status = write_head(chain, &none, fault);
    if (status == KK_OK)
        status = write_hex_file(chain->folder, PUBLIC, chain->key.public_key, 32, fault);
    if (status == KK_OK) /* last: with the secret the chain exists */
        status = write_hex_file(chain->folder, SECRET, chain->key.secret, 64, fault);
    return status;
}

static kk_status load_keys(kk_arena *arena, kk_chain *chain, bool *found, kk_fault *fault)
{
    kk_slice text;
    kk_status status = read_named(arena, chain->folder, SECRET, &text, found, fault);
    if (status || !*found)
        return status;
    if (!from_hex(kk_trim(text), chain->key.secret, 64))
        status = broken(chain->kind, fault, "case.key is damaged");
    else if (!read_public(arena, chain->folder, chain->key.public_key))
        status = broken(chain->kind, fault, "case.pub is missing or damaged");
    if (text.len)
        explicit_bzero((char *)text.ptr, text.len);
    return status;
}

/* An empty file without a head was never written to: it gets one. */
static kk_status make_head(kk_arena *scratch, kk_chain *chain, kk_fault *fault)
{
    head h;
    bool found;
    struct stat info;
    if (read_head(scratch, chain->folder, chain->kind->head, chain->key.public_key, &h, &found) ||
        found)
        return KK_OK;
    if (fstat(chain->file, &info) != 0)
        return failed(fault, "look at", chain->kind->lines);
    h = (head){0};
    return info.st_size == 0 ? write_head(chain, &h, fault) : KK_OK;
}

static kk_status open_files(kk_arena *scratch, kk_chain *chain, kk_fault *fault)
{
    const kk_chain_kind *kind = chain->kind;
    const int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    bool found;
    kk_status status = load_keys(scratch, chain, &found, fault);
    if (status)
        return status;
    if (!found && !kind->makes_keys)
        return broken(kind, fault, "case.key is missing");
    bool must_be_there =
        found && (kind->makes_keys || faccessat(chain->folder, kind->head, F_OK, 0) == 0);
    chain->file = openat(chain->folder, kind->lines, must_be_there ? flags : flags | O_CREAT, 0600);
    if (chain->file < 0)
        return must_be_there && errno == ENOENT ? broken(kind, fault, "its file is missing")
                                                : failed(fault, "open", kind->lines);
    if (must_be_there)
        return KK_OK;
    if (!lock_file(chain->file, LOCK_EX))
        return failed(fault, "lock", kind->lines);
    status = load_keys(scratch, chain, &found, fault); /* another process may have been first */
    if (status == KK_OK && !found)
        status = make_keys(chain, fault);
    else if (status == KK_OK && !kind->makes_keys)
        status = make_head(scratch, chain, fault);
    (void)lock_file(chain->file, LOCK_UN);
    return status;
}

kk_status kk_chain_open(kk_arena *arena, const char *case_folder, const kk_chain_kind *kind,
                        kk_chain **out, kk_fault *fault)
{
    kk_chain *chain = KK_NEW(arena, kk_chain);
    chain->kind = kind;
    chain->file = -1;
    chain->folder = open(case_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (chain->folder < 0)
        return kk_fail(fault, errno == ENOENT ? KK_NOT_FOUND : KK_IO,
                       "cannot open the case folder: %s", strerror(errno));
    kk_arena *scratch = kk_arena_open();
    kk_status status = open_files(scratch, chain, fault);
    kk_arena_close(scratch);
    if (status)
        kk_chain_close(chain);
    else
        *out = chain;
    return status;
}

void kk_chain_close(kk_chain *chain)
{
    if (!chain)
        return;
    if (chain->file >= 0)
        close(chain->file);
    if (chain->folder >= 0)
        close(chain->folder);
    chain->file = chain->folder = -1;
    explicit_bzero(&chain->key, sizeof chain->key);
}

/* Checking */
typedef struct {
    const kk_chain_kind *kind;
    kk_chain_depth depth;
    kk_arena *scratch;
    kk_slice text;
    uint8_t public_key[32];
    head acknowledged;
    bool has_key, has_head;
    head seen; /* entries that hold, and where they end */
    const char *why;
    uint64_t broken_at;
    bool torn;
} walk;

/* A line whose place the head acknowledges is vouched for by the hashes that lead up to the head's. */
static bool line_is_good(const walk *w, kk_slice line)
{
    uint64_t n = w->seen.entries + 1;
    if (w->depth == KK_CHAIN_BY_HEAD && w->has_head && n <= w->acknowledged.entries)
        return line_follows(line, n, &w->seen.last);
    return line_holds(w->scratch, line, n, &w->seen.last, w->public_key);
}

/* One whole line; false ends the walk, with `why` where it does not hold. */
static bool walk_line(walk *w)
{
    kk_slice rest = kk_from(w->text, w->seen.bytes);
    size_t end = kk_find_byte(rest, '\n');
    kk_slice line = kk_part(rest, 0, end);
    kk_arena_reset(w->scratch);
    if (rest.len == 0)
        return false;
    if (end == KK_NOWHERE || (kk_find_byte(line, 0) != KK_NOWHERE)) {
        w->torn = w->has_head &&
                  (w->kind->batches ? w->seen.entries >= w->acknowledged.entries
                                    : w->seen.entries == w->acknowledged.entries) &&
                  is_torn(w->scratch, rest, w->seen.entries + 1);
        w->why = w->torn ? "" : "not a line of this program's";
        return false;
    }
    if (!line_is_good(w, line)) {
        w->why = "changed, removed, moved, or not written by this program";
        return false;
    }
    w->seen = head_after(&w->seen, line);
    return true;
}

static void fail_at(walk *w, uint64_t entry, const char *why)
{
    w->broken_at = entry;
    w->why = why;
}

static void compare_with_head(walk *w)
{
    const head *a = &w->acknowledged;
    if (!w->has_head)
        w->why = "its head is missing or was altered";
    else if (w->seen.entries < a->entries)
        w->why = "removed at the end";
    else if (w->seen.entries > a->entries + 1 && !w->kind->batches)
        fail_at(w, a->entries + 2, "its head is older than its lines");
    else if (w->seen.entries == a->entries &&
             (w->seen.bytes != a->bytes || !kk_sha256_eq(&w->seen.last, &a->last)))
        fail_at(w, a->entries, "not the entry that was acknowledged");
}

static kk_status load_for_walk(kk_arena *arena, const char *case_folder, walk *w, bool *nothing,
                               kk_fault *fault)
{
    kk_status status = KK_OK;
    bool has_head_file;
    int folder = open(case_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return kk_fail(fault, errno == ENOENT ? KK_NOT_FOUND : KK_IO,
                       "cannot open the case folder: %s", strerror(errno));
    int file = openat(folder, w->kind->lines, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool found = file >= 0;
    if (!found && errno != ENOENT)
        status = failed(fault, "open", w->kind->lines);
    else if (found && !lock_file(file, LOCK_SH))
        status = failed(fault, "lock", w->kind->lines);
    w->has_key = read_public(arena, folder, w->public_key);
    w->has_head =
        read_head(arena, folder, w->kind->head, w->public_key, &w->acknowledged, &has_head_file) &&
        w->has_key;
    if (found && status == KK_OK)
        status = read_open(arena, file, w->kind->lines, &w->text, fault);
    *nothing = !w->kind->makes_keys && !has_head_file && !w->text.len;
    w->why = *nothing     ? ""
             : !found     ? "its file is missing"
             : w->has_key ? ""
                          : "case.pub is missing or damaged";
    if (found)
        close(file);
    close(folder);
    return status;
}

static void walk_all(walk *w)
{
    w->scratch = kk_arena_open();
    while (walk_line(w))
        ;
    w->broken_at = w->seen.entries + 1;
    if (!w->why[0])
        compare_with_head(w);
    kk_arena_close(w->scratch);
}

kk_status kk_chain_check(kk_arena *arena, const char *case_folder, const kk_chain_kind *kind,
                         kk_chain_depth depth, kk_chain_state *out, kk_fault *fault)
{
    bool nothing = false;
    walk w = {.kind = kind, .depth = depth, .why = ""};
    kk_status status = load_for_walk(arena, case_folder, &w, &nothing, fault);
    if (status)
        return status;
    walk start = w;
    if (!w.why[0] && !nothing)
        walk_all(&w);
    if (!start.why[0] && w.why[0] && depth == KK_CHAIN_BY_HEAD) {
        w = start; /* hashes tell that something is wrong, signatures tell which line it is */
        w.depth = KK_CHAIN_EVERY_SIGNATURE;
        walk_all(&w);
    }
    *out = (kk_chain_state){.entries = w.seen.entries,
                            .intact = !w.why[0],
                            .broken_at = !w.why[0]     ? 0
                                         : w.broken_at ? w.broken_at
                                                       : 1,
                            .why = w.why,
                            .torn = w.torn,
                            .last = w.seen.last,
                            .lines = kk_part(w.text, 0, w.seen.bytes)};
    memcpy(out->public_key, w.public_key, sizeof out->public_key);
    return KK_OK;
}

kk_slice kk_chain_members(kk_slice line)
{
    size_t start = kk_find(line, KK_S("\","));
    size_t end = line.len - SIGNATURE_TAIL - PREVIOUS_TAIL;
    start += start == KK_NOWHERE ? 0 : 2;
    return start < end ? kk_part(line, start, end - start) : KK_NONE;
}
