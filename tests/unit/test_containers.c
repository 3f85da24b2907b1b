/* Containers against images that other programs make at test time: mke2fs, mkntfs, ntfscp,
 * mkfs.fat, mcopy, debugfs, ewfacquire, zip, tar. Where one is not there its test is skipped and
 * says so. */
#include "base/buffer.h"
#include "base/hash.h"
#include "parse/parser.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

extern const kk_parser kk_parser_archive, kk_parser_ewf, kk_parser_filesystem, kk_parser_partitions,
    kk_parser_wtmp;

static char folder[] = "/tmp/kakuho-containers-XXXXXX";

/* --- what is told --- */

typedef struct {
    kk_slice name, token, hash;
    uint64_t size, read;
    bool volume, failed;
} told_child;

typedef struct {
    kk_slice path, kinds;
    uint32_t flags;
    kk_time time;
} told_event;

typedef struct {
    kk_sink sink; /* first */
    told_child children[400];
    size_t child_count;
    told_event events[2000];
    size_t event_count;
    uint64_t issues[KK_ISSUES];
    kk_slice facts[KK_FACTS];
} listener;

static void on_event(kk_sink *sink, const kk_event *event)
{
    listener *l = (listener *)sink;
    if (l->event_count < 2000)
        l->events[l->event_count++] = (told_event){kk_copy(sink->arena, event->text[KK_FILE_PATH]),
                                                   kk_copy(sink->arena, event->text[KK_TIME_KIND]),
                                                   event->flags, event->time};
}

static void on_child(kk_sink *sink, const kk_child *child)
{
    listener *l = (listener *)sink;
    told_child c = {kk_copy(sink->arena, child->name),
                    kk_copy(sink->arena, child->token),
                    KK_NONE,
                    child->size,
                    0,
                    child->is_volume,
                    false};
    kk_hasher *hasher = kk_hasher_open();
    char bytes[10007]; /* of no size that divides another */
    ptrdiff_t got;
    while ((got = child->read(child->context, bytes, sizeof bytes)) > 0) {
        kk_hasher_add(hasher, bytes, (size_t)got);
        c.read += (uint64_t)got;
    }
    kk_sha256 digest = kk_hasher_digest(hasher);
    kk_hasher_close(hasher);
    c.hash = kk_sha256_hex(sink->arena, &digest);
    c.failed = got < 0;
    assert_true(l->child_count < 400);
    l->children[l->child_count++] = c;
}

static void on_issue(kk_sink *sink, const kk_issue *issue)
{
    ((listener *)sink)->issues[issue->kind] += issue->count ? issue->count : 1;
}

static void on_fact(kk_sink *sink, kk_fact_kind kind, kk_slice value)
{
    ((listener *)sink)->facts[kind] = kk_copy(sink->arena, value);
}

static listener *listen(kk_arena *arena, const kk_parser *parser, kk_stream *in)
{
    listener *l = KK_NEW(arena, listener);
    l->sink = (kk_sink){
        .arena = arena, .event = on_event, .child = on_child, .issue = on_issue, .fact = on_fact};
    kk_settings settings = {.zone_basis = KK_BASIS_CASE, .modified = KK_NO_TIME, .end = UINT64_MAX};
    assert_true(kk_zone_load(KK_S("Asia/Tokyo"), &settings.zone));
    if (parser->facts)
        parser->facts(in, &l->sink);
    parser->parse(in, &settings, &l->sink);
    return l;
}

static const told_child *child_of(const listener *l, const char *name)
{
    for (size_t i = 0; i < l->child_count; i++)
        if (kk_is(l->children[i].name, name))
            return &l->children[i];
    return NULL;
}

static const told_event *event_of(const listener *l, const char *path)
{
    for (size_t i = 0; i < l->event_count; i++)
        if (kk_is(l->events[i].path, path))
            return &l->events[i];
    return NULL;
}

/* --- files --- */

static kk_slice path_of(kk_arena *arena, const char *name)
{
    return kk_print(arena, "%s/%s", folder, name);
}

static kk_stream *open_file(kk_arena *arena, kk_slice name);

static kk_stream *open_sibling(kk_stream *stream, kk_slice name)
{
    (void)stream;
    static kk_arena *arena; /* as long as the test program */
    if (!arena)
        arena = kk_arena_open();
    return open_file(arena, name);
}

