/* Whose: persons by category and exposure, items, period, what was not held. */
#include "claim/claim_i.h"

#include "casefile/decisions.h"

static kk_slice count_json(building *b, const kk_count_of *c)
{
    return kk_print(
        b->arena,
        "{\"count\":%llu,\"least\":%llu,\"most\":%llu,\"unit\":\"person\",\"bounded\":%s}",
        (unsigned long long)c->count, (unsigned long long)c->least, (unsigned long long)c->most,
        c->bounded ? "true" : "false");
}

/* A count in words: exact where the bounds meet, at most where only that is sure. */
static kk_slice in_words(building *b, const kk_count_of *c, bool japanese)
{
    kk_slice most = kk_number_text(b->arena, c->most), count = kk_number_text(b->arena, c->count);
    if (!c->bounded)
        return japanese
                   ? kk_print(b->arena,
                              "これまでに確認できた範囲で%.*s名("
                              "未確認のファイルがあり、増える可能性があります)",
                              KK_P(count))
                   : kk_print(
                         b->arena,
                         "%.*s persons as far as read (files remain unread; the number may grow)",
                         KK_P(count));
    if (c->least < c->most && c->count == c->most)
        return japanese ? kk_print(b->arena, "最大%.*s名", KK_P(most))
                        : kk_print(b->arena, "at most %.*s persons", KK_P(most));
    if (c->least == c->most)
        return japanese ? kk_print(b->arena, "%.*s名", KK_P(count))
                        : kk_print(b->arena, "%.*s persons", KK_P(count));
    return japanese ? kk_print(b->arena, "%.*s名(最大%.*s名)", KK_P(count), KK_P(most))
                    : kk_print(b->arena, "%.*s persons (at most %.*s)", KK_P(count), KK_P(most));
}

static bool is_part_of(const kk_persons *p, kk_slice category, kk_slice whole)
{
    if (kk_eq(category, whole))
        return true;
    for (size_t i = 0; i < p->category_count; i++)
        if (kk_eq(p->categories[i].name, category))
            return kk_eq(p->categories[i].parent, whole);
    return false;
}

static void add_sources(building *b, kk_claim *c, kk_slice category, bool left)
{
    const kk_persons *p = b->facts->persons;
    for (size_t i = 0; i < p->source_count; i++) {
        const kk_person_source *s = &p->sources[i];
        bool by_file = strcmp(s->exposure, left ? "left" : "none") == 0 ? left : !left;
        if ((category.len && !is_part_of(p, s->category, category)) ||
            (!by_file && !s->captured_records))
            continue;
        kk_ref ref = {s->evidence, s->path, 1, 0, 0};
        kk_refs_add(b->arena, &c->refs, &ref);
    }
}

/* That a page captured what was typed in is what somebody says; that a file left, what is known. */
static claim_head left_head(building *b, const char *kind, kk_slice category,
                            const kk_count_of *left)
{
    const kk_persons *p = b->facts->persons;
    claim_head head = {kind, category, KK_LEVEL_PUBLIC, KK_PROVEN, count_json(b, left)};
    for (size_t i = 0; i < p->source_count; i++)
        if (p->sources[i].captured_records &&
            (!category.len || is_part_of(p, p->sources[i].category, category)))
            head.standing = KK_DECLARED;
    return head;
}

static kk_slice edge_words(building *b, const kk_moment *at)
{
    return !kk_moment_given(at) ? KK_NONE
           : at->day_only       ? local_day_text(b, at)
                                : local_time_text(b, at->time);
}

static void captured(building *b, const struct kk_captured *c)
{
    const kk_capture *said = c->said;
    claim_head head = {"captured", said->page, KK_LEVEL_PUBLIC, KK_DECLARED,
                       kk_print(b->arena,
                                "{\"records\":%llu,\"by_day_alone\":%llu,\"undated\":%llu}",
                                (unsigned long long)c->records, (unsigned long long)c->on_edge,
                                (unsigned long long)c->undated)};
    kk_slice from = edge_words(b, &said->from), to = edge_words(b, &said->to);
    kk_slice many = kk_number_text(b->arena, c->records);
    kk_slice left_out = kk_number_text(b->arena, c->undated);
    kk_claim *claim = claim_add(
        b, &head,
        kk_print(b->arena,
                 "入力内容が外部に送信されていた期間(%.*s%s%.*s%s)に入力された記録は%.*s件です。"
                 "時刻のない記録は、期間の境の日を含めて数えています。%s%.*s%s",
                 KK_P(from), from.len ? "から" : "", KK_P(to), to.len ? "まで" : "", KK_P(many),
                 c->undated ? "日付のない記録" : "", KK_P(c->undated ? left_out : KK_NONE),
                 c->undated ? "件は含めていません。" : ""),
        kk_print(
            b->arena,
            "%.*s records were entered while what was typed in was sent to others "
            "(%s%.*s%s%.*s). Records without a time of day count with the days at both ends.%.*s",
            KK_P(many), from.len ? "from " : "", KK_P(from), to.len ? " until " : "", KK_P(to),
            KK_P(c->undated ? kk_print(b->arena, " Records without a date, %.*s, are left out.",
                                       KK_P(left_out))
                            : KK_NONE)));
    claim->by = said->by;
    const kk_persons *p = b->facts->persons;
    for (size_t i = 0; i < p->source_count; i++)
        if (p->sources[i].captured_records) {
            kk_ref ref = {p->sources[i].evidence, p->sources[i].path, 1, 0, 0};
            kk_refs_add(b->arena, &claim->refs, &ref);
        }
}

