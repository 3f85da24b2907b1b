#include "store/schema.h"

#define LONG_TEXT "zstd"
#define SHORT_TEXT "dict_fsst"
#define FEW_TEXTS "dict_fsst"
#define HASHES "uncompressed" /* left to itself the store tries for long to press them */

static const kk_column events[] = {
    {"item", KK_COLUMN_U64, NULL},
    {"range", KK_COLUMN_U32, NULL},
    {"record", KK_COLUMN_U64, NULL},
    {"sub", KK_COLUMN_U32, NULL},
    {"offset", KK_COLUMN_U64, NULL},
    {"length", KK_COLUMN_U32, NULL},
    {"time", KK_COLUMN_I64, NULL},
    {"marks", KK_COLUMN_U32, NULL},
#define TEXT_FIELD(NAME, ecs, column) {#column, KK_COLUMN_TEXT, SHORT_TEXT},
#define WORD_FIELD(NAME, ecs, column) {#column, KK_COLUMN_U32, NULL},
#define RARE_FIELD(NAME, ecs, column)
#include "model/fields.def"
#define NUMBER_FIELD(NAME, ecs, column) {#column, KK_COLUMN_U64, NULL},
#include "model/fields.def"
    /* As bytes: of a text the store would go through every one to see whether it is plain ASCII. */
    {"rare", KK_COLUMN_BYTES, LONG_TEXT},
    {"names", KK_COLUMN_U32, NULL},
    {"more", KK_COLUMN_BYTES, LONG_TEXT},
};

/* One row for every stream that was found. `parent` 0: handed to `add` itself. */
static const kk_column items[] = {
    {"item", KK_COLUMN_U64, NULL},      {"evidence", KK_COLUMN_U32, NULL},
    {"parent", KK_COLUMN_U64, NULL},    {"path", KK_COLUMN_TEXT, NULL},
    {"size", KK_COLUMN_U64, NULL},      {"sha256", KK_COLUMN_BYTES, NULL},
    {"modified", KK_COLUMN_I64, NULL},  {"parser", KK_COLUMN_TEXT, NULL},
    {"token", KK_COLUMN_TEXT, NULL},    {"volume", KK_COLUMN_U8, NULL},
    {"unreadable", KK_COLUMN_U8, NULL},
};

/* One row for every range of an item that was read to its end, however that end came. */
static const kk_column units[] = {
    {"item", KK_COLUMN_U64, NULL},     {"range", KK_COLUMN_U32, NULL},
    {"settings", KK_COLUMN_U64, NULL}, {"parser", KK_COLUMN_TEXT, NULL},
    {"outcome", KK_COLUMN_U8, NULL},   {"reason", KK_COLUMN_TEXT, NULL},
    {"events", KK_COLUMN_U64, NULL},   {"mentions", KK_COLUMN_U64, NULL},
    {"lines", KK_COLUMN_U64, NULL},    {"sha256", KK_COLUMN_BYTES, NULL},
    {"host", KK_COLUMN_TEXT, NULL},    {"zone", KK_COLUMN_TEXT, NULL},
};

static const kk_column issues[] = {
    {"item", KK_COLUMN_U64, NULL},   {"range", KK_COLUMN_U32, NULL}, {"kind", KK_COLUMN_U8, NULL},
    {"offset", KK_COLUMN_U64, NULL}, {"count", KK_COLUMN_U64, NULL}, {"what", KK_COLUMN_TEXT, NULL},
};

static const kk_column mentions[] = {
    {"item", KK_COLUMN_U64, NULL},       {"range", KK_COLUMN_U32, NULL},
    {"tab", KK_COLUMN_TEXT, FEW_TEXTS},  {"record", KK_COLUMN_U64, NULL},
    {"slot", KK_COLUMN_U32, NULL},       {"offset", KK_COLUMN_U64, NULL},
    {"length", KK_COLUMN_U32, NULL},     {"role", KK_COLUMN_U8, NULL},
    {"standing", KK_COLUMN_U8, NULL},    {"items", KK_COLUMN_U64, NULL},
    {"dated", KK_COLUMN_I64, NULL},      {"left_at", KK_COLUMN_I64, NULL},
    {"hashes", KK_COLUMN_BYTES, HASHES}, {"reason", KK_COLUMN_U8, NULL},
    {"told_by", KK_COLUMN_U32, NULL},
};

/* Personal values, apart from everything else: this table alone is encrypted or shredded. `said` has nine of them,
 * name, kana, birth date, postal code, address, telephone, mail address, company and number, with U+001F between: one
 * text costs a third of what nine columns do. */
