/* A line of a listing, whatever its wording: words, hashes and dates in it, and the event that is told of it. */
#include "parse/leak_listing.h"

#include "parse/log_words.h"

void kk_leak_keep(kk_buffer *buffer, kk_slice text)
{
    kk_buffer copy = {0}; /* the text may lie in the buffer itself */
    kk_put(&copy, text);
    kk_buffer_close(buffer);
    *buffer = copy;
}

kk_slice kk_leak_word(kk_slice *rest)
{
    size_t i = 0;
    while (i < rest->len && rest->ptr[i] != ' ' && rest->ptr[i] != '\t')
        i++;
    kk_slice word = kk_part(*rest, 0, i);
    while (i < rest->len && (rest->ptr[i] == ' ' || rest->ptr[i] == '\t'))
        i++;
    *rest = kk_from(*rest, i);
    return word;
}

bool kk_leak_is_hash(kk_slice text)
{
    if (text.len != 32 && text.len != 40 && text.len != 64 && text.len != 128)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return true;
}

void kk_leak_add_hash(kk_leak_entry *entry, kk_slice hex)
{
    if (entry->hash_count < sizeof entry->hash / sizeof entry->hash[0])
        entry->hash[entry->hash_count++] = hex;
}

/* Three numbers of a date, the second perhaps the name of a month; 0 when there are none. */
static size_t date_parts(kk_slice s, uint64_t part[3], size_t digits[3], char *separator)
{
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        kk_slice rest = kk_from(s, at);
        if (i == 1 && kk_month_by_name(kk_part(rest, 0, 3))) {
            part[i] = (uint64_t)kk_month_by_name(kk_part(rest, 0, 3));
            digits[i] = 3;
        } else if (!kk_log_digits(rest, &part[i], &digits[i]) || digits[i] > 4) {
            return 0;
        }
        at += digits[i];
        if (i == 2)
            break;
        if (at >= s.len || !memchr("-/.", s.ptr[at], 3) || (i == 1 && s.ptr[at] != *separator))
            return 0;
        *separator = s.ptr[at++];
    }
    return at;
}

static bool set_date(kk_civil *civil, const uint64_t part[3], const size_t digits[3],
                     char separator, bool half_day)
{
    size_t year = 0, month = 1, day = 2;
    uint64_t century = 0;
    if (digits[0] == 2 && digits[2] == 2 && separator == '/') { /* 26/07/01 of Japanese Windows */
        century = 2000;
    } else if (digits[0] != 4) { /* the year is last */
        year = 2;
        bool named = digits[1] == 3;
        bool month_first = !named && (half_day || part[1] > 12 || digits[2] == 2);
        day = month_first ? 1 : 0;
        month = month_first ? 0 : 1;
        century = digits[2] == 2 ? 2000 : 0;
        if (digits[2] != 4 && !(digits[2] == 2 && separator == '-'))
            return false;
    }
    civil->year = (int)(part[year] + century);
    civil->month = (int)part[month];
    civil->day = (int)part[day];
    return civil->month >= 1 && civil->month <= 12 && civil->day >= 1 && civil->day <= 31;
}

/* "10", "10:20", "10:20:30": how many numbers; *at is moved behind them. */
static size_t clock_numbers(kk_slice s, size_t *at, uint64_t number[3])
{
    size_t count = 0, taken;
    for (;;) {
        if (!kk_log_digits(kk_from(s, *at), &number[count], &taken) || taken > 2)
            return 0;
        *at += taken;
        if (++count == 3 || *at >= s.len || s.ptr[*at] != ':')
            return count;
        ++*at;
    }
}

/* "10:20", "10:20:30.123", "10:20 AM" behind the date: bytes taken. */
static size_t read_clock(kk_slice s, kk_leak_entry *entry, bool *half_day)
{
    uint64_t number[3] = {0, 0, 0}, fraction = 0;
    size_t at = 0, digits = 0;
    while (at < s.len && (s.ptr[at] == ' ' || s.ptr[at] == 'T') && at < 4)
        at++;
    size_t count = clock_numbers(s, &at, number);
    if (count < 2 || number[0] > 23 || number[1] > 59 || number[2] > 59)
        return 0;
    if (count == 3 && at < s.len && s.ptr[at] == '.') {
        if (!kk_log_digits(kk_from(s, at + 1), &fraction, &digits) || digits > 9)
            return 0;
        at += digits + 1;
    }
    for (size_t i = digits; i < 9; i++)
        fraction *= 10;
    kk_slice mark = kk_part(s, at, 3);
    *half_day = kk_eq_nocase(mark, KK_S(" AM")) || kk_eq_nocase(mark, KK_S(" PM"));
    if (*half_day) {
        number[0] = number[0] % 12 + (kk_eq_nocase(mark, KK_S(" PM")) ? 12 : 0);
        at += 3;
    }
    entry->civil.hour = (int)number[0];
    entry->civil.minute = (int)number[1];
    entry->civil.second = (int)number[2];
    entry->civil.nanosecond = (int)fraction;
    entry->precision = count == 2   ? KK_EXACT_MIN
                       : digits > 6 ? KK_EXACT_100NS
                       : digits > 3 ? KK_EXACT_US
                       : digits     ? KK_EXACT_MS
                                    : KK_EXACT_S;
    return at;
}

