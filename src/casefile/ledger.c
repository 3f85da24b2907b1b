/* The custody ledger: a chain of what was done. A line that a crash tore is cut off, and an entry tells
 * that it was. */
#include "casefile/ledger.h"

#include <stdio.h>

#include "base/json.h"
#include "casefile/chain.h"

#define DETAILS_MOST ((size_t)1 << 20)

static const kk_chain_kind ledger_kind = {.name = "the custody ledger",
                                          .lines = "ledger.jsonl",
                                          .head = "ledger.head",
                                          .makes_keys = true};

struct kk_ledger {
    kk_chain *chain;
};

kk_status kk_ledger_open(kk_arena *arena, const char *case_folder, kk_ledger **out, kk_fault *fault)
{
    kk_ledger *ledger = KK_NEW(arena, kk_ledger);
    kk_status status = kk_chain_open(arena, case_folder, &ledger_kind, &ledger->chain, fault);
    if (status == KK_OK)
        *out = ledger;
    return status;
}

void kk_ledger_close(kk_ledger *ledger)
{
    if (ledger)
        kk_chain_close(ledger->chain);
}

static kk_status put_entry(kk_chain *chain, kk_time at, const char *what, kk_slice details,
                           kk_fault *fault)
{
    kk_buffer members = {0};
    kk_put(&members, KK_S("\"what\":\""));
    kk_put_json_text(&members, kk_cstr(what));
    kk_put(&members, KK_S("\",\"details\":"));
    kk_put(&members, details.len ? details : KK_S("{}"));
    kk_chain_put(chain, at, kk_buffer_slice(&members));
    kk_buffer_close(&members);
    return kk_chain_write(chain, fault);
}

static bool is_one_line_object(kk_slice details)
{
    if (details.len == 0)
        return true;
    if (details.len > DETAILS_MOST || kk_find_byte(details, '\n') != KK_NOWHERE)
        return false;
    kk_arena *arena = kk_arena_open();
    const kk_json_value *json = kk_json_read(arena, details);
    bool is_object = json && json->kind == KK_JSON_OBJECT;
    kk_arena_close(arena);
    return is_object;
}

kk_status kk_ledger_append(kk_ledger *ledger, kk_time at, const char *what, kk_slice details,
                           kk_fault *fault)
{
    kk_chain *chain = ledger->chain;
    char repair[64];
    size_t dropped;
    if (!is_one_line_object(details))
        return kk_fail(fault, KK_INVALID,
                       "cannot write to the custody ledger: details must be one JSON object");
    kk_status status = kk_chain_begin(chain, &dropped, fault);
    if (status != KK_OK)
        return status;
    if (dropped) {
        snprintf(repair, sizeof repair, "{\"dropped_bytes\":%zu}", dropped);
        status = put_entry(chain, at, "repaired", kk_cstr(repair), fault);
    }
    if (status == KK_OK)
        status = put_entry(chain, at, what, details, fault);
    kk_chain_end(chain);
    return status;
}

kk_status kk_ledger_verify(kk_arena *arena, const char *case_folder, kk_ledger_state *out,
                           kk_fault *fault)
{
    kk_chain_state s;
    kk_sha256 key;
    kk_status status =
        kk_chain_check(arena, case_folder, &ledger_kind, KK_CHAIN_EVERY_SIGNATURE, &s, fault);
    if (status)
        return status;
    memcpy(key.bytes, s.public_key, sizeof key.bytes);
    *out = (kk_ledger_state){.entries = s.entries,
                             .intact = s.intact,
                             .broken_at = s.broken_at,
                             .why = s.why,
                             .torn = s.torn,
                             .public_key = kk_sha256_hex(arena, &key),
                             .last = kk_sha256_hex(arena, &s.last)};
    return KK_OK;
}

/* `"what":"...","details":{...}`: the details as they stand. */
static kk_slice raw_details(kk_slice line)
{
    kk_slice members = kk_chain_members(line);
    size_t start = kk_find(members, KK_S(",\"details\":"));
    return start == KK_NOWHERE ? KK_NONE : kk_from(members, start + strlen(",\"details\":"));
}

kk_status kk_ledger_entries(kk_arena *arena, const char *case_folder, kk_ledger_entry **out,
                            size_t *count, kk_fault *fault)
{
    kk_chain_state s;
    kk_slice rest, line;
    kk_status status =
        kk_chain_check(arena, case_folder, &ledger_kind, KK_CHAIN_BY_HEAD, &s, fault);
    if (status)
        return status;
    rest = s.lines;
    *count = 0;
    *out = KK_NEW_ARRAY(arena, kk_ledger_entry, s.entries);
    while (*count < s.entries && kk_split(&rest, '\n', &line)) {
        const kk_json_value *json = kk_json_read(arena, line);
        (*out)[*count] = (kk_ledger_entry){*count + 1, kk_json_member(json, "at"),
                                           kk_json_member(json, "what"), raw_details(line)};
        ++*count;
    }
    return KK_OK;
}
