/* The `access` document. */
#include "analyse/analyse.h"

void kk_json_tri(kk_json *j, const char *key, kk_tri value)
{
    if (value == KK_UNKNOWN)
        kk_json_null(j, key);
    else
        kk_json_bool(j, key, value == KK_TRUE);
}

void kk_json_reasons(kk_json *j, const char *key, const kk_reasons *reasons)
{
    kk_json_array(j, key);
    for (size_t i = 0; i < reasons->count; i++) {
        kk_json_object(j, NULL);
        kk_json_cstr(j, "code", reasons->items[i].code);
        kk_json_text(j, "ja", reasons->items[i].ja);
        kk_json_text(j, "en", reasons->items[i].en);
        if (reasons->items[i].decision.len)
            kk_json_text(j, "decision", reasons->items[i].decision);
        kk_json_close(j);
    }
    kk_json_close(j);
}

void kk_json_window(kk_json *j, const char *key, const kk_window *w)
{
    static const char *const bases[] = {"evidence", "case", "union", "decision"};
    kk_json_object(j, key);
    kk_json_time(j, "from", w->from);
    kk_json_time(j, "to", w->to);
    kk_json_cstr(j, "from_is", w->from_is == KK_FIRST_SEEN ? "first_seen" : "no_later_than");
    kk_json_cstr(j, "basis", bases[w->basis]);
    if (w->decision.len)
        kk_json_text(j, "decision", w->decision);
    kk_json_close(j);
}

static void alternatives(kk_json *j, const kk_access *access, const kk_entry *e)
{
    kk_json_array(j, "alternatives");
    for (size_t i = 0; e->has_alternatives && i < access->other_count; i++) {
        const kk_other_entry *a = &access->others[i];
        if (i == e->own)
            continue;
        kk_json_object(j, NULL);
        kk_json_cstr(j, "kind", kk_session_kind_names[a->kind]);
        kk_json_text_or_null(j, "account", a->account);
        kk_json_text(j, "from_ip", a->from_ip);
        kk_json_text_or_null(j, "country", a->country);
        kk_json_time(j, "first", a->first);
        kk_json_tri(j, "suspicious", a->suspicious);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void entries(kk_json *j, const kk_access *a)
{
    kk_json_array(j, "entry");
    for (size_t i = 0; i < a->entry_count; i++) {
        const kk_entry *e = &a->entries[i];
        kk_json_object(j, NULL);
        kk_json_cstr(j, "kind", kk_session_kind_names[e->kind]);
        kk_json_text_or_null(j, "account", e->account);
        kk_json_text(j, "from_ip", e->from_ip);
        kk_json_text_or_null(j, "country", e->country);
        kk_json_time(j, "first", e->first);
        kk_json_time(j, "last", e->last);
        kk_json_u64(j, "sessions", e->sessions);
        kk_json_cstr(j, "certainty", e->certainty);
        kk_json_reasons(j, "reasons", &e->reasons);
        alternatives(j, a, e);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void desktop(kk_json *j, const kk_desktop *d)
{
    kk_json_object(j, "desktop");
    kk_json_text_or_null(j, "number", d->number);
    kk_json_text_or_null(j, "logon_id", d->logon_id);
    kk_json_text_or_null(j, "client_name", d->client_name);
    kk_json_bool(j, "resumed", d->resumed);
    kk_json_text_or_null(j, "continues", d->continues);
    kk_json_array(j, "disconnected");
    for (size_t i = 0; i < d->away_count; i++) {
        kk_json_object(j, NULL);
        kk_json_time(j, "from", d->away[i].from);
        kk_json_time(j, "to", d->away[i].to);
        kk_json_close(j);
    }
    kk_json_close(j);
    kk_json_time(j, "logoff", d->logoff);
    kk_json_close(j);
}

static void session(kk_json *j, const kk_session *s)
{
    kk_json_object(j, NULL);
    kk_json_text(j, "id", s->id);
    kk_json_cstr(j, "kind", kk_session_kind_names[s->kind]);
    kk_json_text_or_null(j, "account", s->account);
    kk_json_text(j, "host", s->host);
    kk_json_text_or_null(j, "from_ip", s->from_ip);
    kk_json_text_or_null(j, "country", s->country);
    kk_json_time(j, "start", s->start);
    kk_json_time(j, "end", s->end);
    if (s->has_bytes) {
        kk_json_u64(j, "bytes_in", s->bytes_in);
        kk_json_u64(j, "bytes_out", s->bytes_out);
    } else {
        kk_json_null(j, "bytes_in");
        kk_json_null(j, "bytes_out");
    }
    kk_json_tri(j, "suspicious", s->suspicious);
    if (s->by_responder)
        kk_json_bool(j, "responder", true);
    kk_json_reasons(j, "reasons", &s->reasons);
    if (s->desktop)
        desktop(j, s->desktop);
    kk_json_text_or_null(j, "from_host", s->from_host);
    kk_json_refs(j, "refs", &s->refs);
    kk_json_close(j);
}

static void accounts(kk_json *j, const kk_access *a)
{
    kk_json_array(j, "accounts");
    for (size_t i = 0; i < a->account_count; i++) {
        const kk_account *c = &a->accounts[i];
        kk_json_object(j, NULL);
        kk_json_text(j, "name", c->name);
        kk_json_time(j, "first", c->first);
        kk_json_time(j, "last", c->last);
        kk_json_texts(j, "hosts", c->hosts, c->host_count);
        kk_json_tri(j, "suspicious", c->suspicious);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void hosts(kk_json *j, const kk_access *a)
{
    kk_json_array(j, "hosts");
    for (size_t i = 0; i < a->host_count; i++) {
        const kk_intruded_host *h = &a->hosts[i];
        kk_json_object(j, NULL);
        kk_json_text(j, "name", h->name);
        kk_json_time(j, "first", h->first);
        kk_json_time(j, "last", h->last);
        kk_json_cstr(j, "role", h->role);
        kk_json_bool(j, "examined", h->examined);
        kk_json_tri(j, "encrypted", h->encrypted);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void edges(kk_json *j, const kk_access *a)
{
    kk_json_array(j, "edges");
    for (size_t i = 0; i < a->edge_count; i++) {
        const kk_edge *e = &a->edges[i];
        kk_json_object(j, NULL);
        kk_json_text(j, "from", e->from);
        kk_json_text_or_null(j, "from_ip", e->from_ip);
        kk_json_text(j, "to", e->to);
        kk_json_text_or_null(j, "account", e->account);
        kk_json_u64(j, "count", e->count);
        kk_json_time(j, "first", e->first);
        kk_json_time(j, "last", e->last);
        kk_json_close(j);
    }
    kk_json_close(j);
}

void kk_access_json(kk_json *j, const kk_access *a)
{
    kk_json_window(j, "window", &a->window);
    entries(j, a);
    kk_json_array(j, "sessions");
    for (size_t i = 0; i < a->session_count; i++)
        session(j, &a->sessions[i]);
    kk_json_close(j);
    accounts(j, a);
    hosts(j, a);
    edges(j, a);
}
