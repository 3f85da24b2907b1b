/* case.yaml as tables of its keys, and the checks that go over more than one key. */
#include "casefile/settings.h"

#include "base/text.h"

#define FIELD(type, name, takes)                                                                   \
    {                                                                                              \
#name, takes, offsetof(type, name), NULL, NULL, NULL                                       \
    }
#define CHOICE(type, name, words)                                                                  \
    {                                                                                              \
#name, KK_TAKES_CHOICE, offsetof(type, name), words, NULL, NULL                            \
    }
#define PART(type, name, shape)                                                                    \
    {                                                                                              \
#name, KK_TAKES_MAP, offsetof(type, name), NULL, &shape, NULL                              \
    }
#define ENTRIES(type, name, shape)                                                                 \
    {                                                                                              \
#name, KK_TAKES_LIST, offsetof(type, name), NULL, &shape, NULL                             \
    }
#define OWN(type, name, reader)                                                                    \
    {                                                                                              \
#name, KK_TAKES_SPECIAL, offsetof(type, name), NULL, NULL, reader                          \
    }
#define SHAPE(what, type, fields, alone, check)                                                    \
    {                                                                                              \
        what, sizeof(type), fields, sizeof fields / sizeof *fields, alone, check                   \
    }

static const char *const reportable_words[] = {"yes", "no", "unclear", NULL};
static const char *const party_words[] = {"parent",  "group",   "client",       "processor", "mall",
                                          "payment", "insurer", "investigator", NULL};
static const char *const observed_words[] = {
    "published", "downloadable", "withdrawn", "notice_from_third_party", "misuse", NULL};
static const char *const restored_words[] = {"no", "yes", "partly", "unknown", NULL};
static const char *const unit_words[] = {"person", "record", "card", "account", "file", NULL};
static const char *const level_words[] = {"public",    "person",   "client",
                                          "regulator", "internal", NULL};
static const char *const prevention_words[] = {"done", "planned", NULL};
static const char *const counted_words[] = {"left", "reachable", NULL};
static const char *const purpose_words[] = {"unknown", "suspected", "excluded", NULL};

static const char *word_of(const char *const *words, int choice)
{
    return choice > 0 ? words[choice - 1] : "";
}

const char *kk_party_role_name(kk_party_role role)
{
    return word_of(party_words, (int)role);
}

const char *kk_level_name(kk_level level)
{
    return word_of(level_words, (int)level);
}

const char *kk_count_unit_name(kk_count_unit unit)
{
    return word_of(unit_words, (int)unit);
}

const char *kk_observed_name(kk_observed kind)
{
    return word_of(observed_words, (int)kind);
}

const char *kk_restored_name(kk_restored restored)
{
    return word_of(restored_words, (int)restored);
}

const char *kk_reportable_name(kk_reportable reportable)
{
    return word_of(reportable_words, (int)reportable);
}

const char *kk_purpose_name(kk_purpose purpose)
{
    return purpose_words[purpose];
}

static kk_status in_order(kk_shape_reader *reader, int line, const kk_moment *from,
                          const kk_moment *to)
{
    if (kk_moment_given(from) && kk_moment_given(to) && from->time > to->time)
        return kk_shape_wrong(reader, line, "`from` is later than `to`");
    return KK_OK;
}

/* organisation */
static const kk_shape_field contact_fields[] = {
    FIELD(kk_contact, name, KK_TAKES_TEXT),
    FIELD(kk_contact, tel, KK_TAKES_TEXT),
    FIELD(kk_contact, mail, KK_TAKES_TEXT),
};
static const kk_shape contact_shape = SHAPE("contact", kk_contact, contact_fields, "name", NULL);
static const kk_shape_field organisation_fields[] = {
    FIELD(kk_organisation, name, KK_TAKES_TEXT),
    FIELD(kk_organisation, corporate_number, KK_TAKES_TEXT),
    FIELD(kk_organisation, address, KK_TAKES_TEXT),
    FIELD(kk_organisation, representative, KK_TAKES_TEXT),
    FIELD(kk_organisation, trade, KK_TAKES_TEXT),
    PART(kk_organisation, contact, contact_shape),
};

static kk_status check_organisation(kk_shape_reader *reader, const void *filled)
{
    const kk_organisation *o = filled;
    uint64_t number;
    if (o->corporate_number.len == 0)
        return KK_OK;
    if (o->corporate_number.len != 13 || !kk_to_u64(o->corporate_number, &number))
        return kk_shape_wrong(reader, o->line, "`corporate_number` must be 13 digits");
    return KK_OK;
}
static const kk_shape organisation_shape =
    SHAPE("organisation", kk_organisation, organisation_fields, "name", check_organisation);

