/* The custody ledger. An entry counts once ledger.head acknowledges it: first the line is written
 * and forced to the disk, then the head. So after a crash at most one whole line stands beyond the
 * head (it is taken over), or a torn one (it is cut off, and an entry tells that it was).
 *
 *   append:  line -> ledger.jsonl -> fsync -> ledger.head.new -> fsync -> rename -> fsync folder */
#include "casefile/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/json_read.h"

#define LEDGER "ledger.jsonl"
#define HEAD "ledger.head"
#define SECRET "case.key"
#define PUBLIC "case.pub"
#define DETAILS_MOST ((size_t)1 << 20)
#define FILE_MOST ((size_t)1 << 28)
#define SIGNATURE_MEMBER ",\"sig\":\""
#define SIGNATURE_TAIL (sizeof SIGNATURE_MEMBER - 1 + 128 + 2) /* ,"sig":"...": with its "} */

struct kk_ledger {
    int folder, file;
    kk_sign_key key;
};

typedef struct {
    uint64_t entries, bytes, last_bytes;
    kk_sha256 last;
} head;

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
static kk_status write_head(const kk_ledger *ledger, const head *h, kk_fault *fault)
{
    kk_buffer text = {0};
    kk_putf(&text, "{\"entries\":%llu,\"bytes\":%llu,\"last_bytes\":%llu,\"last\":\"",
            (unsigned long long)h->entries, (unsigned long long)h->bytes,
            (unsigned long long)h->last_bytes);
    kk_put_hex(&text, h->last.bytes, sizeof h->last.bytes);
    kk_put(&text, KK_S("\"}"));
    sign_object(&text, &ledger->key);
    kk_put_byte(&text, '\n');
    kk_status status = write_named(ledger->folder, HEAD, kk_buffer_slice(&text), fault);
    kk_buffer_close(&text);
    return status;
}

static bool read_head(kk_arena *arena, int folder, const uint8_t public_key[32], head *out)
{
    kk_slice text;
    kk_fault ignored;
    bool found;
    if (read_named(arena, folder, HEAD, &text, &found, &ignored) != KK_OK || !found)
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
static bool line_holds(kk_arena *arena, kk_slice line, uint64_t n, const kk_sha256 *prev,
                       const uint8_t public_key[32])
{
    uint64_t number;
    kk_sha256 said;
    const kk_json_value *json = kk_json_read(arena, line);
    return json && json->kind == KK_JSON_OBJECT && kk_to_u64(kk_json_member(json, "n"), &number) &&
           number == n && kk_sha256_from_hex(kk_json_member(json, "prev"), &said) &&
           kk_sha256_eq(&said, prev) && signature_holds(arena, line, public_key);
}

/* What a write of entry `n` leaves when the machine stops in the middle of it: its beginning, or
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

static kk_status broken(kk_fault *fault, const char *why)
{
    return kk_fail(fault, KK_STORE,
                   "the custody ledger of the case does not hold: %s: run `kakuho verify`, and put "
                   "the files ledger.jsonl, ledger.head, case.key and case.pub back from a copy",
                   why);
}

static kk_status append_line(kk_ledger *ledger, head *h, kk_time at, const char *what,
                             kk_slice details, kk_fault *fault)
{
    kk_buffer line = {0};
    kk_json j = {.out = &line};
    kk_json_object(&j, NULL);
    kk_json_u64(&j, "n", h->entries + 1);
    kk_json_time(&j, "at", at);
    kk_json_cstr(&j, "what", what);
    kk_json_raw(&j, "details", details.len ? details : KK_S("{}"));
    kk_put(&line, KK_S(",\"prev\":\""));
    kk_put_hex(&line, h->last.bytes, sizeof h->last.bytes);
    kk_put_byte(&line, '"');
    kk_json_close(&j);
    sign_object(&line, &ledger->key);
    head next = {h->entries + 1, h->bytes + line.len + 1, line.len + 1,
                 kk_sha256_of(kk_buffer_slice(&line))};
    kk_put_byte(&line, '\n');
    kk_status status = KK_OK;
    if (!write_all(ledger->file, line.ptr, line.len) || fsync(ledger->file) != 0) {
        status = failed(fault, "write", LEDGER);
        if (ftruncate(ledger->file, (off_t)h->bytes) != 0)
            errno = 0; /* the torn line is cut off by the next append */
    }
    kk_buffer_close(&line);
    if (status == KK_OK)
        status = write_head(ledger, &next, fault);
    if (status == KK_OK)
        *h = next;
    return status;
}

