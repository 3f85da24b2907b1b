#include "model/event.h"

static const char *const text_names[] = {
#define TEXT_FIELD(NAME, ecs, column) [KK_##NAME] = ecs,
#define WORD_FIELD(NAME, ecs, column) [KK_##NAME] = ecs,
#include "model/fields.def"
};

static const bool is_word[KK_TEXT_FIELDS] = {
#define WORD_FIELD(NAME, ecs, column) [KK_##NAME] = true,
#include "model/fields.def"
};

static const char *const number_names[] = {
#define NUMBER_FIELD(NAME, ecs, column) [KK_##NAME] = ecs,
#include "model/fields.def"
};

const char *kk_text_field_name(kk_text_field field)
{
    return text_names[field];
}

const char *kk_number_field_name(kk_number_field field)
{
    return number_names[field];
}

bool kk_text_field_is_word(kk_text_field field)
{
    return is_word[field];
}

kk_slice kk_event_read(const kk_event *event, size_t field)
{
    kk_slice *value = &event->more[field].value;
    *value =
        event->unread->text(event->unread->context, (const kk_xml_value *)(const void *)value->ptr);
    return *value;
}

void kk_event_clear(kk_event *event)
{
    kk_pair *more = event->more;
    size_t capacity = event->more_capacity;
    memset(event, 0, sizeof *event);
    event->time = KK_NO_TIME;
    event->more = more;
    event->more_capacity = capacity;
}

void kk_event_more(kk_event *event, kk_arena *arena, kk_slice name, kk_slice value)
{
    event->more =
        kk_grow(arena, event->more, &event->more_capacity, event->more_count + 1, sizeof(kk_pair));
    event->more[event->more_count++] = (kk_pair){name, value};
}
