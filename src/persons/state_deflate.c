/* Columns of a state, deflated on all processors: each piece by itself, ended at a byte, so that all of them
 * behind one head are one zlib stream as any other. Pieces are cut by size alone: the bytes are the same
 * on any machine. */
#include "persons/state_i.h"

#include <zlib.h>

enum {
    PIECE = 1 << 21,
    LEVEL = 1,
    MEMORY = 9,
    RAW = -15,   /* a window of 32 KiB, without head and sum */
    FLUSHED = 64 /* bytes, at most, that the end of a piece takes */
};

typedef struct {
    const state_column *column;
    kk_slice plain;
    kk_buffer deflated;
    uLong sum;
    bool is_last, failed;
} piece;

typedef struct {
    piece *pieces;
    size_t count;
} cutting;

static void deflate_piece(void *context, unsigned hand, unsigned which)
{
    piece *p = &((const cutting *)context)->pieces[which];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)p->plain.ptr, .avail_in = (uInt)p->plain.len};
    int strategy = p->column->is_hashes ? Z_HUFFMAN_ONLY : Z_DEFAULT_STRATEGY;
    (void)hand;
    p->sum = adler32(1, z.next_in, z.avail_in);
    p->failed = deflateInit2(&z, LEVEL, Z_DEFLATED, RAW, MEMORY, strategy) != Z_OK;
    if (p->failed)
        return;
    uLong room = deflateBound(&z, z.avail_in) + FLUSHED;
    z.next_out = (Bytef *)kk_buffer_room(&p->deflated, room);
    z.avail_out = (uInt)room;
    int ended = deflate(&z, p->is_last ? Z_FINISH : Z_FULL_FLUSH);
    p->failed = ended != (p->is_last ? Z_STREAM_END : Z_OK) || z.avail_in;
    p->deflated.len = room - z.avail_out;
    (void)deflateEnd(&z);
}

static size_t pieces_of(const state_column *column)
{
    return (column->bytes.len + PIECE - 1) / PIECE;
}

static cutting cut(const state_column *columns, size_t count, kk_arena *arena)
{
    cutting c = {0};
    size_t most = 0;
    for (size_t i = 0; i < count; i++)
        most += pieces_of(&columns[i]);
    c.pieces = KK_NEW_ARRAY(arena, piece, most);
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at < columns[i].bytes.len; at += PIECE)
            c.pieces[c.count++] =
                (piece){.column = &columns[i],
                        .plain = kk_part(kk_buffer_slice(&columns[i].bytes), at, PIECE)};
    if (c.count)
        c.pieces[c.count - 1].is_last = true;
    return c;
}

bool state_deflate(const state_column *columns, size_t count, kk_buffer *out)
{
    const char head[] = {0x78, 0x01}; /* deflated, a window of 32 KiB, quickly */
    kk_arena *scratch = kk_arena_open();
    cutting c = cut(columns, count, scratch);
    uLong sum = 1;
    bool failed = !c.count;
    hands_work(deflate_piece, &c, (unsigned)c.count);
    kk_put(out, (kk_slice){head, sizeof head});
    for (size_t i = 0; i < c.count; i++) {
        piece *p = &c.pieces[i];
        failed = failed || p->failed;
        sum = adler32_combine(sum, p->sum, (z_off_t)p->plain.len);
        kk_put(out, kk_buffer_slice(&p->deflated));
        kk_buffer_close(&p->deflated);
    }
    for (int shift = 24; shift >= 0; shift -= 8)
        kk_put_byte(out, (char)(sum >> shift & 255));
    kk_arena_close(scratch);
    return !failed;
}