static kk_stream *open_file(kk_arena *arena, kk_slice name)
{
    struct stat st;
    int fd = open(path_of(arena, kk_copy(arena, name).ptr).ptr, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        return NULL;
    kk_stream *stream = kk_stream_over_fd(arena, fd, (uint64_t)st.st_size, kk_copy(arena, name));
    stream->sibling = open_sibling;
    return stream;
}

static kk_stream *open_named(kk_arena *arena, const char *name)
{
    kk_stream *stream = open_file(arena, kk_cstr(name));
    assert_non_null(stream);
    return stream;
}

/* Runs a script in the folder. */
static bool run(const char *script)
{
    kk_arena *arena = kk_arena_open();
    kk_slice line =
        kk_print(arena,
                 "export PATH=$PATH:/sbin:/usr/sbin LC_ALL=C.UTF-8 TZ=UTC; cd %s && (set -e\n%s\n) "
                 ">/dev/null 2>&1",
                 folder, script);
    int status = system(line.ptr);
    kk_arena_close(arena);
    return status == 0;
}

static void need(const char *tools)
{
    char script[300];
    snprintf(script, sizeof script, "for t in %s; do command -v $t; done", tools);
    if (!run(script)) {
        print_message("skipped: one of %s is not installed\n", tools);
        skip();
    }
}

static kk_slice hash_of_stream(kk_arena *arena, kk_stream *in)
{
    kk_hasher *hasher = kk_hasher_open();
    char bytes[65536];
    uint64_t at = 0;
    size_t got;
    while ((got = kk_read(in, at, bytes, sizeof bytes)) > 0) {
        kk_hasher_add(hasher, bytes, got);
        at += got;
    }
    kk_sha256 digest = kk_hasher_digest(hasher);
    kk_hasher_close(hasher);
    return at == in->size ? kk_sha256_hex(arena, &digest) : KK_S("cut");
}

/* The child is told, read whole, has the hash of the file it was made of, and is the same when it
 * is opened again. */
static void check_child(kk_arena *arena, const listener *l, const kk_parser *parser, kk_stream *in,
                        const char *name, const char *source)
{
    const told_child *c = child_of(l, name);
    kk_stream *original = open_named(arena, source);
    assert_non_null(c);
    assert_false(c->failed);
    assert_int_equal(c->read, original->size);
    kk_slice hash = hash_of_stream(arena, original);
    assert_true(kk_eq(c->hash, hash));
    if (!c->token.len)
        return;
    kk_stream *again = parser->open(in, c->token, arena);
    assert_non_null(again);
    assert_int_equal(again->size, original->size);
    assert_true(kk_eq(hash_of_stream(arena, again), hash));
}

#define TREE                                                                                       \
    "rm -rf tree; mkdir -p tree/etc tree/srv/共有; printf 'fs01\\n' > tree/etc/hostname\n"       \
    "ln -s /usr/share/zoneinfo/Asia/Tokyo tree/etc/localtime; seq 1 60000 > "                      \
    "tree/srv/numbers.txt\n"                                                                       \
    "printf '氏名\\n' > tree/srv/共有/名簿.csv; : > tree/srv/empty; printf gone > "          \
    "tree/srv/gone.txt\n"                                                                          \
    "truncate -s 2000000 tree/srv/sparse; printf end >> tree/srv/sparse\n"

/* --- file systems --- */

static void check_ext(const char *make)
{
    need("mke2fs debugfs seq");
    kk_arena *arena = kk_arena_open();
    char script[2000];
    snprintf(script, sizeof script,
             TREE "rm -f fs.img; truncate -s 8M fs.img; mke2fs -q -F -d tree %s fs.img\n"
                  "debugfs -w -R 'rm /srv/gone.txt' fs.img",
             make);
    assert_true(run(script));
    kk_stream *in = open_named(arena, "fs.img");
    const kk_parser *parser = &kk_parser_filesystem;
    listener *l = listen(arena, parser, in);
    check_child(arena, l, parser, in, "srv/numbers.txt", "tree/srv/numbers.txt");
    check_child(arena, l, parser, in, "srv/共有/名簿.csv", "tree/srv/共有/名簿.csv");
    check_child(arena, l, parser, in, "srv/sparse", "tree/srv/sparse");
    check_child(arena, l, parser, in, "srv/empty", "tree/srv/empty");
    assert_null(child_of(l, "srv/gone.txt"));
    assert_null(child_of(l, "etc/localtime"));
    const told_event *gone = event_of(l, "/srv/gone.txt");
    assert_non_null(gone);
    assert_int_equal(gone->flags & KK_FLAG_DELETED, KK_FLAG_DELETED);
    assert_int_equal(event_of(l, "/srv/numbers.txt")->flags, 0);
    assert_true(kk_is(l->facts[KK_FACT_HOST], "fs01"));
    assert_true(kk_is(l->facts[KK_FACT_ZONE], "Asia/Tokyo"));
    for (int kind = 0; kind < KK_ISSUES; kind++)
        assert_int_equal(l->issues[kind], 0);
    assert_null(parser->open(in, KK_S("99999999"), arena));
    kk_arena_close(arena);
}

static void test_ext2(void **state)
{
    (void)state;
    check_ext("-t ext2 -b 1024");
}

static void test_ext3(void **state)
{
    (void)state;
    check_ext("-t ext3 -b 4096");
}

static void test_ext4(void **state)
{
    (void)state;
    check_ext("-t ext4");
}

static void test_ext4_64bit(void **state)
{
    (void)state;
    check_ext("-t ext4 -O 64bit,metadata_csum -I 256 -b 1024");
}

/* Preallocated and never written: zeros, as the file system says, not what was on the disk before.
 */
static void test_ext4_unwritten(void **state)
{
    (void)state;
    need("mke2fs debugfs");
    kk_arena *arena = kk_arena_open();
    assert_true(run("head -c 8388608 /dev/zero | tr '\\0' x > fs.img; mke2fs -q -F -t ext4 -E "
                    "nodiscard fs.img\n"
                    "printf 'write /dev/null p\\nfallocate /p 0 9\\nsif /p size 9000\\n' > c; "
                    "debugfs -w -f c fs.img\n"
                    "head -c 9000 /dev/zero > zeros"));
    kk_stream *in = open_named(arena, "fs.img");
    listener *l = listen(arena, &kk_parser_filesystem, in);
    check_child(arena, l, &kk_parser_filesystem, in, "p", "zeros");
    kk_arena_close(arena);
}

static void test_ntfs(void **state)
{
    (void)state;
    need("mkntfs ntfscp seq");
    kk_arena *arena = kk_arena_open();
    assert_true(run(TREE "rm -f nt.img; truncate -s 8M nt.img; mkntfs -q -F -s 512 -p 0 nt.img\n"
                         "ntfscp nt.img tree/srv/numbers.txt numbers.txt\n"
                         "ntfscp -N hidden nt.img tree/etc/hostname numbers.txt\n"
                         "ntfscp nt.img tree/srv/共有/名簿.csv 名簿.csv"));
    kk_stream *in = open_named(arena, "nt.img");
    const kk_parser *parser = &kk_parser_filesystem;
    listener *l = listen(arena, parser, in);
    check_child(arena, l, parser, in, "numbers.txt", "tree/srv/numbers.txt");
    check_child(arena, l, parser, in, "numbers.txt:hidden", "tree/etc/hostname");
    check_child(arena, l, parser, in, "名簿.csv", "tree/srv/共有/名簿.csv");
    assert_null(child_of(l, "$Boot")); /* would be taken for a volume */
    assert_non_null(child_of(l, "$MFT"));
    assert_true(kk_starts(event_of(l, "/numbers.txt")->kinds, KK_S("created")));
    /* Cut behind its MFT: the entries are there, the rest is an issue. */
    kk_stream *cut = kk_stream_part(arena, in, 0, 100000, KK_S("p1"));
    l = listen(arena, parser, cut);
    assert_non_null(event_of(l, "/numbers.txt"));
    check_child(arena, l, parser, cut, "名簿.csv",
                "tree/srv/共有/名簿.csv"); /* kept in its record */
    assert_true(child_of(l, "numbers.txt")->failed);
    assert_true(l->issues[KK_ISSUE_TRUNCATED] > 0);
    kk_arena_close(arena);
}

static void check_fat(const char *make)
{
    need("mkfs.fat mcopy mdel mmd seq");
    kk_arena *arena = kk_arena_open();
    char script[2000];
    snprintf(script, sizeof script,
             TREE
             "rm -f fat.img; truncate -s 40M fat.img; mkfs.fat %s fat.img; mmd -i fat.img ::sub\n"
             "touch -d 2026-07-01T12:34:56Z tree/srv/numbers.txt\n"
             "mcopy -m -i fat.img tree/srv/numbers.txt ::sub/; mcopy -i fat.img tree/srv/gone.txt "
             "::sub/\n"
             "mcopy -i fat.img tree/srv/共有/名簿.csv ::; mdel -i fat.img ::sub/gone.txt",
             make);
    assert_true(run(script));
    kk_stream *in = open_named(arena, "fat.img");
    const kk_parser *parser = &kk_parser_filesystem;
    listener *l = listen(arena, parser, in);
    check_child(arena, l, parser, in, "sub/numbers.txt", "tree/srv/numbers.txt");
    check_child(arena, l, parser, in, "名簿.csv", "tree/srv/共有/名簿.csv");
    assert_null(child_of(l, "sub/gone.txt"));
    bool deleted = false, timed = false;
    kk_time expected = KK_NO_TIME; /* wall clock, in the zone of the case */
    assert_true(kk_time_parse(KK_S("2026-07-01T12:34:56+09:00"), &expected));
    for (size_t i = 0; i < l->event_count; i++) {
        deleted = deleted || (l->events[i].flags & KK_FLAG_DELETED);
        timed = timed || (kk_is(l->events[i].kinds, "modified") && l->events[i].time == expected);
    }
    assert_true(deleted);
    assert_true(timed);
    kk_arena_close(arena);
}

static void test_fat12(void **state)
{
    (void)state;
    check_fat("-F 12 -s 64");
}

static void test_fat16(void **state)
{
    (void)state;
    check_fat("-F 16");
}

static void test_fat32(void **state)
{
    (void)state;
    check_fat("-F 32 -s 1");
}

/* --- images --- */

static void test_ewf(void **state)
{
    (void)state;
    need("ewfacquire seq");
    static const char *const formats[] = {"encase1", "encase5", "encase6", "encase7",
                                          "ftk",     "smart",   "ewf",     "linen6"};
    kk_arena *arena = kk_arena_open();
    assert_true(run("(seq 1 200000; head -c 700000 /dev/urandom) > media; truncate -s %512 media"));
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        char script[300];
        snprintf(script, sizeof script,
                 "rm -f e.*; ewfacquire -u -q -f %s -c %s -b 64 -S 1048576 -t e media\n"
                 "[ -f e.e01 ] && for f in e.e*; do mv $f e.E${f##*.e}; done; [ -f e.E01 ] || mv "
                 "e.s01 e.E01",
                 formats[i], i % 2 ? "none" : "fast");
        bool split = strcmp(formats[i], "smart") != 0; /* its segments are named otherwise */
        if (!run(script))
            continue;
        kk_stream *in = open_named(arena, "e.E01");
        if (!split)
            continue;
        listener *l = listen(arena, &kk_parser_ewf, in);
        check_child(arena, l, &kk_parser_ewf, in, "", "media");
        for (int kind = 0; kind < KK_ISSUES; kind++)
            assert_int_equal(l->issues[kind], 0);
    }
    kk_arena_close(arena);
}

