/* Login records of Unix: wtmp (who was in), btmp (who failed to get in), utmp (who is in).
 *
 * Records of one size, one after the other, in the machine's byte order:
 *                   384 bytes        400 bytes (aarch64, s390x)
 *     i16 type      0                0
 *     i32 pid       4                4
 *     char line[32] 8                8       the terminal, "ssh:notty"
 *     char id[4]    40               40
 *     char user[32] 44               44
 *     char host[256] 76              76      name or address of the far end; of a boot the kernel
 *     i16 exit[2]   332              332
 *     session       336 i32          336 i64
 *     seconds       340 i32          344 i64
 *     microseconds  344 i32          352 i64
 *     addr[4]       348              360     network order; IPv4 uses the first word alone
 * Nothing says which layout it is: the one that makes sense of the first records is taken. Tools
 * that hide a login overwrite its record with zeros, or cut it out; times that go back show what
 * was put in or altered. A damaged record is stepped over, and bytes that shift all records are
 * searched for the place where they make sense again. */
#include "base/cursor.h"
#include "base/text.h"
#include "parse/parser.h"
#include "parse/unix_fields.h"

#include <arpa/inet.h>

enum {
    RECORD_MAX = 400,
    BLOCK_RECORDS = 128,
    PROBE_RECORDS = 24,
    LINES = 512,     /* terminals whose user is remembered */
    TOLERANCE_S = 5, /* programs write nearly in order */
};

enum {
    EMPTY,
    RUN_LEVEL,
    BOOT_TIME,
    NEW_TIME,
    OLD_TIME,
    INIT_PROCESS,
    LOGIN_PROCESS,
    USER_PROCESS,
    DEAD_PROCESS,
    ACCOUNTING
};

typedef struct {
    size_t size;
    bool wide; /* session and times of 64 bits */
    bool big;  /* big-endian */
} layout;

static const layout layouts[] = {
    {384, false, false}, {400, true, false}, {384, false, true}, {400, true, true}};

typedef struct {
    int type;
    uint32_t pid;
    kk_slice line, id, user, host, address;
    uint32_t exit_status, exit_signal;
    int64_t session, seconds, microseconds;
} entry;

typedef struct {
    char line[32], user[32];
    size_t line_len, user_len;
    bool getty; /* the last record of the line is a prompt, nobody's session */
} terminal;

typedef struct {
    kk_stream *in;
    kk_sink *sink;
    const kk_settings *settings;
    const layout *layout;
    kk_arena *scratch;
    kk_event event;
    bool failures;  /* btmp */
    bool current;   /* utmp */
    int64_t last;   /* the latest seconds so far */
    bool clock_set; /* the record before told of a new clock */
    uint64_t zeroed, zeroed_at, backward, backward_at, damaged, damaged_at, shifted, shifted_at;
    terminal terminals[LINES];
} wtmp_file;

static uint64_t number(kk_cursor *c, size_t size, bool big)
{
    return big ? kk_be(c, size) : kk_le(c, size);
}

static kk_slice field(kk_cursor *c, size_t size)
{
    kk_slice s = kk_bytes(c, size);
    return kk_part(s, 0, kk_find_byte(s, '\0'));
}

static entry read_entry(kk_slice bytes, const layout *l)
{
    kk_cursor c = kk_cursor_over(bytes);
    entry e = {0};
    e.type = (int16_t)number(&c, 2, l->big);
    kk_skip(&c, 2);
    e.pid = (uint32_t)number(&c, 4, l->big);
    e.line = field(&c, 32);
    e.id = field(&c, 4);
    e.user = field(&c, 32);
    e.host = field(&c, 256);
    e.exit_signal = (uint32_t)number(&c, 2, l->big);
    e.exit_status = (uint32_t)number(&c, 2, l->big);
    if (l->wide) {
        e.session = (int64_t)number(&c, 8, l->big);
        e.seconds = (int64_t)number(&c, 8, l->big);
        e.microseconds = (int64_t)number(&c, 8, l->big);
    } else {
        e.session = (int32_t)number(&c, 4, l->big);
        e.seconds = (int64_t)(uint32_t)number(&c, 4, l->big); /* unsigned: holds until 2106 */
        e.microseconds = (int32_t)number(&c, 4, l->big);
    }
    e.address = kk_bytes(&c, 16);
    return e;
}

