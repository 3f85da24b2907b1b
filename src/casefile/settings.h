/* case.yaml: what people say about the case, read, checked and frozen. Every key of
 * docs/case-file.md has its field here; a key that is not given leaves an empty text, an empty
 * list, KK_NO_TIME, or 0 of an enum. Lists keep the order of the file. Everything lives in the
 * arena it was read into. */
#pragma once
#include "base/hash.h"
#include "casefile/shape.h"
#include "model/mention.h"

/* The party that the case belongs to, where `party` is left out or says so. */
#define KK_SELF KK_S("self")

typedef struct {
    int line;
    kk_slice name, tel, mail;
} kk_contact;

typedef struct {
    int line;
    kk_slice name, corporate_number, address, representative, trade;
    kk_contact contact;
} kk_organisation;

typedef enum {
    KK_REPORTABLE_NONE, /* not said: read as unclear */
    KK_REPORTABLE_YES,
    KK_REPORTABLE_NO,
    KK_REPORTABLE_UNCLEAR
} kk_reportable;

typedef struct {
    int line;
    kk_moment at;
    kk_slice party; /* never empty: KK_SELF */
    kk_slice by;
    kk_words what;
    kk_reportable reportable;
    bool from_discovered; /* made of `discovered` */
} kk_known;

typedef enum {
    KK_PURPOSE_UNKNOWN,
    KK_PURPOSE_SUSPECTED,
    KK_PURPOSE_EXCLUDED
} kk_purpose; /* 0: unknown, also where nothing is said */

typedef struct {
    int line;
    kk_moment from, to; /* of a day alone, `to` is its end */
} kk_span;

typedef struct {
    int line;
    kk_slice name, parent;
    kk_words label;   /* of the name, where none is given */
    kk_texts paths;   /* globs */
    kk_texts columns; /* as given; folded ones are in `folded` */
    kk_texts folded;
    size_t parent_at; /* index of the parent, KK_NOWHERE */
} kk_category;

typedef enum {
    KK_PARTY_NONE,
    KK_PARTY_PARENT,
    KK_PARTY_GROUP,
    KK_PARTY_CLIENT,
    KK_PARTY_PROCESSOR,
    KK_PARTY_MALL,
    KK_PARTY_PAYMENT,
    KK_PARTY_INSURER,
    KK_PARTY_INVESTIGATOR
} kk_party_role;

typedef struct {
    int line;
    kk_slice id, name, kind, via;
    kk_party_role role;
} kk_party;

typedef struct {
    int line;
    kk_slice party, column, equals;
    kk_texts paths;
    kk_slice folded_column;
} kk_owner;

typedef struct {
    int line;
    kk_slice source, label, host, by, method;
    kk_moment at;
    kk_slice sha256;       /* 64 hexadecimal digits in lower case */
    kk_shift clock_offset; /* above 0: the machine's clock was ahead */
} kk_acquired;

typedef struct {
    int line;
    kk_texts accounts, hosts;
    kk_networks from_ip;
    kk_moment from, to;
    kk_words did;
} kk_responder;

typedef enum {
    KK_OBSERVED_NONE,
    KK_OBSERVED_PUBLISHED,
    KK_OBSERVED_DOWNLOADABLE,
    KK_OBSERVED_WITHDRAWN,
    KK_OBSERVED_NOTICE,
    KK_OBSERVED_MISUSE
} kk_observed;

typedef struct {
    int line;
    kk_moment at;
    kk_slice by, file, sha256;
    kk_observed kind;
    kk_words what;
} kk_observation;

/* A page (or a program) that sent what was typed into it to somebody else. */
typedef struct {
    int line;
    kk_slice page, by;
    kk_moment from, to; /* of a day alone, `to` is its end */
    kk_texts paths;     /* of the tables that its entries went to */
    uint64_t items;     /* KK_BIT of what it took; 0: not said, all of a record */
} kk_capture;

enum { KK_CAPTURES_MAX = 8 };

