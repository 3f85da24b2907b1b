/* Files of YARA rules to one compiled set. Every file that no other one includes is a namespace; its
 * includes are put in place here, so that libyara opens no file. Where libyara refuses something, the
 * rule or line that it names is left out and told, and what is left is tried again. */
#include "base/cursor.h"
#include "base/sorted.h"
#include "base/text.h"
#include "detect/yara_i.h"

enum { TRIES_MOST = 200, INCLUDES_DEEPEST = 16, WHY_MOST = 300, REFUSALS_MOST = 20000 };
#define TRIED_MOST (UINT64_C(1) << 30) /* bytes that may be compiled over and over for one file */

const char *const yara_variables[YARA_VARIABLES] = {"filename", "filepath", "extension"};

typedef struct {
    const kk_yara_file *file;
    yara_statement *statements;
    size_t count;
    kk_slice space;   /* its namespace, if it is one */
    bool included;    /* by another one: no namespace of its own */
    uint32_t visited; /* in the namespace of this number (from 1) */
} source;

/* A statement in the text that is compiled. */
typedef struct {
    source *from;
    yara_statement *statement;
    uint32_t line, end; /* in that text: first line, and the one behind the last */
} piece;

typedef struct {
    kk_arena *arena;
    source *sources;
    size_t count;
    uint32_t root; /* number of the namespace at work, from 1 */
    piece *pieces;
    size_t piece_count, piece_capacity;
    kk_buffer text;
    uint32_t line;
    kk_yara_refusal *refusals;
    size_t refusal_count, refusal_capacity;
    size_t refused_now;
    bool lost; /* behind an error of syntax libyara complains of rules that are good */
} compiling;

static void refuse(compiling *c, kk_slice file, uint32_t line, kk_slice id, kk_slice what)
{
    if (c->refusal_count == REFUSALS_MOST)
        return;
    c->refusals = kk_grow(c->arena, c->refusals, &c->refusal_capacity, c->refusal_count + 1,
                          sizeof *c->refusals);
    c->refusals[c->refusal_count++] = (kk_yara_refusal){file, id, what, line};
}

static kk_slice id_of(const compiling *c, kk_slice space, kk_slice name)
{
    return kk_print(c->arena, "%.*s:%.*s", KK_P(space), KK_P(name));
}

static void refuse_statement(compiling *c, source *from, yara_statement *s, uint32_t line,
                             kk_slice what)
{
    kk_slice space = c->root ? c->sources[c->root - 1].space : KK_NONE;
    s->refused = true;
    c->refused_now++;
    refuse(c, from->file->name, line, s->kind == YARA_RULE ? id_of(c, space, s->name) : KK_NONE,
           what);
}

/* ---- Files ---- */

static kk_slice stem_of(kk_slice name)
{
    kk_slice last = kk_from(name, kk_name_begins(name));
    size_t dot = kk_rfind_byte(last, '.');
    return dot == KK_NOWHERE || !dot ? last : kk_part(last, 0, dot);
}

static void name_spaces(compiling *c)
{
    for (size_t i = 0; i < c->count; i++) {
        kk_slice stem = kk_utf8_clean(c->arena, stem_of(c->sources[i].file->name));
        unsigned same = 1;
        for (size_t k = 0; k < i; k++)
            same += kk_eq(kk_utf8_clean(c->arena, stem_of(c->sources[k].file->name)), stem);
        c->sources[i].space = same == 1 ? stem : kk_print(c->arena, "%.*s-%u", KK_P(stem), same);
    }
}

static void open_source(compiling *c, source *s)
{
    kk_slice why = s->file->refused;
    if (!why.len && kk_starts(s->file->text, KK_S("YARA")))
        why = KK_S("it holds compiled rules, which can do anything: give their source");
    else if (!why.len && kk_find_byte(s->file->text, '\0') != KK_NOWHERE)
        why = KK_S("it is no text");
    if (why.len)
        refuse(c, s->file->name, 1, KK_NONE, why);
    else
        s->count = yara_split(c->arena, s->file->text, &s->statements);
}

