/* Memo files are blocks; a memo begins at a block.
 *
 *     .fpt   block size: 16 bits at 6, big-endian; a memo: 32 bits kind (1: text), 32 bits length, bytes
 *     .dbt   of dBase IV: block size 16 bits at 20; a memo: FF FF 08 00, 32 bits length with these 8
 *            bytes, bytes
 *     .dbt   of dBase III: 512; a memo: bytes up to 1A */
#include "parse/dbase_memo.h"

#include "base/cursor.h"

enum { HEAD = 8, PIECE = 4096, DBASE_BLOCK = 512 };

/* The table's name with another ending, in capitals where the table's is. */
static kk_stream *beside(kk_arena *arena, kk_stream *table, const char *small, const char *capital)
{
    size_t dot = kk_rfind_byte(table->name, '.');
    if (!table->sibling || dot == KK_NOWHERE || dot + 2 > table->name.len)
        return NULL;
    char last = table->name.ptr[table->name.len - 1];
    bool is_capital = last >= 'A' && last <= 'Z';
    for (int i = 0; i < 2; i++) {
        const char *ending = is_capital == (i == 0) ? capital : small;
        kk_slice name = kk_join(arena, kk_part(table->name, 0, dot + 1), kk_cstr(ending));
        kk_stream *found = table->sibling(table, name);
        if (found)
            return found;
    }
    return NULL;
}

void kk_dbase_memos_open(kk_dbase_memos *m, kk_arena *arena, kk_stream *table, bool fox)
{
    char head[24] = {0};
    *m = (kk_dbase_memos){.fox = fox, .block_bytes = DBASE_BLOCK};
    m->file = fox ? beside(arena, table, "fpt", "FPT") : beside(arena, table, "dbt", "DBT");
    if (!m->file) { /* Clipper writes either kind */
        m->fox = !fox;
        m->file = fox ? beside(arena, table, "dbt", "DBT") : beside(arena, table, "fpt", "FPT");
    }
    if (!m->file)
        return;
    m->left = m->file->size < UINT64_MAX / 8 ? m->file->size * 4 + PIECE : UINT64_MAX;
    kk_cursor c = kk_cursor_over((kk_slice){head, kk_read(m->file, 0, head, sizeof head)});
    kk_seek(&c, m->fox ? 6 : 20);
    uint32_t size = m->fox ? kk_be16(&c) : kk_u16(&c);
    if (m->fox)
        m->block_bytes = size ? size : 1;
    else if (size >= DBASE_BLOCK && size % DBASE_BLOCK == 0)
        m->block_bytes = size;
}

bool kk_dbase_memo_find(const kk_dbase_memos *m, uint64_t block, kk_dbase_memo *found)
{
    char head[HEAD];
    if (block == 0 || block > m->file->size / m->block_bytes)
        return false;
    uint64_t at = block * m->block_bytes;
    kk_slice bytes = {head, kk_read(m->file, at, head, sizeof head)};
    kk_cursor c = kk_cursor_over(bytes);
    *found = (kk_dbase_memo){.at = at + HEAD, .is_text = true};
    if (m->fox) {
        found->is_text = kk_be32(&c) == 1;
        found->size = kk_be32(&c);
        return !c.bad;
    }
    if (kk_starts(bytes, (kk_slice){"\xff\xff\x08\0", 4})) {
        kk_skip(&c, 4);
        uint32_t size = kk_u32(&c);
        found->size = size - HEAD;
        return !c.bad && size >= HEAD;
    }
    *found = (kk_dbase_memo){.at = at, .size = UINT64_MAX, .is_text = true};
    return bytes.len > 0;
}

/* Up to the end mark, a piece at a time: how long it is is not told. */
static kk_slice read_to_mark(kk_dbase_memos *m, kk_arena *arena, uint64_t at, size_t most)
{
    kk_buffer out = {0};
    while (out.len < most && out.len < m->left) {
        char *room = kk_buffer_room(&out, PIECE);
        size_t got = kk_read(m->file, at + out.len, room, PIECE);
        const char *mark = got ? memchr(room, 0x1a, got) : NULL;
        out.len += mark ? (size_t)(mark - room) : got;
        if (mark || got < PIECE)
            break;
    }
    kk_slice bytes = kk_copy(arena, kk_part(kk_buffer_slice(&out), 0, most));
    kk_buffer_close(&out);
    return bytes;
}

bool kk_dbase_memo_read(kk_dbase_memos *m, kk_arena *arena, const kk_dbase_memo *memo, size_t most,
                        kk_slice *bytes)
{
    if (memo->size == UINT64_MAX) {
        *bytes = read_to_mark(m, arena, memo->at, most);
    } else {
        uint64_t there = m->file->size > memo->at ? m->file->size - memo->at : 0;
        uint64_t size = memo->size < there ? memo->size : there;
        size_t len = size < most ? (size_t)size : most;
        if (len > m->left)
            return false;
        char *to = kk_take(arena, len + 1);
        *bytes = (kk_slice){to, kk_read(m->file, memo->at, to, len)};
    }
    uint64_t used = bytes->len + HEAD;
    bool within = used <= m->left;
    m->left -= within ? used : m->left;
    return within;
}