static const kk_column personal[] = {
    {"item", KK_COLUMN_U64, NULL},       {"tab", KK_COLUMN_TEXT, FEW_TEXTS},
    {"record", KK_COLUMN_U64, NULL},     {"slot", KK_COLUMN_U32, NULL},
    {"said", KK_COLUMN_TEXT, LONG_TEXT},
};

static const kk_column tables[] = {
    {"item", KK_COLUMN_U64, NULL},        {"range", KK_COLUMN_U32, NULL},
    {"tab", KK_COLUMN_TEXT, NULL},        {"header", KK_COLUMN_TEXT, NULL},
    {"header_row", KK_COLUMN_U64, NULL},  {"rows", KK_COLUMN_U64, NULL},
    {"mentions", KK_COLUMN_U64, NULL},    {"items", KK_COLUMN_U64, NULL},
    {"about_people", KK_COLUMN_U8, NULL}, {"why", KK_COLUMN_TEXT, NULL},
    {"reason", KK_COLUMN_U8, NULL},
};

/* What rules found; `rules` is the set that they are of. */
static const kk_column hits[] = {
    {"rules", KK_COLUMN_U64, NULL},
    {"item", KK_COLUMN_U64, NULL},
    {"range", KK_COLUMN_U32, NULL},
    {"record", KK_COLUMN_U64, NULL},
    {"sub", KK_COLUMN_U32, NULL},
    {"time", KK_COLUMN_I64, NULL},
    {"rule", KK_COLUMN_U32, NULL},
    {"source", KK_COLUMN_TEXT, FEW_TEXTS},
    {"capture", KK_COLUMN_TEXT, SHORT_TEXT},
    {"decoded", KK_COLUMN_TEXT, FEW_TEXTS},
};

/* Of them those that do not count: in records that stand in another copy of the same log, which tells them
 * (0), and in recovered records (1). */
static const kk_column uncounted_hits[] = {
    {"rules", KK_COLUMN_U64, NULL},  {"item", KK_COLUMN_U64, NULL}, {"range", KK_COLUMN_U32, NULL},
    {"record", KK_COLUMN_U64, NULL}, {"sub", KK_COLUMN_U32, NULL},  {"why", KK_COLUMN_U8, NULL},
};

/* Units whose events were held against a set of rules. */
static const kk_column matched[] = {
    {"rules", KK_COLUMN_U64, NULL},
    {"item", KK_COLUMN_U64, NULL},
    {"range", KK_COLUMN_U32, NULL},
};

/* What rules about several events found, and those events: at position 0 the last, then the first. */
static const kk_column correlated[] = {
    {"rules", KK_COLUMN_U64, NULL},  {"rule", KK_COLUMN_U32, NULL},
    {"number", KK_COLUMN_U32, NULL}, {"first", KK_COLUMN_I64, NULL},
    {"last", KK_COLUMN_I64, NULL},   {"total", KK_COLUMN_U64, NULL},
    {"value", KK_COLUMN_TEXT, NULL}, {"grouped", KK_COLUMN_TEXT, NULL},
};

static const kk_column correlated_events[] = {
    {"rules", KK_COLUMN_U64, NULL},    {"number", KK_COLUMN_U32, NULL},
    {"position", KK_COLUMN_U32, NULL}, {"item", KK_COLUMN_U64, NULL},
    {"range", KK_COLUMN_U32, NULL},    {"record", KK_COLUMN_U64, NULL},
    {"sub", KK_COLUMN_U32, NULL},
};

/* The rules in force: used ones by number, then those that cannot be used, with the reason. */
static const kk_column rules[] = {
    {"rules", KK_COLUMN_U64, NULL},    {"rule", KK_COLUMN_U32, NULL},
    {"state", KK_COLUMN_U8, NULL},     {"line", KK_COLUMN_U32, NULL},
    {"id", KK_COLUMN_TEXT, NULL},      {"title", KK_COLUMN_TEXT, NULL},
    {"level", KK_COLUMN_TEXT, NULL},   {"status", KK_COLUMN_TEXT, NULL},
    {"file", KK_COLUMN_TEXT, NULL},    {"tags", KK_COLUMN_TEXT, NULL},
    {"why", KK_COLUMN_TEXT, NULL},     {"title_ja", KK_COLUMN_TEXT, NULL},
    {"logs", KK_COLUMN_TEXT, NULL},    {"parts", KK_COLUMN_TEXT, NULL},
    {"all_parts", KK_COLUMN_U8, NULL}, {"engine", KK_COLUMN_U8, NULL},
};

