#include "cli/evtx_records.h"

#include "base/text.h"
#include "cli/evt_records.h"
#include "cli/evtx_summary.h"
#include "model/batch.h"
#include "parse/parser.h"

enum { LEAST_ROOM = 1 << 16 }; /* a block with less is handed over before the next record */
/* So is one with this much text: the processor still has it near when it is read, and when it is written again. */
enum { ENOUGH = 1 << 19 };

/* One process's reader and where it writes. */
struct kk_evtx_hand {
    kk_sink sink; /* first */
    kk_arena *arena, *piece_arena;
    kk_evtx_memory *memory;
    kk_binxml *xml;
    const kk_evtx_work *work;
    const kk_evtx_piece *piece;
    kk_flow_out *flow;
    kk_xml_scratch out;  /* over the block */
    kk_xml_scratch cell; /* of CSV, before it is quoted */
    kk_evtx_summary *summary;
    kk_packer issues;
    bool old; /* the log is from before Vista */
};

/* ---- blocks ---- */

static void new_block(struct kk_evtx_hand *h)
{
    h->out.ptr = kk_flow_room(h->flow);
    h->out.used = 0;
    h->out.capacity = KK_FLOW_BLOCK;
    h->out.full = false;
}

static void send_block(struct kk_evtx_hand *h, kk_evtx_block kind)
{
    if (h->out.used)
        kk_flow_send(h->flow, kind, h->out.used);
    new_block(h);
}

static void put(kk_xml_scratch *out, kk_slice text)
{
    if (text.len > out->capacity - out->used) {
        out->full = true;
    } else if (text.len) {
        memcpy(out->ptr + out->used, text.ptr, text.len);
        out->used += text.len;
    }
}

static void put_json_text(kk_xml_scratch *out, kk_slice text)
{
    kk_xml_put_json(out,
                    (kk_xml_value){(const uint8_t *)text.ptr, (uint32_t)text.len, KK_XML_UTF8});
}

static void put_number(kk_xml_scratch *out, uint64_t number)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> (8 * i));
    kk_xml_put_json(out, (kk_xml_value){bytes, 8, KK_XML_UINT64});
}

/* ---- JSON Lines ---- */

/* Fields as a JSON object; of those with the same name the later ones are called name_1, name_2. */
static kk_slice fields_json(struct kk_evtx_hand *h, const kk_evtx_record *r)
{
    kk_xml_scratch *out = &h->cell;
    out->used = 0;
    out->full = false;
    put(out, KK_S("{"));
    if (!h->old && r->level != KK_EVTX_RAW)
        kk_binxml_fields(h->xml);
    for (size_t i = 0; i < r->xml.count; i++) {
        kk_slice name = r->xml.fields[i].name;
        unsigned times = 0;
        for (size_t k = i > 64 ? i - 64 : 0; k < i; k++)
            times += kk_eq(r->xml.fields[k].name, name);
        if (times)
            name = kk_print(h->piece_arena, "%.*s_%u", KK_P(name), times);
        put(out, i ? KK_S(",") : KK_NONE);
        put_json_text(out, name);
        put(out, KK_S(":"));
        kk_xml_put_json(out, r->xml.fields[i].value);
    }
    put(out, KK_S("}"));
    return out->full ? KK_S("{}") : (kk_slice){out->ptr, out->used};
}

static kk_slice recovery(const kk_evtx_record *r)
{
    return r->level >= KK_EVTX_BEYOND ? kk_cstr(kk_evtx_level_name(r->level)) : KK_NONE;
}

/* What is not the record's own: which file of several, where, and how it was found. */
static void put_origin(struct kk_evtx_hand *h, const kk_evtx_record *r)
{
    kk_xml_scratch *out = &h->out;
    bool several = h->work->file_count > 1;
    if (!several && !r->damaged && r->level < KK_EVTX_BEYOND)
        return;
    out->used--; /* the closing brace */
    put(out, KK_S(",\"kakuho\":{"));
    if (several) {
        put(out, KK_S("\"path\":"));
        put_json_text(out, h->work->files[h->piece->file].name);
        put(out, KK_S(","));
    }
    put(out, KK_S("\"offset\":"));
    put_number(out, r->offset);
    if (r->level >= KK_EVTX_BEYOND) {
        put(out, KK_S(",\"recovery\":"));
        put_json_text(out, recovery(r));
    }
    if (r->xml.borrowed) {
        put(out, KK_S(",\"donor\":"));
        put_number(out, r->xml.donor);
    }
    if (r->damaged)
        put(out, KK_S(",\"damaged\":true"));
    put(out, KK_S("}}"));
}