/* "rules/apt/../x.yar" -> "rules/x.yar"; empty when it climbs above its beginning. */
static kk_slice plain_path(kk_arena *arena, kk_slice path)
{
    kk_slice out = kk_starts(path, KK_S("/")) ? KK_S("/") : KK_S(""), name;
    while (kk_split(&path, '/', &name)) {
        if (!name.len || kk_is(name, "."))
            continue;
        if (!kk_is(name, "..")) {
            bool first = !out.len || kk_is(out, "/");
            out = kk_print(arena, "%.*s%s%.*s", KK_P(out), first ? "" : "/", KK_P(name));
            continue;
        }
        size_t slash = kk_rfind_byte(out, '/');
        if (!out.len || kk_is(out, "/"))
            return KK_NONE;
        out = kk_part(out, 0, slash == KK_NOWHERE ? 0 : slash ? slash : 1);
    }
    return out;
}

/* NULL: it is none of the files given. */
static source *find_included(compiling *c, const source *from, kk_slice name)
{
    kk_slice folder = kk_part(from->file->name, 0, kk_name_begins(from->file->name));
    kk_slice path =
        plain_path(c->arena, kk_starts(name, KK_S("/")) ? name : kk_join(c->arena, folder, name));
    for (size_t i = 0; i < c->count && path.len; i++)
        if (kk_eq(plain_path(c->arena, c->sources[i].file->name), path))
            return &c->sources[i];
    return NULL;
}

static void mark_included(compiling *c)
{
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < c->sources[i].count; k++) {
            const yara_statement *s = &c->sources[i].statements[k];
            source *other =
                s->kind == YARA_INCLUDE ? find_included(c, &c->sources[i], s->name) : NULL;
            if (other && other != &c->sources[i])
                other->included = true;
        }
}

/* ---- One namespace ---- */

