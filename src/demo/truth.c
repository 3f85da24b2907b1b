#include "demo/truth.h"

void kk_truth_sessions(kk_json *json, const char *key, const kk_truth_session *sessions,
                       size_t count)
{
    kk_json_array(json, key);
    for (size_t i = 0; i < count; i++) {
        const kk_truth_session *s = &sessions[i];
        kk_json_object(json, NULL);
        kk_json_cstr(json, "kind", s->kind);
        kk_json_cstr(json, "account", s->account);
        kk_json_cstr(json, "from_ip", s->from_ip);
        kk_json_cstr(json, "country", s->country);
        kk_json_cstr(json, "host", s->host);
        kk_json_time(json, "start", s->start);
        kk_json_time(json, "end", s->end);
        if (s->bytes_in + s->bytes_out > 0) {
            kk_json_u64(json, "bytes_in", s->bytes_in);
            kk_json_u64(json, "bytes_out", s->bytes_out);
        }
        kk_json_close(json);
    }
    kk_json_close(json);
}

void kk_truth_count(kk_json *json, const char *key, uint64_t there_are, int64_t difference)
{
    kk_json_object(json, key);
    kk_json_u64(json, "true", there_are);
    kk_json_i64(json, "count", (int64_t)there_are + difference);
    kk_json_u64(json, "least_at_most", there_are);
    kk_json_u64(json, "most_at_least", there_are);
    kk_json_close(json);
}

void kk_truth_file(kk_json *json, kk_slice path, const kk_disk_content *content, uint64_t rows)
{
    kk_json_object(json, NULL);
    kk_json_text(json, "path", path);
    kk_json_u64(json, "bytes", content->size);
    kk_json_text(json, "sha256", content->hex);
    kk_json_u64(json, "rows", rows);
    kk_json_close(json);
}
