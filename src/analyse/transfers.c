/* Findings that speak for data having left, by rules K1, K2, K4, S2 to S4 of docs/verdict.md. */
#include "analyse/exfil_i.h"

enum { PAIRS_LEAST = 20 }; /* of name and size: copies of one file are one */
#define FLOOR_BYTES UINT64_C(10000000)

static kk_ref ref_at(judgement *j, const kk_rows *rows, size_t column)
{
    return (kk_ref){kk_copy(j->arena, kk_rows_text(rows, column)),
                    kk_copy(j->arena, kk_rows_text(rows, column + 1)),
                    kk_rows_u64(rows, column + 2), kk_rows_u64(rows, column + 3),
                    (uint32_t)kk_rows_u64(rows, column + 4)};
}

/* Rows of item, label, path, size, the line of the listing, and, of names and sizes, whether they are new. */
static kk_status listed(judgement *j, const char *query, kk_finding *f, uint64_t *different,
                        kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(j->store, query, NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_ref ref = ref_at(j, rows, 4);
        finding_item(j, f, kk_rows_u64(rows, 0));
        kk_refs_add(j->arena, &f->refs, &ref);
        f->files++;
        if (different)
            *different += kk_rows_u64(rows, 9) != 0;
    }
    return kk_rows_close(rows, fault);
}

static kk_status find_listed(judgement *j, kk_fault *fault)
{
    kk_finding by_hash = {.rule = "K1",
                          .kind = "leak_listing_match",
                          .strength = KK_CONCLUSIVE,
                          .start = KK_NO_TIME,
                          .end = KK_NO_TIME};
    kk_finding by_name = {.rule = "K2",
                          .kind = "leak_listing_match",
                          .strength = KK_CONCLUSIVE,
                          .start = KK_NO_TIME,
                          .end = KK_NO_TIME};
    uint64_t pairs = 0;
    kk_status status = listed(j, "listed_by_hash", &by_hash, NULL, fault);
    if (status == KK_OK)
        status = listed(j, "listed_by_name", &by_name, &pairs, fault);
    if (status != KK_OK)
        return status;
    if (by_hash.files) {
        by_hash.ja = kk_print(j->arena,
                              "公開されたファイルの一覧のハッシュ値が、保全した%"
                              "llu件のファイルの内容と一致しました。",
                              (unsigned long long)by_hash.files);
        by_hash.en = kk_print(
            j->arena,
            "Hashes in the listing of published files match the content of %llu files here.",
            (unsigned long long)by_hash.files);
        *finding_add(j, "K1", "leak_listing_match", KK_CONCLUSIVE) = by_hash;
        finding_finish(j, &j->out->findings[j->out->finding_count - 1]);
    }
    if (by_name.files) {
        by_name.published = pairs < PAIRS_LEAST;
        by_name.strength = by_name.published ? KK_WEAK : KK_CONCLUSIVE;
        by_name.ja = kk_print(
            j->arena,
            "公開されたファイルの一覧の名称とサイズが、保全した%llu件のファイルと一致しました。",
            (unsigned long long)by_name.files);
        by_name.en = kk_print(
            j->arena, "Names and sizes in the listing of published files match %llu files here.",
            (unsigned long long)by_name.files);
        *finding_add(j, "K2", "leak_listing_match", by_name.strength) = by_name;
        finding_finish(j, &j->out->findings[j->out->finding_count - 1]);
    }
    return KK_OK;
}

