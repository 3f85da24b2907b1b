/* Inside a worker: passwords that stand in what it reads are told to the coordinator, each once a job. */
#include "worker/life.h"

#include "base/hash.h"
#include "recognise/secrets.h"

enum { TOLD_MOST = 5000, SLOTS_OF_TOLD = 16384 };

struct told_secrets {
    uint64_t *slots; /* hashes of what was told; NULL before the first */
    size_t count;
    kk_arena *scratch;
    uint64_t record;
};

void life_hear_secrets(life *l)
{
    l->heard = KK_NEW(l->arena, told_secrets);
    l->heard->scratch = kk_arena_open();
}

void life_heard_secrets(life *l)
{
    if (l->heard)
        kk_arena_close(l->heard->scratch);
    l->heard = NULL;
}

static bool is_new(life *l, kk_slice text)
{
    told_secrets *h = l->heard;
    uint64_t hash = kk_hash_quick(text) | 1;
    if (!h->slots)
        h->slots = KK_NEW_ARRAY(l->arena, uint64_t, SLOTS_OF_TOLD);
    size_t at = hash % SLOTS_OF_TOLD;
    while (h->slots[at] && h->slots[at] != hash)
        at = (at + 1) % SLOTS_OF_TOLD;
    if (h->slots[at] || h->count == TOLD_MOST)
        return false;
    h->slots[at] = hash;
    h->count++;
    return true;
}

static void tell(void *context, kk_secret_rank rank, kk_slice text)
{
    life *l = context;
    if (!is_new(l, text))
        return;
    const kk_secret secret = {rank, l->heard->record, text};
    (void)LIFE_PACK(l, kk_pack_secret, &secret);
}

static void look_at_command(life *l, kk_slice command, kk_command_kind kind)
{
    if (command.len < KK_SECRET_LEAST)
        return;
    kk_secrets_of_command(l->heard->scratch, command, kind, tell, l);
    kk_arena_reset(l->heard->scratch);
}

/* Scripts and command lines in the further fields of Windows events. */
static void look_at_fields(life *l, const kk_event *e)
{
    static const char *const names[] = {
        "ScriptBlockText", "Payload",         "HostApplication", "Data",          "ContextInfo",
        "ImagePath",       "ServiceFileName", "TaskContent",     "TaskContentNew"};
    for (size_t i = 0; i < e->more_count; i++)
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            if (kk_is(e->more[i].name, names[k]))
                look_at_command(l, e->more[i].value, KK_COMMAND_TYPED);
}

static bool has_scripts(const kk_event *e)
{
    static const char *const codes[] = {"4697", "4698", "4702", "7045"};
    kk_slice dataset = e->text[KK_DATASET], code = e->text[KK_CODE];
    if (kk_ends(dataset, KK_S("powershell/operational")) ||
        kk_ends(dataset, KK_S("powershellcore/operational")) ||
        kk_ends(dataset, KK_S("windows powershell")))
        return true;
    for (size_t i = 0; i < sizeof codes / sizeof *codes && code.len == 4; i++)
        if (kk_is(code, codes[i]))
            return true;
    return false;
}

void life_secrets_of_event(life *l, const kk_event *e)
{
    if (!l->heard)
        return;
    kk_slice dataset = e->text[KK_DATASET], command = e->text[KK_COMMAND_LINE];
    bool windows = kk_starts(dataset, KK_S("windows"));
    l->heard->record = e->record;
    if (command.len)
        look_at_command(l, command,
                        kk_ends(dataset, KK_S("history")) ? KK_COMMAND_TYPED : KK_COMMAND_RUN);
    if (windows && has_scripts(e))
        look_at_fields(l, e);
}

void life_secrets_of_passage(life *l, const kk_passage *passage)
{
    if (!l->heard)
        return;
    l->heard->record = passage->record;
    kk_secrets_of_text(l->heard->scratch, passage->text, tell, l);
    kk_arena_reset(l->heard->scratch);
}

static bool is_label(kk_slice cell)
{
    return cell.len <= 90 &&
           (kk_has(cell, KK_S("パスワード")) || kk_has_nocase(cell, KK_S("password")) ||
            kk_eq_nocase(kk_trim(cell), KK_S("pw")));
}

/* A form in a table: a label in one cell, the value in the next. */
void life_secrets_of_row(life *l, const kk_row *row)
{
    enum { FORM_MOST = 4 };
    if (!l->heard || row->count < 2 || row->count > FORM_MOST || row->is_sample || row->is_beyond)
        return;
    l->heard->record = row->record;
    for (size_t i = 0; i + 1 < row->count; i++) {
        if (!is_label(row->cells[i]) || row->cells[i + 1].len > KK_SECRET_BYTES)
            continue;
        kk_slice line = kk_print(l->heard->scratch, "%.*s：%.*s", KK_P(kk_trim(row->cells[i])),
                                 KK_P(row->cells[i + 1]));
        kk_secrets_of_text(l->heard->scratch, line, tell, l);
        kk_arena_reset(l->heard->scratch);
    }
}

void life_secrets_of_script(life *l, kk_slice script)
{
    if (!l->heard)
        return;
    l->heard->record = 0;
    look_at_command(l, script, KK_COMMAND_TYPED);
}

void life_on_opened(kk_sink *sink, uint32_t number)
{
    life *l = (life *)sink;
    if (number && number <= l->guesses.count)
        (void)LIFE_PACK(l, kk_pack_opened, l->guesses.at[number - 1]);
}