/* What stands beyond the head: a whole line of ours is taken over, a torn one cut off. */
static kk_status settle_tail(kk_arena *arena, kk_ledger *ledger, head *h, kk_slice tail,
                             size_t *dropped, kk_fault *fault)
{
    size_t end = kk_find_byte(tail, '\n');
    kk_slice line = kk_part(tail, 0, end);
    *dropped = 0;
    if (end != KK_NOWHERE && end + 1 == tail.len &&
        line_holds(arena, line, h->entries + 1, &h->last, ledger->key.public_key)) {
        head next = {h->entries + 1, h->bytes + tail.len, tail.len, kk_sha256_of(line)};
        *h = next;
        return write_head(ledger, h, fault);
    }
    if (!is_torn(arena, tail, h->entries + 1))
        return broken(fault, "lines stand at its end that were not written by this program");
    if (ftruncate(ledger->file, (off_t)h->bytes) != 0 || fsync(ledger->file) != 0)
        return failed(fault, "repair", LEDGER);
    *dropped = tail.len;
    return KK_OK;
}

/* The end of the file against the head. */
static kk_status settle(kk_arena *arena, kk_ledger *ledger, head *h, size_t *dropped,
                        kk_fault *fault)
{
    kk_slice text;
    kk_status status = read_open(arena, ledger->file, LEDGER, &text, fault);
    *dropped = 0;
    if (status)
        return status;
    if (!read_head(arena, ledger->folder, ledger->key.public_key, h))
        return broken(fault, "ledger.head is missing or was altered");
    if (text.len < h->bytes || h->last_bytes > h->bytes)
        return broken(fault, "entries are missing at its end");
    if (h->entries) {
        kk_slice last = kk_part(text, h->bytes - h->last_bytes, h->last_bytes - 1);
        kk_sha256 digest = kk_sha256_of(last);
        if (!kk_sha256_eq(&digest, &h->last))
            return broken(fault, "its last entry was altered");
    }
    if (text.len == h->bytes)
        return KK_OK;
    return settle_tail(arena, ledger, h, kk_from(text, h->bytes), dropped, fault);
}

static kk_status append_locked(kk_arena *arena, kk_ledger *ledger, kk_time at, const char *what,
                               kk_slice details, kk_fault *fault)
{
    head h = {0};
    size_t dropped;
    kk_status status = settle(arena, ledger, &h, &dropped, fault);
    if (status == KK_OK && dropped)
        status = append_line(
            ledger, &h, at, "repaired",
            kk_print(arena, "{\"dropped_bytes\":%llu}", (unsigned long long)dropped), fault);
    if (status == KK_OK)
        status = append_line(ledger, &h, at, what, details, fault);
    return status;
}

static bool is_one_line_object(kk_arena *arena, kk_slice details)
{
    if (details.len == 0)
        return true;
    if (details.len > DETAILS_MOST || kk_find_byte(details, '\n') != KK_NOWHERE)
        return false;
    const kk_json_value *json = kk_json_read(arena, details);
    return json && json->kind == KK_JSON_OBJECT;
}

kk_status kk_ledger_append(kk_ledger *ledger, kk_time at, const char *what, kk_slice details,
                           kk_fault *fault)
{
    kk_arena *arena = kk_arena_open();
    kk_status status;
    if (!is_one_line_object(arena, details)) {
        status = kk_fail(fault, KK_INVALID,
                         "cannot write to the custody ledger: details must be one JSON object");
    } else if (!lock_file(ledger->file, LOCK_EX)) {
        status = failed(fault, "lock", LEDGER);
    } else {
        status = append_locked(arena, ledger, at, what, details, fault);
        (void)lock_file(ledger->file, LOCK_UN);
    }
    kk_arena_close(arena);
    return status;
}

