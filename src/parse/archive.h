/* Inside the archive parser only: members told to the sink under limits, bytes unpacked, zip read.
 */
#pragma once
#include "parse/parser.h"

/* --- bytes unpacked: archive_unpack.c --- */

typedef enum {
    KK_PACK_STORED,
    KK_PACK_DEFLATE, /* bare, as in zip */
    KK_PACK_DEFLATE64,
    KK_PACK_GZIP,
    KK_PACK_BZIP2,
    KK_PACK_XZ,
    KK_PACK_ZSTD,
    KK_PACK_COMPRESS, /* .Z */
    KK_PACK_NONE      /* none of these */
} kk_packing;

typedef struct kk_unpacker kk_unpacker;
/* Of the bytes [at, at + len) of the stream. Has to be closed. */
kk_unpacker *kk_unpacker_open(kk_arena *arena, kk_stream *in, uint64_t at, uint64_t len,
                              kk_packing packing);
/* Unpacked bytes in order; 0 at the end, < 0 damaged from here. */
ptrdiff_t kk_unpacker_read(kk_unpacker *u, void *into, size_t len);
uint64_t kk_unpacker_consumed(const kk_unpacker *u); /* packed bytes; stored and deflate only */
bool kk_unpacker_cut(const kk_unpacker *u);          /* damaged because the input ended too early */
void kk_unpacker_close(kk_unpacker *u);

/* Deflate64: archive_inflate64.c. `fill` gives the next packed bytes; 0 at the end, < 0 unreadable.
 */
typedef ptrdiff_t kk_fill(void *context, const uint8_t **bytes);
typedef struct kk_inflate64 kk_inflate64;
kk_inflate64 *kk_inflate64_open(kk_arena *arena, kk_fill *fill, void *context);
/* Fewer than len bytes at the end or where it is damaged. */
size_t kk_inflate64_read(kk_inflate64 *f, void *into, size_t len);
bool kk_inflate64_ended(const kk_inflate64 *f);
bool kk_inflate64_cut(const kk_inflate64 *f);

/* The data of libarchive's current entry, block by block: its own archive_read_data drops what came
 * before a damage in the same call. */
struct archive;
typedef struct {
    const char *block;
    size_t left;
    uint64_t block_at, at; /* where in the entry: the block, what was handed out */
    bool ended, failed;
    bool wrong_sum; /* of a 7z's member: libarchive gives out all of it, and warns */
    bool has_tail;  /* the end says how far a last hole goes (tar) */
} kk_blocks;
/* As kk_unpacker_read; holes are zeros. */
ptrdiff_t kk_blocks_read(kk_blocks *blocks, struct archive *archive, void *into, size_t len);

/* --- members: archive_member.c --- */

typedef enum { KK_MEMBER_FILE, KK_MEMBER_FOLDER, KK_MEMBER_LINK, KK_MEMBER_OTHER } kk_member_kind;

typedef struct {
    kk_member_kind kind;
    kk_slice name;   /* UTF-8, as in the archive */
    kk_slice target; /* of a link */
    uint64_t size;   /* UINT64_MAX: not known */
    uint64_t offset; /* of its header in the item, where there is one */
    kk_time modified;
    kk_time fallback; /* for the child alone, where modified is not known; 0: none */
    kk_time_basis basis;
    kk_precision precision;
    bool backslashes; /* part names as '/' does */
    bool encrypted;
    uint32_t password_line; /* of the list, that opened it; 0: none did */
    bool unread;            /* in a way that is not read */
} kk_member;

typedef struct {
    kk_stream *in;
    const kk_settings *settings;
    kk_sink *sink;
    kk_arena *scratch; /* of one member */
    kk_arena *names;   /* hashes of the names so far */
    struct kk_name_count *seen;
    size_t seen_count, seen_capacity;
    kk_event event;
    uint64_t members, expanded, most;
    bool is_nested; /* `most` is a share of what the archive outside has */
    uint64_t links, unsafe, encrypted, unread, damaged, cut, long_names;
    uint64_t first_damage; /* where, of the member's header */
    bool over;             /* a limit ended it */
} kk_unpacking;

kk_unpacking kk_unpacking_open(kk_stream *in, const kk_settings *settings, kk_sink *sink);
/* Tells what was only counted, frees. */
void kk_unpacking_close(kk_unpacking *u);

/* As kk_child.read. `*cut` is set when a failure is an early end. */
typedef ptrdiff_t kk_member_read(void *context, void *into, size_t len, bool *cut);
/* One member: an event, and a child for a file (read may be NULL for what has no content). False
 * when a limit or the listener ended it. What the listener leaves unread is not read. */
bool kk_unpacking_tell(kk_unpacking *u, const kk_member *member, kk_member_read *read,
                       void *context);
/* Bytes that had to be unpacked though nobody asked; false beyond the limit. */
bool kk_unpacking_spend(kk_unpacking *u, uint64_t bytes);
/* A name in unknown bytes; made on Windows in Japan, if it may be. */
kk_slice kk_member_name(kk_arena *arena, kk_slice raw, bool from_windows);

/* --- members behind a password: archive_crypt.c --- */