/* known */
static const kk_shape_field known_fields[] = {
    FIELD(kk_known, at, KK_TAKES_MOMENT),
    FIELD(kk_known, party, KK_TAKES_TEXT),
    FIELD(kk_known, by, KK_TAKES_TEXT),
    FIELD(kk_known, what, KK_TAKES_WORDS),
    CHOICE(kk_known, reportable, reportable_words),
};
static kk_status check_known(kk_shape_reader *reader, const void *filled)
{
    const kk_known *k = filled;
    if (!kk_moment_given(&k->at))
        return kk_shape_wrong(reader, k->line, "an entry of known needs `at`");
    return KK_OK;
}
static const kk_shape known_shape = SHAPE("known", kk_known, known_fields, NULL, check_known);

/* intrusion */
static const kk_shape_field span_fields[] = {
    FIELD(kk_span, from, KK_TAKES_MOMENT),
    FIELD(kk_span, to, KK_TAKES_MOMENT_END),
};
static kk_status check_span(kk_shape_reader *reader, const void *filled)
{
    const kk_span *s = filled;
    return in_order(reader, s->line, &s->from, &s->to);
}
static const kk_shape span_shape = SHAPE("intrusion", kk_span, span_fields, NULL, check_span);

/* categories, parties, owners */
static const kk_shape_field category_fields[] = {
    FIELD(kk_category, name, KK_TAKES_TEXT),   FIELD(kk_category, label, KK_TAKES_WORDS),
    FIELD(kk_category, paths, KK_TAKES_GLOBS), FIELD(kk_category, columns, KK_TAKES_TEXTS),
    FIELD(kk_category, parent, KK_TAKES_TEXT),
};
static kk_status check_category(kk_shape_reader *reader, const void *filled)
{
    const kk_category *c = filled;
    if (c->name.len == 0)
        return kk_shape_wrong(reader, c->line, "an entry of categories needs `name`");
    return KK_OK;
}
static const kk_shape category_shape =
    SHAPE("categories", kk_category, category_fields, NULL, check_category);

static const kk_shape_field party_fields[] = {
    FIELD(kk_party, id, KK_TAKES_TEXT),  FIELD(kk_party, name, KK_TAKES_TEXT),
    CHOICE(kk_party, role, party_words), FIELD(kk_party, kind, KK_TAKES_TEXT),
    FIELD(kk_party, via, KK_TAKES_TEXT),
};
static kk_status check_party(kk_shape_reader *reader, const void *filled)
{
    const kk_party *p = filled;
    if (p->id.len == 0)
        return kk_shape_wrong(reader, p->line, "an entry of parties needs `id`");
    return KK_OK;
}
static const kk_shape party_shape = SHAPE("parties", kk_party, party_fields, NULL, check_party);

static const kk_shape_field owner_fields[] = {
    FIELD(kk_owner, party, KK_TAKES_TEXT),
    FIELD(kk_owner, paths, KK_TAKES_GLOBS),
    FIELD(kk_owner, column, KK_TAKES_TEXT),
    FIELD(kk_owner, equals, KK_TAKES_TEXT),
};
static kk_status check_owner(kk_shape_reader *reader, const void *filled)
{
    const kk_owner *o = filled;
    if (o->party.len == 0)
        return kk_shape_wrong(reader, o->line, "an entry of owners needs `party`");
    if ((o->column.len == 0) != (o->equals.len == 0))
        return kk_shape_wrong(reader, o->line, "`column` and `equals` go together");
    if (o->paths.count == 0 && o->column.len == 0)
        return kk_shape_wrong(reader, o->line,
                              "an entry of owners needs `paths`, or `column` and `equals`");
    return KK_OK;
}
static const kk_shape owner_shape = SHAPE("owners", kk_owner, owner_fields, NULL, check_owner);