/* Opening */
static kk_status make_keys(kk_ledger *ledger, kk_fault *fault)
{
    head none = {0};
    struct stat info;
    if (fstat(ledger->file, &info) != 0)
        return failed(fault, "look at", LEDGER);
    if (info.st_size > 0)
        return broken(fault, "case.key is missing");
    kk_sign_key_make(&ledger->key);
    kk_status status = write_head(ledger, &none, fault);
    if (status == KK_OK)
        status = write_hex_file(ledger->folder, PUBLIC, ledger->key.public_key, 32, fault);
    if (status == KK_OK) /* last: with the secret the ledger exists */
        status = write_hex_file(ledger->folder, SECRET, ledger->key.secret, 64, fault);
    return status;
}

static kk_status load_keys(kk_arena *arena, kk_ledger *ledger, bool *found, kk_fault *fault)
{
    kk_slice text;
    kk_status status = read_named(arena, ledger->folder, SECRET, &text, found, fault);
    if (status || !*found)
        return status;
    if (!from_hex(kk_trim(text), ledger->key.secret, 64))
        status = broken(fault, "case.key is damaged");
    else if (!read_public(arena, ledger->folder, ledger->key.public_key))
        status = broken(fault, "case.pub is missing or damaged");
    if (text.len)
        explicit_bzero((char *)text.ptr, text.len);
    return status;
}

static kk_status open_files(kk_arena *scratch, kk_ledger *ledger, kk_fault *fault)
{
    const int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    bool found;
    kk_status status = load_keys(scratch, ledger, &found, fault);
    if (status)
        return status;
    ledger->file = openat(ledger->folder, LEDGER, found ? flags : flags | O_CREAT, 0600);
    if (ledger->file < 0)
        return found && errno == ENOENT ? broken(fault, "ledger.jsonl is missing")
                                        : failed(fault, "open", LEDGER);
    if (found)
        return KK_OK;
    if (!lock_file(ledger->file, LOCK_EX))
        return failed(fault, "lock", LEDGER);
    status = load_keys(scratch, ledger, &found, fault); /* another process may have been first */
    if (status == KK_OK && !found)
        status = make_keys(ledger, fault);
    (void)lock_file(ledger->file, LOCK_UN);
    return status;
}

kk_status kk_ledger_open(kk_arena *arena, const char *case_folder, kk_ledger **out, kk_fault *fault)
{
    kk_ledger *ledger = KK_NEW(arena, kk_ledger);
    ledger->file = -1;
    ledger->folder = open(case_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (ledger->folder < 0)
        return kk_fail(fault, errno == ENOENT ? KK_NOT_FOUND : KK_IO,
                       "cannot open the case folder: %s", strerror(errno));
    kk_arena *scratch = kk_arena_open();
    kk_status status = open_files(scratch, ledger, fault);
    kk_arena_close(scratch);
    if (status)
        kk_ledger_close(ledger);
    else
        *out = ledger;
    return status;
}

void kk_ledger_close(kk_ledger *ledger)
{
    if (!ledger)
        return;
    if (ledger->file >= 0)
        close(ledger->file);
    if (ledger->folder >= 0)
        close(ledger->folder);
    ledger->file = ledger->folder = -1;
    explicit_bzero(&ledger->key, sizeof ledger->key);
}

/* Verifying */
typedef struct {
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
        w->torn = w->has_head && w->seen.entries == w->acknowledged.entries &&
                  is_torn(w->scratch, rest, w->seen.entries + 1);
        w->why = w->torn ? "" : "not a line of this ledger";
        return false;
    }
    if (!line_holds(w->scratch, line, w->seen.entries + 1, &w->seen.last, w->public_key)) {
        w->why = "changed, removed, moved, or not written by this program";
        return false;
    }
    w->seen = (head){w->seen.entries + 1, w->seen.bytes + end + 1, end + 1, kk_sha256_of(line)};
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
        w->why = "ledger.head is missing or was altered";
    else if (w->seen.entries < a->entries)
        w->why = "removed at the end";
    else if (w->seen.entries > a->entries + 1)
        fail_at(w, a->entries + 2, "ledger.head is older than the ledger");
    else if (w->seen.entries == a->entries &&
             (w->seen.bytes != a->bytes || !kk_sha256_eq(&w->seen.last, &a->last)))
        fail_at(w, a->entries, "not the entry that was acknowledged");
}