/* Rules and lists that the user gave, besides the program's own. */
static const kk_column rule_files[] = {
    {"position", KK_COLUMN_U32, NULL},
    {"name", KK_COLUMN_TEXT, NULL},
    {"text", KK_COLUMN_TEXT, LONG_TEXT},
    {"kind", KK_COLUMN_U8, NULL},
};

/* What rules about content found in the bytes of an item. */
static const kk_column scan_hits[] = {
    {"rules", KK_COLUMN_U64, NULL}, {"item", KK_COLUMN_U64, NULL},    {"rule", KK_COLUMN_U32, NULL},
    {"total", KK_COLUMN_U64, NULL}, {"places", KK_COLUMN_TEXT, NULL},
};

/* Items that were held against them. `outcome` is NULL where its own bytes were not; `walked` is 1 for a
 * container whose content was gone through, 2 for a file of the evidence with which all is done. */
static const kk_column scanned[] = {
    {"rules", KK_COLUMN_U64, NULL},   {"item", KK_COLUMN_U64, NULL},
    {"outcome", KK_COLUMN_U8, NULL},  {"walked", KK_COLUMN_U8, NULL},
    {"reason", KK_COLUMN_TEXT, NULL},
};

/* What was handed over encoded in events; `child` is the item that has its bytes. */
static const kk_column payloads[] = {
    {"item", KK_COLUMN_U64, NULL},        {"range", KK_COLUMN_U32, NULL},
    {"record", KK_COLUMN_U64, NULL},      {"sub", KK_COLUMN_U32, NULL},
    {"time", KK_COLUMN_I64, NULL},        {"number", KK_COLUMN_U32, NULL},
    {"within", KK_COLUMN_U32, NULL},      {"torn", KK_COLUMN_U8, NULL},
    {"cut", KK_COLUMN_U8, NULL},          {"kind", KK_COLUMN_TEXT, FEW_TEXTS},
    {"field", KK_COLUMN_TEXT, FEW_TEXTS}, {"mark", KK_COLUMN_TEXT, FEW_TEXTS},
    {"chain", KK_COLUMN_TEXT, FEW_TEXTS}, {"bytes", KK_COLUMN_U64, NULL},
    {"sha256", KK_COLUMN_BYTES, HASHES},  {"text", KK_COLUMN_TEXT, LONG_TEXT},
    {"child", KK_COLUMN_U64, NULL},
};

/* Items that a password opened which stands in the evidence, and where: never the password. */
static const kk_column openings[] = {
    {"item", KK_COLUMN_U64, NULL},
    {"told_item", KK_COLUMN_U64, NULL},
    {"told_range", KK_COLUMN_U32, NULL},
    {"told_record", KK_COLUMN_U64, NULL},
};

/* Units in which something like a password stands; and what was tried with all of them: a hash of these places and of
 * the items that were closed then. */
static const kk_column tellers[] = {
    {"item", KK_COLUMN_U64, NULL},
    {"range", KK_COLUMN_U32, NULL},
};

static const kk_column tries[] = {
    {"state", KK_COLUMN_U64, NULL},
};

#define SCHEMA(table)                                                                              \
    {                                                                                              \
#table, table, sizeof table / sizeof *table                                                \
    }
const kk_table_schema kk_schema[KK_TABLE_COUNT] = {
    [KK_TABLE_EVENTS] = SCHEMA(events),
    [KK_TABLE_ITEMS] = SCHEMA(items),
    [KK_TABLE_UNITS] = SCHEMA(units),
    [KK_TABLE_ISSUES] = SCHEMA(issues),
    [KK_TABLE_MENTIONS] = SCHEMA(mentions),
    [KK_TABLE_PERSONAL] = SCHEMA(personal),
    [KK_TABLE_TABLES] = SCHEMA(tables),
    [KK_TABLE_HITS] = SCHEMA(hits),
    [KK_TABLE_UNCOUNTED_HITS] = SCHEMA(uncounted_hits),
    [KK_TABLE_MATCHED] = SCHEMA(matched),
    [KK_TABLE_CORRELATED] = SCHEMA(correlated),
    [KK_TABLE_CORRELATED_EVENTS] = SCHEMA(correlated_events),
    [KK_TABLE_RULES] = SCHEMA(rules),
    [KK_TABLE_RULE_FILES] = SCHEMA(rule_files),
    [KK_TABLE_PAYLOADS] = SCHEMA(payloads),
    [KK_TABLE_SCAN_HITS] = SCHEMA(scan_hits),
    [KK_TABLE_SCANNED] = SCHEMA(scanned),
    [KK_TABLE_OPENINGS] = SCHEMA(openings),
    [KK_TABLE_TELLERS] = SCHEMA(tellers),
    [KK_TABLE_TRIES] = SCHEMA(tries),
};