static uint32_t lines_in(kk_slice text)
{
    uint32_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

static void put_piece(compiling *c, source *from, yara_statement *s)
{
    c->pieces =
        kk_grow(c->arena, c->pieces, &c->piece_capacity, c->piece_count + 1, sizeof *c->pieces);
    uint32_t end = c->line + lines_in(s->text);
    c->pieces[c->piece_count++] = (piece){from, s, c->line, end};
    c->line = end;
    kk_put(&c->text, s->text);
    kk_put_byte(&c->text, '\n');
}

/* Why a module that libyara may know is not taken; NULL: it is, or libyara says itself. */
static const char *refused_module(kk_slice name)
{
    if (kk_is(name, "magic") || kk_is(name, "cuckoo"))
        return "it reads other files";
    return kk_is(name, "time") ? "its answer is another one tomorrow" : NULL;
}

static void put_source(compiling *c, source *s, int depth);

static void put_statement(compiling *c, source *from, yara_statement *s, int depth)
{
    source *other = s->kind == YARA_INCLUDE ? find_included(c, from, s->name) : NULL;
    if (s->refused)
        return;
    if (s->kind == YARA_STRAY)
        refuse_statement(c, from, s, s->line, KK_S("this is neither a rule nor an import"));
    else if (s->is_open)
        refuse_statement(c, from, s, s->line, KK_S("the brace that closes the rule is missing"));
    else if (s->kind == YARA_IMPORT && refused_module(s->name))
        refuse_statement(c, from, s, s->line,
                         kk_print(c->arena, "the module \"%.*s\" is not taken: %s", KK_P(s->name),
                                  refused_module(s->name)));
    else if (s->kind != YARA_INCLUDE)
        put_piece(c, from, s);
    else if (!other)
        refuse_statement(c, from, s, s->line,
                         KK_S("the included file is not among the files that were given"));
    else if (depth == INCLUDES_DEEPEST)
        refuse_statement(c, from, s, s->line, KK_S("includes are nested too deep"));
    else if (other->visited != c->root) /* else it is there already */
        put_source(c, other, depth + 1);
}

static void put_source(compiling *c, source *s, int depth)
{
    s->visited = c->root;
    for (size_t i = 0; i < s->count; i++)
        put_statement(c, s, &s->statements[i], depth);
}

static void lay_out(compiling *c, source *root)
{
    for (size_t i = 0; i < c->count; i++)
        c->sources[i].visited = 0; /* laid out anew, also where it is the same root */
    c->text.len = 0;
    c->piece_count = 0;
    c->line = 1;
    put_source(c, root, 0);
    kk_put_byte(&c->text, '\0');
}

/* Whether one of the texts that are laid out has a rule of that name that is left out. */
static bool is_refused_rule(const compiling *c, kk_slice name)
{
    for (size_t i = 0; i < c->count; i++) {
        const source *s = &c->sources[i];
        for (size_t k = 0; k < s->count && s->visited == c->root; k++)
            if (s->statements[k].kind == YARA_RULE && s->statements[k].refused &&
                kk_eq(s->statements[k].name, name))
                return true;
    }
    return false;
}

static bool names_module(kk_slice name)
{
    static const char *const modules[] = {"pe",      "elf",   "dotnet", "math",   "hash",
                                          "console", "macho", "dex",    "string", "lnk"};
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        if (kk_is(name, modules[i]))
            return true;
    return false;
}

/* What libyara says, and of a name that it does not know what that means here. */
static kk_slice reason(compiling *c, kk_slice said)
{
    static const char about[] = "undefined identifier \"";
    if (!kk_starts(said, KK_S(about)) || !kk_ends(said, KK_S("\"")))
        return kk_copy(c->arena, said);
    kk_slice name = kk_part(said, sizeof about - 1, said.len - sizeof about);
    if (refused_module(name))
        return kk_print(c->arena, "it needs the module \"%.*s\", which is not taken: %s",
                        KK_P(name), refused_module(name));
    if (is_refused_rule(c, name))
        return kk_print(c->arena, "it needs the rule \"%.*s\", which cannot be used", KK_P(name));
    if (names_module(name))
        return kk_print(c->arena, "the module \"%.*s\" is used, but not imported in its file",
                        KK_P(name));
    return kk_print(c->arena,
                    "undefined identifier \"%.*s\": external variables are filename, filepath and "
                    "extension alone",
                    KK_P(name));
}

static void on_error(int level, const char *file, int line, const YR_RULE *rule,
                     const char *message, void *context)
{
    compiling *c = context;
    (void)file;
    (void)rule;
    if (level != YARA_ERROR_LEVEL_ERROR || c->lost)
        return;
    c->lost = kk_starts(kk_cstr(message), KK_S("syntax error"));
    size_t low = 0;
    KK_LOWER_BOUND(low, c->piece_count,
                   c->pieces[low].end <= (uint32_t)line); /* the piece that the line is in */
    if (low == c->piece_count && low) /* the end of the text: the last one is not closed */
        low--;
    if (low == c->piece_count || c->pieces[low].statement->refused)
        return;
    const piece *p = &c->pieces[low];
    uint32_t within = (uint32_t)line > p->line ? (uint32_t)line - p->line : 0;
    kk_slice why = kk_utf8_clean(c->arena, kk_part(kk_cstr(message), 0, WHY_MOST));
    refuse_statement(c, p->from, p->statement, p->statement->line + within, reason(c, why));
}

static YR_COMPILER *open_compiler(compiling *c)
{
    YR_COMPILER *compiler = NULL;
    if (yr_compiler_create(&compiler) != ERROR_SUCCESS)
        return NULL;
    yr_compiler_set_callback(compiler, on_error, c);
    yr_compiler_set_include_callback(compiler, NULL, NULL, NULL);
    for (size_t i = 0; i < YARA_VARIABLES; i++)
        (void)yr_compiler_define_string_variable(compiler, yara_variables[i], "");
    return compiler;
}

static void give_up_root(compiling *c, const source *root, const char *why)
{
    for (size_t i = 0; i < c->piece_count; i++)
        c->pieces[i].statement->refused = true;
    refuse(c, root->file->name, 1, KK_NONE, kk_cstr(why));
}

/* Leaves out what is wrong until the namespace compiles; what is right stays in its statements. */
static void settle_root(compiling *c, source *root)
{
    uint64_t tried = 0;
    for (int tries = 0;; tries++) {
        c->refused_now = 0;
        lay_out(c, root);
        tried += c->text.len;
        if (tries == TRIES_MOST || tried > TRIED_MOST) {
            give_up_root(c, root, "too much of this file is wrong: the rest of it is not used");
            return;
        }
        c->refused_now = 0; /* what laying out refused is left out already */
        c->lost = false;
        YR_COMPILER *compiler = open_compiler(c);
        int errors = compiler ? yr_compiler_add_string(compiler, c->text.ptr, root->space.ptr) : 1;
        if (compiler)
            yr_compiler_destroy(compiler);
        if (!errors)
            return;
        if (!c->refused_now) {
            give_up_root(c, root, "it cannot be compiled");
            return;
        }
    }
}

/* ---- All of them ---- */

/* All namespaces in one set; NULL when there is no rule, or together they are too much. */
static YR_RULES *compile_all(compiling *c)
{
    YR_RULES *rules = NULL;
    YR_COMPILER *compiler = open_compiler(c);
    bool any = false;
    int errors = compiler ? 0 : 1;
    for (size_t i = 0; i < c->count && !errors; i++) {
        c->root = (uint32_t)i + 1;
        if (c->sources[i].included)
            continue;
        lay_out(c, &c->sources[i]);
        any = any || c->piece_count;
        errors = yr_compiler_add_string(compiler, c->text.ptr, c->sources[i].space.ptr);
    }
    c->root = 0;
    if (errors || (any && yr_compiler_get_rules(compiler, &rules) != ERROR_SUCCESS))
        refuse(c, c->count ? c->sources[0].file->name : KK_NONE, 1, KK_NONE,
               KK_S("all rules together are more than can be compiled: give fewer"));
    if (compiler)
        yr_compiler_destroy(compiler);
    return rules;
}

static void put_text(kk_buffer *out, kk_slice s)
{
    uint32_t len = (uint32_t)s.len;
    kk_put_bytes(out, &len, sizeof len);
    kk_put(out, s);
}

static void put_u32(kk_buffer *out, uint32_t v)
{
    kk_put_bytes(out, &v, sizeof v);
}

static void put_rule(kk_buffer *out, const kk_yara_rule *r)
{
    const kk_slice texts[] = {r->id, r->title, r->level, r->tags, r->file};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put_text(out, texts[i]);
    put_u32(out, r->line);
    put_u32(out, r->is_private);
}

/* Compiled rules are in the order of the texts. */
static void put_rules(compiling *c, kk_buffer *out, const YR_RULES *rules)
{
    uint32_t number = 0;
    put_u32(out, rules ? rules->num_rules : 0);
    for (size_t i = 0; i < c->count && rules; i++) {
        if (c->sources[i].included)
            continue;
        c->root = (uint32_t)i + 1;
        lay_out(c, &c->sources[i]);
        for (size_t k = 0; k < c->piece_count && number < rules->num_rules; k++) {
            const piece *p = &c->pieces[k];
            if (p->statement->kind != YARA_RULE)
                continue;
            kk_yara_rule r = {.id = id_of(c, c->sources[i].space, p->statement->name),
                              .file = p->from->file->name,
                              .line = p->statement->line};
            yara_tell_facts(c->arena, &rules->rules_table[number++], &r);
            put_rule(out, &r);
        }
    }
    c->root = 0;
}

static size_t write_rules(const void *bytes, size_t size, size_t count, void *context)
{
    kk_put_bytes(context, bytes, size * count);
    return count;
}

static void put_compiled(kk_buffer *out, YR_RULES *rules)
{
    YR_STREAM stream = {.user_data = out, .write = write_rules};
    if (rules)
        (void)yr_rules_save_stream(rules, &stream);
}

/* Files that are no part of another one; of files that include each other, the first. */
static void find_roots(compiling *c)
{
    bool *reached = KK_NEW_ARRAY(c->arena, bool, c->count + 1);
    mark_included(c);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < c->count; i++) {
            if (reached[i] || (!round && c->sources[i].included))
                continue;
            c->sources[i].included = false;
            c->root = (uint32_t)i + 1;
            lay_out(c, &c->sources[i]);
            for (size_t k = 0; k < c->count; k++)
                reached[k] = reached[k] || c->sources[k].visited == c->root;
        }
}

