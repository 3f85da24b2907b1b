#include "worker/matching.h"

#include "base/json.h"
#include "detect/payload.h"

enum { MATCHER_BYTES = 8 << 20, HITS_MOST = 512 };

struct matching {
    kk_sink *sink;
    void (*hit)(kk_sink *sink, const kk_hit *hit);
    const kk_ruleset *rules;
    kk_matcher *matcher;
    kk_arena *arena, *scratch; /* scratch: of a stored event's payloads */
    kk_buffer capture;
    kk_rule_hit hits[HITS_MOST], further[HITS_MOST]; /* of the event */
    size_t count;
    kk_slice texts[KK_PAYLOADS_MOST];
    size_t text_count;
};

matching *matching_open(const kk_ruleset *rules, kk_sink *sink,
                        void (*hit)(kk_sink *sink, const kk_hit *hit))
{
    kk_arena *arena = kk_arena_open();
    matching *m = KK_NEW(arena, matching);
    m->arena = arena;
    m->scratch = kk_arena_open();
    m->sink = sink;
    m->hit = hit;
    m->rules = rules;
    m->matcher = kk_matcher_open(rules, MATCHER_BYTES);
    sink->layouts = kk_matcher_layouts(m->matcher);
    return m;
}

/* The values that correlations want of a hit: ["10.0.0.5",null]. */
static kk_slice captured(matching *m, const kk_rule_hit *hit)
{
    kk_json j = {.out = &m->capture};
    size_t count = kk_ruleset_info(m->rules, hit->rule).captures;
    m->capture.len = 0;
    if (!count)
        return KK_NONE;
    kk_json_array(&j, NULL);
    for (size_t i = 0; i < count; i++) {
        kk_slice value = kk_match_capture(m->matcher, hit, i);
        if (value.ptr)
            kk_json_text(&j, NULL, value);
        else
            kk_json_null(&j, NULL);
    }
    kk_json_close(&j);
    return kk_buffer_slice(&m->capture);
}

static void tell(matching *m, const kk_event *event, const kk_rule_hit *hit, kk_slice decoded)
{
    kk_hit told = {.time = event->time,
                   .record = event->record,
                   .sub = event->sub,
                   .rule = hit->rule,
                   .source = kk_cstr(hit->source),
                   .decoded = decoded,
                   .capture = captured(m, hit)};
    m->hit(m->sink, &told);
}

void matching_event(matching *m, const kk_event *event)
{
    if (!m)
        return;
    m->count = kk_match(m->matcher, event, m->hits, HITS_MOST);
    if (m->count > HITS_MOST) {
        m->count = HITS_MOST;
        kk_report(m->sink, KK_ISSUE_LIMIT, event->offset, "an event fits more than 512 rules");
    }
    for (size_t i = 0; i < m->count; i++)
        tell(m, event, &m->hits[i], KK_NONE);
}

void matching_decoded(matching *m, const kk_event *event, const kk_decoded *decoded)
{
    size_t count =
        kk_match_decoded(m->matcher, event, decoded, m->hits, m->count, m->further, HITS_MOST);
    for (size_t i = 0; i < count; i++) {
        tell(m, event, &m->further[i], decoded->field);
        if (m->count < HITS_MOST)
            m->hits[m->count++] = m->further[i];
    }
}

static void on_payload(void *context, const kk_payload *found)
{
    matching *m = context;
    if (found->text.len && m->text_count < KK_PAYLOADS_MOST)
        m->texts[m->text_count++] = found->text;
}

void matching_stored(matching *m, const kk_event *event)
{
    kk_payload_field fields[KK_PAYLOAD_FIELDS];
    matching_event(m, event);
    size_t count = m ? kk_payload_fields(event, fields) : 0;
    for (size_t i = 0; i < count; i++) {
        m->text_count = 0;
        (void)kk_payloads_find(m->scratch, fields[i].text, on_payload, m);
        kk_decoded decoded = {fields[i].name, m->texts, m->text_count};
        if (m->text_count)
            matching_decoded(m, event, &decoded);
        kk_arena_reset(m->scratch);
    }
}
