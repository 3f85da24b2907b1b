#include "casework/yara_rules.h"

#include "worker/walled.h"

typedef struct {
    kk_yara_file *files;
    size_t count;
} texts;

static texts texts_of(kk_arena *arena, const kk_rule_files *files)
{
    texts t = {.files = KK_NEW_ARRAY(arena, kk_yara_file, files->count + 1)};
    for (size_t i = 0; i < files->count; i++) {
        const kk_rule_file *f = &files->items[i];
        kk_slice refused = f->text.len ? f->refused : kk_yara_too_large;
        if (f->kind == KK_FILE_YARA)
            t.files[t.count++] = (kk_yara_file){f->name, f->text, refused};
    }
    return t;
}

uint64_t yara_number(const kk_rule_files *files)
{
    kk_buffer all = {0};
    uint64_t number = 0;
    for (size_t i = 0; i < files->count; i++) {
        const kk_rule_file *f = &files->items[i];
        if (f->kind != KK_FILE_YARA)
            continue;
        kk_putf(&all, "%u %zu %zu\n", KK_YARA_VERSION, f->name.len, f->text.len);
        kk_put(&all, f->name);
        kk_put(&all, f->text);
    }
    if (all.len) {
        kk_sha256 key = kk_sha256_of(kk_buffer_slice(&all));
        memcpy(&number, key.bytes, sizeof number);
        number += !number;
    }
    kk_buffer_close(&all);
    return number;
}

static void work(void *context, kk_buffer *out)
{
    const texts *t = context;
    kk_yara_compile(t->files, t->count, out);
}

static kk_status compile(kk_case *c, const kk_options *options, texts *t, kk_yara_set *out,
                         kk_fault *fault)
{
    kk_buffer bytes = {0};
    kk_status status = kk_walled(options->unsafe_no_sandbox, work, t, &bytes, fault);
    if (status == KK_OK && !kk_yara_read(c->arena, kk_copy(c->arena, kk_buffer_slice(&bytes)), out))
        status = kk_fail(fault, KK_IO, "the YARA rules cannot be compiled");
    kk_buffer_close(&bytes);
    return status;
}

kk_status yara_compile(kk_case *c, const kk_options *options, const kk_rule_files *files,
                       kk_yara_set *out, kk_fault *fault)
{
    texts t = texts_of(c->arena, files);
    kk_fault ignored;
    kk_yara_set one;
    if (compile(c, options, &t, out, fault) == KK_OK)
        return KK_OK;
    for (size_t i = 0; i < t.count; i++) {
        texts alone = {&t.files[i], 1};
        if (compile(c, options, &alone, &one, &ignored) != KK_OK)
            t.files[i].refused = KK_S("the compiler of YARA rules dies on it, or takes too long");
    }
    return compile(c, options, &t, out, fault);
}

void yara_keep(kk_lane *lane, uint64_t number, const kk_yara_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const kk_yara_rule *r = &set->rules[i];
        kk_lane_rule(lane, &(kk_rule_row){.rules = number,
                                          .rule = (uint32_t)i,
                                          .line = r->line,
                                          .id = r->id,
                                          .title = r->title,
                                          .level = r->level,
                                          .file = r->file,
                                          .tags = r->tags,
                                          .state = r->is_private ? KK_RULE_SILENT : KK_RULE_USED,
                                          .engine = KK_YARA});
    }
    for (size_t i = 0; i < set->refusal_count; i++) {
        const kk_yara_refusal *r = &set->refusals[i];
        kk_lane_rule(lane, &(kk_rule_row){.rules = number,
                                          .rule = UINT32_MAX,
                                          .line = r->line,
                                          .id = r->id,
                                          .file = r->file,
                                          .tags = KK_S("[]"),
                                          .why = r->what,
                                          .state = KK_RULE_REFUSED,
                                          .engine = KK_YARA});
    }
}
