/* Fuzz harness for files of indicators: read, carried out of the walls and in again, and looked for. */
#include "detect/ioc_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(kk_arena *arena, const kk_iocs *iocs)
{
    static const char *const values[] = {
        "203.0.113.5",
        "C:\\Windows\\System32\\cmd.exe /c del C:\\ProgramData\\a.exe",
        "http://www.evil.example/a?b=c",
        "2001:db8::1",
        "d41d8cd98f00b204e9800998ecf8427e",
        "\xe9\xa1\xa7\xe5\xae\xa2.xlsx",
        "CORP\\root"};
    const kk_ioc_hit *hits;
    kk_ioc_matcher *m = kk_ioc_matcher_make(arena, iocs->items, iocs->count);
    for (int round = 0; round < 2; round++) {
        kk_ioc_begin(m);
        for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
            kk_ioc_value(m, i, (kk_ioc_place)(i % 3), kk_cstr(values[i]));
        kk_ioc_number(m, 9, KK_IOC_PORT, 443);
        (void)kk_ioc_end(m, &hits);
    }
    kk_ioc_matcher_close(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kk_arena *arena = kk_arena_open();
    kk_iocs iocs, again;
    kk_buffer out = {0};
    kk_json j = {.out = &out};
    kk_iocs_read(arena, kk_copy(arena, (kk_slice){(const char *)data, size}), &iocs);
    kk_iocs_put(&j, &iocs);
    if (!kk_iocs_take(arena, kk_buffer_slice(&out), &again) || again.count != iocs.count)
        __builtin_trap(); /* what is written can be read */
    look(arena, &again);
    kk_buffer_close(&out);
    kk_arena_close(arena);
    return 0;
}