/* acquired, responders, observations */
static const kk_shape_field acquired_fields[] = {
    FIELD(kk_acquired, source, KK_TAKES_TEXT), FIELD(kk_acquired, label, KK_TAKES_TEXT),
    FIELD(kk_acquired, host, KK_TAKES_TEXT),   FIELD(kk_acquired, at, KK_TAKES_MOMENT),
    FIELD(kk_acquired, by, KK_TAKES_TEXT),     FIELD(kk_acquired, method, KK_TAKES_TEXT),
    FIELD(kk_acquired, sha256, KK_TAKES_HASH), FIELD(kk_acquired, clock_offset, KK_TAKES_SHIFT),
};
static kk_status check_acquired(kk_shape_reader *reader, const void *filled)
{
    const kk_acquired *a = filled;
    if (a->source.len == 0 && a->label.len == 0)
        return kk_shape_wrong(reader, a->line, "an entry of acquired needs `source` or `label`");
    return KK_OK;
}
static const kk_shape acquired_shape =
    SHAPE("acquired", kk_acquired, acquired_fields, NULL, check_acquired);

static const kk_shape_field responder_fields[] = {
    {"account", KK_TAKES_TEXTS, offsetof(kk_responder, accounts), NULL, NULL, NULL},
    FIELD(kk_responder, from_ip, KK_TAKES_NETWORKS),
    FIELD(kk_responder, hosts, KK_TAKES_TEXTS),
    FIELD(kk_responder, from, KK_TAKES_MOMENT),
    FIELD(kk_responder, to, KK_TAKES_MOMENT_END),
    FIELD(kk_responder, did, KK_TAKES_WORDS),
};
/* Somebody whose every act counts as ours would hide the intruder who uses the same account. */
static kk_status check_responder(kk_shape_reader *reader, const void *filled)
{
    const kk_responder *r = filled;
    if (r->accounts.count == 0 && r->from_ip.count == 0 && r->hosts.count == 0)
        return kk_shape_wrong(reader, r->line,
                              "an entry of responders needs `account`, `from_ip` or `hosts`");
    return in_order(reader, r->line, &r->from, &r->to);
}
static const kk_shape responder_shape =
    SHAPE("responders", kk_responder, responder_fields, NULL, check_responder);

static const kk_shape_field observation_fields[] = {
    FIELD(kk_observation, at, KK_TAKES_MOMENT),   FIELD(kk_observation, by, KK_TAKES_TEXT),
    CHOICE(kk_observation, kind, observed_words), FIELD(kk_observation, what, KK_TAKES_WORDS),
    FIELD(kk_observation, file, KK_TAKES_TEXT),   FIELD(kk_observation, sha256, KK_TAKES_HASH),
};
static const kk_shape observation_shape =
    SHAPE("observations", kk_observation, observation_fields, NULL, NULL);

/* captures */
static kk_status read_captured_items(kk_shape_reader *reader, const kk_yaml *node, void *into)
{
    static const kk_shape_field field = {"items", KK_TAKES_TEXTS, 0, NULL, NULL, NULL};
    kk_texts names = {NULL, 0};
    uint64_t items = 0;
    kk_status status = kk_shape_value(reader, &field, node, &names);
    for (size_t i = 0; i < names.count && status == KK_OK; i++) {
        int item = 0;
        while (item < KK_ITEMS && !kk_is(names.items[i], kk_items[item].name))
            item++;
        if (item == KK_ITEMS)
            return kk_shape_wrong(reader, node->line,
                                  "`items` must be names of items such as card_number or card_cvv "
                                  "(docs/persons.md)");
        items |= KK_BIT(item);
    }
    memcpy(into, &items, sizeof items);
    return status;
}

static const kk_shape_field capture_fields[] = {
    FIELD(kk_capture, page, KK_TAKES_TEXT),   FIELD(kk_capture, by, KK_TAKES_TEXT),
    FIELD(kk_capture, from, KK_TAKES_MOMENT), FIELD(kk_capture, to, KK_TAKES_MOMENT_END),
    FIELD(kk_capture, paths, KK_TAKES_GLOBS), OWN(kk_capture, items, read_captured_items),
};
static kk_status check_capture(kk_shape_reader *reader, const void *filled)
{
    const kk_capture *c = filled;
    if (!kk_moment_given(&c->from) && !kk_moment_given(&c->to))
        return kk_shape_wrong(reader, c->line, "an entry of captures needs `from` or `to`");
    if (c->paths.count == 0)
        return kk_shape_wrong(reader, c->line, "an entry of captures needs `paths`");
    return in_order(reader, c->line, &c->from, &c->to);
}
static const kk_shape capture_shape =
    SHAPE("captures", kk_capture, capture_fields, NULL, check_capture);