static kk_status load_for_walk(kk_arena *arena, const char *case_folder, walk *w, kk_fault *fault)
{
    bool found = false;
    kk_status status = KK_OK;
    int folder = open(case_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return kk_fail(fault, errno == ENOENT ? KK_NOT_FOUND : KK_IO,
                       "cannot open the case folder: %s", strerror(errno));
    int file = openat(folder, LEDGER, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file >= 0 && !lock_file(file, LOCK_SH))
        status = failed(fault, "lock", LEDGER);
    w->has_key = read_public(arena, folder, w->public_key);
    w->has_head = w->has_key && read_head(arena, folder, w->public_key, &w->acknowledged);
    if (file >= 0 && status == KK_OK) {
        found = true;
        status = read_open(arena, file, LEDGER, &w->text, fault);
    } else if (file < 0 && errno != ENOENT) {
        status = failed(fault, "open", LEDGER);
    }
    w->why = !found       ? "ledger.jsonl is missing"
             : w->has_key ? ""
                          : "case.pub is missing or damaged";
    if (file >= 0)
        close(file);
    close(folder);
    return status;
}

static kk_status walk_all(kk_arena *arena, const char *case_folder, walk *w, kk_fault *fault)
{
    kk_status status = load_for_walk(arena, case_folder, w, fault);
    if (status || w->why[0])
        return status;
    w->scratch = kk_arena_open();
    while (walk_line(w))
        ;
    w->broken_at = w->seen.entries + 1;
    if (!w->why[0])
        compare_with_head(w);
    kk_arena_close(w->scratch);
    return KK_OK;
}

kk_status kk_ledger_verify(kk_arena *arena, const char *case_folder, kk_ledger_state *out,
                           kk_fault *fault)
{
    walk w = {.why = ""};
    kk_status status = walk_all(arena, case_folder, &w, fault);
    if (status)
        return status;
    kk_sha256 key;
    memcpy(key.bytes, w.public_key, sizeof key.bytes);
    *out = (kk_ledger_state){.entries = w.seen.entries,
                             .intact = !w.why[0],
                             .broken_at = !w.why[0]     ? 0
                                          : w.broken_at ? w.broken_at
                                                        : 1,
                             .why = w.why,
                             .torn = w.torn,
                             .public_key = kk_sha256_hex(arena, &key),
                             .last = kk_sha256_hex(arena, &w.seen.last)};
    return KK_OK;
}

static kk_slice raw_details(kk_slice line)
{
    size_t start = kk_find(line, KK_S(",\"details\":"));
    size_t end = line.len - SIGNATURE_TAIL - strlen(",\"prev\":\"\"") - 64;
    start += start == KK_NOWHERE ? 0 : strlen(",\"details\":");
    return start < end ? kk_part(line, start, end - start) : KK_NONE;
}

kk_status kk_ledger_entries(kk_arena *arena, const char *case_folder, kk_ledger_entry **out,
                            size_t *count, kk_fault *fault)
{
    walk w = {.why = ""};
    kk_status status = walk_all(arena, case_folder, &w, fault);
    kk_slice rest = kk_part(w.text, 0, w.seen.bytes), line;
    if (status)
        return status;
    *count = 0;
    *out = KK_NEW_ARRAY(arena, kk_ledger_entry, w.seen.entries);
    while (*count < w.seen.entries && kk_split(&rest, '\n', &line)) {
        const kk_json_value *json = kk_json_read(arena, line);
        (*out)[*count] = (kk_ledger_entry){*count + 1, kk_json_member(json, "at"),
                                           kk_json_member(json, "what"), raw_details(line)};
        ++*count;
    }
    return KK_OK;
}