/* A transfer tool's own log: one finding a log file. */
static kk_status find_tool_logs(judgement *j, kk_fault *fault)
{
    kk_rows *rows;
    kk_finding *f = NULL;
    uint64_t last_record = 0;
    kk_status status = kk_ask(j->store, "transferred_files", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_ref ref = ref_at(j, rows, 1);
        if (!f || !kk_eq(f->refs.items[0].path, ref.path) ||
            !kk_eq(f->refs.items[0].evidence, ref.evidence)) {
            if (f)
                finding_finish(j, f);
            f = finding_add(j, "S3", "upload_tool", KK_STRONG);
            f->host = kk_copy(j->arena, kk_rows_text(rows, 0));
            f->account = kk_copy(j->arena, kk_rows_text(rows, 7));
            f->destination = kk_copy(j->arena, kk_rows_text(rows, 8));
            f->start = f->end = kk_rows_i64(rows, 6);
            last_record = 0;
        }
        if (!kk_rows_null(rows, 11)) {
            finding_item(j, f, kk_rows_u64(rows, 11));
            f->rule = "K4";
            f->strength = KK_CONCLUSIVE;
        }
        if (ref.record == last_record)
            continue; /* the same line fits several copies of the file */
        last_record = ref.record;
        kk_refs_add(j->arena, &f->refs, &ref);
        f->files++;
        f->end = kk_rows_i64(rows, 6);
        if (!kk_rows_null(rows, 10)) {
            f->has_bytes = true;
            f->bytes_out += kk_rows_u64(rows, 10);
        }
        f->ja = KK_S("転送ツールの記録に、外部へ送信されたファイルが残っています。");
        f->en = KK_S("A transfer tool's own log names files that it sent outside.");
    }
    if (f)
        finding_finish(j, f);
    return kk_rows_close(rows, fault);
}

/* The intruder's sessions by ssh. */
typedef struct {
    const kk_session **items;
    size_t count;
} ssh_sessions;

static ssh_sessions intruders_ssh(const judgement *j)
{
    ssh_sessions own = {KK_NEW_ARRAY(j->arena, const kk_session *, j->access->session_count), 0};
    for (size_t i = 0; i < j->access->session_count; i++) {
        const kk_session *s = &j->access->sessions[i];
        if (s->kind == KK_BY_SSH && s->suspicious == KK_TRUE)
            own.items[own.count++] = s;
    }
    return own;
}

/* The one that these files were read through; NULL: none of them. */
static const kk_session *read_through(const ssh_sessions *own, const kk_rows *rows)
{
    const kk_time slack = 5 * KK_SECOND;
    kk_time at = kk_rows_i64(rows, 9);
    for (size_t i = 0; i < own->count; i++) {
        const kk_session *s = own->items[i];
        if (kk_eq_nocase(s->host, kk_rows_text(rows, 0)) &&
            kk_eq(s->from_ip, kk_rows_text(rows, 8)) && at >= s->start - slack &&
            (s->end == KK_NO_TIME || at <= s->end + slack))
            return s;
    }
    return NULL;
}

static bool is_inside(const judgement *j, kk_slice ip)
{
    return kk_address_is_internal(j->settings, ip);
}

/* Files that an SFTP server read out into a session of the intruder's: one finding a session. */
static kk_status find_read_out(judgement *j, kk_fault *fault)
{
    kk_rows *rows;
    kk_finding *f = NULL;
    const kk_session *of = NULL;
    ssh_sessions own = intruders_ssh(j);
    kk_ref last = {0};
    kk_status status = kk_ask(j->store, "sftp_files", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        const kk_session *s = read_through(&own, rows);
        if (!s || is_inside(j, s->from_ip) || !kk_is(kk_rows_text(rows, 10), "download"))
            continue;
        kk_ref ref = ref_at(j, rows, 1);
        if (s != of) {
            if (f)
                finding_finish(j, f);
            of = s;
            f = finding_add(j, "K4", "remote_copy", KK_STRONG);
            f->host = s->host;
            f->account = s->account;
            f->destination = s->from_ip;
            f->country = s->country;
            f->start = kk_rows_i64(rows, 6);
            f->has_bytes = true;
            f->ja = KK_S("不正な接続を通じて、ファイルが接続元へ読み出された記録があります。");
            f->en = KK_S(
                "Through a session of the intruder's, files were read out to where it came from.");
        }
        if (!kk_rows_null(rows, 12)) {
            finding_item(j, f, kk_rows_u64(rows, 12));
            f->strength = KK_CONCLUSIVE;
        }
        if (last.path.ptr && last.record == ref.record && kk_eq(last.path, ref.path))
            continue; /* the same line fits several copies of the file */
        last = ref;
        kk_refs_add(j->arena, &f->refs, &ref);
        f->end = kk_rows_i64(rows, 6);
        f->files++;
        f->bytes_out += kk_rows_u64(rows, 11);
    }
    if (f)
        finding_finish(j, f);
    return kk_rows_close(rows, fault);
}

