/* Turns rows and passages of text into mentions of persons. Rows of a table come in order; the first
 * two hundred are kept until the header row and the meaning of each column are known, the rest is
 * read as it comes, in flat memory. */
#pragma once
#include "base/hash.h"
#include "model/mention.h"
#include "model/sink.h"
#include "recognise/lexicon.h"

typedef struct kk_recogniser kk_recogniser;

typedef struct {
    kk_hash_key key;           /* the case's own: all keys of mentions are made with it */
    kk_time incident;          /* nobody is born after it; KK_NO_TIME if not known */
    const kk_lexicon *lexicon; /* from kk_recognise_warm; NULL: read when opened */
    /* Tells one organisation's registers from another's: the owner or data set that the item belongs
     * to. Items of one register have one name; empty where nothing is known. */
    kk_slice register_name;
} kk_recogniser_settings;

/* Reads what is needed from disk, before a sandbox closes. Lives as long as the arena. */
const kk_lexicon *kk_recognise_warm(kk_arena *arena);

/* The mentions and tables told, and all their slices, live until the call returns. */
kk_recogniser *kk_recogniser_open(kk_arena *arena, const kk_recogniser_settings *settings,
                                  void (*mention)(void *context, const kk_mention *mention),
                                  void (*table)(void *context, const kk_table *table),
                                  void *context);
void kk_recognise_row(kk_recogniser *recogniser, const kk_row *row);
void kk_recognise_passage(kk_recogniser *recogniser, const kk_passage *passage);
/* Tells what is still kept and gives its memory back; the recogniser is not used again. */
void kk_recognise_end(kk_recogniser *recogniser);

/* Raised when its results change: part of the settings that results depend on, together with
 * kk_lexicon_fingerprint. */
#define KK_RECOGNISER_VERSION 27