static bool is_zero(kk_slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.ptr[i])
            return false;
    return true;
}

/* Text is whatever somebody typed, so only control characters speak against it. */
static bool is_text(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < 0x20 && s.ptr[i] != '\t')
            return false;
    return true;
}

static bool makes_sense(const entry *e)
{
    bool timeless = e->type == EMPTY && e->seconds == 0;
    return e->type >= EMPTY && e->type <= ACCOUNTING && e->pid < (1u << 30) &&
           (timeless || (e->seconds > 300000000 && e->seconds < INT64_C(4102444800))) &&
           e->microseconds >= 0 && e->microseconds < 1000000 && is_text(e->line) &&
           is_text(e->id) &&
           (e->type == LOGIN_PROCESS || e->type == USER_PROCESS || is_text(e->user)) &&
           is_text(e->host) &&
           (e->type != EMPTY || e->line.len || e->user.len || e->pid || e->seconds);
}

static bool sensible_at(kk_slice bytes, size_t at, const layout *l)
{
    kk_slice record = kk_part(bytes, at, l->size);
    if (record.len < l->size)
        return false;
    /* most places fail here: cheap, as searches ask for every place */
    unsigned char low = (unsigned char)record.ptr[l->big],
                  high = (unsigned char)record.ptr[!l->big];
    if (high || low > ACCOUNTING)
        return false;
    entry e = read_entry(record, l);
    return makes_sense(&e);
}

/* The layout that reads most of the first records, and how many. */
static const layout *find_layout(kk_slice head, size_t *best_good, size_t *best_of, size_t *zeros)
{
    const layout *best = NULL;
    *best_good = *best_of = 0;
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        const layout *l = &layouts[i];
        size_t good = 0, of = 0, zero = 0;
        for (size_t at = 0; at + l->size <= head.len && of < PROBE_RECORDS; at += l->size) {
            if (is_zero(kk_part(head, at, l->size))) {
                zero++;
                continue;
            }
            of++;
            good += sensible_at(head, at, l);
        }
        if (!best || good * (*best_of + 1) > *best_good * (of + 1)) {
            best = l;
            *best_good = good;
            *best_of = of;
            *zeros = zero;
        }
    }
    return best;
}

/* ---- events -----------------------------------------------------------------------------------
 */

static kk_slice clean(wtmp_file *f, kk_slice s)
{
    if (kk_utf8_valid(s))
        return s;
    return kk_decode(f->scratch, kk_charset_guess(s, NULL), s, NULL);
}

static void more(wtmp_file *f, kk_slice name, kk_slice value)
{
    if (value.len)
        kk_event_more(&f->event, f->sink->arena, name, value);
}

static kk_slice address_text(wtmp_file *f, kk_slice bytes)
{
    char text[INET6_ADDRSTRLEN];
    bool four = is_zero(kk_from(bytes, 4));
    if (bytes.len < 16 || is_zero(bytes) ||
        !inet_ntop(four ? AF_INET : AF_INET6, bytes.ptr, text, sizeof text))
        return KK_NONE;
    return kk_bare_address(kk_copy(f->scratch, kk_cstr(text)));
}

static terminal *terminal_of(wtmp_file *f, kk_slice line)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < line.len; i++)
        hash = (hash ^ (unsigned char)line.ptr[i]) * 16777619u;
    return &f->terminals[hash % LINES];
}

static bool holds(const terminal *t, kk_slice line)
{
    return t->line_len == line.len && line.len && memcmp(t->line, line.ptr, line.len) == 0;
}

static void remember(wtmp_file *f, const entry *e, bool getty)
{
    terminal *t = terminal_of(f, e->line);
    memcpy(t->line, e->line.ptr, e->line.len);
    t->line_len = e->line.len;
    if (e->user.len)
        memcpy(t->user, e->user.ptr, e->user.len);
    t->user_len = e->user.len;
    t->getty = getty;
}

/* A record of the end names no user: who was last in on that terminal. */
static void set_logoff(wtmp_file *f, const entry *e)
{
    kk_event *event = &f->event;
    terminal *t = terminal_of(f, e->line);
    bool known = e->line.len && holds(t, e->line);
    event->text[KK_CATEGORY] = KK_S("authentication");
    event->text[KK_ACTION] = known && t->getty ? KK_S("prompt-ended") : KK_S("logoff");
    if (e->user.len)
        event->text[KK_USER_NAME] = clean(f, e->user);
    else if (known && !t->getty && t->user_len)
        event->text[KK_USER_NAME] = clean(f, kk_copy(f->scratch, (kk_slice){t->user, t->user_len}));
    if (known)
        *t = (terminal){0};
}

