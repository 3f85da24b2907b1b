#include "casework/states.h"

#include "base/json_read.h"
#include "casefile/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const kk_chain_kind states_kind = {
    .name = "the list of kept counts", .lines = "states.jsonl", .head = "states.head"};

enum { STATE_DIGITS = 16 };

/* ---- the list ---- */

static bool read_line(kk_arena *arena, kk_slice line, kk_kept_state *out)
{
    const kk_json_value *json = kk_json_read(arena, line);
    *out = (kk_kept_state){.state = kk_json_member(json, "state"),
                           .tool = kk_json_member(json, "tool"),
                           .name = kk_json_member(json, "name"),
                           .answer = kk_json_member(json, "answer"),
                           .document_sha256 = kk_json_member(json, "document"),
                           .persons_sha256 = kk_json_member(json, "persons")};
    size_t from = kk_find(line, KK_S("\"total\":")), to = kk_find(line, KK_S(",\"answer\":"));
    if (from == KK_NOWHERE || to == KK_NOWHERE || to < from)
        return false;
    from += strlen("\"total\":");
    out->total = kk_part(line, from, to - from);
    return kk_to_u64(kk_json_member(json, "n"), &out->n) &&
           kk_time_parse(kk_json_member(json, "at"), &out->at) && out->state.len && out->name.len &&
           kk_find_byte(out->name, '/') == KK_NOWHERE;
}

static kk_status read_lines(kk_arena *arena, kk_slice lines, uint64_t count, kk_kept_state **out,
                            kk_fault *fault)
{
    kk_slice line;
    size_t read = 0;
    *out = KK_NEW_ARRAY(arena, kk_kept_state, count);
    while (read < count && kk_split(&lines, '\n', &line))
        if (!read_line(arena, line, &(*out)[read++]))
            return kk_fail(fault, KK_STORE,
                           "the list of kept counts has a line that is none: a later version "
                           "wrote it, or `verify` tells what is wrong");
    return KK_OK;
}

kk_status kk_case_states(kk_case *c, kk_kept_state **out, size_t *count, kk_fault *fault)
{
    kk_chain_state chain;
    *count = 0;
    kk_status status =
        kk_chain_check(c->arena, c->path.ptr, &states_kind, KK_CHAIN_BY_HEAD, &chain, fault);
    if (status != KK_OK)
        return status;
    if (!chain.intact)
        return kk_fail(fault, KK_STORE,
                       "the list of kept counts (states.jsonl) was changed at line %llu: put back "
                       "the file, `verify` tells more",
                       (unsigned long long)chain.broken_at);
    *count = (size_t)chain.entries;
    return read_lines(c->arena, chain.lines, chain.entries, out, fault);
}

kk_status kk_case_state_named(kk_case *c, kk_slice prefix, kk_kept_state *out, kk_fault *fault)
{
    kk_kept_state *all;
    size_t count;
    const kk_kept_state *found = NULL;
    kk_status status = kk_case_states(c, &all, &count, fault);
    if (status != KK_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        if (!prefix.len || !kk_starts(all[i].state, prefix))
            continue;
        if (found && !kk_eq(found->state, all[i].state))
            return kk_fail(fault, KK_NOT_FOUND,
                           "several states begin with %.*s: give more digits; `persons --states` "
                           "lists them",
                           KK_P(prefix));
        found = &all[i];
    }
    if (!found)
        return kk_fail(fault, KK_NOT_FOUND,
                       "no count was kept of a state %.*s: `persons --states` lists those that "
                       "were",
                       KK_P(prefix));
    *out = *found;
    return KK_OK;
}

/* ---- files ---- */

static const char *file_of(kk_case *c, const kk_kept_state *kept, const char *ending)
{
    return kk_print(c->arena, "%.*s/states/%.*s.%s", KK_P(c->path), KK_P(kept->name), ending).ptr;
}

/* The bytes that were kept, or KK_STORE. */
static kk_status read_kept(kk_case *c, const kk_kept_state *kept, const char *ending,
                           kk_slice sha256, kk_arena *arena, kk_slice *out, kk_fault *fault)
{
    const char *path = file_of(c, kept, ending);
    struct stat status;
    kk_sha256 wanted;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool good = fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    size_t size = good ? (size_t)status.st_size : 0;
    char *bytes = good ? kk_take(arena, size + 1) : NULL;
    for (size_t at = 0; good && at < size;) {
        ssize_t n = read(fd, bytes + at, size - at);
        good = n > 0;
        at += good ? (size_t)n : 0;
    }
    if (fd >= 0)
        close(fd);
    *out = (kk_slice){bytes, size};
    if (good) {
        kk_sha256 is = kk_sha256_of(*out);
        good = kk_sha256_from_hex(sha256, &wanted) && kk_sha256_eq(&is, &wanted);
    }
    return good ? KK_OK
                : kk_fail(fault, KK_STORE,
                          "%s is not what was kept: put back the file, `verify` tells more", path);
}

