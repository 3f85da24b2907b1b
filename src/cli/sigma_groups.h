/* Why rules about several events fire or do not: what was counted, group by group. */
#pragma once
#include "base/json.h"
#include "detect/correlate.h"

typedef struct kk_sigma_groups kk_sigma_groups;

kk_sigma_groups *kk_sigma_groups_open(kk_arena *arena, const kk_sigma *set);
/* What kk_correlator_watch and kk_correlator_open call; the context is the groups. */
void kk_sigma_groups_look(void *groups, const kk_correlation_look *look);
void kk_sigma_groups_fired(kk_sigma_groups *groups, const kk_correlation_hit *hit);
/* "correlation": {...} of a rule about several events. */
void kk_sigma_groups_put(const kk_sigma_groups *groups, uint32_t rule, kk_json *out);