static bool reads_as(kk_arena *arena, kk_stream *stream, kk_stream *original, uint64_t offset,
                     size_t len)
{
    char *a = kk_take(arena, len), *b = kk_take(arena, len);
    return stream->read_at(stream, offset, a, len) == (ptrdiff_t)len &&
           kk_read(original, offset, b, len) == len && memcmp(a, b, len) == 0;
}

/* What is before and after a missing segment is read, what is in it fails. */
static void test_ewf_missing_segment(void **state)
{
    (void)state;
    need("ewfacquire");
    kk_arena *arena = kk_arena_open();
    assert_true(run("head -c 4194304 /dev/urandom > media\n"
                    "rm -f m.*; ewfacquire -u -q -f encase6 -c none -b 64 -S 1048576 -t m media; [ "
                    "-f m.E04 ]; rm m.E02"));
    kk_stream *in = open_named(arena, "m.E01"), *original = open_named(arena, "media");
    listener *l = listen(arena, &kk_parser_ewf, in);
    assert_true(l->issues[KK_ISSUE_MISSING] > 0);
    kk_stream *media = kk_parser_ewf.open(in, KK_S("media"), arena);
    assert_non_null(media);
    assert_int_equal(media->size, original->size);
    char byte;
    assert_true(reads_as(arena, media, original, 0, 100000));
    assert_true(media->read_at(media, 1500000, &byte, 1) < 0);
    assert_true(reads_as(arena, media, original, 4000000, 194304));
    assert_true(run("rm m.E03 m.E04"));
    l = listen(arena, &kk_parser_ewf, in);
    assert_true(l->issues[KK_ISSUE_MISSING] > 0);
    media = kk_parser_ewf.open(in, KK_S("media"), arena);
    assert_true(reads_as(arena, media, original, 0, 100000));
    assert_true(media->read_at(media, 4000000, &byte, 1) < 0);
    kk_arena_close(arena);
}