kk_status kk_case_kept_document(kk_case *c, const kk_kept_state *kept, kk_slice *out,
                                kk_fault *fault)
{
    return read_kept(c, kept, "json", kept->document_sha256, c->arena, out, fault);
}

kk_status kk_case_kept_persons(kk_case *c, const kk_kept_state *kept, kk_arena *arena,
                               kk_person_state **out, kk_fault *fault)
{
    kk_arena *scratch = kk_arena_open();
    kk_slice bytes;
    kk_status status = read_kept(c, kept, "persons", kept->persons_sha256, scratch, &bytes, fault);
    if (status == KK_OK)
        status = kk_person_state_unpack(bytes, &c->key, arena, out, fault);
    kk_arena_close(scratch);
    return status;
}

/* ---- keeping ---- */

kk_status kk_case_state_head(kk_case *c, kk_state_head *out, kk_fault *fault)
{
    const kk_decisions *d = c->settings->decisions;
    kk_slice *ids = KK_NEW_ARRAY(c->arena, kk_slice, d ? d->count : 0);
    *fault = (kk_fault){0};
    *out = (kk_state_head){.state = kk_case_state(c, fault),
                           .tool = KK_S("kakuho " KAKUHO_VERSION),
                           .case_yaml = kk_sha256_hex(c->arena, &c->settings->hash),
                           .decisions = ids};
    for (size_t i = 0; d && i < d->count; i++)
        if (kk_decision_holds(&d->items[i]))
            ids[out->decision_count++] = d->items[i].id;
    return out->state.len ? KK_OK : fault->status;
}

static kk_slice sha256_text(kk_arena *arena, kk_slice bytes)
{
    kk_sha256 digest = kk_sha256_of(bytes);
    return kk_sha256_hex(arena, &digest);
}

/* Of the same state with the same answer. Another answer of one state (a program that was built anew
 * under the same number, say) is kept beside it. */
static const kk_kept_state *same_count(const kk_kept_state *all, size_t count, kk_slice state,
                                       kk_slice answer)
{
    for (size_t i = count; i-- > 0;)
        if (kk_eq(all[i].state, state))
            return kk_eq(all[i].answer, answer) ? &all[i] : NULL;
    return NULL;
}

typedef struct {
    kk_state_head head;
    kk_slice name, total, answer, document;
    kk_buffer document_text, persons;
} keeping;

static kk_status write_files(kk_case *c, const keeping *k, kk_fault *fault)
{
    const char *folder = kk_print(c->arena, "%.*s/states", KK_P(c->path)).ptr;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return kk_fail(fault, KK_IO, "cannot make %s: %s", folder, strerror(errno));
    kk_status status =
        kk_case_write_file(c, kk_print(c->arena, "states/%.*s.json", KK_P(k->name)).ptr,
                           kk_buffer_slice(&k->document_text), fault);
    if (status == KK_OK)
        status = kk_case_write_file(c, kk_print(c->arena, "states/%.*s.persons", KK_P(k->name)).ptr,
                                    kk_buffer_slice(&k->persons), fault);
    return status;
}

static void put_line(kk_case *c, kk_chain *chain, const keeping *k)
{
    kk_buffer members = {0};
    kk_put(&members, KK_S("\"state\":\""));
    kk_put(&members, k->head.state);
    kk_put(&members, KK_S("\",\"tool\":\""));
    kk_put_json_text(&members, k->head.tool);
    kk_putf(&members, "\",\"name\":\"%.*s\",\"total\":", KK_P(k->name));
    kk_put(&members, k->total);
    kk_putf(&members, ",\"answer\":\"%.*s\"", KK_P(k->answer));
    kk_slice document = sha256_text(c->arena, kk_buffer_slice(&k->document_text));
    kk_slice persons = sha256_text(c->arena, kk_buffer_slice(&k->persons));
    kk_putf(&members, ",\"document\":\"%.*s\",\"persons\":\"%.*s\"", KK_P(document), KK_P(persons));
    kk_chain_put(chain, c->now, kk_buffer_slice(&members));
    kk_buffer_close(&members);
}

