#include "cli/readable.h"

#include "base/json_read.h"

typedef struct {
    kk_buffer *out;
    kk_slice lang;
    const kk_zone *zone;
    bool days; /* times are days here: the period of records */
} printing;

static void indent(printing *p, int depth)
{
    for (int i = 0; i < depth; i++)
        kk_put(p->out, KK_S("  "));
}

static bool is_scalar(const kk_json_value *v)
{
    return v->kind != KK_JSON_ARRAY && v->kind != KK_JSON_OBJECT;
}

/* Documents hold UTC; a person reads the zone of the case, to the second. */
static bool put_time(printing *p, kk_slice text)
{
    kk_time at;
    if (!p->zone || text.len < 20 || text.ptr[10] != 'T' || !kk_ends(text, KK_S("Z")) ||
        !kk_time_parse(text, &at))
        return false;
    if (p->days) { /* of no zone: the day that stands in the records */
        kk_put(p->out, kk_part(text, 0, strlen("2026-07-11")));
        return true;
    }
    kk_put_local_time(p->out, p->zone, at / KK_SECOND * KK_SECOND);
    return true;
}

static kk_slice scalar(const kk_json_value *v)
{
    switch (v->kind) {
    case KK_JSON_NULL:
        return KK_S("-");
    case KK_JSON_FALSE:
        return KK_S("no");
    case KK_JSON_TRUE:
        return KK_S("yes");
    default:
        return v->text;
    }
}

static void put_scalar(printing *p, const kk_json_value *v)
{
    if (v->kind != KK_JSON_TEXT || !put_time(p, v->text))
        kk_put(p->out, scalar(v));
}

/* {"ja":…,"en":…} and nothing else but a code: one text. */
static const kk_json_value *both(printing *p, const kk_json_value *v)
{
    const kk_json_value *ja = kk_json_get(v, "ja"), *en = kk_json_get(v, "en");
    if (!ja || !en || !is_scalar(ja))
        return NULL;
    return kk_is(p->lang, "en") ? en : ja;
}

static bool all_scalars(const kk_json_value *list)
{
    for (const kk_json_value *v = list->first; v; v = v->next)
        if (!is_scalar(v))
            return false;
    return true;
}

/* {"count":3,"least":3,"most":4,...} on one line. */
static bool is_small(const kk_json_value *v)
{
    size_t members = 0;
    for (const kk_json_value *m = v->first; m; m = m->next)
        members += 1 + m->text.len / 24;
    return all_scalars(v) && members <= 7;
}

static void put_inline(printing *p, const kk_json_value *v)
{
    for (const kk_json_value *m = v->first; m; m = m->next) {
        if (m->key.ptr) {
            kk_put(p->out, m->key);
            kk_put_byte(p->out, ' ');
        }
        put_scalar(p, m);
        if (m->next)
            kk_put(p->out, KK_S(", "));
    }
}

static void put_value(printing *p, const kk_json_value *v, int depth)
{
    const kk_json_value *text = both(p, v);
    if (is_scalar(v) || text) {
        kk_put_byte(p->out, ' ');
        put_scalar(p, text ? text : v);
        kk_put_byte(p->out, '\n');
        return;
    }
    if (!v->first) {
        kk_put(p->out, KK_S(" -\n"));
        return;
    }
    if ((v->kind == KK_JSON_ARRAY && all_scalars(v)) ||
        (v->kind == KK_JSON_OBJECT && is_small(v))) {
        kk_put_byte(p->out, ' ');
        p->days = kk_is(v->key, "period");
        put_inline(p, v);
        p->days = false;
        kk_put_byte(p->out, '\n');
        return;
    }
    kk_put_byte(p->out, '\n');
    for (const kk_json_value *m = v->first; m; m = m->next) {
        indent(p, depth);
        if (v->kind == KK_JSON_OBJECT) {
            kk_put(p->out, m->key);
            kk_put_byte(p->out, ':');
        } else {
            kk_put_byte(p->out, '-');
        }
        put_value(p, m, depth + 1);
    }
}

static void put_readable(kk_buffer *out, kk_slice json, kk_slice lang, const kk_zone *zone)
{
    kk_arena *arena = kk_arena_open();
    printing p = {.out = out, .lang = lang, .zone = zone};
    const kk_json_value *v = kk_json_read(arena, kk_trim(json));
    if (v) {
        size_t begin = out->len;
        put_value(&p, v, 0);
        if (out->len > begin && out->ptr[begin] == '\n')
            out->ptr[begin] = ' ';
    }
    kk_arena_close(arena);
}

const kk_zone *kk_zone_shown(const kk_invocation *i, const kk_case *c)
{
    return i->zone.count ? &i->zone : &c->settings->zone;
}

void kk_write_document(kk_invocation *i, kk_slice json, const kk_zone *zone)
{
    kk_buffer text = {0};
    if (!i->json)
        put_readable(&text, json, i->lang, zone);
    kk_write_out(i, i->json ? json : kk_buffer_slice(&text));
    kk_buffer_close(&text);
}