/* An E01 of a disk with a partition with a file system, opened level by level. */
static void test_nested(void **state)
{
    (void)state;
    need("mke2fs ewfacquire seq");
    kk_arena *arena = kk_arena_open();
    assert_true(run(
        TREE "rm -f part.img d.*; truncate -s 6M part.img; mke2fs -q -F -t ext4 -d tree part.img\n"
             "(printf '%446s' | tr ' ' '\\0'; printf "
             "'\\200\\0\\0\\0\\203\\0\\0\\0\\0\\010\\0\\0\\0\\060\\0\\0'\n"
             "printf '%48s' | tr ' ' '\\0'; printf '\\125\\252'; head -c 1048064 /dev/zero; cat "
             "part.img) > whole.raw\n"
             "ewfacquire -u -q -f encase6 -c fast -S 1048576 -t d whole.raw"));
    kk_stream *in = open_named(arena, "d.E01");
    kk_stream *media = kk_parser_ewf.open(in, KK_S("media"), arena);
    assert_non_null(media);
    listener *l = listen(arena, &kk_parser_partitions, media);
    assert_int_equal(l->child_count, 1);
    check_child(arena, l, &kk_parser_partitions, media, "p1", "part.img");
    kk_stream *volume = kk_parser_partitions.open(media, KK_S("p1"), arena);
    assert_non_null(volume);
    l = listen(arena, &kk_parser_filesystem, volume);
    check_child(arena, l, &kk_parser_filesystem, volume, "srv/numbers.txt", "tree/srv/numbers.txt");
    kk_arena_close(arena);
}

