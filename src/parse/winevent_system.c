/* What the fields of System are called, and which are told. */
#include "parse/winevent_system.h"

#include "parse/binxml_digits.h"

kk_system_field kk_system_field_of(kk_slice element, kk_slice attribute)
{
    static const struct {
        const char *element, *attribute;
        kk_system_field field;
    } words[] = {
        {"EventID", "", KK_SYS_EVENT_ID},
        {"Version", "", KK_SYS_VERSION},
        {"Level", "", KK_SYS_LEVEL},
        {"Task", "", KK_SYS_TASK},
        {"Opcode", "", KK_SYS_OPCODE},
        {"Keywords", "", KK_SYS_KEYWORDS},
        {"EventRecordID", "", KK_SYS_RECORD_ID},
        {"Channel", "", KK_SYS_CHANNEL},
        {"Computer", "", KK_SYS_COMPUTER},
        {"Provider", "Name", KK_SYS_PROVIDER},
        {"Provider", "Guid", KK_SYS_GUID},
        {"Provider", "EventSourceName", KK_SYS_SOURCE},
        {"EventID", "Qualifiers", KK_SYS_QUALIFIERS},
        {"TimeCreated", "SystemTime", KK_SYS_TIME},
        {"Correlation", "ActivityID", KK_SYS_ACTIVITY},
        {"Correlation", "RelatedActivityID", KK_SYS_RELATED},
        {"Execution", "ProcessID", KK_SYS_PROCESS},
        {"Execution", "ThreadID", KK_SYS_THREAD},
        {"Security", "UserID", KK_SYS_USER},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kk_is(element, words[i].element) && kk_is(attribute, words[i].attribute))
            return words[i].field;
    return KK_SYS_FIELDS;
}

typedef struct {
    kk_slice name;
    kk_system_field field;
    bool always; /* else not where it is 0 */
} told_word;

#define TOLD(name, field, always)                                                                  \
    {                                                                                              \
        {name, sizeof(name) - 1}, field, always                                                    \
    }

/* Last to first, as each is put before the others. */
static const told_word told_words[] = {
    TOLD("System.RelatedActivityID", KK_SYS_RELATED, true),
    TOLD("System.ActivityID", KK_SYS_ACTIVITY, true),
    TOLD("System.UserID", KK_SYS_USER, true),
    TOLD("System.ThreadID", KK_SYS_THREAD, false),
    TOLD("System.ProcessID", KK_SYS_PROCESS, false),
    TOLD("System.Keywords", KK_SYS_KEYWORDS, false),
    TOLD("System.Opcode", KK_SYS_OPCODE, false),
    TOLD("System.Task", KK_SYS_TASK, false),
    TOLD("System.Level", KK_SYS_LEVEL, true),
    TOLD("System.Version", KK_SYS_VERSION, false),
    TOLD("System.Qualifiers", KK_SYS_QUALIFIERS, false),
    TOLD("System.EventSourceName", KK_SYS_SOURCE, true),
    TOLD("winlog.channel", KK_SYS_CHANNEL, true),
};

static inline bool is_zero(const kk_xml_value *value, kk_system_field field)
{
    const uint64_t reserved = UINT64_C(1) << 63; /* of Keywords: set by every classic provider */
    uint64_t number;
    if (kk_xml_is_whole(*value))
        number = kk_xml_little(value->ptr, value->len);
    else if (!kk_xml_number(*value, &number))
        return false;
    return (field == KK_SYS_KEYWORDS ? number & ~reserved : number) == 0;
}

void kk_event_put_before(kk_event *event, kk_slice name, kk_slice value)
{
    event->more--;
    event->more_count++;
    *event->more = (kk_pair){name, value};
}

uint32_t kk_system_tell(const kk_system_part *system, kk_pair **more)
{
    uint32_t told = 0, left = system->fields;
    for (size_t i = 0; left && i < sizeof told_words / sizeof *told_words; i++) {
        const told_word *w = &told_words[i];
        const kk_xml_value *value = &system->values[w->field];
        const uint32_t bit = 1u << w->field;
        bool is_asked = left & bit;
        left &= ~bit;
        if (!is_asked || value->type == KK_XML_NULL ||
            (w->field == KK_SYS_USER && system->user_is_column) ||
            (w->field == KK_SYS_PROCESS && system->process_is_column))
            continue;
        if (!w->always && is_zero(value, w->field))
            continue;
        kk_slice text = system->text(system->context, w->field);
        *--*more = (kk_pair){w->name, text};
        told |= bit;
    }
    return told;
}