enum { DECISIONS_TOLD = 50 };

/* A number that decisions of people changed names them; where one settled what is exposed at all, the
 * number is judged. */
static void add_decisions(building *b, kk_claim *c, kk_slice category)
{
    const kk_persons *p = b->facts->persons;
    size_t told = 0;
    for (size_t i = 0; i < p->source_count; i++) {
        const kk_decision *d = p->sources[i].judged;
        if (!d || (category.len && !is_part_of(p, p->sources[i].category, category)))
            continue;
        c->standing = KK_JUDGED;
        if (!c->by.len || c->by_at < d->at) {
            c->by = d->by;
            c->by_at = d->at;
        }
    }
    for (size_t i = 0; i < p->decision_count && told < DECISIONS_TOLD; i++) {
        if (!p->decisions[i].holds)
            continue;
        claim_because(b, c, p->decisions[i].decision->id);
        told++;
    }
}

static void total(building *b)
{
    const kk_persons *p = b->facts->persons;
    if (!p->records) {
        claim_head head = {"persons", KK_NONE, KK_LEVEL_PUBLIC, KK_OPEN, KK_NONE};
        claim_add(b, &head, KK_S("対象となる方の人数は調査中です。"),
                  KK_S("How many persons are concerned is under investigation."));
        return;
    }
    if (p->left.most) {
        claim_head head = left_head(b, "persons_left", KK_NONE, &p->left);
        kk_claim *c =
            claim_add(b, &head,
                      kk_print(b->arena, "個人情報が外部に流出したことを確認した方は%.*sです。",
                               KK_P(in_words(b, &p->left, true))),
                      kk_print(b->arena, "Personal information of %.*s is confirmed to have left.",
                               KK_P(in_words(b, &p->left, false))));
        add_sources(b, c, KK_NONE, true);
        add_decisions(b, c, KK_NONE);
    }
    if (p->reachable.most) {
        claim_head head = {"persons_reachable", KK_NONE, KK_LEVEL_PUBLIC, KK_SUPPORTED,
                           count_json(b, &p->reachable)};
        kk_claim *c = claim_add(
            b, &head,
            kk_print(b->arena, "不正アクセスを受けた機器に個人情報が保存されていた方は%.*sです。",
                     KK_P(in_words(b, &p->reachable, true))),
            kk_print(b->arena,
                     "Personal information of %.*s was stored on the machines that were accessed.",
                     KK_P(in_words(b, &p->reachable, false))));
        add_sources(b, c, KK_NONE, false);
        add_decisions(b, c, KK_NONE);
    }
    if (p->left.most && !p->complete) {
        claim_head head = {"incomplete", KK_NONE, KK_LEVEL_PUBLIC, KK_OPEN, KK_NONE};
        claim_add(b, &head,
                  KK_S("送信されたデータには内容を特定できていないものがあり、人数は今後変わる可能"
                       "性があります。"),
                  KK_S("Part of what was sent is not identified; the numbers may change."));
    }
}

static uint64_t items_of(const kk_category_count *c, bool left)
{
    uint64_t items = 0;
    for (size_t i = 0; i < c->item_count; i++)
        if (left ? c->items[i].left : c->items[i].reachable)
            items |= KK_BIT(c->items[i].item);
    return items;
}