/* datasets, estimates */
static kk_status read_protected(kk_shape_reader *reader, const kk_yaml *node, void *into);
static const kk_shape_field dataset_fields[] = {
    FIELD(kk_dataset_said, name, KK_TAKES_TEXT),
    FIELD(kk_dataset_said, paths, KK_TAKES_GLOBS),
    FIELD(kk_dataset_said, state, KK_TAKES_TEXT),
    CHOICE(kk_dataset_said, restored, restored_words),
    {"protected", KK_TAKES_SPECIAL, 0, NULL, NULL, read_protected},
};

/* yes, no, or how: "disk encryption, the key was on another machine". */
static kk_status read_protected(kk_shape_reader *reader, const kk_yaml *node, void *into)
{
    static const kk_shape_field field = {"protected", KK_TAKES_TEXT, 0, NULL, NULL, NULL};
    kk_dataset_said *dataset = into;
    bool truth;
    if (kk_yaml_bool(node, &truth)) {
        dataset->is_protected = truth ? KK_ANSWER_YES : KK_ANSWER_NO;
        return KK_OK;
    }
    if (node->kind == KK_YAML_TEXT && kk_is(node->text, "unknown"))
        return KK_OK;
    kk_status status = kk_shape_value(reader, &field, node, &dataset->protection);
    if (status == KK_OK && dataset->protection.len)
        dataset->is_protected = KK_ANSWER_YES;
    return status;
}

static kk_status check_dataset(kk_shape_reader *reader, const void *filled)
{
    const kk_dataset_said *d = filled;
    if (d->name.len == 0)
        return kk_shape_wrong(reader, d->line, "an entry of datasets needs `name`");
    return KK_OK;
}
static const kk_shape dataset_shape =
    SHAPE("datasets", kk_dataset_said, dataset_fields, NULL, check_dataset);

static const kk_shape_field estimate_fields[] = {
    FIELD(kk_estimate, dataset, KK_TAKES_TEXT), FIELD(kk_estimate, category, KK_TAKES_TEXT),
    FIELD(kk_estimate, count, KK_TAKES_COUNT),  CHOICE(kk_estimate, unit, unit_words),
    FIELD(kk_estimate, basis, KK_TAKES_TEXT),   FIELD(kk_estimate, by, KK_TAKES_TEXT),
    FIELD(kk_estimate, at, KK_TAKES_MOMENT),
};
static kk_status check_estimate(kk_shape_reader *reader, const void *filled)
{
    const kk_estimate *e = filled;
    if (!e->count.given)
        return kk_shape_wrong(reader, e->line, "an entry of estimates needs `count`");
    return KK_OK;
}
static const kk_shape estimate_shape =
    SHAPE("estimates", kk_estimate, estimate_fields, NULL, check_estimate);

/* measures, chronology, notified, published */
static const kk_shape_field measure_fields[] = {
    FIELD(kk_measure, done, KK_TAKES_MOMENT), FIELD(kk_measure, what, KK_TAKES_WORDS),
    FIELD(kk_measure, hosts, KK_TAKES_TEXTS), FIELD(kk_measure, accounts, KK_TAKES_TEXTS),
    FIELD(kk_measure, check, KK_TAKES_TEXT),
};
static const kk_shape measure_shape = SHAPE("measures", kk_measure, measure_fields, NULL, NULL);

static const kk_shape_field chronicle_fields[] = {
    FIELD(kk_chronicle, at, KK_TAKES_MOMENT), FIELD(kk_chronicle, what, KK_TAKES_WORDS),
    FIELD(kk_chronicle, by, KK_TAKES_TEXT),   FIELD(kk_chronicle, source, KK_TAKES_TEXT),
    CHOICE(kk_chronicle, level, level_words),
};
static kk_status check_chronicle(kk_shape_reader *reader, const void *filled)
{
    const kk_chronicle *c = filled;
    if (!kk_moment_given(&c->at) || c->what.ja.len == 0)
        return kk_shape_wrong(reader, c->line, "an entry of chronology needs `at` and `what`");
    return KK_OK;
}
static const kk_shape chronicle_shape =
    SHAPE("chronology", kk_chronicle, chronicle_fields, NULL, check_chronicle);

