/* What a call of ours came to. Damaged evidence is never a status: it is an issue (model/sink.h).
 *
 * A function that can fail returns kk_status and takes a kk_fault, where it leaves one sentence for
 * the human: "what failed: why: what to do". Programming errors are asserts; out of memory ends the
 * program, since every size that comes from evidence is held against a limit first. */
#pragma once
#include <stdarg.h>
#include <stdbool.h>

typedef enum {
    KK_OK,
    KK_IO,        /* the machine: disk full, unreadable file, a system call */
    KK_LIMIT,     /* a limit of ours was reached */
    KK_NOT_FOUND, /* a path, an id, a key that is not there */
    KK_INVALID,   /* the command line, case.yaml or another input of the user's is wrong */
    KK_STORE,     /* the case's store failed or is broken */
    KK_BUSY,      /* somebody else is writing this case */
} kk_status;

typedef struct {
    kk_status status;
    char text[600];
} kk_fault;

#define KK_CHECKED __attribute__((warn_unused_result))
#define KK_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* Keeps the sentence and returns the status, so that failing is one line:
 *     return kk_fail(fault, KK_IO, "cannot read %s: %s", path, strerror(errno)); */
kk_status kk_fail(kk_fault *fault, kk_status status, const char *format, ...) KK_PRINTF(3, 4);
