/* Inside a worker: payloads of the events that a job tells, as children of the item that is read. */
#pragma once
#include "detect/match.h"
#include "model/payload_row.h"
#include "model/sink.h"

typedef struct payloads payloads;

/* For one job; memory is its arena's. Rows are told to `row`, each behind its child. */
payloads *payloads_open(kk_sink *sink, void (*row)(kk_sink *sink, const kk_payload_row *row));
/* The texts that are found in a field of an event go to `decoded` as well, all at once. */
void payloads_tell_texts(payloads *p, void (*decoded)(kk_sink *sink, const kk_event *event,
                                                      const kk_decoded *decoded));
void payloads_close(payloads *p); /* NULL is fine */
/* Looks through a script that was joined from events: it is told itself, then what is in it. */
void payloads_look_script(payloads *p, kk_slice script);
/* Looks through the fields of an event that has just been told. */
void payloads_look(payloads *p, const kk_event *event);