static void set_logon(wtmp_file *f, const entry *e)
{
    kk_event *event = &f->event;
    bool failed = f->failures || kk_is(e->line, "ssh:notty");
    event->text[KK_CATEGORY] = KK_S("authentication");
    event->text[KK_USER_NAME] = clean(f, e->user);
    event->text[KK_ACTION] = failed ? KK_S("logon-failed") : KK_S("logon");
    event->outcome = failed ? KK_FAILURE : KK_SUCCESS;
    if (failed)
        event->text[KK_DATASET] = KK_S("linux.btmp");
    else
        remember(f, e, false);
}

static void set_host_act(wtmp_file *f, kk_slice action)
{
    f->event.text[KK_CATEGORY] = KK_S("host");
    f->event.text[KK_ACTION] = action;
}

static void set_run_level(wtmp_file *f, const entry *e)
{
    char level = (char)(e->pid & 0xff);
    set_host_act(f, kk_is(e->user, "shutdown") ? KK_S("shutdown") : KK_S("run-level"));
    if (level >= '0' && level <= 'z')
        more(f, KK_S("run_level"), kk_copy(f->scratch, (kk_slice){&level, 1}));
}

static kk_slice type_name(int type)
{
    static const char *const names[] = {
        "EMPTY",        "RUN_LVL",       "BOOT_TIME",    "NEW_TIME",     "OLD_TIME",
        "INIT_PROCESS", "LOGIN_PROCESS", "USER_PROCESS", "DEAD_PROCESS", "ACCOUNTING"};
    return kk_cstr(names[type]);
}

/* Returns false for a record that says nothing: an empty slot. */
static bool set_act(wtmp_file *f, const entry *e)
{
    switch (e->type) {
    case RUN_LEVEL:
        set_run_level(f, e);
        return true;
    case BOOT_TIME:
        set_host_act(f, KK_S("boot"));
        memset(f->terminals, 0, sizeof f->terminals);
        return true;
    case NEW_TIME:
        set_host_act(f, KK_S("clock-set-to"));
        return true;
    case OLD_TIME:
        set_host_act(f, KK_S("clock-set-from"));
        return true;
    case INIT_PROCESS:
    case LOGIN_PROCESS:
        if (f->failures || kk_is(e->line, "ssh:notty")) {
            set_logon(f, e);
            return true;
        }
        f->event.text[KK_CATEGORY] = KK_S("authentication");
        f->event.text[KK_ACTION] = KK_S("prompt");
        remember(f, e, true);
        return true;
    case USER_PROCESS:
        if (e->user.len || f->failures)
            set_logon(f, e);
        else
            set_logoff(f, e);
        return true;
    case DEAD_PROCESS:
        set_logoff(f, e);
        return true;
    default:
        return e->type != EMPTY || !f->current;
    }
}

static void set_source(wtmp_file *f, const entry *e)
{
    kk_slice address = address_text(f, e->address), host = clean(f, e->host);
    bool from_far = e->type == USER_PROCESS || e->type == LOGIN_PROCESS || e->type == DEAD_PROCESS;
    if (from_far)
        f->event.text[KK_SOURCE_IP] = address;
    else
        more(f, KK_S("addr"), address);
    if (!host.len)
        return;
    if (from_far && kk_is_address(kk_bare_address(host)) && !address.len)
        f->event.text[KK_SOURCE_IP] = kk_bare_address(host);
    else if (from_far && !kk_is_address(kk_bare_address(host)) && host.ptr[0] != ':' &&
             kk_find_byte(host, '(') == KK_NOWHERE && kk_find_byte(host, ' ') == KK_NOWHERE)
        f->event.text[KK_SOURCE_HOST] = host;
    else if (!kk_is_address(kk_bare_address(host)))
        more(f, KK_S("host"), host); /* a display, a multiplexer, the kernel of a boot */
}

