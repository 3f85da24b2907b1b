/* What the well-known files of a machine's root tell of it: /etc/hostname, /etc/timezone and the
 * target of the link /etc/localtime. */
#pragma once
#include "base/slice.h"

/* The first line that is no comment, if it is made of the letters of such names alone. */
kk_slice kk_fact_word(kk_slice text);
/* "../usr/share/zoneinfo/Asia/Tokyo" to its zone; empty for other targets. */
kk_slice kk_fact_zone_of_link(kk_slice target);