/* Between begin and end nobody else keeps one. */
static kk_status keep_in(kk_case *c, const kk_answers *a, kk_chain *chain, keeping *k, uint64_t *n,
                         kk_fault *fault)
{
    kk_kept_state *all;
    size_t count = (size_t)kk_chain_count(chain);
    kk_status status = read_lines(c->arena, kk_chain_lines(chain), count, &all, fault);
    if (status != KK_OK)
        return status;
    const kk_kept_state *same = same_count(all, count, k->head.state, k->answer);
    *n = same ? same->n : count + 1;
    if (same)
        return KK_OK;
    k->name =
        kk_print(c->arena, "%04llu-%.*s", (unsigned long long)*n, STATE_DIGITS, k->head.state.ptr);
    kk_arena *scratch = kk_arena_open();
    kk_person_state_pack(kk_person_state_of(&a->persons, &k->head, scratch), &c->key, &k->persons);
    kk_arena_close(scratch);
    status = write_files(c, k, fault);
    if (status != KK_OK)
        return status;
    put_line(c, chain, k);
    return kk_chain_write(chain, fault);
}

static kk_status write_document(kk_case *c, const kk_answers *a, keeping *k, kk_fault *fault)
{
    kk_buffer answer = {0};
    kk_json inner = {.out = &answer}, j = {.out = &k->document_text};
    kk_json_object(&inner, NULL);
    kk_persons_json(&inner, &a->persons);
    kk_json_close(&inner);
    k->answer = sha256_text(c->arena, kk_buffer_slice(&answer));
    size_t from = strlen("{\"total\":"),
           to = kk_find(kk_buffer_slice(&answer), KK_S(",\"overlap\":"));
    k->total = kk_copy(c->arena, kk_part(kk_buffer_slice(&answer), from, to - from));
    kk_buffer_close(&answer);
    kk_json_object(&j, NULL);
    kk_status status = kk_document_head(c, &j, fault);
    kk_persons_json(&j, &a->persons);
    kk_json_close(&j);
    kk_put_byte(&k->document_text, '\n');
    return status;
}

kk_status kk_case_keep_count(kk_case *c, const kk_answers *a, uint64_t *n, kk_fault *fault)
{
    keeping k = {0};
    kk_chain *chain = NULL;
    size_t dropped;
    *n = 0;
    if (c->so_far)
        return KK_OK;
    kk_status status = kk_case_state_head(c, &k.head, fault);
    if (status == KK_OK)
        status = write_document(c, a, &k, fault);
    if (status == KK_OK)
        status = kk_chain_open(c->arena, c->path.ptr, &states_kind, &chain, fault);
    if (status == KK_OK)
        status = kk_chain_begin(chain, &dropped, fault);
    if (status == KK_OK) {
        status = keep_in(c, a, chain, &k, n, fault);
        kk_chain_end(chain);
    }
    kk_chain_close(chain);
    kk_buffer_close(&k.document_text);
    kk_buffer_close(&k.persons);
    return status;
}

kk_status kk_case_note_analysis(kk_case *c, kk_fault *fault)
{
    kk_kept_state *all;
    size_t count;
    kk_status status = kk_case_states(c, &all, &count, fault);
    kk_slice state = status == KK_OK ? kk_case_state(c, fault) : KK_NONE;
    if (status != KK_OK || !state.len)
        return status == KK_OK ? fault->status : status;
    return kk_ledger_append(
        c->ledger, c->now, "analyse",
        kk_print(c->arena, "{\"state\":\"%.*s\",\"kept\":%zu}", KK_P(state), count), fault);
}

/* ---- ids ---- */

kk_status kk_case_keep_ids(kk_case *c, kk_persons *persons, kk_fault *fault)
{
    kk_kept_state *all;
    kk_person_state *before;
    size_t count;
    kk_status status = kk_case_states(c, &all, &count, fault);
    if (status != KK_OK || !count)
        return status;
    kk_slice now = kk_case_state(c, fault);
    size_t at = count - 1;
    for (size_t i = 0; i < count; i++)
        at = kk_eq(all[i].state, now) ? i : at;
    kk_arena *scratch = kk_arena_open();
    status = kk_case_kept_persons(c, &all[at], scratch, &before, fault);
    if (status == KK_OK)
        kk_persons_keep_ids(persons, before, (uint32_t)count);
    kk_arena_close(scratch);
    return status;
}

typedef struct {
    void (*line)(void *context, kk_slice json);
    void *context;
    kk_buffer text;
} telling_ids;