typedef enum {
    KK_RESTORED_NONE,
    KK_RESTORED_NO,
    KK_RESTORED_YES,
    KK_RESTORED_PARTLY,
    KK_RESTORED_UNKNOWN
} kk_restored;

typedef struct {
    int line;
    kk_slice name, state;
    kk_texts paths;
    kk_restored restored;
    kk_answer is_protected;
    kk_slice protection; /* how, where a text was given: never judged here */
} kk_dataset_said;

typedef enum {
    KK_COUNT_NONE,
    KK_COUNT_PERSON,
    KK_COUNT_RECORD,
    KK_COUNT_CARD,
    KK_COUNT_ACCOUNT,
    KK_COUNT_FILE
} kk_count_unit;

typedef struct {
    int line;
    kk_slice dataset, category, basis, by;
    kk_count count;
    kk_count_unit unit; /* person where none is given */
    kk_moment at;
} kk_estimate;

typedef struct {
    int line;
    kk_moment done;
    kk_words what;
    kk_texts hosts, accounts;
    kk_slice check;
} kk_measure;

typedef enum {
    KK_LEVEL_NONE,
    KK_LEVEL_PUBLIC,
    KK_LEVEL_PERSON,
    KK_LEVEL_CLIENT,
    KK_LEVEL_REGULATOR,
    KK_LEVEL_INTERNAL
} kk_level;

typedef struct {
    int line;
    kk_moment at;
    kk_words what;
    kk_slice by, source;
    kk_level level; /* internal where none is given */
} kk_chronicle;

typedef struct {
    int line;
    kk_slice party, category, means;
    kk_moment from;
    kk_moment sent_at; /* `sent` was a date */
    kk_count sent;     /* `sent` was a number of letters or mails */
    kk_count returned;
} kk_notified;

typedef struct {
    int line;
    kk_moment at;
    kk_slice where, report;
} kk_published;

typedef struct {
    int line;
    kk_moment at;
    kk_words what;
    kk_slice by;
} kk_harm_known;

typedef struct {
    int line;
    kk_moment at;
    kk_slice channel, by;
    kk_words result;
} kk_harm_checked;

typedef struct {
    int line;
    KK_LIST(kk_harm_known) known;
    KK_LIST(kk_harm_checked) checked;
    bool known_given; /* `known: []` was written: it says "none known" */
} kk_harm;

typedef enum { KK_PREVENTION_NONE, KK_PREVENTION_DONE, KK_PREVENTION_PLANNED } kk_prevention_status;

typedef struct {
    int line;
    kk_words what;
    kk_prevention_status status;
    kk_moment at;
    kk_words because;
} kk_prevention;

typedef struct {
    int line;
    kk_slice system;
    kk_moment at;
    kk_words shown_clean_by;
} kk_recovery;

typedef struct {
    int line;
    kk_words name;
    kk_slice tel;
    kk_words hours;
} kk_desk;

typedef enum { KK_COUNTED_NONE, KK_COUNTED_LEFT, KK_COUNTED_REACHABLE } kk_counted;

typedef struct {
    int line;
    kk_slice category; /* empty: the total */
    kk_count count;
    kk_count_unit unit; /* person where none is given */
    kk_counted basis;
    kk_answer most;
} kk_reported_count;

typedef struct {
    int line;
    kk_slice by, to, kind, receipt, report;
    kk_moment at;
    KK_LIST(kk_reported_count) counts;
} kk_reported;

struct kk_decisions;