typedef struct kk_passwords kk_passwords;
typedef struct kk_deciphered kk_deciphered;

/* A member's bytes as they stand in the zip. */
typedef struct {
    kk_stream *in;
    uint64_t data, packed;
    uint32_t crc;
    uint8_t check;     /* what ZipCrypto's header has to end with, or the CRC's highest byte */
    unsigned strength; /* of AES: 1 to 3; 0: ZipCrypto */
    bool without_crc;
    kk_packing packing;
} kk_ciphered;

/* Of the settings' lists; lives as long as the arena. The sink hears which password of the evidence opened something. */
kk_passwords *kk_passwords_open(kk_arena *arena, const kk_settings *settings, kk_sink *sink);
/* NULL where none opens it; *line is that of the one that does. Has to be closed. */
kk_deciphered *kk_passwords_decipher(kk_passwords *p, kk_arena *arena, const kk_ciphered *c,
                                     uint32_t *line);
/* Whether not all were tried on all members: that takes too long. */
bool kk_passwords_over(const kk_passwords *p);
kk_stream *kk_deciphered_stream(kk_deciphered *d);
/* False where the bytes were read to the end and their sum is wrong. NULL is fine. */
bool kk_deciphered_close(kk_deciphered *d);

/* --- archives made anew without a password: archive_weave.c --- */

/* Bytes of the file in AES in a chain. */
typedef struct {
    uint64_t from, packed; /* packed: whole blocks */
    size_t key_size;       /* 16 or 32 */
    uint8_t key[32], first[16];
} kk_locked_range;

/* Deciphered from `offset`, a multiple of 16, on: whole blocks, as many as are there. */
size_t kk_locked_read(kk_stream *in, const kk_locked_range *range, uint64_t offset, uint8_t *into,
                      size_t len);

typedef struct kk_weave kk_weave;
/* Parts follow each other as they are added. Lives as long as the arena, as bytes must that are added. */
kk_weave *kk_weave_open(kk_arena *arena, kk_stream *in);
void kk_weave_bytes(kk_weave *w, kk_slice bytes);
void kk_weave_range(kk_weave *w, uint64_t from, uint64_t size);
/* Where there are bytes that cannot be deciphered. */
void kk_weave_zeros(kk_weave *w, uint64_t size);
/* The first `size` bytes of what it deciphers to. */
void kk_weave_locked(kk_weave *w, const kk_locked_range *range, uint64_t size);
void kk_weave_clear(kk_weave *w);
kk_stream *kk_weave_stream(kk_weave *w);

/* --- 7z and RAR behind a password: archive_7z.c, archive_rar4.c, archive_rar5.c --- */

/* Whether what is first in the archive unpacks to its sum, and to that CRC-32, if not NULL. Of what is not only stored a part
 * is enough. */
typedef bool kk_first_reads(void *context, kk_stream *archive, bool stored, const uint32_t *crc);
/* The archive as it would be without a password, which lives as long as the arena; NULL: it has none, or
 * none of the list opens it. */
kk_stream *kk_7z_unlock(kk_arena *arena, kk_stream *in, const kk_settings *settings, kk_sink *sink,
                        kk_first_reads *reads, void *context, uint32_t *line);

typedef struct kk_rar5 kk_rar5;
typedef enum { KK_RAR_OPEN, KK_RAR_CLOSED, KK_RAR_UNLOCKED } kk_rar_state;
/* NULL: nothing in it is behind a password, or all of it is, and none of the list opens it. Lives as long as
 * the arena. */
kk_rar5 *kk_rar5_unlock(kk_arena *arena, kk_stream *in, const kk_settings *settings, kk_sink *sink);
/* The archive as it would be without; what is closed stays so, which libarchive does not see. */
kk_stream *kk_rar5_stream(kk_rar5 *r);
/* Of a member by its place in the archive, from 0; *line is that of the password. */
kk_rar_state kk_rar5_member(const kk_rar5 *r, size_t member, uint32_t *line);
/* Whether that is the CRC-32 of what was locked; true where it is not told. */
bool kk_rar5_sum_good(const kk_rar5 *r, size_t member, uint32_t crc);

typedef struct kk_rar4 kk_rar4;
/* The same of RAR 2.9 to 4. `reads` is given archives of the file that a password is tried on alone. */
kk_rar4 *kk_rar4_unlock(kk_arena *arena, kk_stream *in, const kk_settings *settings, kk_sink *sink,
                        kk_first_reads *reads, void *context);
kk_stream *kk_rar4_stream(kk_rar4 *r);
kk_rar_state kk_rar4_member(const kk_rar4 *r, size_t member, uint32_t *line);
bool kk_rar4_sum_good(const kk_rar4 *r, size_t member, uint32_t crc);

/* --- zip: archive_zip.c --- */

bool kk_zip_is_office_table(kk_slice head);
void kk_zip_read(kk_unpacking *u);

/* --- facts about the machine: archive_facts.c --- */

typedef void kk_archive_reading(kk_stream *in, const kk_settings *settings, kk_sink *sink);
/* Reads with `read`, hears only the well-known files of a root, tells the sink facts. */
void kk_archive_facts(kk_stream *in, kk_sink *sink, kk_archive_reading *read);
