/* The papers of the first case: case.yaml, the leak listing and the truth. */
#pragma once
#include "demo/cases.h"
#include "demo/contacts.h"
#include "demo/linux_logs.h"
#include "demo/windows_events.h"

enum { KK_PAINT_VISITS = 4, KK_PAINT_PARTS = 4, KK_PAINT_DRAWINGS = 44 };

typedef struct {
    kk_time up, down, desk, left; /* tunnel, remote desktop */
    const char *target_ip, *target, *account;
    uint64_t carried_away, brought_in;
} kk_paint_visit;

typedef struct {
    kk_slice name;
    uint32_t content;
    kk_time made, copied, sent;
} kk_paint_part;

typedef struct {
    const kk_demo_case *into;
    kk_arena *arena;
    kk_fortigate *wall;
    kk_windows *files, *controller;
    kk_linux *server;
    kk_disk *disk, *linux_disk;
    kk_contact_book *book;
    uint32_t *contents; /* staged, by file of the book */
    uint32_t drawings[KK_PAINT_DRAWINGS];
    kk_paint_visit visits[KK_PAINT_VISITS];
    kk_paint_part parts[KK_PAINT_PARTS];
    kk_slice part_bytes[KK_PAINT_PARTS];
    kk_time first_encrypted, last_encrypted, shell_start, shell_end, upload_start;
    uint32_t upload_seconds;
    uint64_t uploaded, upload_flow_bytes;
} kk_paint;

KK_CHECKED kk_status kk_paint_write_papers(kk_paint *s);
