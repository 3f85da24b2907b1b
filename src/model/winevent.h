/* What Windows events mean, by channel and id: category, action and outcome, and which of their named
 * fields are columns of an event. Parsers map forwards with it; whoever wants to know what a column
 * was called by Windows asks it backwards.
 *
 * Columns are copies. Every field of EventData and UserData stays in `more` under its own name and
 * with its own text, whatever a column makes of it (an account split, an address made plain, a share
 * joined with a path, a digest picked out of several), and so do the fields of System except these,
 * which are exact in the column alone: Provider (event.provider), EventID (event.code), Computer
 * (host.name), EventRecordID (record), TimeCreated (the time), and, where no System.ProcessID or
 * System.UserID is in `more`, those of process.pid and user.id. A Version, Task, Opcode, Qualifiers
 * or ThreadID of 0 and Keywords without any are left out. What rules match is therefore the same on
 * an event, its batch, and its row in the store. */
#pragma once
#include "model/event.h"

typedef enum {
    KK_WIN_SECURITY,
    KK_WIN_SYSTEM,
    KK_WIN_REMOTE_CONNECTION,
    KK_WIN_LOCAL_SESSION,
    KK_WIN_REMOTE_CONNECTION_ADMIN,
    KK_WIN_RDP_CORE,
    KK_WIN_RDP_CLIENT,
    KK_WIN_RDP_GATEWAY,
    KK_WIN_SYSMON,
    KK_WIN_POWERSHELL,
    KK_WIN_POWERSHELL_OLD,
    KK_WIN_POWERSHELL_CORE,
    KK_WIN_BITS,
    KK_WIN_DEFENDER,
    KK_WIN_TASKS,
    KK_WIN_CHANNELS
} kk_win_channel;

/* What a parser does with the text of a field. */
typedef enum {
    KK_WIN_NOTHING,
    KK_WIN_AS_TEXT,
    KK_WIN_AS_NUMBER,
    KK_WIN_AS_ADDRESS,
    KK_WIN_AS_ACCOUNT,    /* DOMAIN\user or user@DOMAIN */
    KK_WIN_AS_ENDPOINT,   /* address:port of the far end */
    KK_WIN_AS_OBJECT,     /* a file or a registry key, by its ObjectType */
    KK_WIN_AS_SHARE_PATH, /* ShareName and a path relative to it */
    KK_WIN_AS_HASHES,     /* MD5=...,SHA256=... */
    KK_WIN_AS_THREAT,     /* file:_C:\... */
    KK_WIN_AS_CONTEXT,    /* lines of PowerShell about its host */
} kk_win_how;

typedef struct {
    uint8_t how, column; /* a kk_text_field, or a kk_number_field of KK_WIN_AS_NUMBER */
    const char *name;
} kk_win_binding;

#define KK_WIN_BINDINGS 16
typedef struct {
    uint16_t code;
    uint8_t channel;      /* kk_win_channel */
    uint8_t outcome;      /* kk_outcome */
    const char *provider; /* NULL: any */
    const char *category, *action;
    kk_win_binding bind[KK_WIN_BINDINGS]; /* the first field with a value wins its column */
} kk_win_meaning;

/* Every row, for who prepares something by row; the last two hold for other events of Security and
 * Sysmon. */
size_t kk_winevent_count(void);
const kk_win_meaning *kk_winevent_at(size_t row);
size_t kk_winevent_row(const kk_win_meaning *meaning);
/* NULL for an event that no row is about. */
const kk_win_meaning *kk_winevent_find(uint64_t code, kk_slice channel, kk_slice provider);
const char *kk_win_channel_name(kk_win_channel channel);
/* The names under which Windows wrote what may be in a text column; their number, at most `most`. */
size_t kk_winevent_names(const kk_win_meaning *meaning, kk_text_field column, const char **names,
                         size_t most);
