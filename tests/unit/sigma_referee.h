/* A slow and obvious judge of Sigma rules, written from the specification alone: it reads the YAML anew
 * for every event and shares nothing with the matcher but the YAML reader. */
#pragma once
#include "base/yaml.h"
#include "model/event.h"

/* Whether the rule (a document with a detection) holds of the event's `more`. */
bool referee_fires(const kk_yaml *document, const kk_event *event);
