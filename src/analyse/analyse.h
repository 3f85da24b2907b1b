/* What analyses find: how they got in and where they went (access), whether data left (exfil). Pure
 * functions of the store and case.yaml: the same evidence gives the same answers, byte for byte. All
 * memory is the arena's; all lists are in a stated order. */
#pragma once
#include "casefile/settings.h"
#include "store/events.h"

typedef enum { KK_UNKNOWN, KK_TRUE, KK_FALSE } kk_tri; /* JSON: null, true, false */

/* A named reason: `code` for machines (new_country), texts for the reader. */
typedef struct {
    const char *code;
    kk_slice ja, en;
    kk_slice decision; /* id of the decision that it is; empty otherwise */
} kk_reason;
typedef struct {
    kk_reason *items;
    size_t count, capacity;
} kk_reasons;

typedef enum { KK_FIRST_SEEN, KK_NO_LATER_THAN } kk_from_is;
typedef enum {
    KK_WINDOW_EVIDENCE,
    KK_WINDOW_CASE,
    KK_WINDOW_UNION,
    KK_WINDOW_DECISION
} kk_window_basis;
typedef struct {
    kk_time from, to; /* KK_NO_TIME: no intrusion was found or given */
    kk_from_is from_is;
    kk_window_basis basis;
    kk_slice decision; /* that set it; empty: none */
} kk_window;

typedef enum {
    KK_BY_VPN,
    KK_BY_RDP,
    KK_BY_SSH,
    KK_BY_SMB,
    KK_BY_WEB,
    KK_BY_OTHER,
    KK_SESSION_KINDS
} kk_session_kind;
extern const char *const kk_session_kind_names[KK_SESSION_KINDS]; /* "vpn", "rdp", ... */

/* What the session of a remote desktop has besides. */
typedef struct {
    kk_slice number,
        logon_id; /* of the session and its logon on the machine, until it starts anew */
    kk_slice client_name;
    kk_slice continues; /* id of the session before it on the same desktop, from another address */
    size_t before;      /* its index while sessions are collected, KK_NOWHERE */
    bool resumed;       /* begins with a reconnection */
    kk_time logoff;     /* KK_NO_TIME: none was logged */
    struct kk_stretch {
        kk_time from, to;
    } * away; /* between a disconnection and the next reconnection */
    size_t away_count, away_capacity;
} kk_desktop;

typedef struct kk_session {
    kk_slice id;
    kk_session_kind kind;
    kk_slice account, host;    /* host: of the machine or device that was logged on to */
    kk_slice from_ip, country; /* country: two letters, empty if not known or internal */
    kk_slice given_ip;         /* address that a VPN gave the client; empty otherwise */
    kk_time start, end;        /* end KK_NO_TIME: no end was logged */
    bool has_bytes;
    uint64_t bytes_in, bytes_out; /* out: carried away from the organisation */
    kk_tri suspicious;
    bool by_responder;
    bool decided;            /* hostile or benign, by a named person */
    bool by_device;          /* a device of the network told of it */
    bool forwarded;          /* a line of it was kept on another machine: */
    kk_slice keeper;         /* which, where that is known */
    bool ran_program;        /* web: a program lying where only files are put answered */
    kk_slice act_ja, act_en; /* what its account did in it that no daily work is; empty: nothing */
    int score;
    kk_reasons reasons;
    kk_refs refs;
    kk_desktop *desktop; /* of kind rdp; NULL otherwise */
    kk_slice from_host;  /* machine that it came from, where that is known */
    kk_slice from_name;  /* what the far end called itself */
    bool dropped;        /* while sessions are collected: it is a part of another */
    size_t parent;       /* index of the suspicious session that it came out of, KK_NOWHERE */
} kk_session;

