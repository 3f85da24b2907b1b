/* kakuho investigate: everything from evidence to reports at one go. */
#include "cli/investigate.h"

#include "casework/reports.h"
#include "casework/states.h"
#include "cli/answer.h"
#include "cli/progress.h"
#include "cli/readable.h"
#include "report/report.h"

static void tell_path(void *context, kk_slice path)
{
    kk_invocation *i = context;
    if (!i->json) {
        kk_write_out(i, path);
        kk_write_out(i, KK_S("\n"));
    }
}

static kk_status write_reports(kk_invocation *i, kk_case *c)
{
    const kk_slice langs[] = {KK_S("ja"), KK_S("en")}, formats[] = {KK_S("html"), KK_S("md")};
    kk_slice *kinds = KK_NEW_ARRAY(i->arena, kk_slice, kk_report_kind_count);
    for (size_t k = 0; k < kk_report_kind_count; k++)
        kinds[k] = kk_cstr(kk_report_kinds[k].name);
    return kk_case_report(c, kinds, kk_report_kind_count, langs, 2, formats, 2, KK_NONE, tell_path,
                          i, &i->fault);
}

static kk_status print_status(kk_invocation *i, kk_case *c)
{
    kk_buffer json = {0};
    kk_status status = kk_case_document(c, "status", &json, &i->fault);
    if (status == KK_OK)
        kk_write_document(i, kk_buffer_slice(&json), kk_zone_shown(i, c));
    kk_buffer_close(&json);
    return status;
}

kk_status kk_investigate(kk_invocation *i, const char *case_path, const kk_handed *handed,
                         size_t count, bool *failed)
{
    kk_case *c;
    kk_progress_line line;
    kk_progress_start(&line, i);
    i->options.takes_in = true;
    kk_status status = kk_case_open(case_path, KK_CASE_CREATE, &i->options, &c, &i->fault);
    if (status != KK_OK)
        return status;
    kk_answering *answering = kk_answering_start(c, i->run_for);
    status = kk_case_add(c, &i->options, handed, count, failed, &i->fault);
    kk_progress_end(&line);
    if (status == KK_OK)
        status = write_reports(i, c); /* these keep the count that they tell */
    if (status == KK_OK)
        status = kk_case_note_analysis(c, &i->fault);
    if (status == KK_OK)
        status = print_status(i, c);
    kk_answering_stop(answering);
    kk_case_close(c);
    return status;
}

static int run(kk_invocation *i)
{
    bool failed = false;
    size_t listings = i->value_count[KK_OPTION_LEAK_LISTING], files = (size_t)i->count;
    kk_handed *handed = KK_NEW_ARRAY(i->arena, kk_handed, files + listings);
    for (size_t k = 0; k < files; k++)
        handed[k].argument = kk_cstr(i->arguments[k]);
    for (size_t k = 0; k < listings; k++)
        handed[files + k] = (kk_handed){i->values[KK_OPTION_LEAK_LISTING][k], KK_S("leak_listing")};
    kk_slice path =
        kk_given(i, KK_OPTION_OUT_CASE) ? kk_value(i, KK_OPTION_OUT_CASE) : KK_S("case");
    kk_status status =
        kk_investigate(i, kk_copy(i->arena, path).ptr, handed, files + listings, &failed);
    return status == KK_OK && failed ? 3 : kk_finish(i, status);
}

const kk_command kk_command_investigate = {
    .name = "investigate",
    .arguments = "[-o CASE] [HOST=]EVIDENCE...",
    .about = "the main job: init + add + analyse + the reports",
    .least = 1,
    .most = -1,
    .options = {KK_OPTION_OUT_CASE, KK_OPTION_CASE_FILE, KK_OPTION_LEAK_LISTING, KK_OPTION_RULES,
                KK_OPTION_PASSWORDS, KK_OPTION_CARVE, KK_OPTION_NO_SANDBOX},
    .run = run,
};