static void set_session(wtmp_file *f, const entry *e)
{
    kk_slice line = clean(f, e->line);
    if (line.len && e->pid && kk_is(f->event.text[KK_CATEGORY], "authentication"))
        f->event.text[KK_SESSION_ID] = kk_print(f->scratch, "%.*s:%u", KK_P(line), e->pid);
    more(f, KK_S("line"), line);
    more(f, KK_S("id"), is_text(e->id) ? clean(f, e->id) : KK_NONE);
    if (e->type == DEAD_PROCESS && (e->exit_status || e->exit_signal))
        more(f, KK_S("exit"), kk_print(f->scratch, "%u/%u", e->exit_status, e->exit_signal));
    if (e->session)
        more(f, KK_S("session"), kk_print(f->scratch, "%lld", (long long)e->session));
}

/* Backwards without a word about the clock. */
static void check_order(wtmp_file *f, const entry *e, uint64_t offset)
{
    bool clock = e->type == NEW_TIME || e->type == OLD_TIME;
    if (f->current || e->type == EMPTY)
        return;
    if (!clock && !f->clock_set && f->last && e->seconds + TOLERANCE_S < f->last &&
        f->backward++ == 0)
        f->backward_at = offset;
    f->clock_set = clock;
    f->last = e->seconds;
}

static void tell(wtmp_file *f, const entry *e, uint64_t record, uint64_t offset)
{
    kk_event *event = &f->event;
    kk_event_clear(event);
    if (e->seconds)
        event->time = kk_time_from_unix(e->seconds, e->microseconds * 1000);
    event->basis = KK_BASIS_UTC;
    event->precision = e->microseconds ? KK_EXACT_US : KK_EXACT_S;
    event->record = record;
    event->offset = offset;
    event->length = (uint32_t)f->layout->size;
    event->text[KK_HOST_NAME] = f->settings->host;
    event->text[KK_DATASET] = f->failures  ? KK_S("linux.btmp")
                              : f->current ? KK_S("linux.utmp")
                                           : KK_S("linux.wtmp");
    event->text[KK_TIME_KIND] = KK_S("logged");
    event->text[KK_CODE] = type_name(e->type);
    if (!set_act(f, e))
        return;
    if (e->pid && e->type != RUN_LEVEL)
        kk_set_number(event, KK_PROCESS_PID, e->pid);
    set_source(f, e);
    set_session(f, e);
    check_order(f, e, offset);
    f->sink->event(f->sink, event);
}

/* ---- the file ---------------------------------------------------------------------------------
 */

static void count(uint64_t *counter, uint64_t *first, uint64_t offset)
{
    if ((*counter)++ == 0)
        *first = offset;
}

/* How far the next place is where two records in a row (or the last one) make sense; 0 if none is
 * nearer than a record. */
static size_t shift_of(kk_slice bytes, const layout *l)
{
    for (size_t at = 4; at < l->size; at += 2)
        if (sensible_at(bytes, at, l) &&
            (sensible_at(bytes, at + l->size, l) || bytes.len == at + l->size))
            return at;
    return 0;
}

/* One record off the front; returns how many bytes were used. */
static size_t take(wtmp_file *f, kk_slice bytes, uint64_t *record, uint64_t offset)
{
    kk_slice own = kk_part(bytes, 0, f->layout->size);
    entry e = read_entry(own, f->layout);
    ++*record;
    if (is_zero(own)) {
        if (!f->current)
            count(&f->zeroed, &f->zeroed_at, offset);
        return own.len;
    }
    if (makes_sense(&e)) {
        tell(f, &e, *record, offset);
        return own.len;
    }
    size_t shift = sensible_at(bytes, own.len, f->layout) ? 0 : shift_of(bytes, f->layout);
    if (shift) {
        --*record;
        count(&f->shifted, &f->shifted_at, offset);
        return shift;
    }
    count(&f->damaged, &f->damaged_at, offset);
    return own.len;
}