/* How many were sent, or when. */
static kk_status read_sent(kk_shape_reader *reader, const kk_yaml *node, void *into)
{
    kk_notified *notified = into;
    if (node->kind == KK_YAML_TEXT && kk_moment_read(node->text, reader->zone, &notified->sent_at))
        return KK_OK;
    static const kk_shape_field field = {"sent", KK_TAKES_COUNT, 0, NULL, NULL, NULL};
    return kk_shape_value(reader, &field, node, &notified->sent);
}
static const kk_shape_field notified_fields[] = {
    FIELD(kk_notified, party, KK_TAKES_TEXT),
    FIELD(kk_notified, category, KK_TAKES_TEXT),
    FIELD(kk_notified, means, KK_TAKES_TEXT),
    FIELD(kk_notified, from, KK_TAKES_MOMENT),
    {"sent", KK_TAKES_SPECIAL, 0, NULL, NULL, read_sent},
    FIELD(kk_notified, returned, KK_TAKES_COUNT),
    {NULL, KK_TAKES_MOMENT, offsetof(kk_notified, sent_at), NULL, NULL, NULL}, /* by read_sent */
};
static const kk_shape notified_shape = SHAPE("notified", kk_notified, notified_fields, NULL, NULL);

static const kk_shape_field published_fields[] = {
    FIELD(kk_published, at, KK_TAKES_MOMENT),
    FIELD(kk_published, where, KK_TAKES_TEXT),
    FIELD(kk_published, report, KK_TAKES_TEXT),
};
static const kk_shape published_shape =
    SHAPE("published", kk_published, published_fields, NULL, NULL);

/* harm */
static const kk_shape_field harm_known_fields[] = {
    FIELD(kk_harm_known, at, KK_TAKES_MOMENT),
    FIELD(kk_harm_known, what, KK_TAKES_WORDS),
    FIELD(kk_harm_known, by, KK_TAKES_TEXT),
};
static const kk_shape harm_known_shape =
    SHAPE("harm.known", kk_harm_known, harm_known_fields, "what", NULL);
static const kk_shape_field harm_checked_fields[] = {
    FIELD(kk_harm_checked, at, KK_TAKES_MOMENT),
    FIELD(kk_harm_checked, channel, KK_TAKES_TEXT),
    FIELD(kk_harm_checked, by, KK_TAKES_TEXT),
    FIELD(kk_harm_checked, result, KK_TAKES_WORDS),
};
static const kk_shape harm_checked_shape =
    SHAPE("harm.checked", kk_harm_checked, harm_checked_fields, NULL, NULL);

static kk_status read_harm_known(kk_shape_reader *reader, const kk_yaml *node, void *into)
{
    static const kk_shape_field field = ENTRIES(kk_harm, known, harm_known_shape);
    kk_harm *harm = into;
    harm->known_given = true;
    return kk_shape_value(reader, &field, node, &harm->known);
}
static const kk_shape_field harm_fields[] = {
    {"known", KK_TAKES_SPECIAL, 0, NULL, NULL, read_harm_known},
    ENTRIES(kk_harm, checked, harm_checked_shape),
};
static const kk_shape harm_shape = SHAPE("harm", kk_harm, harm_fields, NULL, NULL);

/* prevention, recovery, desk, reported */
static const kk_shape_field prevention_fields[] = {
    FIELD(kk_prevention, what, KK_TAKES_WORDS),
    CHOICE(kk_prevention, status, prevention_words),
    FIELD(kk_prevention, at, KK_TAKES_MOMENT),
    FIELD(kk_prevention, because, KK_TAKES_WORDS),
};
static const kk_shape prevention_shape =
    SHAPE("prevention", kk_prevention, prevention_fields, "what", NULL);
static const kk_shape_field recovery_fields[] = {
    FIELD(kk_recovery, system, KK_TAKES_TEXT),
    FIELD(kk_recovery, at, KK_TAKES_MOMENT),
    FIELD(kk_recovery, shown_clean_by, KK_TAKES_WORDS),
};
static const kk_shape recovery_shape = SHAPE("recovery", kk_recovery, recovery_fields, NULL, NULL);
static const kk_shape_field desk_fields[] = {
    FIELD(kk_desk, name, KK_TAKES_WORDS),
    FIELD(kk_desk, tel, KK_TAKES_TEXT),
    FIELD(kk_desk, hours, KK_TAKES_WORDS),
};
static const kk_shape desk_shape = SHAPE("desk", kk_desk, desk_fields, NULL, NULL);

static const kk_shape_field reported_count_fields[] = {
    FIELD(kk_reported_count, category, KK_TAKES_TEXT),
    FIELD(kk_reported_count, count, KK_TAKES_COUNT),
    CHOICE(kk_reported_count, unit, unit_words),
    CHOICE(kk_reported_count, basis, counted_words),
    FIELD(kk_reported_count, most, KK_TAKES_FLAG),
};
static kk_status check_reported_count(kk_shape_reader *reader, const void *filled)
{
    const kk_reported_count *c = filled;
    if (!c->count.given)
        return kk_shape_wrong(reader, c->line, "an entry of counts needs `count`");
    return KK_OK;
}
static const kk_shape reported_count_shape =
    SHAPE("reported.counts", kk_reported_count, reported_count_fields, NULL, check_reported_count);
