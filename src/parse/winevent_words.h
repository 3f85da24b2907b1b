/* What Windows leaves to be looked up: names of insertion strings, levels and audit results, labels
 * inside rendered messages (Japanese and English). */
#pragma once
#include "parse/winevent.h"

#define KK_AUDIT_FAILURE UINT64_C(0x10000000000000)
#define KK_AUDIT_SUCCESS UINT64_C(0x20000000000000)

/* The keyword bit of an audit result by any of its names; 0 if it is none. */
uint64_t kk_winevent_audit_bits(kk_slice name);
/* 1 to 5 for the name of a level, 6 for LogAlways, 0 if it is none. */
int kk_winevent_level_of(kk_slice name);
/* "4" for "情報"; empty if not known. The Security log writes level 0. */
kk_slice kk_winevent_level_number(const kk_winevent *event);
/* The event of today (4624) that an older id of the Security log (528) became; else the code itself.
 */
uint64_t kk_winevent_code_of_today(const kk_winevent *event, uint64_t code);
/* Fields called "Data" in the order of the insertion strings get the names that they have in the
 * event's data, where the event is known. */
void kk_winevent_name_strings(kk_winevent *event);
/* "Account Name:", "ソース ネットワーク アドレス:" of the message become fields where the event has none
 * of that name. */
void kk_winevent_read_message(kk_winevent *event);
