/* Writes an event log out of a list for payloads.py: a line an event, its code and its texts between tabs,
 * "\n" in them for a line end. A line "fill N" is N events that mean nothing.
 *     write_payload_log LIST FILE */
#include "demo/evtx_writer.h"

#include <stdio.h>

enum { FIELDS_MOST = 5, LINE_MOST = 1 << 20 };

static const kk_evtx_field process[] = {{"SubjectUserName", KK_EVTX_TEXT},
                                        {"NewProcessName", KK_EVTX_TEXT},
                                        {"CommandLine", KK_EVTX_TEXT}};
static const kk_evtx_field script[] = {{"MessageNumber", KK_EVTX_TEXT},
                                       {"MessageTotal", KK_EVTX_TEXT},
                                       {"ScriptBlockText", KK_EVTX_TEXT},
                                       {"ScriptBlockId", KK_EVTX_TEXT},
                                       {"Path", KK_EVTX_TEXT}};
static const kk_evtx_field service[] = {{"ServiceName", KK_EVTX_TEXT}, {"ImagePath", KK_EVTX_TEXT}};
static const kk_evtx_kind kinds[] = {
    {.provider = "Microsoft-Windows-Security-Auditing",
     .guid = "54849625-5478-4994-a5ba-3e3b0328c30d",
     .channel = "Security",
     .id = 4688,
     .keywords = 0x8020000000000000,
     .fields = process,
     .field_count = 3},
    {.provider = "Microsoft-Windows-PowerShell",
     .guid = "a0c1853b-5c40-4b15-8766-3cf1c58f985a",
     .channel = "Microsoft-Windows-PowerShell/Operational",
     .id = 4104,
     .fields = script,
     .field_count = 5},
    {.provider = "Service Control Manager",
     .guid = "555908d1-a6d7-4695-8e1e-26931d2012f4",
     .channel = "System",
     .id = 7045,
     .fields = service,
     .field_count = 2},
};

static kk_slice unescaped(kk_arena *arena, kk_slice s)
{
    char *out = kk_take(arena, s.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        bool end = s.ptr[i] == '\\' && i + 1 < s.len && s.ptr[i + 1] == 'n';
        out[len++] = end ? '\n' : s.ptr[i];
        i += end;
    }
    return (kk_slice){out, len};
}

static void add(kk_evtx *log, kk_arena *arena, kk_slice line, kk_time time)
{
    kk_evtx_value values[FIELDS_MOST] = {0};
    kk_slice piece;
    uint64_t code = 0;
    if (!kk_split(&line, '\t', &piece) || !kk_to_u64(piece, &code))
        return;
    for (size_t i = 0; i < FIELDS_MOST && line.ptr && kk_split(&line, '\t', &piece); i++)
        values[i].text = unescaped(arena, piece);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].id == code)
            kk_evtx_add(log, &kinds[i], time, 4, 8, KK_S("S-1-5-18"), values);
}

static void fill(kk_evtx *log, uint64_t count, kk_time time)
{
    kk_evtx_value values[FIELDS_MOST] = {{.text = KK_S("svc_backup")},
                                         {.text = KK_S("C:\\Windows\\System32\\taskhostw.exe")},
                                         {.text = KK_S("taskhostw.exe Install $(Arg0)")}};
    for (uint64_t i = 0; i < count; i++)
        kk_evtx_add(log, &kinds[0], time, 4, 8, KK_S("S-1-5-18"), values);
}

int main(int count, char **arguments)
{
    static char line[LINE_MOST];
    FILE *list = count == 3 ? fopen(arguments[1], "r") : NULL;
    FILE *out = count == 3 ? fopen(arguments[2], "wb") : NULL;
    if (!list || !out)
        return 2;
    kk_arena *arena = kk_arena_open();
    kk_evtx *log = kk_evtx_open(arena, KK_S("PC-07.example.test"), 1);
    kk_time time = kk_time_from_unix(1772766000, 0);
    while (fgets(line, sizeof line, list)) {
        kk_slice text = kk_cstr(line);
        uint64_t number;
        if (kk_ends(text, KK_S("\n")))
            text.len--;
        time += KK_SECOND;
        if (kk_starts(text, KK_S("fill ")) && kk_to_u64(kk_from(text, 5), &number))
            fill(log, number, time);
        else
            add(log, arena, text, time);
    }
    kk_slice bytes = kk_evtx_finish(log, 0);
    bool good = fwrite(bytes.ptr, 1, bytes.len, out) == bytes.len;
    good = fclose(out) == 0 && good;
    fclose(list);
    kk_arena_close(arena);
    return good ? 0 : 1;
}