static const kk_shape_field reported_fields[] = {
    FIELD(kk_reported, by, KK_TAKES_TEXT),
    FIELD(kk_reported, to, KK_TAKES_TEXT),
    FIELD(kk_reported, kind, KK_TAKES_TEXT),
    FIELD(kk_reported, at, KK_TAKES_MOMENT),
    FIELD(kk_reported, receipt, KK_TAKES_TEXT),
    FIELD(kk_reported, report, KK_TAKES_TEXT),
    ENTRIES(kk_reported, counts, reported_count_shape),
};
static kk_status check_reported(kk_shape_reader *reader, const void *filled)
{
    const kk_reported *r = filled;
    if (!kk_moment_given(&r->at))
        return kk_shape_wrong(reader, r->line, "an entry of reported needs `at`");
    return KK_OK;
}
static const kk_shape reported_shape =
    SHAPE("reported", kk_reported, reported_fields, NULL, check_reported);

/* The whole file */
static kk_status read_timezone(kk_shape_reader *reader, const kk_yaml *node, void *into);
static kk_status read_purpose(kk_shape_reader *reader, const kk_yaml *node, void *into);

#define WHOLE(name, takes) FIELD(kk_case_settings, name, takes)
#define WHOLE_LIST(name, shape) ENTRIES(kk_case_settings, name, shape)
static const kk_shape_field case_fields[] = {
    PART(kk_case_settings, organisation, organisation_shape),
    OWN(kk_case_settings, timezone, read_timezone),
    WHOLE(discovered, KK_TAKES_MOMENT),
    WHOLE_LIST(known, known_shape),
    OWN(kk_case_settings, wrongful_purpose, read_purpose),
    PART(kk_case_settings, intrusion, span_shape),
    WHOLE(internal_networks, KK_TAKES_NETWORKS),
    WHOLE(uplink_mbps, KK_TAKES_NUMBER),
    WHOLE_LIST(categories, category_shape),
    WHOLE_LIST(parties, party_shape),
    WHOLE_LIST(owners, owner_shape),
    WHOLE(assets, KK_TAKES_TEXT),
    WHOLE_LIST(acquired, acquired_shape),
    WHOLE_LIST(responders, responder_shape),
    WHOLE_LIST(observations, observation_shape),
    WHOLE_LIST(captures, capture_shape),
    WHOLE_LIST(datasets, dataset_shape),
    WHOLE_LIST(estimates, estimate_shape),
    WHOLE_LIST(measures, measure_shape),
    WHOLE_LIST(chronology, chronicle_shape),
    WHOLE_LIST(notified, notified_shape),
    WHOLE_LIST(published, published_shape),
    PART(kk_case_settings, harm, harm_shape),
    WHOLE_LIST(prevention, prevention_shape),
    WHOLE_LIST(recovery, recovery_shape),
    PART(kk_case_settings, desk, desk_shape),
    WHOLE_LIST(reported, reported_shape),
};
static const kk_shape case_shape = SHAPE("case.yaml", kk_case_settings, case_fields, NULL, NULL);

/* The zone was loaded before everything else, since times without an offset are read in it; whether
 * it is one is told when its line comes. */
static kk_status read_timezone(kk_shape_reader *reader, const kk_yaml *node, void *into)
{
    kk_zone zone;
    if (node->kind != KK_YAML_TEXT || !kk_zone_load(kk_trim(node->text), &zone))
        return kk_shape_wrong(reader, node->line,
                              "`timezone` must be the name of a zone such as Asia/Tokyo, or an "
                              "offset such as +09:00");
    kk_slice name = kk_copy(reader->arena, kk_trim(node->text));
    memcpy(into, &name, sizeof name);
    return KK_OK;
}

static kk_status load_zone(kk_shape_reader *reader, const kk_yaml *root, kk_case_settings *settings)
{
    const kk_yaml *node = root ? kk_yaml_get(root, "timezone") : NULL;
    settings->timezone = KK_S("Asia/Tokyo");
    if (node && node->kind == KK_YAML_TEXT && kk_zone_load(kk_trim(node->text), &settings->zone))
        return KK_OK;
    if (!kk_zone_load(settings->timezone, &settings->zone))
        return kk_fail(reader->fault, KK_IO,
                       "cannot load the time zone Asia/Tokyo: the zone data "
                       "of the machine are missing: install tzdata and ICU");
    return KK_OK;
}