static void category(building *b, const kk_category_count *c)
{
    bool left = c->left.most > 0;
    const kk_count_of *shown = left ? &c->left : &c->reachable;
    if (!shown->most)
        return;
    uint64_t items = items_of(c, left);
    kk_slice ja = kk_category_shown(b->arena, c, true);
    kk_slice en = kk_category_shown(b->arena, c, false);
    claim_head head = {"category_reachable", c->name, KK_LEVEL_PUBLIC, KK_SUPPORTED,
                       count_json(b, shown)};
    if (left)
        head = left_head(b, "category_left", c->name, shown);
    kk_claim *claim = claim_add(
        b, &head,
        kk_print(b->arena,
                 "%.*s: %.*s。項目: %.*s(お一人ごとに全ての項目が含まれるわけではありません)。",
                 KK_P(ja), KK_P(in_words(b, shown, true)), KK_P(item_words(b->arena, items, true))),
        kk_print(b->arena, "%.*s: %.*s. Items: %.*s (not every item for every person).", KK_P(en),
                 KK_P(in_words(b, shown, false)), KK_P(item_words(b->arena, items, false))));
    add_sources(b, claim, c->name, left);
    add_decisions(b, claim, c->name);
    if (left && c->reachable.most > c->left.most) {
        head = (claim_head){"category_reachable", c->name, KK_LEVEL_PUBLIC, KK_SUPPORTED,
                            count_json(b, &c->reachable)};
        claim = claim_add(
            b, &head,
            kk_print(b->arena, "%.*sのうち、閲覧された可能性を否定できない方を含めると%.*sです。",
                     KK_P(ja), KK_P(in_words(b, &c->reachable, true))),
            kk_print(b->arena, "%.*s, with those whose data may have been viewed: %.*s.", KK_P(en),
                     KK_P(in_words(b, &c->reachable, false))));
        add_sources(b, claim, c->name, false);
        add_decisions(b, claim, c->name);
    }
}

static void period(building *b)
{
    const kk_persons *p = b->facts->persons;
    if (p->period_from == KK_NO_TIME)
        return;
    /* days that stand in records, of no zone */
    kk_slice from = kk_day_text(b->arena, (int32_t)(p->period_from / KK_SECOND / 86400)),
             to = kk_day_text(b->arena, (int32_t)(p->period_to / KK_SECOND / 86400));
    claim_head head = {"period", KK_NONE, KK_LEVEL_PUBLIC, KK_SUPPORTED,
                       kk_print(b->arena, "{\"from\":%.*s,\"to\":%.*s}",
                                KK_P(json_time(b->arena, p->period_from)),
                                KK_P(json_time(b->arena, p->period_to)))};
    kk_claim *c = claim_add(
        b, &head,
        kk_print(b->arena, "対象のデータの期間は%.*sから%.*sまでです。", KK_P(from), KK_P(to)),
        kk_print(b->arena, "The data are from %.*s to %.*s.", KK_P(from), KK_P(to)));
    add_sources(b, c, KK_NONE, false);
}

/* What notices deny; the rest of what changes the duty to report is for the regulator. */
static kk_level level_of_absence(kk_item item)
{
    const uint64_t denied = KK_BIT(KK_ITEM_CREDIT_CARD) | KK_BIT(KK_ITEM_MY_NUMBER) |
                            KK_BIT(KK_ITEM_BANK_ACCOUNT) | KK_BIT(KK_ITEM_PASSWORD) |
                            KK_BIT(KK_ITEM_HEALTH);
    return (denied & KK_BIT(item)) ? KK_LEVEL_PUBLIC : KK_LEVEL_REGULATOR;
}

/* Of everybody's data, or of one owner's where `ja` and `en` begin with whose they are. */
static kk_claim *tell_absent(building *b, const claim_head *head, const kk_absent *a, kk_slice ja,
                             kk_slice en)
{
    const kk_item_words *w = &kk_items[a->item];
    kk_slice files = kk_number_text(b->arena, a->files);
    kk_slice unread = kk_number_text(b->arena, a->unread);
    if (!a->unread)
        return claim_add(b, head,
                         kk_print(b->arena,
                                  "%.*s確認した%.*s件のファイルに%sは見つかりませんでした。",
                                  KK_P(ja), KK_P(files), w->ja),
                         kk_print(b->arena, "No %s was found in the %.*s files%.*s looked at.",
                                  w->en, KK_P(files), KK_P(en)));
    return claim_add(
        b, head,
        kk_print(b->arena,
                 "%.*s確認した%.*s件のファイルに%"
                 "sは見つかっていません。読み取れていないファイルが%.*s件あります。",
                 KK_P(ja), KK_P(files), w->ja, KK_P(unread)),
        kk_print(b->arena,
                 "No %s was found in the %.*s files%.*s looked at; %.*s files could not be read.",
                 w->en, KK_P(files), KK_P(en), KK_P(unread)));
}

static void absent(building *b)
{
    const kk_persons *p = b->facts->persons;
    for (size_t i = 0; i < p->absent_count; i++) {
        const kk_absent *a = &p->absent[i];
        claim_head head = {"absent", kk_cstr(kk_items[a->item].name), level_of_absence(a->item),
                           a->unread ? KK_OPEN : KK_SUPPORTED, json_number(b->arena, a->files)};
        add_sources(b, tell_absent(b, &head, a, KK_NONE, KK_NONE), KK_NONE, false);
    }
}