/* Of a record that is larger than a block, what its header says. */
static void put_giant(struct kk_evtx_hand *h, const kk_evtx_record *r)
{
    kk_xml_scratch *out = &h->out;
    put(out, KK_S("{\"Event\":{\"System\":{\"EventID\":"));
    kk_xml_put_json(out, r->xml.system[KK_SYS_EVENT_ID]);
    put(out, KK_S(",\"EventRecordID\":"));
    put_number(out, r->id);
    put(out, KK_S("}},\"kakuho\":{\"offset\":"));
    put_number(out, r->offset);
    put(out, KK_S(",\"cut\":true}}\n"));
}

/* System of a record that is not written by its template. */
typedef struct {
    kk_system_field field;
    const char *json[2], *xml[2]; /* before its value and behind */
} known_field;

static const known_field known_fields[] = {
    {KK_SYS_PROVIDER,
     {"\"Provider\":{\"#attributes\":{\"Name\":", "}},"},
     {"<Provider Name=\"", "\"/>"}},
    {KK_SYS_EVENT_ID, {"\"EventID\":", ","}, {"<EventID>", "</EventID>"}},
    {KK_SYS_VERSION, {"\"Version\":", ","}, {"<Version>", "</Version>"}},
    {KK_SYS_LEVEL, {"\"Level\":", ","}, {"<Level>", "</Level>"}},
    {KK_SYS_TASK, {"\"Task\":", ","}, {"<Task>", "</Task>"}},
    {KK_SYS_OPCODE, {"\"Opcode\":", ","}, {"<Opcode>", "</Opcode>"}},
    {KK_SYS_KEYWORDS, {"\"Keywords\":", ","}, {"<Keywords>", "</Keywords>"}},
    {KK_SYS_TIME,
     {"\"TimeCreated\":{\"#attributes\":{\"SystemTime\":", "}},"},
     {"<TimeCreated SystemTime=\"", "\"/>"}},
    {KK_SYS_ACTIVITY,
     {"\"Correlation\":{\"#attributes\":{\"ActivityID\":", "}},"},
     {"<Correlation ActivityID=\"", "\"/>"}},
    {KK_SYS_PROCESS,
     {"\"Execution\":{\"#attributes\":{\"ProcessID\":", "}},"},
     {"<Execution ProcessID=\"", "\"/>"}},
    {KK_SYS_CHANNEL, {"\"Channel\":", ","}, {"<Channel>", "</Channel>"}},
    {KK_SYS_COMPUTER, {"\"Computer\":", ","}, {"<Computer>", "</Computer>"}},
    {KK_SYS_USER,
     {"\"Security\":{\"#attributes\":{\"UserID\":", "}},"},
     {"<Security UserID=\"", "\"/>"}},
};

/* Classic events have the upper half of their id as an attribute. */
static void put_qualified_id(kk_xml_scratch *out, const kk_xml_value *system, bool xml)
{
    void (*put_value)(kk_xml_scratch *, kk_xml_value) = xml ? kk_xml_put_xml : kk_xml_put_json;
    put(out, xml ? KK_S("<EventID Qualifiers=\"")
                 : KK_S("\"EventID\":{\"#attributes\":{\"Qualifiers\":"));
    put_value(out, system[KK_SYS_QUALIFIERS]);
    put(out, xml ? KK_S("\">") : KK_S("},\"#text\":"));
    put_value(out, system[KK_SYS_EVENT_ID]);
    put(out, xml ? KK_S("</EventID>") : KK_S("},"));
}

