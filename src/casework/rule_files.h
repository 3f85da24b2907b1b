/* Rules and lists as texts: out of files and folders that a user names. */
#pragma once
#include "detect/sigma.h"

typedef enum {
    KK_FILE_SIGMA,
    KK_FILE_LIST, /* values of the placeholder that `name` is, one a line; # begins a comment */
    KK_FILE_YARA,
    KK_FILE_UNREADABLE, /* of a folder; `text` says why */
} kk_rule_kind;

typedef struct {
    kk_slice name, text;
    kk_rule_kind kind;
    kk_slice refused; /* why it is not even looked at; empty: it is */
} kk_rule_file;

/* Why a YARA file without a text was refused. */
extern const kk_slice kk_yara_too_large;

typedef struct kk_rule_files {
    kk_rule_file *items;
    size_t count, capacity;
} kk_rule_files;

/* Adds every *.yml and *.yaml below the path, in the order of their names, the *.txt in folders called
 * `lists` as lists, and as YARA every *.yar, *.yara and *.yarc, and every *.rule and *.rules that is
 * YARA by its content. A file given itself counts whatever its name is. Below a folder, what cannot
 * be read is added as such; a path that itself cannot be read is an error. */
KK_CHECKED kk_status kk_rule_files_find(kk_arena *arena, const char *path, kk_rule_files *out,
                                        kk_fault *fault);
/* One list out of a file: "NAME=FILE". */
KK_CHECKED kk_status kk_rule_files_list(kk_arena *arena, kk_slice given, kk_rule_files *out,
                                        kk_fault *fault);
void kk_rule_files_add(kk_arena *arena, kk_rule_files *files, const kk_rule_file *file);
/* Reads and links those of Sigma: lists first. */
kk_sigma *kk_rule_files_read(kk_arena *arena, const kk_rule_files *files);
/* A whole file; KK_LIMIT beyond `most` bytes. */
KK_CHECKED kk_status kk_file_text(kk_arena *arena, const char *path, size_t most, kk_slice *out,
                                  kk_fault *fault);
