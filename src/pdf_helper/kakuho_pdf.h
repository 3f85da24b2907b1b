/* Inside of kakuho-pdf: the walls, and what stands between them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* How a document's process ended, as told to kakuho. */
enum { END_DONE, END_DIED, END_SLOW };

/* The text of one document, with the files in it. */
enum { RESULT_MOST_MB = 256 };

/* No network, no files but poppler's tables, a list of system calls, limits; false: the kernel refuses. */
bool wall_in(void);
/* Loads what is needed for most documents, once for all of them. */
void warm_up(void);
/* Passwords to try on a document that is locked, each with a line end behind it, in a file. */
typedef struct {
    int file; /* < 0: none */
    size_t size;
} passwords;

/* The document's text, in the form of docs/formats/pdf.md. False: it could not all be written. `errors`
 * is what the library writes to as its stderr. */
bool document_read(int document, int result, int errors, passwords given);
