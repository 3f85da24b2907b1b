/* Sessions of remote desktops, put together out of what several logs say of each: the network
 * authentication, the logon, the session manager, reconnections, ends. docs/access.md has the rules. */
#pragma once
#include "analyse/sessions.h"

typedef enum {
    RDP_BOOT,       /* numbers of sessions and logons begin anew */
    RDP_CONNECTION, /* RdpCoreTS 131, RemoteConnectionManager/Admin 1158 */
    RDP_REACHED,    /* RemoteConnectionManager 1149 */
    RDP_NETWORK,    /* 4624 type 3, which may be the network authentication of a desktop */
    RDP_LOGON,      /* 4624 type 10, 12; 528 */
    RDP_UNLOCK,     /* 4624 type 7 from an address */
    RDP_LOGGED_OFF, /* 4634, 4647, 538, 551, not of a network or unlocking logon */
    RDP_RECONNECT,  /* 4778, 682 */
    RDP_DISCONNECT, /* 4779, 683 */
    RDP_BEGIN,      /* Local Session Manager 21 */
    RDP_SHELL,      /* 22 */
    RDP_RESUME,     /* 25 */
    RDP_LEAVE,      /* 24, 39, 40 */
    RDP_END,        /* 23 */
    RDP_SIGNS
} rdp_sign;

/* Texts are kept by the tracker as they are: they have to live as long as the list. */
typedef struct {
    rdp_sign sign;
    kk_time time;
    kk_slice host, account; /* empty: not told */
    kk_slice ip;            /* of the far end, as the machine sees it */
    kk_slice told_ip;       /* what the client says of itself: behind NAT another */
    kk_slice client;        /* its name */
    kk_slice desktop;       /* number of the session on its machine */
    kk_slice logon, linked; /* logon id; that of the same logon with other rights */
    bool at_console;        /* "LOCAL" */
    size_t smb; /* of a network logon: the session that it began alone, else KK_NOWHERE */
    kk_ref ref;
    bool forwarded; /* kk_is_forwarded, and by which machine its log is kept */
    kk_slice keeper;
} rdp_event;

typedef struct rdp_tracker rdp_tracker;
rdp_tracker *rdp_open(kk_arena *arena, session_list *list);
/* Events in order of time. */
void rdp_hear(rdp_tracker *tracker, const rdp_event *event);
/* What an event says of desktops; false if nothing. Texts are the row's own. */
bool rdp_sign_of(const kk_event_row *row, kk_arena *scratch, rdp_event *out);
