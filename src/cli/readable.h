/* A document as a person reads it in a terminal: indented names and values, one language of two. */
#pragma once
#include "cli/command.h"

/* The zone that --tz gave, else the case's. */
const kk_zone *kk_zone_shown(const kk_invocation *i, const kk_case *c);
/* The document to stdout: as it is with --json, else readable, with times in the zone and their
 * offset; zone NULL: as they stand, in UTC. */
void kk_write_document(kk_invocation *i, kk_slice json, const kk_zone *zone);
