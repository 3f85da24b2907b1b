/* kakuho persons: the count, as it is and as it was; who they are; how the number changed. */
#include "casework/states.h"
#include "cli/answer.h"
#include "cli/document.h"
#include "cli/readable.h"
#include "cli/rows.h"
#include "cli/since_table.h"

static void write_line(void *context, kk_slice json)
{
    kk_write_out(context, json);
    kk_write_out(context, KK_S("\n"));
}

static int list_persons(kk_invocation *i, kk_case *c)
{
    kk_answers a;
    kk_row_writer *w = kk_row_writer_open(i, c->store, c->path.ptr, kk_zone_shown(i, c));
    if (!w)
        return 2;
    kk_status status = kk_case_answers(c, KK_NEEDS_PERSONS, &a, &i->fault);
    kk_person_list kind = kk_given(i, KK_OPTION_LETTERS)       ? KK_LIST_LETTERS
                          : kk_given(i, KK_OPTION_UNREACHABLE) ? KK_LIST_UNREACHABLE
                                                               : KK_LIST_PERSONS;
    if (status == KK_OK)
        status = kk_persons_list(c->store, &a.persons, kind, kk_write_person, w, &i->fault);
    if (status == KK_OK)
        kk_write_person_heads(w);
    return kk_finish(i, kk_row_writer_close(w, status));
}

static kk_status list_states(kk_invocation *i, kk_case *c)
{
    kk_buffer json = {0};
    kk_status status = kk_case_states_json(c, &json, &i->fault);
    if (status == KK_OK)
        kk_write_document(i, kk_buffer_slice(&json), kk_zone_shown(i, c));
    kk_buffer_close(&json);
    return status;
}

static kk_status print_kept(kk_invocation *i, kk_case *c)
{
    kk_kept_state kept;
    kk_slice json;
    kk_status status = kk_case_state_named(c, kk_value(i, KK_OPTION_STATE), &kept, &i->fault);
    if (status == KK_OK)
        status = kk_case_kept_document(c, &kept, &json, &i->fault);
    if (status == KK_OK)
        kk_write_document(i, json, kk_zone_shown(i, c));
    return status;
}

static bool one_of(kk_slice given, const char *const *names, int count, int *out)
{
    for (int n = 0; n < count; n++)
        if (kk_is(given, names[n])) {
            *out = n;
            return true;
        }
    return false;
}

static int print_since(kk_invocation *i, kk_case *c)
{
    kk_buffer json = {0};
    int basis = KK_OF_REACHABLE, bound = KK_BOUND_COUNT;
    kk_since asked = {.since = kk_value(i, KK_OPTION_SINCE),
                      .has_basis = kk_given(i, KK_OPTION_BASIS),
                      .has_bound = kk_given(i, KK_OPTION_BOUND)};
    if (asked.has_basis && !one_of(kk_value(i, KK_OPTION_BASIS), kk_basis_names, KK_OF_ALL, &basis))
        return kk_usage(i, "--basis wants reachable, left, held or damaged");
    if (asked.has_bound && !one_of(kk_value(i, KK_OPTION_BOUND), kk_bound_names, KK_BOUNDS, &bound))
        return kk_usage(i, "--bound wants count, least or most");
    asked.figure = (kk_figure){(kk_basis)basis, (kk_bound)bound, kk_value(i, KK_OPTION_CATEGORY),
                               kk_value(i, KK_OPTION_OWNER)};
    kk_status status = kk_case_since(c, &asked, &json, &i->fault);
    if (status == KK_OK && i->json)
        kk_write_out(i, kk_buffer_slice(&json));
    else if (status == KK_OK)
        kk_write_since_table(i, kk_buffer_slice(&json), kk_zone_shown(i, c));
    kk_buffer_close(&json);
    return kk_finish(i, status);
}

static int answer(kk_invocation *i, kk_case *c)
{
    if (kk_given(i, KK_OPTION_LIST))
        return list_persons(i, c);
    if (kk_given(i, KK_OPTION_STATES))
        return kk_finish(i, list_states(i, c));
    if (kk_given(i, KK_OPTION_IDS))
        return kk_finish(
            i, kk_case_moved_ids(c, kk_value(i, KK_OPTION_SINCE), write_line, i, &i->fault));
    if (kk_given(i, KK_OPTION_SINCE))
        return print_since(i, c);
    return kk_finish(i, kk_given(i, KK_OPTION_STATE) ? print_kept(i, c)
                                                     : kk_print_document(i, c, "persons"));
}

/* What is asked must be one thing: an option that would be ignored is a mistake. */
static int run(kk_invocation *i)
{
    static const kk_option_id asks[] = {KK_OPTION_LIST, KK_OPTION_STATES, KK_OPTION_SINCE,
                                        KK_OPTION_STATE};
    static const kk_option_id of_rows[] = {KK_OPTION_FORMAT, KK_OPTION_OUT, KK_OPTION_LETTERS,
                                           KK_OPTION_UNREACHABLE};
    static const kk_option_id narrows[] = {KK_OPTION_IDS, KK_OPTION_BASIS, KK_OPTION_BOUND,
                                           KK_OPTION_CATEGORY, KK_OPTION_OWNER};
    int asked = 0;
    for (size_t k = 0; k < sizeof asks / sizeof *asks; k++)
        asked += kk_given(i, asks[k]);
    if (asked > 1)
        return kk_usage(i, "--list, --states, --since and --state are asked one at a time");
    if (kk_given(i, KK_OPTION_LETTERS) && kk_given(i, KK_OPTION_UNREACHABLE))
        return kk_usage(i, "--letters and --unreachable are two lists: one at a time");
    for (size_t k = 0; k < sizeof narrows / sizeof *narrows; k++)
        if (kk_given(i, narrows[k]) && !kk_given(i, KK_OPTION_SINCE))
            return kk_usage(i, "%s goes with --since STATE", kk_option_table[narrows[k]].name);
    for (size_t k = 0; k < sizeof of_rows / sizeof *of_rows; k++)
        if (kk_given(i, of_rows[k]) && !kk_given(i, KK_OPTION_LIST))
            return kk_usage(i, "%s goes with --list", kk_option_table[of_rows[k]].name);
    return kk_answer_from_case(i, answer);
}

const kk_command kk_command_persons = {
    .name = "persons",
    .arguments = "CASE",
    .about = "distinct persons: per category, per item, with bounds; how the number changed",
    .least = 1,
    .most = 1,
    .options = {KK_OPTION_LIST, KK_OPTION_FORMAT, KK_OPTION_OUT, KK_OPTION_SINCE, KK_OPTION_BASIS,
                KK_OPTION_BOUND, KK_OPTION_CATEGORY, KK_OPTION_OWNER, KK_OPTION_IDS,
                KK_OPTION_STATE, KK_OPTION_STATES, KK_OPTION_LETTERS, KK_OPTION_UNREACHABLE},
    .run = run,
};
