#include "model/sink.h"

#include <stdio.h>

static const char *const names[KK_ISSUES] = {
    [KK_ISSUE_DAMAGED] = "damaged",   [KK_ISSUE_TRUNCATED] = "truncated",
    [KK_ISSUE_LIMIT] = "limit",       [KK_ISSUE_MISSING] = "missing",
    [KK_ISSUE_PASSWORD] = "password", [KK_ISSUE_FORMAT] = "format",
    [KK_ISSUE_UNPARSED] = "unparsed", [KK_ISSUE_CLEARED] = "cleared",
    [KK_ISSUE_CRASHED] = "crashed",   [KK_ISSUE_LINK] = "link",
};

const char *kk_issue_name(kk_issue_kind kind)
{
    return kind < KK_ISSUES ? names[kind] : "unknown";
}

void kk_report(kk_sink *sink, kk_issue_kind kind, uint64_t offset, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sink->issue(sink,
                &(kk_issue){.kind = kind, .offset = offset, .count = 1, .what = kk_cstr(text)});
}

void kk_report_first(kk_sink *sink, kk_issue_kind kind, uint64_t count, uint64_t first,
                     const char *what)
{
    if (count)
        sink->issue(sink, &(kk_issue){kind, first, count, kk_cstr(what)});
}

void kk_report_count(kk_sink *sink, kk_issue_kind kind, uint64_t count, const char *what)
{
    kk_report_first(sink, kind, count, 0, what);
}

static void no_event(kk_sink *sink, const kk_event *event)
{
    (void)sink, (void)event;
}

static void no_row(kk_sink *sink, const kk_row *row)
{
    (void)sink, (void)row;
}

static void no_passage(kk_sink *sink, const kk_passage *passage)
{
    (void)sink, (void)passage;
}

static void no_issue(kk_sink *sink, const kk_issue *issue)
{
    (void)sink, (void)issue;
}

static void no_child(kk_sink *sink, const kk_child *child)
{
    (void)sink, (void)child;
}

static void no_fact(kk_sink *sink, kk_fact_kind kind, kk_slice value)
{
    (void)sink, (void)kind, (void)value;
}

kk_sink kk_sink_deaf(kk_arena *arena)
{
    return (kk_sink){.arena = arena,
                     .event = no_event,
                     .row = no_row,
                     .passage = no_passage,
                     .issue = no_issue,
                     .child = no_child,
                     .fact = no_fact};
}