static void put_known(kk_xml_scratch *out, const kk_evtx_record *r, bool xml)
{
    const kk_xml_value *system = r->xml.system;
    for (size_t i = 0; i < sizeof known_fields / sizeof *known_fields; i++) {
        const known_field *k = &known_fields[i];
        if (!system[k->field].len)
            continue;
        if (k->field == KK_SYS_EVENT_ID && system[KK_SYS_QUALIFIERS].len) {
            put_qualified_id(out, system, xml);
            continue;
        }
        put(out, kk_cstr(xml ? k->xml[0] : k->json[0]));
        (xml ? kk_xml_put_xml : kk_xml_put_json)(out, system[k->field]);
        put(out, kk_cstr(xml ? k->xml[1] : k->json[1]));
    }
}

/* Without a template: what the record's head says, of System what is known, and the values. */
static void put_told(struct kk_evtx_hand *h, const kk_evtx_record *r)
{
    kk_xml_scratch *out = &h->out;
    put(out, KK_S("{\"Event\":{\"System\":{"));
    put_known(out, r, false);
    put(out, KK_S("\"EventRecordID\":"));
    put_number(out, r->id);
    put(out, KK_S("},\"EventData\":"));
    put(out, fields_json(h, r));
    put(out, KK_S("}}"));
}

/* Another thing than a template says what the record holds. */
static bool is_told(const struct kk_evtx_hand *h, const kk_evtx_record *r)
{
    return h->old || r->level == KK_EVTX_RAW;
}

static void json_line(struct kk_evtx_hand *h, kk_evtx_record *r)
{
    if (is_told(h, r)) {
        put_told(h, r);
        put_origin(h, r);
        put(&h->out, KK_S("\n"));
    } else if (kk_binxml_json(h->xml, r->at, r->end, &h->out)) {
        put_origin(h, r);
        put(&h->out, KK_S("\n"));
    } else {
        h->out.full = true;
    }
}

/* ---- XML ---- */

static void xml_told(struct kk_evtx_hand *h, const kk_evtx_record *r)
{
    kk_xml_scratch *out = &h->out;
    put(out, KK_S("<Event><System>"));
    put_known(out, r, true);
    put(out, KK_S("<EventRecordID>"));
    put_number(out, r->id);
    put(out, KK_S("</EventRecordID></System><EventData>"));
    for (size_t i = 0; i < r->xml.count; i++) {
        bool named = h->old && !kk_is(r->xml.fields[i].name, "Data");
        put(out, named ? KK_S("<Data Name=\"") : KK_S("<Data>"));
        if (named) {
            put(out, r->xml.fields[i].name); /* out of a table of ours */
            put(out, KK_S("\">"));
        }
        kk_xml_put_xml(out, r->xml.fields[i].value);
        put(out, KK_S("</Data>"));
    }
    put(out, KK_S("</EventData></Event>\n"));
}

/* The name of a file, in a comment: no two hyphens, nothing that is no character of XML. */
static void put_commented(kk_xml_scratch *out, kk_arena *arena, kk_slice name)
{
    kk_slice clean = kk_utf8_clean(arena, name);
    for (size_t i = 0; i < clean.len; i++) {
        bool hyphen = clean.ptr[i] == '-' && i && clean.ptr[i - 1] == '-';
        bool control = (unsigned char)clean.ptr[i] < ' ';
        put(out, hyphen ? KK_S("%2D") : control ? KK_S("?") : kk_part(clean, i, 1));
    }
}

/* What is not the record's own, as in JSON. */
static void put_remark(struct kk_evtx_hand *h, const kk_evtx_record *r)
{
    bool several = h->work->file_count > 1;
    kk_slice found = r->level >= KK_EVTX_BEYOND ? recovery(r)
                     : r->damaged               ? KK_S("damaged")
                                                : KK_NONE;
    if (!several && !found.len)
        return;
    put(&h->out, KK_S("<!-- "));
    kk_arena_reset(h->piece_arena);
    if (several)
        put_commented(&h->out, h->piece_arena, h->work->files[h->piece->file].name);
    if (several && found.len)
        put(&h->out, KK_S(", "));
    put(&h->out, found);
    put(&h->out, KK_S(", byte "));
    put_number(&h->out, r->offset);
    put(&h->out, KK_S(" -->"));
}