typedef struct kk_case_settings {
    int line;
    kk_sha256 hash; /* of the file's bytes */
    kk_organisation organisation;
    kk_slice timezone; /* Asia/Tokyo where none is given */
    kk_zone zone;
    kk_moment discovered;
    KK_LIST(kk_known) known; /* with `discovered` as its first entry */
    kk_purpose wrongful_purpose;
    kk_span intrusion;
    kk_networks internal_networks; /* the private networks where none are given */
    kk_number uplink_mbps;
    KK_LIST(kk_category) categories;
    KK_LIST(kk_party) parties;
    KK_LIST(kk_owner) owners;
    kk_slice assets; /* path of a CSV file, beside case.yaml unless absolute */
    KK_LIST(kk_acquired) acquired;
    KK_LIST(kk_responder) responders;
    KK_LIST(kk_observation) observations;
    KK_LIST(kk_capture) captures; /* KK_CAPTURES_MAX at most */
    KK_LIST(kk_dataset_said) datasets;
    KK_LIST(kk_estimate) estimates;
    KK_LIST(kk_measure) measures;
    KK_LIST(kk_chronicle) chronology;
    KK_LIST(kk_notified) notified;
    KK_LIST(kk_published) published;
    kk_harm harm;
    KK_LIST(kk_prevention) prevention;
    KK_LIST(kk_recovery) recovery;
    kk_desk desk;
    KK_LIST(kk_reported) reported;
    const struct kk_decisions *decisions; /* of decisions.jsonl; NULL: none were read */
} kk_case_settings;

/* Reads the bytes of a case file; an empty one gives the defaults. KK_INVALID with one sentence and
 * its line for the first thing that is wrong; *out is untouched then. */
KK_CHECKED kk_status kk_case_settings_read(kk_arena *arena, kk_slice text, kk_case_settings **out,
                                           kk_fault *fault);
/* The case file that `kakuho init` writes: every key with its default, explained in both languages.
 */
kk_slice kk_case_template(void);

/* The words of the enums above, as the file writes them; "" for 0. */
const char *kk_party_role_name(kk_party_role role);
const char *kk_level_name(kk_level level);
const char *kk_count_unit_name(kk_count_unit unit);
const char *kk_observed_name(kk_observed kind);
const char *kk_restored_name(kk_restored restored);
const char *kk_reportable_name(kk_reportable reportable);
const char *kk_purpose_name(kk_purpose purpose); /* "unknown" for 0 */

/* Index of the first category that a table or file belongs to, KK_NOWHERE for none: one of its path
 * globs matches, or all of its columns are there. `path` is that of a ref
 * ("p2/srv/share/old.zip!/list.xlsx#Sheet1"); header words are compared without width, case and
 * blanks. `scratch` is used for comparing only. */
size_t kk_category_for(const kk_case_settings *settings, kk_arena *scratch, kk_slice path,
                       const kk_slice *columns, size_t count);
/* A header word as it is compared. */
kk_slice kk_column_fold(kk_arena *arena, kk_slice column);
/* Index of the first owner whose path globs match, KK_NOWHERE for none; owners by `column` and
 * `equals` are asked per row with kk_owner_of_cell. */
size_t kk_owner_for_path(const kk_case_settings *settings, kk_arena *scratch, kk_slice path);
bool kk_owner_of_cell(const kk_owner *owner, kk_arena *scratch, kk_slice column, kk_slice cell);
/* As a glob of case.yaml sees a path: also one that names a container, for what is inside it. */
bool kk_path_matches(kk_arena *scratch, const kk_texts *globs, kk_slice path);

/* An address of this organisation or of no outside at all (loopback, link-local, multicast). False
 * for what is no address. */
bool kk_address_is_internal(const kk_case_settings *settings, kk_slice address);

/* How this evidence came to us: the record with this label, else the one whose source is this path
 * or its last name. NULL if none. */
const kk_acquired *kk_acquired_for(const kk_case_settings *settings, kk_slice source,
                                   kk_slice label);
const kk_party *kk_party_by_id(const kk_case_settings *settings, kk_slice id); /* NULL if none */
/* Whether a list that narrows something is empty or names this machine (by its first name too), or this
 * account (with or without its domain). */
bool kk_hosts_fit(const kk_texts *said, kk_slice host);
bool kk_accounts_fit(const kk_texts *said, kk_slice account);
/* One of our own people's acts: account and address and host and time fit, as far as each is given.
 */
const kk_responder *kk_responder_for(const kk_case_settings *settings, kk_slice account,
                                     kk_slice from_ip, kk_slice host, kk_time at);
