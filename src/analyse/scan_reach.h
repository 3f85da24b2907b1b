/* What YARA rules could see: of everything that the evidence holds, what was held against them wholly,
 * in part, and not, with the reason. A rule that found nothing found nothing in what was read. */
#pragma once
#include "base/json.h"
#include "store/store.h"

typedef struct {
    uint64_t scanned, partly, not_scanned; /* items */
} kk_scan_counts;

typedef struct {
    kk_slice host;
    kk_scan_counts counts;
} kk_scan_host;

typedef struct {
    kk_slice evidence, path, host;
    bool is_partly;
    kk_slice why; /* a word of docs/yara.md */
} kk_scan_gap;

typedef struct {
    kk_slice id, title, file;
    uint32_t line;
} kk_scan_rule;

typedef struct kk_scan_reach {
    kk_scan_rule *rules; /* in use */
    size_t rule_count;
    uint64_t refused;
    kk_scan_counts counts;
    kk_scan_host *hosts; /* by name */
    size_t host_count;
    kk_scan_gap *gaps; /* by evidence and path */
    size_t gap_count;
} kk_scan_reach;

/* Empty where the case has no YARA rules. */
KK_CHECKED kk_status kk_scan_reach_find(kk_store *store, kk_arena *arena, kk_scan_reach *out,
                                        kk_fault *fault);
/* Member "yara" of a summary and of a coverage; nothing where there are no YARA rules. */
void kk_scan_reach_counts(kk_json *j, const kk_scan_reach *reach);
/* Rows of `detections --unused`: rules that could be held against nothing. Then its member "yara", with
 * what was not scanned. */
void kk_scan_reach_idle(kk_json *j, const kk_scan_reach *reach);
void kk_scan_reach_gaps(kk_json *j, const kk_scan_reach *reach);