static void xml_element(struct kk_evtx_hand *h, kk_evtx_record *r)
{
    put_remark(h, r);
    if (is_told(h, r))
        xml_told(h, r);
    else if (!h->out.full && kk_binxml_xml(h->xml, r->at, r->end, &h->out))
        put(&h->out, KK_S("\n"));
    else
        h->out.full = true;
}

/* ---- CSV ---- */

/* What a spreadsheet would take for a formula gets a mark before it. */
static void put_cell(kk_xml_scratch *out, kk_slice s)
{
    bool formula = s.len && memchr("=+-@\t\r", s.ptr[0], 6), quoted = formula;
    for (size_t i = 0; i < s.len && !quoted; i++)
        quoted = memchr(",\"\r\n", s.ptr[i], 4) != NULL;
    if (quoted)
        put(out, formula ? KK_S("\"'") : KK_S("\""));
    kk_slice rest = s;
    for (size_t quote; (quote = kk_find_byte(rest, '"')) != KK_NOWHERE;) {
        put(out, kk_part(rest, 0, quote + 1));
        put(out, KK_S("\""));
        rest = kk_from(rest, quote + 1);
    }
    put(out, rest);
    put(out, quoted ? KK_S("\",") : KK_S(","));
}

static void csv_row(struct kk_evtx_hand *h, kk_evtx_record *r)
{
    static const kk_system_field columns[] = {
        KK_SYS_TIME,    KK_SYS_CHANNEL, KK_SYS_PROVIDER, KK_SYS_EVENT_ID, KK_SYS_LEVEL,
        KK_SYS_TASK,    KK_SYS_OPCODE,  KK_SYS_KEYWORDS, KK_SYS_COMPUTER, KK_SYS_USER,
        KK_SYS_PROCESS, KK_SYS_THREAD,  KK_SYS_ACTIVITY, KK_SYS_RECORD_ID};
    kk_xml_scratch *out = &h->out;
    kk_arena_reset(h->piece_arena);
    if (h->work->file_count > 1)
        put_cell(out, h->work->files[h->piece->file].name);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        put_cell(out, kk_binxml_text(h->xml, r->xml.system[columns[i]]));
    put_cell(out, kk_print(h->piece_arena, "%llu", (unsigned long long)r->offset));
    put_cell(out, r->damaged && r->level < KK_EVTX_BEYOND ? KK_S("damaged") : recovery(r));
    put_cell(out, fields_json(h, r));
    if (!out->full) {
        out->used--; /* the last comma */
        put(out, KK_S("\r\n"));
    }
}

/* ---- a piece ---- */

static void write_record(void *context, kk_evtx_record *r)
{
    static void (*const forms[])(struct kk_evtx_hand *, kk_evtx_record *) = {
        [KK_EVTX_JSONL] = json_line, [KK_EVTX_XML] = xml_element, [KK_EVTX_CSV] = csv_row};
    struct kk_evtx_hand *h = context;
    if (h->work->form == KK_EVTX_SUMMARY) {
        kk_evtx_summary_add(h->summary, h->xml, r);
        return;
    }
    if (h->out.capacity - h->out.used < LEAST_ROOM || h->out.used >= ENOUGH)
        send_block(h, KK_EVTX_TEXT);
    for (int attempt = 0; attempt < 2; attempt++) {
        size_t before = h->out.used;
        forms[h->work->form](h, r);
        if (!h->out.full)
            return;
        h->out.used = before;
        h->out.full = false;
        send_block(h, KK_EVTX_TEXT);
    }
    r->xml.cut = true;
    if (h->work->form == KK_EVTX_JSONL)
        put_giant(h, r);
}

static void on_issue(kk_sink *sink, const kk_issue *issue)
{
    struct kk_evtx_hand *h = (struct kk_evtx_hand *)sink;
    (void)kk_pack_issue(&h->issues, issue);
}

