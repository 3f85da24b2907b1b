/* Fields out of messages that hold them whole: Sysmon's, and the scripts of PowerShell. */
#pragma once
#include "parse/winevent.h"

/* Sysmon's strings by position get their names, where the message has
 * not told them and one version had as many, with the time in that place. */
void kk_winevent_name_sysmon(kk_winevent *event);
/* The lines of Sysmon's message are its fields by their own names; they name strings by position, or
 * become fields where the event has none of that name. */
void kk_winevent_read_sysmon(kk_winevent *event);
/* The script of PowerShell's 4104, where only the message has it. */
void kk_winevent_read_script(kk_winevent *event);
