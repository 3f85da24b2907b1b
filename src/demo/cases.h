/* The two cases, for demo.c. */
#pragma once
#include "base/arena.h"

typedef struct {
    kk_arena *arena;
    kk_slice folder; /* of the case */
    const char *ntfs_helper;
    kk_fault *fault;
} kk_demo_case;

KK_CHECKED kk_status kk_demo_paint(const kk_demo_case *into);
KK_CHECKED kk_status kk_demo_mats(const kk_demo_case *into);