static void add_sources_of_owner(building *b, kk_claim *c, kk_slice owner)
{
    const kk_persons *p = b->facts->persons;
    for (size_t i = 0; i < p->source_count; i++) {
        const kk_person_source *s = &p->sources[i];
        if (strcmp(s->exposure, "none") == 0 || !kk_eq(s->owner, owner))
            continue;
        kk_ref ref = {s->evidence, s->path, 1, 0, 0};
        kk_refs_add(b->arena, &c->refs, &ref);
    }
}

/* What a client's data do not hold is for the client, whatever the organisation's own hold. */
static void absent_of_owner(building *b, const kk_category_count *owner)
{
    bool own = kk_eq(owner->name, KK_SELF);
    for (size_t i = 0; i < owner->absent_count; i++) {
        const kk_absent *a = &owner->absent[i];
        kk_slice item = kk_cstr(kk_items[a->item].name);
        claim_head head = {"absent_of_owner",
                           kk_print(b->arena, "%.*s/%.*s", KK_P(owner->name), KK_P(item)),
                           own ? level_of_absence(a->item) : KK_LEVEL_CLIENT,
                           a->unread ? KK_OPEN : KK_SUPPORTED, json_number(b->arena, a->files)};
        kk_claim *c = tell_absent(
            b, &head, a, kk_print(b->arena, "「%.*s」のデータでは、", KK_P(owner->label_ja)),
            kk_print(b->arena, " with data of \"%.*s\"", KK_P(owner->label_en)));
        c->party = owner->name;
        add_sources_of_owner(b, c, owner->name);
    }
}

enum { UNREAD_REFS_MOST = 20 }; /* the document of persons lists all */

/* What could not be read, by whom it seems to be of. `like` is one of its kind, NULL: nothing suggests any. */
static void unread_of(building *b, const kk_unread *like)
{
    const kk_persons *p = b->facts->persons;
    kk_slice category = like ? like->suggests.category : KK_NONE;
    uint64_t files = 0, bytes = 0;
    for (size_t i = 0; i < p->unread_count; i++)
        if (kk_eq(p->unread[i].suggests.category, category)) {
            files++;
            bytes += p->unread[i].bytes;
        }
    if (!files)
        return;
    claim_head head = {"unread", category, KK_LEVEL_REGULATOR, KK_OPEN,
                       kk_print(b->arena, "{\"files\":%llu,\"bytes\":%llu}",
                                (unsigned long long)files, (unsigned long long)bytes)};
    kk_slice many = kk_number_text(b->arena, files), size = bytes_text(b->arena, bytes);
    kk_claim *c =
        like ? claim_add(
                   b, &head,
                   kk_print(b->arena,
                            "読み取れていないファイルのうち%.*s件(%.*s)は、名前や周囲のファイルから"
                            "「%.*s」の情報を含む可能性があります。人数には含めていません。",
                            KK_P(many), KK_P(size), KK_P(like->suggests.label_ja)),
                   kk_print(b->arena,
                            "%.*s of the files that could not be read (%.*s) may hold data of "
                            "\"%.*s\", by their names or the files beside them. Nobody in them is "
                            "counted.",
                            KK_P(many), KK_P(size), KK_P(like->suggests.label_en)))
             : claim_add(
                   b, &head,
                   kk_print(b->arena,
                            "読み取れていないファイルのうち%.*s件(%.*s)は、どなたの情報を含むか"
                            "分かっていません。人数には含めていません。",
                            KK_P(many), KK_P(size)),
                   kk_print(b->arena,
                            "Of %.*s of the files that could not be read (%.*s) it is not "
                            "known whose data they hold. Nobody in them is counted.",
                            KK_P(many), KK_P(size)));
    for (size_t i = 0; i < p->unread_count && c->refs.count < UNREAD_REFS_MOST; i++)
        if (kk_eq(p->unread[i].suggests.category, category)) {
            kk_ref ref = {p->unread[i].evidence, p->unread[i].path, 1, 0, 0};
            kk_refs_add(b->arena, &c->refs, &ref);
        }
}

static void unread(building *b)
{
    const kk_persons *p = b->facts->persons;
    for (size_t i = 0; i < p->unread_count; i++) {
        size_t first = 0;
        while (!kk_eq(p->unread[first].suggests.category, p->unread[i].suggests.category))
            first++;
        if (first == i && p->unread[i].suggests.category.len)
            unread_of(b, &p->unread[i]);
    }
    unread_of(b, NULL);
}

void claims_of_persons(building *b)
{
    const kk_persons *p = b->facts->persons;
    total(b);
    for (size_t i = 0; i < p->capture_count; i++)
        if (p->captures[i].records || p->captures[i].undated)
            captured(b, &p->captures[i]);
    for (size_t i = 0; i < p->category_count; i++)
        category(b, &p->categories[i]);
    period(b);
    unread(b);
    absent(b);
    for (size_t i = 0; i < p->owner_count && p->owner_count > 1; i++)
        absent_of_owner(b, &p->owners[i]);
}