static void test_sfdisk(void **state)
{
    (void)state;
    need("sfdisk");
    kk_arena *arena = kk_arena_open();
    assert_true(run("rm -f g.img m.img; truncate -s 20M g.img m.img\n"
                    "printf 'label: gpt\\nsize=2M\\nsize=3M\\nsize=1M\\n' | sfdisk g.img\n"
                    "printf 'label: dos\\nsize=2M,type=7\\nsize=9M,type=5\\nsize=2M\\nsize=3M\\n' "
                    "| sfdisk m.img"));
    listener *l = listen(arena, &kk_parser_partitions, open_named(arena, "g.img"));
    assert_int_equal(l->child_count, 3);
    assert_int_equal(child_of(l, "p2")->size, 3 << 20);
    l = listen(arena, &kk_parser_partitions, open_named(arena, "m.img"));
    assert_int_equal(l->child_count, 3);
    assert_int_equal(child_of(l, "p3")->size, 3 << 20);
    kk_arena_close(arena);
}

/* --- archives --- */

static void check_archive(const char *make, const char *name, const char *below)
{
    kk_arena *arena = kk_arena_open();
    char script[1500];
    snprintf(script, sizeof script, TREE "rm -f %s; %s", name, make);
    assert_true(run(script));
    kk_stream *in = open_named(arena, name);
    listener *l = listen(arena, &kk_parser_archive, in);
    const char *const files[] = {"srv/numbers.txt", "srv/共有/名簿.csv", "srv/sparse", "srv/empty"};
    for (size_t i = 0; i < 4; i++) {
        kk_slice source = kk_print(arena, "tree/%s", files[i]),
                 member = kk_print(arena, "%s%s", below, files[i]);
        check_child(arena, l, &kk_parser_archive, in, member.ptr, source.ptr);
    }
    assert_int_equal(l->issues[KK_ISSUE_DAMAGED], 0);
    kk_arena_close(arena);
}

static void test_tar(void **state)
{
    (void)state;
    need("tar seq gzip");
    check_archive("tar --format=pax -cf a.tar -C tree .", "a.tar", "");
    check_archive("tar --format=gnu -Sczf a.tgz tree", "a.tgz", "tree/");
}

