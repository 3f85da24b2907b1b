/* What is true of the example evidence, by construction: written beside it as truth.json, for tests
 * to compare every answer with. */
#pragma once
#include "base/json.h"
#include "demo/disk.h"

typedef struct {
    const char *kind, *account, *from_ip, *country, *host;
    kk_time start, end;
    uint64_t bytes_in, bytes_out; /* seen from the organisation */
} kk_truth_session;

void kk_truth_sessions(kk_json *json, const char *key, const kk_truth_session *sessions,
                       size_t count);
/* {"true","count","least_at_most","most_at_least"}: how many there are; what certain and probable
 * rules come to; bounds that least and most must keep. */
void kk_truth_count(kk_json *json, const char *key, uint64_t there_are, int64_t difference);
void kk_truth_file(kk_json *json, kk_slice path, const kk_disk_content *content, uint64_t rows);