static void settle_all(compiling *c)
{
    find_roots(c);
    for (size_t i = 0; i < c->count; i++) {
        c->root = (uint32_t)i + 1;
        if (!c->sources[i].included)
            settle_root(c, &c->sources[i]);
    }
    c->root = 0;
}

void kk_yara_compile(const kk_yara_file *files, size_t count, kk_buffer *out)
{
    compiling c = {.arena = kk_arena_open(), .count = count};
    c.sources = KK_NEW_ARRAY(c.arena, source, count + 1);
    for (size_t i = 0; i < count; i++) {
        c.sources[i].file = &files[i];
        open_source(&c, &c.sources[i]);
    }
    name_spaces(&c);
    if (yr_initialize() == ERROR_SUCCESS) {
        settle_all(&c);
        YR_RULES *rules = compile_all(&c);
        put_rules(&c, out, rules);
        put_u32(out, (uint32_t)c.refusal_count);
        for (size_t i = 0; i < c.refusal_count; i++) {
            put_text(out, c.refusals[i].file);
            put_text(out, c.refusals[i].id);
            put_text(out, c.refusals[i].what);
            put_u32(out, c.refusals[i].line);
        }
        put_compiled(out, rules);
        if (rules)
            yr_rules_destroy(rules);
        yr_finalize();
    }
    kk_buffer_close(&c.text);
    kk_arena_close(c.arena);
}

