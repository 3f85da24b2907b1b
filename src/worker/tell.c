/* What a worker says: packed into memory that it shares with the coordinator, batch by batch, and in
 * packets over its socket. */
#include "worker/life.h"

#include <unistd.h>

_Noreturn void life_gone(void)
{
    _exit(0);
}

void life_receive(life *l, message_kind wanted, message *m, int fds[2])
{
    for (;;) {
        if (!message_receive(l->socket, m, NULL, NULL, fds))
            life_gone();
        if (m->kind == SAY_FREE && m->a < SLOTS)
            l->slot_free[m->a] = true;
        if (m->kind == (uint32_t)wanted)
            return;
    }
}

void life_say(life *l, const message *m, kk_slice bytes)
{
    if (!message_send(l->socket, m, bytes, NULL, 0))
        life_gone();
}

void life_take_slot(life *l)
{
    message m;
    while (!l->slot_free[l->slot])
        life_receive(l, SAY_FREE, &m, NULL);
    memset(&l->told, 0, sizeof l->told);
    l->packer = (kk_packer){l->shared + l->slot * (size_t)KK_BATCH_BYTES, 0, KK_BATCH_BYTES};
}

void life_flush(life *l)
{
    if (!l->packer.used)
        return;
    message m = {SAY_BATCH, l->slot, l->packer.used, l->sequence++};
    l->slot_free[l->slot] = false;
    life_say(l, &m, KK_NONE);
    l->slot = (l->slot + 1) % SLOTS;
    life_take_slot(l);
}

int life_ask_spool(life *l, uint64_t size)
{
    message m = {.kind = SAY_SPOOL, .b = size};
    int fds[2] = {-1, -1};
    life_flush(l); /* what the listener knows so far comes first */
    life_say(l, &m, KK_NONE);
    life_receive(l, SAY_SPOOL, &m, fds);
    return fds[0];
}

/* ---- what a sink hears ---- */

static void on_issue(kk_sink *sink, const kk_issue *issue)
{
    life *l = (life *)sink;
    (void)LIFE_PACK(l, kk_pack_issue, issue);
}

static kk_slice cut_text(kk_slice s, size_t len)
{
    if (s.len <= len)
        return s;
    while (len && ((unsigned char)s.ptr[len] & 0xc0) == 0x80)
        len--;
    return kk_part(s, 0, len);
}

/* An event that fills a batch alone: its texts are cut to what does fit, and that is said. */
static void pack_giant(life *l, const kk_event *event)
{
    kk_event smaller = *event;
    smaller.more_count = 0;
    for (int f = 0; f < KK_TEXT_FIELDS; f++)
        smaller.text[f] = cut_text(smaller.text[f], 65536);
    kk_report(&l->sink, KK_ISSUE_LIMIT, event->offset,
              "a record's texts were cut: it is larger than 4 MiB");
    (void)kk_pack_event(&l->packer, &smaller);
    matching_stored(l->matching, &smaller);
}

static void on_event(kk_sink *sink, const kk_event *event)
{
    life *l = (life *)sink;
    uint32_t layout = event->layout;
    if (!layout && event->more_count)
        layout = kk_layout_of(l->sink.layouts, event->more, event->more_count);
    if (!(kk_pack_named_event(&l->packer, &l->told, layout, event) ||
          (life_flush(l), kk_pack_named_event(&l->packer, &l->told, layout, event)))) {
        pack_giant(l, event);
        return;
    }
    matching_event(l->matching, event);
    payloads_look(l->payloads, event);
    life_secrets_of_event(l, event);
}

void life_on_decoded(kk_sink *sink, const kk_event *event, const kk_decoded *decoded)
{
    matching_decoded(((life *)sink)->matching, event, decoded);
}

void life_on_payload(kk_sink *sink, const kk_payload_row *row)
{
    life *l = (life *)sink;
    (void)LIFE_PACK(l, kk_pack_payload, row);
}

void life_on_hit(kk_sink *sink, const kk_hit *hit)
{
    life *l = (life *)sink;
    (void)LIFE_PACK(l, kk_pack_hit, hit);
}

static void on_mention(void *context, const kk_mention *mention)
{
    life *l = context;
    if (!LIFE_PACK(l, kk_pack_mention, mention))
        kk_report(&l->sink, KK_ISSUE_LIMIT, mention->offset,
                  "a row about a person is larger than 4 MiB");
}

static void on_table(void *context, const kk_table *table)
{
    life *l = context;
    (void)LIFE_PACK(l, kk_pack_table, table);
}

static kk_recogniser *recogniser(life *l)
{
    if (!l->recogniser) {
        kk_recogniser_settings settings = {
            .key = l->job->key, .incident = l->job->incident, .lexicon = l->lexicon};
        l->recogniser = kk_recogniser_open(l->arena, &settings, on_mention, on_table, l);
    }
    return l->recogniser;
}

static void on_row(kk_sink *sink, const kk_row *row)
{
    kk_recognise_row(recogniser((life *)sink), row);
    life_secrets_of_row((life *)sink, row);
}

static void on_passage(kk_sink *sink, const kk_passage *passage)
{
    kk_recognise_passage(recogniser((life *)sink), passage);
    life_secrets_of_passage((life *)sink, passage);
}

static void on_fact(kk_sink *sink, kk_fact_kind kind, kk_slice value)
{
    life *l = (life *)sink;
    (void)LIFE_PACK(l, kk_pack_fact, kind, value);
}

void life_on_cut(kk_sink *sink, uint64_t offset, kk_slice place)
{
    life *l = (life *)sink;
    const kk_cut_place cut = {offset, place};
    (void)LIFE_PACK(l, kk_pack_cut, &cut);
    life_flush(l);
}

kk_sink life_sink(void)
{
    return (kk_sink){.event = on_event,
                     .row = on_row,
                     .passage = on_passage,
                     .issue = on_issue,
                     .child = life_on_child,
                     .opened = life_on_opened,
                     .fact = on_fact};
}