static void test_tar_packed(void **state)
{
    (void)state;
    need("tar xz bzip2 zstd");
    check_archive("tar -cJf a.tar.xz tree", "a.tar.xz", "tree/");
    check_archive("tar -cjf a.tar.bz2 tree", "a.tar.bz2", "tree/");
    check_archive("tar --zstd -cf a.tar.zst tree", "a.tar.zst", "tree/");
}

static void test_zip(void **state)
{
    (void)state;
    need("zip seq");
    check_archive("cd tree; zip -qr ../a.zip .", "a.zip", "");
    check_archive("cd tree; zip -qr -0 ../b.zip .", "b.zip", "");
    check_archive("cd tree; zip -qr -fz ../c.zip .", "c.zip", ""); /* sizes of 64 bits */
}

/* 2 GiB of zeros from 2 MiB: stopped, said, and what came before stays. */
static void test_bomb(void **state)
{
    (void)state;
    need("gzip");
    kk_arena *arena = kk_arena_open();
    assert_true(run("head -c 2147483648 /dev/zero | gzip -1 > bomb.gz"));
    listener *l = listen(arena, &kk_parser_archive, open_named(arena, "bomb.gz"));
    uint64_t limit = UINT64_C(200) * open_named(arena, "bomb.gz")->size;
    assert_int_equal(l->child_count, 1);
    if (limit < UINT64_C(2147483648)) {
        assert_true(l->children[0].failed);
        assert_int_equal(l->issues[KK_ISSUE_LIMIT], 1);
    }
    kk_arena_close(arena);
}

static kk_score score_of(const kk_parser *parser, kk_slice head)
{
    kk_probe probe = {head, KK_S("x"), KK_S("x"), head.len, KK_NONE};
    return parser->probe(&probe);
}

static void test_probes(void **state)
{
    (void)state;
    /* A workbook is a zip that another parser reads; a document is taken as a zip. */
    kk_slice book = KK_S("PK\x03\x04\x14\0\6\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0"
                         "[Content_Types].xml....PK..xl/workbook.xml");
    kk_slice text = KK_S("PK\x03\x04\x14\0\6\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0"
                         "[Content_Types].xml....PK..word/document.xml");
    /* A zip that holds a workbook without packing it again is still an archive. */
    kk_slice around = KK_S("PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x09\0\0\0"
                           "list.xlsxPK\x03\x04[Content_Types].xml....PK..xl/workbook.xml");
    assert_int_equal(score_of(&kk_parser_archive, book), KK_NO);
    assert_true(score_of(&kk_parser_archive, text) > KK_NO);
    assert_true(score_of(&kk_parser_archive, text) < KK_CERTAIN);
    assert_true(score_of(&kk_parser_archive, around) > KK_NO);
    const kk_parser *const all[] = {&kk_parser_archive, &kk_parser_ewf, &kk_parser_filesystem,
                                    &kk_parser_partitions};
    char zeros[4096] = {0};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(score_of(all[i], KK_NONE), KK_NO);
        assert_int_equal(score_of(all[i], (kk_slice){zeros, sizeof zeros}), KK_NO);
        assert_int_equal(
            score_of(all[i], KK_S("date=2026-07-01 time=00:00:00 logid=\"0000000013\"\n")), KK_NO);
        assert_int_equal(score_of(all[i], KK_S("氏名,住所\n")), KK_NO);
    }
    /* Records that are nearly empty make sense to wtmp, and are in files of every kind. */
    assert_int_equal(score_of(&kk_parser_wtmp, (kk_slice){zeros, sizeof zeros}), KK_NO);
    zeros[4] = 7;
    assert_int_equal(score_of(&kk_parser_wtmp, (kk_slice){zeros, 384}), KK_NO);
    assert_int_equal(score_of(&kk_parser_wtmp, (kk_slice){zeros, sizeof zeros}), KK_NO);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return run("rm -rf *") && rmdir(folder) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ext2),
        cmocka_unit_test(test_ext3),
        cmocka_unit_test(test_ext4),
        cmocka_unit_test(test_ext4_64bit),
        cmocka_unit_test(test_ext4_unwritten),
        cmocka_unit_test(test_ntfs),
        cmocka_unit_test(test_fat12),
        cmocka_unit_test(test_fat16),
        cmocka_unit_test(test_fat32),
        cmocka_unit_test(test_ewf),
        cmocka_unit_test(test_ewf_missing_segment),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_sfdisk),
        cmocka_unit_test(test_tar),
        cmocka_unit_test(test_tar_packed),
        cmocka_unit_test(test_zip),
        cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_probes),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
