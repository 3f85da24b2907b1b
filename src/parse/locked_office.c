/* Office documents of 2007 and later behind a password: OOXML in an OLE file. What a password of the list opens is a
 * child, which the parsers of workbooks, documents and slides read. Excel encrypts what is only protected against changes
 * too, with a password that is the same everywhere: it is tried always. */
#include "parse/compound.h"
#include "parse/office_lock.h"
#include "parse/ole_kind.h"

static void read_package(kk_compound *c, kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = sink->arena;
    kk_stream *info =
        kk_compound_stream(c, kk_compound_find(c, KK_COMPOUND_ROOT, "EncryptionInfo"));
    kk_stream *package =
        kk_compound_stream(c, kk_compound_find(c, KK_COMPOUND_ROOT, "EncryptedPackage"));
    kk_office_lock *lock = info && package ? kk_office_lock_read(arena, info, false, sink) : NULL;
    if (!lock) {
        kk_report(sink, KK_ISSUE_PASSWORD, 0,
                  "the document is encrypted in a way that is not read");
        return;
    }
    if (!kk_office_lock_open(lock, settings, sink)) {
        kk_report(sink, KK_ISSUE_PASSWORD, 0, "the document is encrypted with a password");
        return;
    }
    kk_stream *plain = kk_office_lock_stream(lock, arena, package, in->name);
    kk_compound_tell_child(sink, plain, 0, plain->size, in->name, in->modified);
    if (!sink->stopped && !kk_office_lock_holds(lock, package))
        kk_report(sink, KK_ISSUE_DAMAGED, 0,
                  "the encrypted document is not as it was when it was written");
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    kk_arena *arena = kk_arena_open();
    kk_compound *c = kk_compound_open(arena, in);
    if (c && kk_ole_kind_of(in) == KK_OLE_ENCRYPTED) {
        read_package(c, in, settings, sink);
        kk_compound_report(c, sink);
    } else {
        kk_ole_refuse(in, sink);
    }
    kk_arena_close(arena);
}

static kk_score probe(const kk_probe *p)
{
    static const char *const tails[] = {".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam", ".xlsb",
                                        ".docx", ".docm", ".dotx", ".dotm", ".pptx", ".pptm",
                                        ".potx", ".potm", ".ppsx", ".ppsm", NULL};
    return kk_ole_probe(p, KK_OLE_ENCRYPTED, tails);
}

const kk_parser kk_parser_locked_office = {
    .name = "locked_office",
    .about = "Office documents of 2007 and later behind a password: what is in them",
    .version = 1,
    .opens_locks = true,
    .cut = KK_WHOLE,
    .is_container = true,
    .priority = 50,
    .probe = probe,
    .parse = parse,
};
