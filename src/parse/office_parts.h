/* The parts of an office file: XML in a zip, under limits. What workbooks, documents and slides share. */
#pragma once
#include "base/buffer.h"
#include "parse/parser.h"

typedef struct kk_office_file kk_office_file;

/* Has to be closed. Unpacked parts are held against 512 MiB and 400 times the file, and against the
 * settings; NULL settings: against the file alone. */
kk_office_file *kk_office_open(kk_arena *arena, kk_stream *in, const kk_settings *settings,
                               kk_sink *sink);
void kk_office_close(kk_office_file *f);
/* Before the first part, once more. */
void kk_office_rewind(kk_office_file *f);
/* The next part's path, '/' between names, valid until the next call; empty at the end, behind
 * 65,536 parts and where the zip is damaged. */
kk_slice kk_office_next(kk_office_file *f);
bool kk_office_damaged(const kk_office_file *f);
bool kk_office_too_many(const kk_office_file *f);
/* Tells the part as a child under its path; only by its last name where that leads outside. */
void kk_office_tell_child(kk_office_file *f, kk_slice path);

/* The same, under another name. */
void kk_office_tell_child_as(kk_office_file *f, kk_slice name);
/* Bytes of the current part as they are unpacked from the zip: 0 at the end, < 0 damaged or over a limit from there. */
ptrdiff_t kk_office_raw(kk_office_file *f, void *into, size_t len);
/* The rest of the current part is what `read` makes of those, in the same way. */
typedef ptrdiff_t kk_office_through(void *context, void *into, size_t len);
void kk_office_read_through(kk_office_file *f, kk_office_through *read, void *context);

/* One XML part while it is read: put it first into a struct of the parser's own. */
typedef struct kk_office_xml kk_office_xml;
struct kk_office_xml {
    void (*start)(kk_office_xml *x, kk_slice name, const char **attributes); /* without prefixes */
    void (*end)(kk_office_xml *x, kk_slice name);                            /* may be NULL */
    void (*text)(kk_office_xml *x, kk_slice text); /* may be NULL: then it goes `into` */
    kk_buffer *into;                               /* collects text when not NULL */
    size_t into_max;
    const char *unit; /* of `at` in what is reported: "row" */
    uint64_t at;
    const char *stopped; /* why it was stopped by ourselves; "": it is enough */
    void *expat;
};

/* Reads the current part; what is wrong is reported as of `kind`. */
void kk_office_read(kk_office_file *f, kk_office_xml *x, const char *kind);
/* The same for a file that is one XML document by itself. */
void kk_office_read_flat(kk_office_file *f, kk_office_xml *x, const char *kind);
void kk_office_stop(kk_office_xml *x, const char *why);
uint64_t kk_office_cut_texts(const kk_office_file *f); /* that were longer than into_max */

kk_slice kk_office_attribute(const char **attributes, const char *name);
uint64_t kk_office_number(const char **attributes, const char *name, uint64_t otherwise);

kk_slice kk_office_base(kk_slice path);
/* Ends in folder + stem + anything + tail, without case. */
bool kk_office_is_part(kk_slice path, const char *folder, const char *stem, const char *tail);
/* A target of a list of relations as a path in the zip: "/xl/x.xml", "x.xml", "../xl/x.xml". */
kk_slice kk_office_resolve(kk_arena *arena, kk_slice folder, kk_slice target);

/* For probes: whether the zip's first part is one of OOXML; which of "xl/", "word/", "ppt/", "visio/"
 * comes first near its beginning; a name by its tail, without case, from a list that NULL ends. */
bool kk_office_is_package(kk_slice head);
kk_slice kk_office_folder(kk_slice head);
bool kk_office_named(kk_slice name, const char *const *tails);