/* Another way in that was open before the intruder's first act inside, so that it may have been that one. */
typedef struct {
    kk_session_kind kind;
    kk_slice account, from_ip, country;
    kk_time first;
    kk_tri suspicious; /* KK_UNKNOWN: too little is known of the account to judge */
} kk_other_entry;

typedef struct {
    kk_session_kind kind;
    kk_slice account, from_ip, country;
    kk_time first, last;
    uint64_t sessions;
    const char *certainty; /* "established", "likely", "presumed", "unknown" */
    kk_reasons reasons;
    bool
        has_alternatives; /* any of kk_access.others but its own may have been the way in instead */
    size_t own;           /* its place among them; KK_NOWHERE: it is none of them */
} kk_entry;

typedef struct {
    kk_slice name;
    kk_time first, last;
    kk_slice *hosts;
    size_t host_count;
    kk_tri suspicious;
} kk_account;

typedef struct {
    kk_slice name;
    kk_time first, last;
    const char *role; /* NULL: not known */
    bool examined;    /* evidence of the machine itself was taken in */
    kk_tri encrypted;
    kk_time encrypted_first, encrypted_last;
    uint64_t encrypted_files;
    kk_refs encrypted_refs; /* entries of the first and last of them, by suffix */
} kk_intruded_host;

typedef struct {
    kk_slice from, from_ip, to, account; /* from: the machine's name, else its address */
    uint64_t count;
    kk_time first, last;
} kk_edge;

/* Countries that perimeter devices named themselves, by address. */
typedef struct {
    kk_pair *items;
    size_t count;
} kk_countries;

typedef struct {
    kk_window window;
    kk_entry *entries;
    size_t entry_count;
    kk_other_entry *others; /* by first */
    size_t other_count;
    kk_session *sessions; /* by start, then kind, account, host */
    size_t session_count;
    kk_account *accounts;
    size_t account_count;
    kk_intruded_host *hosts; /* those with a session or an act of the intruder */
    size_t host_count;
    kk_edge *edges;
    size_t edge_count;
    kk_countries countries;
    kk_pair *addresses; /* machine and an address of it, as firewall and logon agree */
    size_t address_count;
} kk_access;

KK_CHECKED kk_status kk_access_find(kk_store *store, const kk_case_settings *settings,
                                    kk_arena *arena, kk_access *out, kk_fault *fault);
/* Members of the `access` document, into an open object. */
void kk_access_json(kk_json *j, const kk_access *access);
void kk_json_window(kk_json *j, const char *key, const kk_window *window);
void kk_json_reasons(kk_json *j, const char *key, const kk_reasons *reasons); /* [{code, ja, en}] */
void kk_json_tri(kk_json *j, const char *key, kk_tri value);
KK_CHECKED kk_status kk_countries_told(kk_store *store, kk_arena *arena, kk_countries *out,
                                       kk_fault *fault);
/* Two-letter country of an address, empty if not known: what a device told at the time, else out of
 * tor-geoipdb where it is installed. */
kk_slice kk_country_of(const kk_countries *told, kk_slice address);

typedef enum { KK_INDETERMINATE, KK_NO_TRACE, KK_TRACES, KK_CONFIRMED } kk_verdict;
typedef enum { KK_TIER_A, KK_TIER_B, KK_TIER_C, KK_TIER_D } kk_tier;
typedef enum { KK_CONCLUSIVE, KK_STRONG, KK_WEAK } kk_finding_strength;

typedef struct {
    kk_slice id;
    const char *rule; /* K1, K4, S1, ... of docs/verdict.md */
    const char *kind; /* contract: leak_listing_match, outbound_transfer, upload_tool, ... */
    kk_finding_strength strength;
    kk_slice host, account, destination, country;
    kk_slice from_ip; /* of the machine that sent it; empty where the record has none */
    kk_time start, end;
    bool has_bytes;
    uint64_t bytes_out, files;
    kk_slice ja, en; /* one sentence */
    kk_refs refs;
    uint64_t *items; /* keys of the items whose content left, ascending */
    size_t item_count;
    uint64_t *inside; /* of what those hold: members of archives, attachments; in any order */
    size_t inside_count;
    bool published;    /* listed by name only: reachable, not left */
    kk_slice decision; /* that refuted it; empty: none */
    bool declared;     /* rests on what somebody stated, and on no record */
} kk_finding;

