/* Windows events as JSON trees: those that follow the XML, and flat ones. */
#pragma once
#include "base/json_read.h"
#include "parse/winevent.h"

/* An object of any tool that writes Windows events; false if it is none. */
bool kk_winevent_read_json(kk_winevents *events, kk_winevent *event, const kk_json_value *object);
/* An object with System, EventData and so on, or one with such an object as its Event. False if it
 * is none. */
bool kk_winevent_read_tree(kk_winevents *events, kk_winevent *event, const kk_json_value *object);
/* {"EventData": ...} alone: the Payload of EvtxECmd. */
void kk_winevent_read_payload(kk_winevents *events, kk_winevent *event,
                              const kk_json_value *payload);
/* The fields of an event side by side, as `kakuho evtx` writes them into a table. */
void kk_winevent_read_fields(kk_winevents *events, kk_winevent *event, const kk_json_value *fields);
/* Text of a value that is no array or object; GUIDs in braces; empty for null. */
kk_slice kk_winevent_scalar(kk_arena *arena, const kk_json_value *value);
/* Decimal keywords, also negative ones, as the hexadecimal of the event log. */
kk_slice kk_winevent_keywords_text(kk_arena *arena, kk_slice text);
