/* Sessions out of events, and failed logons beside them. Inside of the analyse room only. */
#pragma once
#include "analyse/analyse.h"

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
} session_list;

kk_status sessions_collect(kk_store *store, kk_arena *arena, session_list *out, kk_fault *fault);
/* Marks suspicious ones, with reasons; sessions are sorted by start. */
void sessions_judge(session_list *list, const kk_case_settings *settings, kk_arena *arena);
void reason_add(kk_arena *arena, kk_reasons *reasons, const char *code, kk_slice ja, kk_slice en);
bool reason_has(const kk_reasons *reasons, const char *code);
/* Accounts are compared without case and domain. */
kk_slice account_folded(kk_arena *arena, kk_slice account);