/* The tool's name out of a command, so that two findings can be told apart; empty if it is none of these. */
static kk_slice tool_of(kk_slice command)
{
    static const char *const tools[] = {
        "rclone", "megasync",  "megacmd", "mega-put", "winscp",   "filezilla",
        "pscp",   "psftp",     "restic",  "azcopy",   "gsutil",   "s3cmd",
        "curl",   "mysqldump", "pg_dump", "expdp",    "ntdsutil", "sqlcmd",
        "bcp",    "7z",        "rar",     "zip",      "tar",      "compress-archive"};
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
        if (kk_has_nocase(command, kk_cstr(tools[i])))
            return kk_cstr(tools[i]);
    return KK_NONE;
}

static void program_texts(judgement *j, kk_finding *f, kk_slice command, bool upload, bool dump)
{
    kk_slice tool = tool_of(command);
    kk_slice ja = tool.len ? kk_print(j->arena, "(%.*s)", KK_P(tool)) : KK_S("");
    kk_slice en = tool.len ? kk_print(j->arena, " (%.*s)", KK_P(tool)) : KK_S("");
    bool set_up = upload && f->start == KK_NO_TIME;
    f->ja =
        set_up ? kk_print(j->arena,
                          "侵入を受けた機器に、ファイルを外部へ送る道具%.*sの設定が残っています。",
                          KK_P(ja))
        : upload
            ? kk_print(j->arena,
                       "侵入を受けた機器で、ファイルを外部へ送る道具%.*sが使われた形跡があります。",
                       KK_P(ja))
        : dump ? kk_print(j->arena,
                          "侵入を受けた機器で、データベースが書き出された形跡があります%.*s。",
                          KK_P(ja))
               : kk_print(j->arena,
                          "侵入を受けた機器で、ファイルがまとめて圧縮された形跡があります%.*s。",
                          KK_P(ja));
    f->en =
        set_up ? kk_print(j->arena,
                          "On a machine the intruder was on, a tool that sends files outside%.*s "
                          "is set up.",
                          KK_P(en))
        : upload
            ? kk_print(
                  j->arena,
                  "On a machine the intruder was on, a tool that sends files outside%.*s was used.",
                  KK_P(en))
        : dump
            ? kk_print(j->arena,
                       "On a machine the intruder was on, a database was written out%.*s.",
                       KK_P(en))
            : kk_print(j->arena,
                       "On a machine the intruder was on, files were packed into an archive%.*s.",
                       KK_P(en));
}