static kk_status read_purpose(kk_shape_reader *reader, const kk_yaml *node, void *into)
{
    static const kk_shape_field field = {
        "wrongful_purpose", KK_TAKES_CHOICE, 0, purpose_words, NULL, NULL};
    int choice = 0;
    kk_status status = kk_shape_value(reader, &field, node, &choice);
    if (status == KK_OK)
        *(kk_purpose *)into = (kk_purpose)(choice - 1);
    return status;
}

static void set_defaults(kk_arena *arena, kk_case_settings *settings)
{
    static const char *const private_networks[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                                   "fc00::/7"};
    size_t count = sizeof private_networks / sizeof *private_networks;
    kk_network *networks = KK_NEW_ARRAY(arena, kk_network, count);
    for (size_t i = 0; i < count; i++)
        (void)kk_network_read(kk_cstr(private_networks[i]), &networks[i]);
    settings->internal_networks.items = networks;
    settings->internal_networks.count = count;
}

/* Lists were filled as const for everybody else; here they are still being made. */
#define EACH(settings, list, type, entry)                                                          \
    for (type *entry = (type *)(settings)->list.items;                                             \
         entry && entry < (settings)->list.items + (settings)->list.count; entry++)

static kk_status finish_category(kk_shape_reader *reader, const kk_case_settings *settings,
                                 kk_category *category)
{
    size_t own = (size_t)(category - settings->categories.items);
    category->parent_at = KK_NOWHERE;
    for (size_t i = 0; i < settings->categories.count; i++) {
        const kk_category *other = &settings->categories.items[i];
        if (i < own && kk_eq(other->name, category->name))
            return kk_shape_wrong(reader, category->line,
                                  "this category's name is already taken on line %d", other->line);
        if (i != own && category->parent.len && kk_eq(other->name, category->parent))
            category->parent_at = i;
    }
    if (category->parent.len && category->parent_at == KK_NOWHERE)
        return kk_shape_wrong(reader, category->line,
                              "`parent` must be the name of another category of this file");
    if (category->label.ja.len == 0)
        category->label = (kk_words){category->name, category->name};
    kk_slice *folded = KK_NEW_ARRAY(reader->arena, kk_slice, category->columns.count);
    for (size_t i = 0; i < category->columns.count; i++)
        folded[i] = kk_column_fold(reader->arena, category->columns.items[i]);
    category->folded.items = folded;
    category->folded.count = category->columns.count;
    return KK_OK;
}

/* A category that is its own forefather would send every walk to the top round for ever. */
static kk_status check_forefathers(kk_shape_reader *reader, const kk_case_settings *settings)
{
    for (size_t i = 0; i < settings->categories.count; i++) {
        size_t at = i, steps = 0;
        while (at != KK_NOWHERE && steps++ <= settings->categories.count)
            at = settings->categories.items[at].parent_at;
        if (at != KK_NOWHERE)
            return kk_shape_wrong(reader, settings->categories.items[i].line,
                                  "this category is, over its `parent`, its own parent");
    }
    return KK_OK;
}

static kk_status finish_categories(kk_shape_reader *reader, kk_case_settings *settings)
{
    EACH(settings, categories, kk_category, category)
    {
        kk_status status = finish_category(reader, settings, category);
        if (status)
            return status;
    }
    return check_forefathers(reader, settings);
}

static kk_status finish_parties(kk_shape_reader *reader, kk_case_settings *settings)
{
    for (size_t i = 0; i < settings->parties.count; i++) {
        const kk_party *party = &settings->parties.items[i];
        if (kk_party_by_id(settings, party->id) != party)
            return kk_shape_wrong(reader, party->line, "this party's `id` is already taken");
    }
    EACH(settings, owners, kk_owner, owner)
    {
        /* With a list of parties, a name that is not in it is a slip; without one it stands alone.
         */
        if (settings->parties.count && !kk_eq(owner->party, KK_SELF) &&
            !kk_party_by_id(settings, owner->party))
            return kk_shape_wrong(reader, owner->line,
                                  "`party` must be the `id` of an entry of parties, or self");
        owner->folded_column = kk_column_fold(reader->arena, owner->column);
    }
    return KK_OK;
}

