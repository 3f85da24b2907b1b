#include "tests/teller.h"

#include "base/hash.h"
#include "base/json.h"
#include "recognise/heading.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const bases[KK_BASES] = {"utc", "offset", "host", "case"};
static const char *const precisions[KK_PRECISIONS] = {"100ns", "us",  "ms",  "s",
                                                      "2s",    "min", "day", "year-inferred"};
static const char *const outcomes[KK_OUTCOMES] = {NULL, "success", "failure"};

static void on_event(kk_sink *sink, const kk_event *e)
{
    teller *t = (teller *)sink;
    t->events++;
    if (t->silent)
        return;
    kk_json j = {.out = &t->out};
    kk_json_object(&j, NULL);
    if (e->time != KK_NO_TIME) {
        kk_json_time(&j, "@timestamp", e->time);
        kk_json_cstr(&j, "basis", bases[e->basis]);
        kk_json_cstr(&j, "precision", precisions[e->precision]);
    }
    if (!t->raw_records) {
        kk_json_u64(&j, "record", e->record);
        if (e->sub)
            kk_json_u64(&j, "sub", e->sub);
    }
    kk_json_u64(&j, "offset", e->offset);
    kk_json_u64(&j, "length", e->length);
    if (e->flags)
        kk_json_u64(&j, "flags", e->flags);
    if (e->outcome)
        kk_json_cstr(&j, "event.outcome", outcomes[e->outcome]);
    for (kk_text_field f = 0; f < KK_TEXT_FIELDS; f++)
        if (e->text[f].len)
            kk_json_text(&j, kk_text_field_name(f), e->text[f]);
    for (kk_number_field f = 0; f < KK_NUMBER_FIELDS; f++)
        if (kk_has_number(e, f))
            kk_json_u64(&j, kk_number_field_name(f), e->number[f]);
    if (e->more_count) {
        kk_json_array(&j, "more");
        for (size_t i = 0; i < e->more_count; i++) {
            kk_json_array(&j, NULL);
            kk_json_text(&j, NULL, e->more[i].name);
            kk_json_text(&j, NULL, e->more[i].value);
            kk_json_close(&j);
        }
        kk_json_close(&j);
    }
    kk_json_close(&j);
    kk_put_byte(&t->out, '\n');
}

static void texts(kk_json *j, const char *key, const kk_slice *items, size_t count)
{
    kk_json_array(j, key);
    for (size_t i = 0; i < count; i++)
        kk_json_text(j, NULL, items[i]);
    kk_json_close(j);
}

static void on_row(kk_sink *sink, const kk_row *row)
{
    teller *t = (teller *)sink;
    t->rows++;
    if (t->silent)
        return;
    kk_json j = {.out = &t->out};
    kk_json_object(&j, NULL);
    kk_json_u64(&j, "row", row->record);
    if (row->table.len)
        kk_json_text(&j, "table", row->table);
    kk_json_u64(&j, "offset", row->offset);
    kk_json_u64(&j, "length", row->length);
    if (row->deleted)
        kk_json_bool(&j, "deleted", true);
    if (row->columns)
        texts(&j, "columns", row->columns, row->count);
    texts(&j, "cells", row->cells, row->count);
    kk_json_close(&j);
    kk_put_byte(&t->out, '\n');
}

static void on_passage(kk_sink *sink, const kk_passage *passage)
{
    teller *t = (teller *)sink;
    if (t->silent)
        return;
    kk_json j = {.out = &t->out};
    kk_json_object(&j, NULL);
    kk_json_u64(&j, "passage", t->raw_records ? 0 : passage->record);
    kk_json_u64(&j, "offset", passage->offset);
    if (passage->receiver.len)
        kk_json_text(&j, "receiver", passage->receiver);
    if (passage->sender.len)
        kk_json_text(&j, "sender", passage->sender);
    kk_json_text(&j, "text", passage->text);
    kk_json_close(&j);
    kk_put_byte(&t->out, '\n');
}