static void tell_id(void *context, kk_slice old, kk_slice now, const char *how)
{
    telling_ids *t = context;
    t->text.len = 0;
    kk_json j = {.out = &t->text};
    kk_json_object(&j, NULL);
    kk_json_text(&j, "old", old);
    if (now.len)
        kk_json_text(&j, "id", now);
    else
        kk_json_null(&j, "id");
    kk_json_cstr(&j, "how", how);
    kk_json_close(&j);
    t->line(t->context, kk_buffer_slice(&t->text));
}

kk_status kk_case_moved_ids(kk_case *c, kk_slice since, void (*line)(void *context, kk_slice json),
                            void *context, kk_fault *fault)
{
    kk_kept_state kept;
    kk_person_state *before;
    kk_answers *a = KK_NEW(c->arena, kk_answers);
    telling_ids t = {.line = line, .context = context};
    kk_status status = kk_case_state_named(c, since, &kept, fault);
    if (status == KK_OK)
        status = kk_case_kept_persons(c, &kept, c->arena, &before, fault);
    if (status == KK_OK)
        status = kk_case_answers(c, KK_NEEDS_PERSONS, a, fault);
    if (status == KK_OK)
        kk_persons_moved_ids(&a->persons, before, tell_id, &t);
    kk_buffer_close(&t.text);
    return status;
}

/* ---- what is there ---- */

kk_status kk_case_states_json(kk_case *c, kk_buffer *out, kk_fault *fault)
{
    kk_kept_state *all;
    size_t count;
    kk_json j = {.out = out};
    kk_json_object(&j, NULL);
    kk_status status = kk_document_head(c, &j, fault);
    if (status == KK_OK)
        status = kk_case_states(c, &all, &count, fault);
    if (status != KK_OK)
        return status;
    kk_slice now = kk_case_state(c, fault);
    kk_json_array(&j, "states");
    for (size_t i = 0; i < count; i++) {
        kk_json_object(&j, NULL);
        kk_json_text(&j, "state", all[i].state);
        kk_json_time(&j, "at", all[i].at);
        kk_json_text(&j, "tool", all[i].tool);
        kk_json_bool(&j, "current", kk_eq(all[i].state, now));
        kk_json_raw(&j, "total", all[i].total);
        kk_json_close(&j);
    }
    kk_json_close(&j);
    kk_json_close(&j);
    kk_put_byte(out, '\n');
    return KK_OK;
}

/* The ledger's last word on how many there were. */
static kk_status kept_by_ledger(kk_case *c, uint64_t *n, kk_fault *fault)
{
    kk_ledger_entry *entries;
    size_t count;
    kk_status status = kk_ledger_entries(c->arena, c->path.ptr, &entries, &count, fault);
    *n = 0;
    for (size_t i = 0; i < count && status == KK_OK; i++) {
        uint64_t said;
        if (kk_to_u64(kk_json_member(kk_json_read(c->arena, entries[i].details), "kept"), &said) &&
            said > *n)
            *n = said;
    }
    return status;
}

static kk_status check_files(kk_case *c, const kk_kept_state *kept)
{
    kk_arena *scratch = kk_arena_open();
    kk_fault ignored;
    kk_slice bytes;
    kk_status status = read_kept(c, kept, "json", kept->document_sha256, scratch, &bytes, &ignored);
    if (status == KK_OK)
        status = read_kept(c, kept, "persons", kept->persons_sha256, scratch, &bytes, &ignored);
    kk_arena_close(scratch);
    return status;
}

kk_status kk_case_verify_states(kk_case *c, kk_json *j, bool *good, kk_fault *fault)
{
    kk_chain_state chain;
    kk_kept_state *all = NULL;
    uint64_t broken_at, said;
    kk_status status = kk_chain_check(c->arena, c->path.ptr, &states_kind, KK_CHAIN_EVERY_SIGNATURE,
                                      &chain, fault);
    if (status == KK_OK)
        status = kept_by_ledger(c, &said, fault);
    if (status == KK_OK)
        status = read_lines(c->arena, chain.lines, chain.entries, &all, fault);
    if (status != KK_OK)
        return status;
    broken_at = chain.intact ? 0 : chain.broken_at;
    for (size_t i = chain.entries; i-- > 0;)
        if (check_files(c, &all[i]) != KK_OK)
            broken_at = all[i].n;
    if (!broken_at && said > chain.entries)
        broken_at = chain.entries + 1;
    kk_json_object(j, "states");
    kk_json_u64(j, "entries", chain.entries);
    kk_json_cstr(j, "status", broken_at ? "broken" : "intact");
    if (broken_at)
        kk_json_u64(j, "broken_at", broken_at);
    else
        kk_json_null(j, "broken_at");
    kk_json_close(j);
    *good = *good && !broken_at;
    return KK_OK;
}
