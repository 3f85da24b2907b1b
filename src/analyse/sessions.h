/* Sessions out of events, and failed logons beside them. Inside of the analyse room only. */
#pragma once
#include "analyse/analyse.h"
#include "analyse/session_groups.h"

typedef struct {
    kk_time at;
    kk_slice from_ip, account, host;
} failed_logon;

typedef struct {
    kk_session *items;
    size_t count, capacity;
    failed_logon *failures; /* by time */
    size_t failure_count, failure_capacity;
    kk_time first_event, last_event; /* of anything that tells of sessions */
    kk_pair *addresses;              /* machine and an address of it, as firewall and logon agree */
    size_t address_count, address_capacity;
    kk_slice *accounts;                 /* folded, by session */
    text_groups by_account, by_address; /* sessions that share one; by_address: they came from it */
} session_list;

/* Sorted by start and grouped. */
kk_status sessions_collect(kk_store *store, kk_arena *arena, session_list *out, kk_fault *fault);
/* Visits to web servers without an account, of addresses that matter otherwise; unsorted. */
kk_status sessions_add_visits(kk_store *store, session_list *list, kk_arena *arena,
                              kk_fault *fault);
/* Bytes of ssh sessions, out of lines of the processes that served them; sorted by start. */
kk_status sessions_add_ssh_bytes(kk_store *store, session_list *list, kk_fault *fault);
/* Addresses of the machines that were logged on to: a firewall session to a port of remote work that
 * began when the logon did, from the same address. */
kk_status sessions_find_addresses(kk_store *store, session_list *list, kk_arena *arena,
                                  kk_fault *fault);
/* From which machines sessions came; sorted by start. */
kk_status sessions_find_origins(kk_store *store, const kk_case_settings *settings,
                                session_list *list, kk_arena *arena, kk_fault *fault);
/* Notes of each session what detections say that its account did on its machine while it lasted, where it is such
 * as belongs to no daily work (recovery switched off, files encrypted, passwords taken, logs cleared). */
kk_status sessions_note_acts(kk_store *store, const kk_case_settings *settings, session_list *list,
                             kk_fault *fault);
/* Whether it lasted then, give or take two minutes; without an end for eight hours. */
bool session_lasts(const kk_session *session, kk_time at);
/* A line of it is kept on another machine; the first one counts. */
void session_kept(kk_session *session, bool forwarded, kk_slice keeper);
/* Marks suspicious ones, with reasons. What nobody need be told of goes: the groups do not hold any more. */
void sessions_judge(session_list *list, const kk_case_settings *settings,
                    const kk_countries *countries, kk_arena *arena);
/* Reading a web site without an account: an act of the intruder's, but neither a way in nor on the machine. */
bool is_mere_visit(const kk_session *session);
kk_reason *reason_add(kk_arena *arena, kk_reasons *reasons, const char *code, kk_slice ja,
                      kk_slice en);
bool reason_has(const kk_reasons *reasons, const char *code);
/* Without the domain. */
kk_slice account_bare(kk_slice account);
/* Accounts are compared without case and domain. */
kk_slice account_folded(kk_arena *arena, kk_slice account);