/* A record keeps a bit for each that it was in. */
static kk_status check_captures(kk_shape_reader *reader, const kk_case_settings *settings)
{
    if (settings->captures.count > KK_CAPTURES_MAX)
        return kk_shape_wrong(reader, settings->captures.items[KK_CAPTURES_MAX].line,
                              "there can be %d captures at most", KK_CAPTURES_MAX);
    return KK_OK;
}

/* `discovered` is the first entry of `known`, by self, unless `known` says the same itself. */
static void finish_known(kk_arena *arena, kk_case_settings *settings)
{
    bool said = !kk_moment_given(&settings->discovered);
    EACH(settings, known, kk_known, known)
    {
        if (known->party.len == 0)
            known->party = KK_SELF;
        if (kk_eq(known->party, KK_SELF) && known->at.time == settings->discovered.time)
            said = true;
    }
    if (said)
        return;
    kk_known *longer = KK_NEW_ARRAY(arena, kk_known, settings->known.count + 1);
    longer[0] = (kk_known){.at = settings->discovered,
                           .party = KK_SELF,
                           .reportable = KK_REPORTABLE_UNCLEAR,
                           .from_discovered = true};
    if (settings->known.count)
        memcpy(longer + 1, settings->known.items, settings->known.count * sizeof *longer);
    settings->known.items = longer;
    settings->known.count++;
}

static void finish_defaults(kk_case_settings *settings)
{
    EACH(settings, estimates, kk_estimate, estimate)
    if (estimate->unit == KK_COUNT_NONE)
        estimate->unit = KK_COUNT_PERSON;
    EACH(settings, chronology, kk_chronicle, chronicle)
    if (chronicle->level == KK_LEVEL_NONE)
        chronicle->level = KK_LEVEL_INTERNAL;
    EACH(settings, reported, kk_reported, reported)
    EACH(reported, counts, kk_reported_count, count)
    if (count->unit == KK_COUNT_NONE)
        count->unit = KK_COUNT_PERSON;
}

static kk_status fill(kk_shape_reader *reader, const kk_yaml *root, kk_case_settings *settings)
{
    static const kk_yaml empty = {.kind = KK_YAML_MAP, .line = 1};
    kk_status status = load_zone(reader, root, settings);
    if (status)
        return status;
    reader->zone = &settings->zone;
    set_defaults(reader->arena, settings);
    status = kk_shape_read(reader, &case_shape, root ? root : &empty, settings);
    if (status == KK_OK)
        status = finish_categories(reader, settings);
    if (status == KK_OK)
        status = finish_parties(reader, settings);
    if (status == KK_OK)
        status = check_captures(reader, settings);
    if (status)
        return status;
    finish_known(reader->arena, settings);
    finish_defaults(settings);
    return KK_OK;
}

/* Anything but blank lines, comments and document marks. */
static bool says_something(kk_slice text)
{
    kk_slice line;
    while (kk_split(&text, '\n', &line)) {
        line = kk_trim(line);
        if (line.len && line.ptr[0] != '#' && !kk_is(line, "---") && !kk_is(line, "..."))
            return true;
    }
    return false;
}

#define CASE_FILE_MOST ((size_t)16 << 20)

kk_status kk_case_settings_read(kk_arena *arena, kk_slice text, kk_case_settings **out,
                                kk_fault *fault)
{
    kk_yaml *root = NULL;
    kk_fault inner = {0};
    kk_shape_reader reader = {arena, NULL, "case.yaml", fault};
    kk_case_settings *settings = KK_NEW(arena, kk_case_settings);
    settings->hash = kk_sha256_of(text);
    if (text.len > CASE_FILE_MOST)
        return kk_fail(fault, KK_INVALID,
                       "case.yaml: larger than 16 MiB: keep lists in files of "
                       "their own");
    if (!kk_utf8_valid(text))
        return kk_fail(fault, KK_INVALID, "case.yaml: not UTF-8: save it in UTF-8");
    if (kk_starts(text, KK_S("\xEF\xBB\xBF")))
        text = kk_from(text, 3);
    if (says_something(text) && kk_yaml_read(arena, text, &root, &inner))
        return kk_fail(fault, inner.status, "case.yaml %s", inner.text);
    if (root && root->kind == KK_YAML_NULL)
        root = NULL;
    if (root && root->kind != KK_YAML_MAP)
        return kk_fail(fault, KK_INVALID,
                       "case.yaml line %d: the file must be a map of keys and "
                       "values such as `timezone: Asia/Tokyo`",
                       root->line);
    kk_status status = fill(&reader, root, settings);
    if (status == KK_OK)
        *out = settings;
    return status;
}
