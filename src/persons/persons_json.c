/* The `persons` document. */
#include "casefile/decisions.h"
#include "persons/set_aside.h"

static void count_json(kk_json *j, const char *key, const kk_count_of *count)
{
    kk_json_object(j, key);
    kk_json_u64(j, "count", count->count);
    kk_json_u64(j, "least", count->least);
    kk_json_u64(j, "most", count->most);
    kk_json_cstr(j, "unit", "person");
    kk_json_bool(j, "bounded", count->bounded);
    kk_json_close(j);
}

static void day_json(kk_json *j, const char *key, int32_t day)
{
    kk_arena *own = kk_arena_open();
    kk_json_text_or_null(j, key, day == KK_NO_DAY ? KK_NONE : kk_day_text(own, day));
    kk_arena_close(own);
}

static void period_json(kk_json *j, kk_time from, kk_time to)
{
    kk_json_object(j, "period");
    kk_json_time(j, "from", from);
    kk_json_time(j, "to", to);
    kk_json_close(j);
}

static void lists_json(kk_json *j, const kk_category_count *c)
{
    kk_json_array(j, "roles");
    for (size_t i = 0; i < c->role_count; i++) {
        kk_json_object(j, NULL);
        kk_json_cstr(j, "role", kk_role_names[c->roles[i].role]);
        count_json(j, "reachable", &c->roles[i].reachable);
        kk_json_close(j);
    }
    kk_json_close(j);
    kk_json_array(j, "items");
    for (size_t i = 0; i < c->item_count; i++) {
        kk_json_object(j, NULL);
        kk_json_cstr(j, "item", kk_items[c->items[i].item].name);
        kk_json_u64(j, "left", c->items[i].left);
        kk_json_u64(j, "reachable", c->items[i].reachable);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void absent_json(kk_json *j, const kk_absent *list, size_t count)
{
    kk_json_array(j, "absent");
    for (size_t i = 0; i < count; i++) {
        kk_json_object(j, NULL);
        kk_json_cstr(j, "item", kk_items[list[i].item].name);
        kk_json_object(j, "searched");
        kk_json_u64(j, "files", list[i].files);
        kk_json_u64(j, "bytes", list[i].bytes);
        kk_json_u64(j, "tables", list[i].tables);
        kk_json_close(j);
        kk_json_u64(j, "unread", list[i].unread);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void categories_json(kk_json *j, const char *key, const kk_category_count *list,
                            size_t count)
{
    kk_json_array(j, key);
    for (size_t i = 0; i < count; i++) {
        const kk_category_count *c = &list[i];
        kk_json_object(j, NULL);
        kk_json_text(j, "name", c->name);
        kk_json_both(j, "label", c->label_ja, c->label_en);
        kk_json_text_or_null(j, "parent", c->parent);
        kk_json_text_or_null(j, "owner", c->owner);
        kk_json_bool(j, "proposed", c->proposed);
        count_json(j, "left", &c->left);
        count_json(j, "reachable", &c->reachable);
        count_json(j, "held", &c->held);
        count_json(j, "damaged", &c->damaged);
        kk_json_u64(j, "records", c->records);
        period_json(j, c->period_from, c->period_to);
        lists_json(j, c);
        if (c->absent)
            absent_json(j, c->absent, c->absent_count);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void items_json(kk_json *j, uint64_t items)
{
    kk_json_array(j, "items");
    for (; items; items &= items - 1)
        kk_json_cstr(j, NULL, kk_items[__builtin_ctzll(items)].name);
    kk_json_close(j);
}

static void suggestion_json(kk_json *j, const kk_suggestion *s)
{
    if (!s->because) {
        kk_json_null(j, "suggests");
        return;
    }
    kk_json_object(j, "suggests");
    kk_json_text_or_null(j, "category", s->category);
    items_json(j, s->items);
    kk_json_cstr(j, "because", s->because);
    kk_json_text_or_null(j, "word", s->word);
    if (s->like.len) {
        kk_json_object(j, "like");
        kk_json_text(j, "evidence", s->evidence);
        kk_json_text(j, "path", s->like);
        kk_json_close(j);
    } else {
        kk_json_null(j, "like");
    }
    kk_json_close(j);
}

static void unread_json(kk_json *j, const kk_persons *p)
{
    kk_json_array(j, "unread");
    for (size_t i = 0; i < p->unread_count; i++) {
        const kk_unread *u = &p->unread[i];
        kk_json_object(j, NULL);
        kk_json_text(j, "evidence", u->evidence);
        kk_json_text(j, "path", u->path);
        kk_json_text_or_null(j, "host", u->host);
        kk_json_text(j, "owner", u->owner);
        kk_json_cstr(j, "reason", u->reason);
        kk_json_cstr(j, "kind", u->kind);
        kk_json_u64(j, "bytes", u->bytes);
        suggestion_json(j, &u->suggests);
        if (u->estimate_by)
            count_json(j, "estimate", &u->estimate);
        else
            kk_json_null(j, "estimate");
        kk_json_text_or_null(j, "estimate_by", kk_cstr(u->estimate_by));
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void damage_json(kk_json *j, const kk_person_source *s)
{
    if (!s->damage) {
        kk_json_null(j, "damaged");
        return;
    }
    kk_json_object(j, "damaged");
    kk_json_cstr(j, "by", s->damage);
    if (s->damage_path.len) {
        kk_json_object(j, "as");
        kk_json_text(j, "evidence", s->damage_label);
        kk_json_text(j, "path", s->damage_path);
        kk_json_close(j);
    } else {
        kk_json_null(j, "as");
    }
    kk_json_close(j);
}

static void sources_json(kk_json *j, const kk_persons *p)
{
    kk_json_array(j, "sources");
    for (size_t i = 0; i < p->source_count; i++) {
        const kk_person_source *s = &p->sources[i];
        kk_json_object(j, NULL);
        kk_json_text(j, "evidence", s->evidence);
        kk_json_text(j, "path", s->path);
        kk_json_text_or_null(j, "host", s->host);
        kk_json_u64(j, "records", s->records);
        kk_json_u64(j, "persons", s->persons);
        kk_json_text(j, "category", s->category);
        kk_json_text(j, "owner", s->owner);
        kk_json_bool(j, "proposed", s->proposed);
        kk_json_array(j, "because");
        for (size_t k = 0; k < s->because_count; k++)
            kk_json_text(j, NULL, s->because[k]);
        kk_json_close(j);
        items_json(j, s->items);
        damage_json(j, s);
        if (s->captured_records) {
            kk_json_object(j, "captured");
            kk_json_u64(j, "records", s->captured_records);
            kk_json_u64(j, "persons", s->captured_persons);
            kk_json_close(j);
        } else {
            kk_json_null(j, "captured");
        }
        kk_json_cstr(j, "exposure", s->exposure);
        kk_json_cstr(j, "stage", s->stage);
        if (s->excluded)
            kk_json_u64(j, "excluded", s->excluded);
        if (s->judged)
            kk_json_text(j, "judged", s->judged->id);
        set_aside_json(j, s->set_aside, s->set_aside_count, true);
        kk_json_close(j);
    }
    kk_json_close(j);
}

const char *kk_person_decision_state(const kk_person_decision *d)
{
    return !d->is_found      ? "orphan"
           : d->holds        ? "in_force"
           : d->overruled_by ? "overruled"
                             : "without_effect";
}

static void decisions_json(kk_json *j, const kk_persons *p)
{
    kk_json_object(j, "excluded");
    kk_json_u64(j, "persons", p->excluded_persons);
    kk_json_u64(j, "records", p->excluded_records);
    kk_json_close(j);
    kk_json_array(j, "decisions");
    for (size_t i = 0; i < p->decision_count; i++) {
        const kk_person_decision *d = &p->decisions[i];
        kk_json_object(j, NULL);
        kk_json_text(j, "id", d->decision->id);
        kk_json_cstr(j, "kind", kk_decision_kind_name(d->decision->kind));
        kk_json_text(j, "of", d->decision->of);
        if (d->decision->as.len)
            kk_json_text(j, "as", d->decision->as);
        kk_json_text(j, "by", d->decision->by);
        kk_json_text(j, "reason", d->decision->reason);
        kk_json_cstr(j, "state", kk_person_decision_state(d));
        if (d->overruled_by)
            kk_json_text(j, "overruled_by", d->overruled_by->id);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void captures_json(kk_json *j, const kk_persons *p)
{
    kk_json_array(j, "captures");
    for (size_t i = 0; i < p->capture_count; i++) {
        const struct kk_captured *c = &p->captures[i];
        kk_json_object(j, NULL);
        kk_json_text_or_null(j, "page", c->said->page);
        kk_json_time(j, "from", c->said->from.time);
        kk_json_time(j, "to", c->said->to.time);
        items_json(j, c->said->items);
        kk_json_text_or_null(j, "by", c->said->by);
        kk_json_u64(j, "records", c->records);
        kk_json_u64(j, "by_day_alone", c->on_edge);
        kk_json_u64(j, "undated", c->undated);
        kk_json_close(j);
    }
    kk_json_close(j);
}

void kk_persons_json(kk_json *j, const kk_persons *p)
{
    kk_json_object(j, "total");
    count_json(j, "left", &p->left);
    count_json(j, "reachable", &p->reachable);
    count_json(j, "held", &p->held);
    count_json(j, "damaged", &p->damaged);
    kk_json_close(j);
    kk_json_object(j, "overlap");
    kk_json_u64(j, "left", p->overlap_left);
    kk_json_u64(j, "reachable", p->overlap_reachable);
    kk_json_close(j);
    kk_json_bool(j, "complete", p->complete);
    categories_json(j, "categories", p->categories, p->category_count);
    categories_json(j, "by_owner", p->owners, p->owner_count);
    period_json(j, p->period_from, p->period_to);
    kk_json_u64(j, "records", p->records);
    kk_json_u64(j, "organisations", p->organisations);
    kk_json_u64(j, "placeholders", p->placeholders);
    kk_json_u64(j, "deceased", p->deceased);
    set_aside_json(j, p->set_aside, p->set_aside_count, false);
    without_people_json(j, p);
    unread_json(j, p);
    absent_json(j, p->absent, p->absent_count);
    captures_json(j, p);
    sources_json(j, p);
    decisions_json(j, p);
}

static void places_json(kk_json *j, const kk_refs *refs)
{
    kk_json_array(j, "refs");
    for (size_t i = 0; i < refs->count; i++) {
        kk_json_object(j, NULL);
        kk_json_text(j, "evidence", refs->items[i].evidence);
        kk_json_text(j, "path", refs->items[i].path);
        kk_json_u64(j, "record", refs->items[i].record);
        kk_json_close(j);
    }
    kk_json_close(j);
}

static void contacts_json(kk_json *j, const kk_person_line *line)
{
    kk_json_object(j, "contacts");
    kk_json_text_or_null(j, "postal_code", line->postal_code);
    kk_json_text_or_null(j, "address", line->address);
    kk_json_text_or_null(j, "phone", line->phone);
    kk_json_text_or_null(j, "email", line->email);
    kk_json_close(j);
}

void kk_person_line_json(kk_json *j, const kk_person_line *line)
{
    kk_json_object(j, NULL);
    kk_json_text(j, "id", line->id);
    if (line->parts) {
        kk_json_u64(j, "part", line->part);
        kk_json_u64(j, "parts", line->parts);
    }
    kk_json_text(j, "category", line->category);
    kk_json_text(j, "owner", line->owner);
    kk_json_text_or_null(j, "name", line->name);
    kk_json_text_or_null(j, "kana", line->kana);
    contacts_json(j, line);
    day_json(j, "address_date", line->address_day);
    kk_json_array(j, "items");
    for (uint64_t items = line->items; items; items &= items - 1)
        kk_json_cstr(j, NULL, kk_items[__builtin_ctzll(items)].name);
    kk_json_close(j);
    kk_json_u64(j, "records", line->records);
    kk_json_cstr(j, "exposure", line->exposure);
    kk_json_cstr(j, "letter", line->hold ? "hold" : "certain");
    kk_json_cstr(j, "letter_because", line->hold);
    kk_json_cstr(j, "channel", line->channel);
    kk_json_cstr(j, "unreachable", line->unreachable);
    places_json(j, &line->refs);
    kk_json_close(j);
}
