/* The program kakuho-pdf, which reads PDF with libraries that ours is not linked with: the template
 * starts it when a worker first asks, workers give it documents and get text (docs/formats/pdf.md). */
#pragma once
#include "parse/parser.h"

/* Whether it stands beside this program. */
bool helper_is_there(void);
/* In the template: a socket by which workers introduce themselves; -1 where there is no helper. */
int helper_start(bool sandboxed);

typedef struct {
    int door, own, other; /* own: to the helper, which gets the other end at the first document */
} helper_link;

/* In a worker, before it is closed in. */
helper_link helper_open(int door);
/* Passwords in a file in memory, for the helper: each as every program may have taken it, with a line end
 * behind. */
typedef struct {
    int fd; /* where size is not 0 */
    uint64_t size;
} helper_secrets;
/* In the template, of the list that was given. */
helper_secrets helper_secrets_of(kk_slice passwords);
/* The bytes of such a file. */
void helper_put_secrets(kk_buffer *out, const kk_settings *settings);

/* The descriptor of the text, and its size, however the helper ended; -1 where there is none. */
int helper_convert(helper_link *link, int document, helper_secrets secrets, uint64_t *size,
                   kk_convert_end *end);
