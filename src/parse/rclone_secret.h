/* What rclone calls its secrets, in a configuration as on a command line: they are never put out.
 */
#pragma once
#include "base/arena.h"

#define KK_RCLONE_SECRET "(secret)"

/* True for names of values that open something: pass, token, secret_access_key, sas_url, ... */
bool kk_rclone_is_secret(kk_slice name);
/* The text with every value behind a secret name hidden: "pass=xyz", "--ftp-pass xyz", and the
 * password of "scheme://user:password@host". Without any it is returned as it is. */
kk_slice kk_rclone_hide(kk_arena *arena, kk_slice text);
