#include "recognise/talk.h"

#include "recognise/fold.h"

/* メッセージ, トーク内容, text: what somebody wrote. */
static bool is_written(const kk_column *c, kk_arena *arena)
{
    static const char *const words[] = {"メッセージ", "メッセージ内容", "トーク",  "トーク内容",
                                        "発言",       "発言内容",       "投稿",    "投稿内容",
                                        "本文",       "text",           "message", "body"};
    bool open = c->kind == KK_COL_UNKNOWN || c->kind == KK_COL_IGNORED ||
                c->kind == KK_COL_LOGGED || c->kind == KK_COL_REMARK || c->kind == KK_COL_BODY;
    kk_slice form = open ? kk_heading_form(arena, c->word) : KK_NONE;
    for (size_t i = 0; i < KK_COUNT(words); i++)
        if (kk_is(form, words[i]))
            return true;
    return false;
}

static bool is_writer(const kk_column *c)
{
    static const char *const words[] = {"送信者", "発言者", "投稿者", "差出人", "sender"};
    for (size_t i = 0; i < KK_COUNT(words); i++)
        if (kk_has_nocase(c->word, kk_cstr(words[i])))
            return true;
    return false;
}

void kk_talk_find(kk_plan *plan, kk_arena *arena)
{
    bool written = false, writer = false;
    for (size_t i = 0; i < plan->count; i++) {
        written |= is_written(&plan->columns[i], arena);
        writer |= is_writer(&plan->columns[i]);
    }
    for (size_t i = 0; written && writer && i < plan->count; i++) {
        kk_column *c = &plan->columns[i];
        bool no_mailbox = c->heading.kind == KK_COL_MAILBOX && c->kind == KK_COL_IGNORED;
        if (c->kind != KK_COL_REMARK && is_written(c, arena))
            c->kind = KK_COL_BODY;
        else if (no_mailbox && is_writer(c) &&
                 kk_share(c->profile.person_like, c->profile.filled, 60, 2))
            c->kind = KK_COL_NAME;
    }
}

/* What tells one name apart from the same name elsewhere. */
static bool tells_apart(kk_column_kind kind)
{
    return kind == KK_COL_COMPANY || kind == KK_COL_BIRTH || kind == KK_COL_EMPLOYEE_NO ||
           (kind >= KK_COL_CUSTOMER_NO && kind <= KK_COL_POLICY_NO) || kind == KK_COL_EMAIL ||
           kind == KK_COL_PHONE || kind == KK_COL_MOBILE || kind == KK_COL_ADDRESS ||
           kind == KK_COL_ZIP || kind == KK_COL_ORDER;
}

void kk_talk_settle_writers(kk_plan *plan, kk_arena *arena)
{
    kk_slot_plan *slot = &plan->slots[plan->primary];
    const kk_column *name = NULL;
    uint16_t account = 0;
    bool written = false;
    for (size_t i = 0; i < plan->count && i < UINT16_MAX; i++) {
        const kk_column *c = &plan->columns[i];
        if (tells_apart(c->kind))
            return;
        written |= is_written(c, arena);
        name = c->slot == plan->primary && c->kind == KK_COL_NAME ? c : name;
        if (c->slot == plan->primary && c->kind == KK_COL_USER_ID && !account)
            account = (uint16_t)(i + 1);
    }
    if (!name || !written || slot->staff_register)
        return;
    slot->staff_register = name->table_register | 1;
    slot->within = account;
}