/* ---- Reading it back ---- */

static kk_slice get_text(kk_cursor *in)
{
    return kk_bytes(in, kk_u32(in));
}

/* How many follow; each takes 16 bytes at least. */
static size_t get_count(kk_cursor *in)
{
    size_t count = kk_u32(in);
    if (count > kk_left(in) / 16)
        in->bad = true;
    return in->bad ? 0 : count;
}

bool kk_yara_read(kk_arena *arena, kk_slice bytes, kk_yara_set *out)
{
    kk_cursor in = kk_cursor_over(bytes);
    *out = (kk_yara_set){.count = get_count(&in)};
    out->rules = KK_NEW_ARRAY(arena, kk_yara_rule, out->count + 1);
    for (size_t i = 0; i < out->count; i++) {
        kk_yara_rule *r = &out->rules[i];
        kk_slice *const texts[] = {&r->id, &r->title, &r->level, &r->tags, &r->file};
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            *texts[k] = get_text(&in);
        r->line = kk_u32(&in);
        r->is_private = kk_u32(&in) != 0;
    }
    out->refusal_count = get_count(&in);
    out->refusals = KK_NEW_ARRAY(arena, kk_yara_refusal, out->refusal_count + 1);
    for (size_t i = 0; i < out->refusal_count; i++) {
        kk_yara_refusal *r = &out->refusals[i];
        r->file = get_text(&in);
        r->id = get_text(&in);
        r->what = get_text(&in);
        r->line = kk_u32(&in);
    }
    out->compiled = kk_bytes(&in, kk_left(&in));
    return !in.bad;
}