typedef struct {
    kk_slice source, host;
    const char *kind; /* firewall, vpn, event_log, ... */
    kk_time first, last;
    int rating;           /* 0..3: R0..R3 */
    const char *why_ends; /* NULL: it does not end inside the window */
    kk_ref last_line;     /* its last line before the end */
} kk_coverage_source;

typedef struct {
    kk_slice host, source;
    kk_time from, to;
    const char *reason; /* absent, cleared, wrapped, ... as the contract names them */
} kk_gap;

typedef struct {
    kk_slice id, name, owner;
    kk_verdict verdict;
    kk_tier tier;
    const char *legal; /* leak, suspected, damage, loss, none_found */
    uint64_t *items;
    size_t item_count;
} kk_dataset;

typedef struct {
    kk_verdict verdict;
    kk_window window;
    kk_slice statement_ja, statement_en;
    struct kk_limb {
        kk_slice ja, en;
    } * limbs;
    size_t limb_count;
    struct kk_host_verdict {
        kk_slice host;
        kk_verdict verdict;
        kk_tier tier;
    } * hosts;
    size_t host_count;
    kk_dataset *datasets;
    size_t dataset_count;
    kk_finding *findings; /* strongest first, then by start */
    size_t finding_count;
    kk_finding *by_responders; /* what responders did: shown, and no part of the verdict */
    size_t by_responder_count;
    kk_finding *refuted; /* by a decision: shown, and no part of the verdict */
    size_t refuted_count;
    uint64_t bytes_out, identified_bytes;
    bool has_unseen;
    uint64_t unseen_bytes;
    kk_tier tier;
    uint64_t host_hours, covered;
    kk_coverage_source *sources;
    size_t source_count;
    kk_gap *gaps;
    size_t gap_count;
    const struct kk_rule_reach *rules; /* analyse/rule_reach.h */
    const struct kk_scan_reach *scans; /* analyse/scan_reach.h */
    /* For persons: items whose content is known to have left; items the intruder could read. */
    uint64_t *left, *reachable;
    size_t left_count, reachable_count;
} kk_exfil;

KK_CHECKED kk_status kk_exfil_find(kk_store *store, const kk_case_settings *settings,
                                   const kk_access *access, kk_arena *arena, kk_exfil *out,
                                   kk_fault *fault);
void kk_exfil_json(kk_json *j, const kk_exfil *exfil);
extern const char *const kk_verdict_names[4]; /* by kk_verdict */
extern const char *const kk_tier_names[4];

/* Measures of case.yaml held against the records after their time; as many as there are measures. */
typedef enum { KK_MEASURE_UNTESTED, KK_MEASURE_HELD, KK_MEASURE_CONTRADICTED } kk_measure_result;
typedef struct {
    kk_measure_result result;
    const char *why;  /* of untested: no_records, address_unknown, account_unknown, host_unknown,
                        time_unknown, check_unknown */
    kk_time done;     /* looked at from here on */
    kk_time until;    /* how far the records go */
    bool by_device;   /* the records are a device's, which the intruder did not control */
    uint64_t against; /* sessions, flows or events that contradict it */
    kk_time first_against;
    kk_refs refs; /* what contradicts it; else the last records that were looked at */
} kk_measure_test;
typedef struct {
    kk_measure_test *items;
    size_t count;
} kk_measure_tests;

KK_CHECKED kk_status kk_measures_test(kk_store *store, const kk_case_settings *settings,
                                      const kk_access *access, kk_arena *arena,
                                      kk_measure_tests *out, kk_fault *fault);
