/* Whose acts were our own people's: the `responders` of case.yaml held against acts. Inside of the analyse
 * room only. */
#pragma once
#include "analyse/sessions.h"

typedef struct {
    const kk_case_settings *settings;
    kk_session *sessions; /* theirs, by start */
    size_t session_count;
} responders;

/* `sessions` are all of the case, by start. */
responders responders_among(const kk_case_settings *settings, const kk_session *sessions,
                            size_t count, kk_arena *arena);
/* The entry that an act belongs to; NULL: none. What a log of the machine itself tells has no address: it
 * was a responder's when it was done by the account of a responder's session there, while that lasted. */
const kk_responder *responder_of(const responders *r, kk_slice account, kk_slice from_ip,
                                 kk_slice host, kk_time at);
/* Takes what responders did out of the findings, into a list of their own. */
void responders_part_findings(const responders *r, kk_exfil *exfil, kk_arena *arena);
