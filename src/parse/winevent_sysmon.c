/* Strings of Sysmon's events by position. Which fields there are has grown from version to version: RuleName came before
 * all others, and others were put between and behind. So a list fits where as many strings are there as it has names,
 * and where the time stands in its place. Strings that were parted by bars fit by accident, since command lines hold bars. */
#include "parse/winevent_message.h"

#define PROCESS "RuleName UtcTime ProcessGuid ProcessId Image "
#define FILE_VERSION "FileVersion Description Product Company "
#define STARTED                                                                                    \
    "CommandLine CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes " \
    "ParentProcessGuid ParentProcessId ParentImage ParentCommandLine"
#define SIGNED "Hashes Signed Signature SignatureStatus"
#define THREAD                                                                                     \
    "RuleName UtcTime SourceProcessGuid SourceProcessId SourceImage TargetProcessGuid "            \
    "TargetProcessId TargetImage NewThreadId StartAddress StartModule StartFunction"
#define ACCESS                                                                                     \
    "RuleName UtcTime SourceProcessGUID SourceProcessId SourceThreadId SourceImage "               \
    "TargetProcessGUID TargetProcessId TargetImage GrantedAccess CallTrace"
#define KEY "RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject"
#define DELETED                                                                                    \
    "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes IsExecutable"

static const struct {
    uint16_t code;
    const char *names;
} lists[] = {
    {1, PROCESS STARTED},
    {1, PROCESS FILE_VERSION STARTED},
    {1, PROCESS FILE_VERSION "OriginalFileName " STARTED},
    {1, PROCESS FILE_VERSION "OriginalFileName " STARTED " ParentUser"},
    {2, PROCESS "TargetFilename CreationUtcTime PreviousCreationUtcTime"},
    {2, PROCESS "TargetFilename CreationUtcTime PreviousCreationUtcTime User"},
    {3, PROCESS "User Protocol Initiated SourceIsIpv6 SourceIp SourceHostname SourcePort "
                "SourcePortName DestinationIsIpv6 DestinationIp DestinationHostname "
                "DestinationPort DestinationPortName"},
    {5, "RuleName UtcTime ProcessGuid ProcessId Image"},
    {5, PROCESS "User"},
    {6, "RuleName UtcTime ImageLoaded " SIGNED},
    {7, PROCESS "ImageLoaded " SIGNED},
    {7, PROCESS "ImageLoaded " FILE_VERSION SIGNED},
    {7, PROCESS "ImageLoaded " FILE_VERSION "OriginalFileName " SIGNED},
    {7, PROCESS "ImageLoaded " FILE_VERSION "OriginalFileName " SIGNED " User"},
    {8, THREAD},
    {8, THREAD " SourceUser TargetUser"},
    {9, PROCESS "Device"},
    {9, PROCESS "Device User"},
    {10, ACCESS},
    {10, ACCESS " SourceUser TargetUser"},
    {11, PROCESS "TargetFilename CreationUtcTime"},
    {11, PROCESS "TargetFilename CreationUtcTime User"},
    {12, KEY},
    {12, KEY " User"},
    {13, KEY " Details"},
    {13, KEY " Details User"},
    {14, KEY " NewName"},
    {14, KEY " NewName User"},
    {15, PROCESS "TargetFilename CreationUtcTime Hash"},
    {15, PROCESS "TargetFilename CreationUtcTime Hash Contents"},
    {15, PROCESS "TargetFilename CreationUtcTime Hash Contents User"},
    {17, "RuleName UtcTime ProcessGuid ProcessId PipeName Image"},
    {17, "RuleName EventType UtcTime ProcessGuid ProcessId PipeName Image"},
    {17, "RuleName EventType UtcTime ProcessGuid ProcessId PipeName Image User"},
    {18, "RuleName UtcTime ProcessGuid ProcessId PipeName Image"},
    {18, "RuleName EventType UtcTime ProcessGuid ProcessId PipeName Image"},
    {18, "RuleName EventType UtcTime ProcessGuid ProcessId PipeName Image User"},
    {19, "RuleName EventType UtcTime Operation User EventNamespace Name Query"},
    {20, "RuleName EventType UtcTime Operation User Name Type Destination"},
    {21, "RuleName EventType UtcTime Operation User Consumer Filter"},
    {22, "RuleName UtcTime ProcessGuid ProcessId QueryName QueryStatus QueryResults Image"},
    {22, "RuleName UtcTime ProcessGuid ProcessId QueryName QueryStatus QueryResults Image User"},
    {23, DELETED " Archived"},
    {25, PROCESS "Type"},
    {25, PROCESS "Type User"},
    {26, DELETED},
    {27, "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes"},
    {28, DELETED},
    {29, "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes"},
};

/* 2026-07-01 01:02:03.456 */
static bool is_time(kk_slice s)
{
    static const char form[] = "dddd-dd-dd dd:dd:dd.ddd";
    if (s.len != sizeof form - 1)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (form[i] == 'd' ? s.ptr[i] < '0' || s.ptr[i] > '9' : s.ptr[i] != form[i])
            return false;
    return true;
}

/* Where the time stands among the strings, and how many they are. */
static size_t place_of_time(const kk_winevent *e, size_t *count)
{
    size_t place = SIZE_MAX;
    *count = 0;
    for (size_t i = 0; i < e->count; i++) {
        if (!kk_is(e->pairs[i].name, "Data"))
            continue;
        if (place == SIZE_MAX && is_time(e->pairs[i].value))
            place = *count;
        (*count)++;
    }
    return place;
}

/* The names for so many strings with the time in that place; without RuleName, where that is not there. */
static bool fits(kk_slice names, size_t count, size_t place, kk_slice *out)
{
    size_t here = 0, time = SIZE_MAX;
    kk_slice rest = names, name;
    for (; kk_split(&rest, ' ', &name); here++)
        if (kk_is(name, "UtcTime"))
            time = here;
    *out = names;
    if (count + 1 == here) {
        (void)kk_split(out, ' ', &name);
        return place + 1 == time;
    }
    return count == here && place == time;
}

void kk_winevent_name_sysmon(kk_winevent *e)
{
    size_t count, place = place_of_time(e, &count);
    uint64_t code;
    kk_slice told;
    if (e->parted || kk_winevent_field(e, "UtcTime", &told) || place == SIZE_MAX ||
        !kk_is(e->system[KK_SYS_PROVIDER], "Microsoft-Windows-Sysmon") ||
        !kk_to_u64(e->system[KK_SYS_EVENT_ID], &code))
        return;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        kk_slice names, name;
        if (lists[i].code != code || !fits(kk_cstr(lists[i].names), count, place, &names))
            continue;
        for (size_t k = 0; k < e->count; k++)
            if (kk_is(e->pairs[k].name, "Data") && kk_split(&names, ' ', &name))
                e->pairs[k].name = name;
        return;
    }
}