static void on_issue(kk_sink *sink, const kk_issue *issue)
{
    teller *t = (teller *)sink;
    t->issues++;
    if (t->silent)
        return;
    kk_json j = {.out = &t->out};
    kk_json_object(&j, NULL);
    kk_json_cstr(&j, "issue", kk_issue_name(issue->kind));
    kk_json_u64(&j, "offset", issue->offset);
    if (issue->count > 1)
        kk_json_u64(&j, "count", issue->count);
    kk_json_text(&j, "what", issue->what);
    kk_json_close(&j);
    kk_put_byte(&t->out, '\n');
}

static void on_child(kk_sink *sink, const kk_child *child)
{
    teller *t = (teller *)sink;
    char block[65536];
    uint64_t size = 0;
    ptrdiff_t n = 0;
    kk_hasher *hasher = kk_hasher_open();
    t->children++;
    /* A volume may be as large as it says; a test reads no more than it can. */
    while (size < (64u << 20) && (n = child->read(child->context, block, sizeof block)) > 0) {
        kk_hasher_add(hasher, block, (size_t)n);
        size += (uint64_t)n;
    }
    kk_sha256 digest = kk_hasher_digest(hasher);
    kk_hasher_close(hasher);
    if (t->silent)
        return;
    kk_json j = {.out = &t->out};
    kk_json_object(&j, NULL);
    kk_json_text(&j, "child", child->name);
    kk_json_cstr(&j, "joint", child->joint);
    if (child->size != UINT64_MAX)
        kk_json_u64(&j, "size", child->size);
    if (child->modified != KK_NO_TIME)
        kk_json_time(&j, "modified", child->modified);
    if (child->is_volume)
        kk_json_bool(&j, "volume", true);
    if (child->token.len)
        kk_json_text(&j, "token", child->token);
    kk_json_u64(&j, "read", size);
    kk_json_text(&j, "sha256", kk_sha256_hex(sink->arena, &digest));
    if (n < 0)
        kk_json_bool(&j, "unreadable", true);
    kk_json_close(&j);
    kk_put_byte(&t->out, '\n');
}

static void on_fact(kk_sink *sink, kk_fact_kind kind, kk_slice value)
{
    teller *t = (teller *)sink;
    if (!t->silent)
        kk_putf(&t->out, "{\"fact\":\"%s\",\"value\":\"%.*s\"}\n",
                kind == KK_FACT_HOST ? "host" : "zone", KK_P(value));
}

teller teller_open(void)
{
    teller t = {.sink = {.event = on_event,
                         .row = on_row,
                         .passage = on_passage,
                         .issue = on_issue,
                         .child = on_child,
                         .fact = on_fact}};
    t.sink.arena = kk_arena_open();
    return t;
}

void teller_close(teller *t)
{
    kk_arena_close(t->sink.arena);
    kk_buffer_close(&t->out);
}

static bool is_heading(void *context, kk_arena *scratch, kk_slice text)
{
    (void)context;
    return kk_is_heading(scratch, text);
}

kk_settings teller_settings(void)
{
    static const kk_services services = {.is_heading = is_heading};
    kk_settings s = {.services = &services,
                     .zone_basis = KK_BASIS_CASE,
                     .host = KK_S("golden-host"),
                     .end = UINT64_MAX};
    kk_time modified = KK_NO_TIME;
    if (!kk_zone_load(KK_S("Asia/Tokyo"), &s.zone) ||
        !kk_time_parse(KK_S("2026-07-10T00:00:00Z"), &modified))
        abort();
    s.modified = modified;
    s.passwords = KK_S("wrong\nkakuho-1\n例示の鍵\n");
    return s;
}

kk_slice teller_load(kk_arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(2);
    }
    long size = ftell(file);
    rewind(file);
    char *bytes = kk_take(arena, (size_t)size);
    if (size < 0 || fread(bytes, 1, (size_t)size, file) != (size_t)size)
        exit(2);
    fclose(file);
    return (kk_slice){bytes, (size_t)size};
}
