/* Which reports there are, and rendering one: a document is built by its kind and written by the
 * renderer of its format. */
#include "report/report_i.h"

const kk_report_kind kk_report_kinds[] = {
#define KIND(name, symbol, level) {name, level, report_##symbol},
#include "report/reports.def"
};
const size_t kk_report_kind_count = sizeof kk_report_kinds / sizeof *kk_report_kinds;

const kk_report_kind *kk_report_kind_by_name(kk_slice name)
{
    for (size_t i = 0; i < kk_report_kind_count; i++)
        if (kk_is(name, kk_report_kinds[i].name))
            return &kk_report_kinds[i];
    return NULL;
}

static kk_status asked(kk_slice kind, kk_slice lang, kk_slice format, kk_fault *fault)
{
    if (!kk_report_kind_by_name(kind))
        return kk_fail(fault, KK_INVALID,
                       "no report is called %.*s: one of ppc-preliminary, ppc-final, notice, "
                       "investigation",
                       KK_P(kind));
    if (!kk_is(lang, "ja") && !kk_is(lang, "en"))
        return kk_fail(fault, KK_INVALID, "no reports in language %.*s: ja or en", KK_P(lang));
    if (!kk_is(format, "html") && !kk_is(format, "md"))
        return kk_fail(fault, KK_INVALID, "no reports in format %.*s: html or md", KK_P(format));
    return KK_OK;
}

static void say_so_far(building_report *b)
{
    if (!b->in->so_far)
        return;
    kk_doc_note(b->d);
    kk_doc_say(b->d, KK_TOLD(b->d, "証拠の取り込みの途中で作成した文書です。内容は今後変わります。",
                             "Made while evidence was still being taken in; what it says will "
                             "change."));
}

kk_status kk_report_render(const kk_report_input *input, kk_slice kind, kk_slice lang,
                           kk_slice format, kk_buffer *out, kk_fault *fault)
{
    kk_status status = asked(kind, lang, format, fault);
    if (status != KK_OK)
        return status;
    const kk_report_kind *how = kk_report_kind_by_name(kind);
    kk_arena *arena = kk_arena_open();
    kk_document d = {.arena = arena,
                     .japanese = kk_is(lang, "ja"),
                     .cites = how->level > KK_LEVEL_PERSON ? KK_CITES_SHOWN : KK_CITES_HIDDEN,
                     .small_print = how->level > KK_LEVEL_PERSON,
                     .state = input->state,
                     .tool = KK_S("kakuho " KAKUHO_VERSION)};
    building_report b = {.in = input,
                         .facts = input->facts,
                         .settings = input->facts->settings,
                         .d = &d,
                         .arena = arena,
                         .level = how->level};
    say_so_far(&b);
    how->build(&b);
    if (kk_is(format, "html"))
        kk_doc_html(&d, out);
    else
        kk_doc_markdown(&d, out);
    size_t withheld = withheld_claims(&b);
    if (withheld)
        kk_putf(out,
                "<!-- withheld: %zu claims (contradicted, or naming machines, accounts or "
                "addresses) -->\n",
                withheld);
    kk_arena_close(arena);
    return KK_OK;
}

kk_phrase_context kk_report_phrases(const kk_report_input *input, kk_level level, kk_lang lang)
{
    static const kk_says says[] = {[KK_INDETERMINATE] = KK_SAYS_INDETERMINATE,
                                   [KK_NO_TRACE] = KK_SAYS_NO_TRACE,
                                   [KK_TRACES] = KK_SAYS_TRACES,
                                   [KK_CONFIRMED] = KK_SAYS_CONFIRMED};
    const kk_known_facts *f = input->facts;
    bool counted = f->persons->left.most || f->persons->reachable.most;
    return (kk_phrase_context){
        .verdict = says[f->exfil->verdict],
        .tier = (char)('A' + (int)f->exfil->tier),
        .lang = lang,
        .bounded = counted && f->persons->reachable.bounded &&
                   (!f->persons->left.most || f->persons->left.bounded),
        .has_assets = f->settings->assets.len > 0,
        .first_seen =
            f->access->window.from != KK_NO_TIME && f->access->window.from_is == KK_FIRST_SEEN,
        .internal = level == KK_LEVEL_INTERNAL,
    };
}