static struct kk_evtx_hand *hand_open(kk_evtx_work *work)
{
    enum { ISSUES = 1 << 16 };
    kk_arena *arena = kk_arena_open();
    struct kk_evtx_hand *h = KK_NEW(arena, struct kk_evtx_hand);
    h->arena = arena;
    h->piece_arena = kk_arena_open();
    h->sink = (kk_sink){.arena = h->piece_arena, .issue = on_issue};
    h->memory = kk_evtx_memory_open(arena);
    h->xml = kk_evtx_binxml(h->memory);
    h->work = work;
    if (work->form == KK_EVTX_JSONL || work->form == KK_EVTX_XML)
        kk_binxml_want_documents(h->xml);
    h->cell = kk_xml_scratch_open(arena, kk_binxml_scratch(h->xml)->odd);
    h->out.odd = h->cell.odd;
    h->issues = (kk_packer){kk_take(arena, ISSUES), 0, ISSUES};
    return h;
}

static void finish_piece(struct kk_evtx_hand *h)
{
    send_block(h, KK_EVTX_TEXT);
    if (h->summary) {
        kk_buffer text = {0};
        kk_json json = {.out = &text};
        kk_json_object(&json, NULL);
        kk_evtx_summary_put(h->summary, &json, true);
        kk_json_close(&json);
        put(&h->out, kk_buffer_slice(&text));
        kk_buffer_close(&text);
        send_block(h, KK_EVTX_PART);
    }
    put(&h->out, (kk_slice){h->issues.bytes, h->issues.used});
    send_block(h, KK_EVTX_ISSUES);
}

/* Said once, by who reads the beginning; no other piece will find a record either. False: no record is to be looked for. */
static bool look_at_head(struct kk_evtx_hand *h, kk_stream *in, kk_arena *arena)
{
    enum { HEAD = 65536 };
    char *head = kk_take(arena, HEAD);
    kk_probe probe = {{head, kk_read(in, 0, head, HEAD)}, in->name, in->name, in->size, KK_NONE};
    if (kk_starts(probe.head, KK_S("ElfFile")))
        return true; /* without asking every parser */
    const kk_parser *parser = probe.head.len ? kk_parser_for(&probe) : NULL;
    if (parser && strcmp(parser->name, "evtx") == 0)
        return true;
    bool packed = parser && strcmp(parser->name, "archive") == 0;
    bool exported = parser && kk_starts(kk_cstr(parser->name), KK_S("winevent_"));
    kk_report(&h->sink, KK_ISSUE_FORMAT, 0, "%s",
              packed     ? KK_EVTX_PACKED
              : exported ? KK_EVTX_EXPORTED
                         : KK_EVTX_NO_LOG);
    return !packed && !exported;
}

void kk_evtx_work_piece(void *context, size_t piece, kk_flow_out *flow)
{
    kk_evtx_work *work = context;
    if (!work->hand)
        work->hand = hand_open(work);
    struct kk_evtx_hand *h = work->hand;
    const kk_evtx_file *file = &work->files[work->pieces[piece].file];
    kk_arena *arena = kk_arena_open();
    h->piece = &work->pieces[piece];
    h->flow = flow;
    h->issues.used = 0;
    h->summary = work->form == KK_EVTX_SUMMARY ? kk_evtx_summary_open(arena) : NULL;
    new_block(h);
    size_t bar = kk_rfind_byte(file->name, '/');
    kk_slice last_name = kk_from(file->name, bar == KK_NOWHERE ? 0 : bar + 1);
    kk_evtx_walk walk = {.in = kk_stream_over_fd(arena, file->fd, file->size, last_name),
                         .begin = h->piece->begin,
                         .end = h->piece->end,
                         .live = h->piece->live,
                         .recovered = h->piece->recovered || h->piece->carve,
                         .carve = h->piece->carve,
                         .log = h->piece->file + 1,
                         .sink = &h->sink,
                         .context = h,
                         .record = write_record};
    h->old = !h->piece->carve && kk_evt_is_log(walk.in);
    bool begins = h->piece->begin == 0;
    bool worth = !begins || !h->piece->live || h->old || look_at_head(h, walk.in, arena);
    if (worth && !h->old)
        kk_evtx_read(h->memory, &walk);
    else if (begins && h->old) /* a ring cannot be cut */
        kk_evt_read(&walk);
    finish_piece(h);
    kk_arena_close(arena);
}
