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