/* The tool was run, or configured, by the intruder: on a machine it was on, while it was there. */
static kk_status find_programs(judgement *j, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(j->store, "programs", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    while (kk_rows_next(rows)) {
        kk_slice host = kk_rows_text(rows, 1), kind = kk_rows_text(rows, 0);
        kk_time at = kk_rows_i64(rows, 7);
        if (!host_is_intruded(j, host) || (at != KK_NO_TIME && !in_window(j, at)))
            continue;
        bool upload = kk_is(kind, "upload_tool"), dump = kk_is(kind, "database_dump");
        kk_finding *f = finding_add(j,
                                    upload ? "S3"
                                    : dump ? "M6"
                                           : "C2",
                                    upload ? "upload_tool"
                                    : dump ? "database_dump"
                                           : "staging_archive",
                                    upload ? KK_STRONG : KK_WEAK);
        kk_ref ref = ref_at(j, rows, 2);
        f->host = kk_copy(j->arena, host);
        f->account = kk_copy(j->arena, kk_rows_text(rows, 8));
        f->start = f->end = at;
        kk_refs_add(j->arena, &f->refs, &ref);
        program_texts(j, f, kk_rows_text(rows, 9), upload, dump);
        finding_finish(j, f);
    }
    return kk_rows_close(rows, fault);
}

/* The machine's name where its address is known, else the address. */
static kk_slice machine_at(judgement *j, kk_slice address)
{
    for (size_t i = 0; i < j->access->address_count; i++)
        if (kk_eq(j->access->addresses[i].value, address))
            return j->access->addresses[i].name;
    return kk_copy(j->arena, address);
}

/* Traffic to far ends that were never seen before the window, from inside. */
static kk_status find_outbound(judgement *j, kk_fault *fault)
{
    kk_rows *rows;
    kk_param window[] = {KK_I64(j->out->window.from), KK_I64(j->out->window.to)};
    kk_status status = kk_ask(j->store, "outbound", NULL, window, 2, &rows, fault);
    if (status != KK_OK)
        return status;
    uint64_t third = j->packed_bytes * 3 / 10, floor = third > FLOOR_BYTES ? third : FLOOR_BYTES;
    while (kk_rows_next(rows)) {
        kk_slice src = kk_rows_text(rows, 0), dst = kk_rows_text(rows, 1);
        uint64_t sent = kk_rows_u64(rows, 2);
        bool is_new = kk_rows_i64(rows, 3) >= j->out->window.from;
        if (!is_inside(j, src) || is_inside(j, dst) || !is_new)
            continue;
        if (sent < floor) {
            j->unexplained += sent;
            continue;
        }
        kk_finding *f = finding_add(j, "S4", "outbound_transfer", KK_STRONG);
        kk_ref ref = ref_at(j, rows, 6);
        f->host = machine_at(j, src);
        f->from_ip = kk_copy(j->arena, src);
        f->destination = kk_copy(j->arena, dst);
        f->country = kk_country_of(&j->access->countries, dst);
        f->start = kk_rows_i64(rows, 4);
        f->end = kk_rows_i64(rows, 5);
        f->has_bytes = true;
        f->bytes_out = sent;
        kk_refs_add(j->arena, &f->refs, &ref);
        f->ja = KK_S("それまで通信のなかった外部の宛先へ、侵入の期間中に大量の送信がありました。");
        f->en = KK_S("During the intrusion much was sent to an outside address never seen before.");
        finding_finish(j, f);
    }
    return kk_rows_close(rows, fault);
}

static bool was_read_out(const judgement *j, const kk_session *s)
{
    for (size_t i = 0; i < j->out->finding_count; i++) {
        const kk_finding *f = &j->out->findings[i];
        if (strcmp(f->kind, "remote_copy") == 0 && f->start >= s->start &&
            (s->end == KK_NO_TIME || f->start <= s->end) && kk_eq(f->destination, s->from_ip))
            return true;
    }
    return false;
}

/* What the intruder's own sessions from outside carried away. */
static void find_carried(judgement *j)
{
    j->carried_known = true;
    for (size_t i = 0; i < j->access->session_count; i++) {
        const kk_session *s = &j->access->sessions[i];
        if (s->suspicious != KK_TRUE || is_inside(j, s->from_ip) || !s->from_ip.len)
            continue;
        if (!s->has_bytes || s->end == KK_NO_TIME)
            j->carried_known = false;
        j->carried += s->bytes_out;
        if (s->kind == KK_BY_SSH && was_read_out(j, s))
            continue;
        if (s->bytes_out < 100000000 || s->bytes_out < 10 * s->bytes_in ||
            s->bytes_out < j->packed_bytes * 3 / 10)
            continue;
        kk_finding *f = finding_add(j, "S2", "outbound_transfer", KK_STRONG);
        f->host = s->host;
        f->account = s->account;
        f->destination = s->from_ip;
        f->country = s->country;
        f->start = s->start;
        f->end = s->end;
        f->has_bytes = true;
        f->bytes_out = s->bytes_out;
        f->refs = s->refs;
        f->ja = KK_S("不正な接続を通じて、大量のデータが接続元へ送られました。");
        f->en = KK_S("Through a session of the intruder's much data went to where it came from.");
        finding_finish(j, f);
    }
}

kk_status transfers_find(judgement *j, kk_fault *fault)
{
    kk_status status = find_listed(j, fault);
    if (status == KK_OK)
        status = find_tool_logs(j, fault);
    if (status == KK_OK)
        status = find_read_out(j, fault);
    if (status == KK_OK)
        status = find_programs(j, fault);
    if (status == KK_OK && j->out->window.from != KK_NO_TIME)
        status = find_outbound(j, fault);
    find_carried(j);
    return status;
}
