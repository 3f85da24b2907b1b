/* kakuho report: documents made of claims. */
#include "cli/command.h"

#include "casework/reports.h"
#include "cli/answer.h"
#include "report/report.h"

static void tell_path(void *context, kk_slice path)
{
    kk_write_out(context, path);
    kk_write_out(context, KK_S("\n"));
}

static size_t split_formats(kk_invocation *i, kk_slice *formats, size_t most)
{
    kk_slice rest = kk_given(i, KK_OPTION_FORMAT) ? kk_value(i, KK_OPTION_FORMAT) : KK_S("html"),
             piece;
    size_t count = 0;
    while (count < most && kk_split(&rest, ',', &piece))
        formats[count++] = piece;
    return count;
}

static int run(kk_invocation *i)
{
    kk_case *c;
    kk_slice kind = kk_cstr(i->arguments[1]), formats[8];
    size_t count = split_formats(i, formats, 8);
    if (!kk_report_kind_by_name(kind))
        return kk_usage(i, "no report is called %s", i->arguments[1]);
    for (size_t k = 0; k < count; k++)
        if (!kk_is(formats[k], "html") && !kk_is(formats[k], "md"))
            return kk_usage(i, "--format wants html or md");
    if (kk_has_to_wait(i, "a report is made of final numbers alone"))
        return kk_finish(i, i->fault.status);
    kk_status status = kk_case_open(i->arguments[0], KK_CASE_WRITE, &i->options, &c, &i->fault);
    if (status != KK_OK)
        return kk_finish(i, status);
    status = kk_case_report(c, &kind, 1, &i->lang, 1, formats, count, kk_value(i, KK_OPTION_OUT),
                            tell_path, i, &i->fault);
    kk_case_close(c);
    return kk_finish(i, status);
}

const kk_command kk_command_report = {
    .name = "report",
    .arguments = "CASE ppc-preliminary|ppc-final|notice|investigation",
    .about = "a report made of the case's claims",
    .least = 2,
    .most = 2,
    .options = {KK_OPTION_FORMAT, KK_OPTION_OUT},
    .run = run,
};