size_t kk_leak_date(kk_slice text, kk_leak_entry *entry)
{
    uint64_t part[3];
    size_t digits[3], at;
    char separator = '\0';
    bool half_day = false;
    kk_leak_entry read = *entry;
    if ((at = date_parts(text, part, digits, &separator)) == 0)
        return 0;
    read.civil = (kk_civil){0};
    read.precision = KK_EXACT_DAY;
    size_t clock = read_clock(kk_from(text, at), &read, &half_day);
    if (clock == 0 && at < text.len && text.ptr[at] != ' ' && text.ptr[at] != '\t')
        return 0;
    if (!set_date(&read.civil, part, digits, separator, half_day))
        return 0;
    at += clock;
    size_t gap = at < text.len && text.ptr[at] == ' ';
    kk_slice zone = kk_part(kk_from(text, at + gap), 0, kk_find_byte(kk_from(text, at + gap), ' '));
    if (clock && zone.len && zone.len <= 6 && (zone.len > 1 || zone.ptr[0] == 'Z') &&
        kk_log_offset(zone, &read.offset)) {
        read.has_offset = true;
        at += gap + zone.len;
    }
    read.dated = kk_civil_valid(&read.civil) && read.civil.year >= 1800 && read.civil.year < 2200;
    *entry = read;
    return at;
}

static bool is_absolute(kk_slice path)
{
    return path.len &&
           (path.ptr[0] == '/' || path.ptr[0] == '\\' || (path.len >= 2 && path.ptr[1] == ':'));
}

static kk_slice join(kk_leak *leak, kk_slice directory, kk_slice name)
{
    if (directory.len == 0 || is_absolute(name))
        return name;
    char last = directory.ptr[directory.len - 1];
    bool back = kk_find_byte(directory, '\\') != KK_NOWHERE ||
                (directory.len >= 2 && directory.ptr[1] == ':');
    const char *between = last == '/' || last == '\\' ? "" : back ? "\\" : "/";
    return kk_print(leak->scratch, "%.*s%s%.*s", KK_P(directory), between, KK_P(name));
}

static void set_time(kk_leak *leak, const kk_leak_entry *entry)
{
    kk_event *e = &leak->event;
    if (!entry->dated || !kk_civil_valid(&entry->civil))
        return;
    e->precision = entry->precision;
    if (entry->has_offset) {
        e->time = kk_time_from_civil(&entry->civil);
        e->time = e->time == KK_NO_TIME ? e->time : e->time - entry->offset * KK_SECOND;
        e->basis = KK_BASIS_OFFSET;
    } else {
        e->time = kk_time_from_local(&leak->settings->zone, &entry->civil);
        e->basis = leak->settings->zone_basis;
    }
    if (e->time != KK_NO_TIME)
        e->text[KK_TIME_KIND] = KK_S("modified");
}

static void more_number(kk_leak *leak, kk_slice name, uint64_t number)
{
    kk_event_more(&leak->event, leak->kept, name,
                  kk_print(leak->scratch, "%llu", (unsigned long long)number));
}

static void set_size(kk_leak *leak, const kk_leak_entry *entry)
{
    uint64_t size, tolerance;
    if (!kk_log_size(entry->size, &size, &tolerance))
        return;
    kk_set_number(&leak->event, KK_FILE_SIZE, size);
    if (tolerance) /* what rounds up may be off by a whole step */
        more_number(leak, KK_S("size.tolerance"), entry->round_up ? tolerance * 2 : tolerance);
}

static void set_hash(kk_leak *leak, kk_slice hex)
{
    char *out = kk_take(leak->scratch, hex.len);
    for (size_t i = 0; i < hex.len; i++)
        out[i] = hex.ptr[i] >= 'A' && hex.ptr[i] <= 'F' ? (char)(hex.ptr[i] | 0x20) : hex.ptr[i];
    kk_slice lower = {out, hex.len};
    if (hex.len == 64)
        leak->event.text[KK_FILE_SHA256] = lower;
    else
        kk_event_more(&leak->event, leak->kept,
                      hex.len == 32   ? KK_S("hash.md5")
                      : hex.len == 40 ? KK_S("hash.sha1")
                                      : KK_S("hash.sha512"),
                      lower);
}

void kk_leak_tell(kk_leak *leak, const kk_leak_entry *entry, const kk_log_line *at)
{
    leak->entries++;
    if (!leak->sink)
        return;
    kk_event *e = &leak->event;
    kk_event_clear(e);
    e->record = at->number;
    e->offset = at->offset;
    e->length = at->length;
    e->flags = entry->damaged || at->cut ? KK_FLAG_DAMAGED : 0;
    e->text[KK_DATASET] = KK_S("leak.listing");
    e->text[KK_CATEGORY] = KK_S("file");
    e->text[KK_ACTION] = KK_S("listed");
    e->text[KK_FILE_PATH] = join(leak, entry->directory, entry->name);
    e->text[KK_FILE_TARGET] = entry->target;
    if (entry->damaged)
        kk_report(leak->sink, KK_ISSUE_TRUNCATED, at->offset, "the last line is cut short");
    set_time(leak, entry);
    set_size(leak, entry);
    for (size_t i = 0; i < entry->hash_count; i++)
        set_hash(leak, entry->hash[i]);
    if (entry->packed.len)
        kk_event_more(e, leak->kept, KK_S("size.packed"), entry->packed);
    if (leak->archive.len)
        kk_event_more(e, leak->kept, KK_S("archive"), kk_buffer_slice(&leak->archive));
    leak->sink->event(leak->sink, e);
}