static void take_all(wtmp_file *f)
{
    size_t size = f->layout->size, capacity = RECORD_MAX * BLOCK_RECORDS;
    char *block = kk_take(f->sink->arena, capacity);
    uint64_t record = 0;
    for (uint64_t offset = 0; offset < f->in->size && !f->sink->stopped;) {
        kk_slice bytes = {block, kk_read(f->in, offset, block, capacity)};
        size_t at = 0;
        bool last = offset + bytes.len >= f->in->size;
        /* keep three records ahead, so that a search sees enough */
        while (bytes.len - at >= size && (last || bytes.len - at >= 3 * size) &&
               !f->sink->stopped) {
            at += take(f, kk_from(bytes, at), &record, offset + at);
            if (kk_arena_used(f->scratch))
                kk_arena_reset(f->scratch);
        }
        offset += at;
        if (last || at == 0) {
            if (last && bytes.len - at > 0)
                kk_report(f->sink, KK_ISSUE_TRUNCATED, offset, "the last record is cut short");
            else if (!last)
                kk_report(f->sink, KK_ISSUE_DAMAGED, offset, "cannot be read from here on");
            return;
        }
    }
}

static void tell_issue(kk_sink *sink, kk_issue_kind kind, uint64_t counter, uint64_t first,
                       kk_slice what)
{
    kk_issue issue = {kind, first, counter, what};
    if (counter)
        sink->issue(sink, &issue);
}

static bool is_named(kk_slice name, kk_slice word)
{
    return kk_has_nocase(name, word);
}

static void parse(kk_stream *in, const kk_settings *settings, kk_sink *sink)
{
    wtmp_file *f = KK_NEW(sink->arena, wtmp_file);
    size_t good, of, zeros;
    f->in = in;
    f->sink = sink;
    f->settings = settings;
    f->failures = is_named(in->name, KK_S("btmp"));
    f->current = is_named(in->name, KK_S("utmp"));
    if (in->size == 0) {
        if (!f->failures && !f->current)
            kk_report(sink, KK_ISSUE_CLEARED, 0, "the file is empty: just rotated, or cleared");
        return;
    }
    size_t want = RECORD_MAX * BLOCK_RECORDS;
    char *head = kk_take(sink->arena, want);
    f->layout = find_layout((kk_slice){head, kk_read(in, 0, head, want)}, &good, &of, &zeros);
    f->scratch = kk_arena_open();
    take_all(f);
    kk_arena_close(f->scratch);
    tell_issue(sink, KK_ISSUE_CLEARED, f->zeroed, f->zeroed_at,
               KK_S("records overwritten with zeros"));
    tell_issue(sink, KK_ISSUE_CLEARED, f->backward, f->backward_at,
               KK_S("records earlier than the one before them: altered, or the clock was set"));
    tell_issue(sink, KK_ISSUE_DAMAGED, f->damaged, f->damaged_at,
               KK_S("records that make no sense"));
    tell_issue(sink, KK_ISSUE_DAMAGED, f->shifted, f->shifted_at,
               KK_S("places where records do not join: bytes are missing or too many"));
}

/* Nearly empty records make sense too: without a name, one of somebody or something at a time has to be
 * among the first. */
static bool has_login(kk_slice head, const layout *l)
{
    for (size_t at = 0; at + l->size <= head.len && at < PROBE_RECORDS * l->size; at += l->size) {
        entry e = read_entry(kk_part(head, at, l->size), l);
        if (e.type != EMPTY && e.seconds && makes_sense(&e))
            return true;
    }
    return false;
}

static kk_score probe(const kk_probe *p)
{
    size_t good, of, zeros = 0;
    bool named = kk_starts(p->name, KK_S("wtmp")) || kk_starts(p->name, KK_S("btmp")) ||
                 kk_starts(p->name, KK_S("utmp"));
    if (kk_ends(p->name, KK_S(".db")))
        named = false; /* wtmpdb: SQLite */
    if (p->size == 0)
        return named ? KK_MAYBE : KK_NO;
    const layout *l = find_layout(p->head, &good, &of, &zeros);
    if (of == 0)
        return named && zeros ? KK_LIKELY : KK_NO;
    if (!named && !has_login(p->head, l))
        return KK_NO;
    if (good == of)
        return named ? KK_CERTAIN - 5 : KK_SURE - 10;
    if (named)
        return good ? KK_SURE : KK_MAYBE;
    return of >= 4 && good * 4 >= of * 3 ? KK_LIKELY : KK_NO;
}

const kk_parser kk_parser_wtmp = {
    .name = "wtmp",
    .about = "login records of Unix: wtmp, btmp, utmp",
    .version = 1,
    .cut = KK_WHOLE,
    .priority = 70,
    .probe = probe,
    .parse = parse,
};
