/* What the rest of the program asks the settings: whose category or owner a table is, whether an
 * address is ours, how a piece of evidence came to us, whether an act was our own. */
#include "base/text.h"
#include "casefile/settings.h"

/* Header words differ in width, case and blanks from file to file, not in letters. */
kk_slice kk_column_fold(kk_arena *arena, kk_slice column)
{
    kk_slice folded = kk_nfkc_fold(arena, kk_trim(column));
    char *packed = kk_take(arena, folded.len);
    size_t used = 0;
    for (size_t i = 0; i < folded.len; i++)
        if ((unsigned char)folded.ptr[i] > ' ' && folded.ptr[i] != '_' && folded.ptr[i] != '"')
            packed[used++] = folded.ptr[i];
    return (kk_slice){packed, used};
}

static bool is_ascii(kk_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] & 0x80)
            return false;
    return true;
}

/* A glob names a file or folder; what is inside a container that it names belongs to it. */
static bool glob_fits(kk_slice glob, kk_slice path)
{
    if (kk_glob(glob, path))
        return true;
    for (size_t i = 0; i + 1 < path.len; i++) {
        bool joint = (path.ptr[i] == '!' && path.ptr[i + 1] == '/') || path.ptr[i] == '#';
        if (joint && kk_glob(glob, kk_part(path, 0, i)))
            return true;
    }
    return false;
}

/* The top of a container is a top too: a folder glob is also found at the root of an archive. */
static bool glob_fits_below(kk_slice glob, kk_slice path)
{
    if (glob_fits(glob, path))
        return true;
    for (size_t i = 0; i + 2 < path.len; i++)
        if (path.ptr[i] == '!' && path.ptr[i + 1] == '/' && glob_fits(glob, kk_from(path, i + 2)))
            return true;
    return false;
}

bool kk_path_matches(kk_arena *scratch, const kk_texts *globs, kk_slice path)
{
    bool plain = is_ascii(path);
    if (path.len && path.ptr[0] == '/')
        path = kk_from(path, 1);
    for (size_t i = 0; i < globs->count; i++) {
        kk_slice glob = globs->items[i];
        if (glob.ptr[0] == '/')
            glob = kk_from(glob, 1);
        if (glob_fits_below(glob, path))
            return true;
        /* Names from a Mac are decomposed, typed ones are not. */
        if (!plain && !is_ascii(glob) &&
            glob_fits_below(kk_nfkc(scratch, glob), kk_nfkc(scratch, path)))
            return true;
    }
    return false;
}

static bool has_columns(const kk_texts *wanted, const kk_slice *folded, size_t count)
{
    for (size_t i = 0; i < wanted->count; i++) {
        size_t at = 0;
        while (at < count && !kk_eq(wanted->items[i], folded[at]))
            at++;
        if (at == count)
            return false;
    }
    return wanted->count > 0;
}

size_t kk_category_for(const kk_case_settings *settings, kk_arena *scratch, kk_slice path,
                       const kk_slice *columns, size_t count)
{
    kk_slice *folded = KK_NEW_ARRAY(scratch, kk_slice, count);
    for (size_t i = 0; i < count; i++)
        folded[i] = kk_column_fold(scratch, columns[i]);
    for (size_t i = 0; i < settings->categories.count; i++) {
        const kk_category *category = &settings->categories.items[i];
        if (kk_path_matches(scratch, &category->paths, path) ||
            has_columns(&category->folded, folded, count))
            return i;
    }
    return KK_NOWHERE;
}

size_t kk_owner_for_path(const kk_case_settings *settings, kk_arena *scratch, kk_slice path)
{
    for (size_t i = 0; i < settings->owners.count; i++) {
        const kk_owner *owner = &settings->owners.items[i];
        if (owner->column.len == 0 && kk_path_matches(scratch, &owner->paths, path))
            return i;
    }
    return KK_NOWHERE;
}

bool kk_owner_of_cell(const kk_owner *owner, kk_arena *scratch, kk_slice column, kk_slice cell)
{
    if (owner->column.len == 0 || !kk_eq(owner->folded_column, kk_column_fold(scratch, column)))
        return false;
    if (kk_eq(kk_trim(cell), owner->equals))
        return true;
    return kk_eq(kk_nfkc(scratch, kk_trim(cell)), kk_nfkc(scratch, owner->equals));
}

bool kk_address_is_internal(const kk_case_settings *settings, kk_slice text)
{
    kk_address address;
    if (!kk_ip_read(text, &address))
        return false;
    if (kk_address_is_local(&address))
        return true;
    for (size_t i = 0; i < settings->internal_networks.count; i++)
        if (kk_network_holds(&settings->internal_networks.items[i], &address))
            return true;
    return false;
}

static kk_slice last_name(kk_slice path)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    return kk_from(path, kk_name_begins(path));
}

/* The source as written is the path given, or the end of it. */
static bool source_fits(kk_slice said, kk_slice source)
{
    if (said.len == 0 || source.len == 0)
        return false;
    if (kk_starts(said, KK_S("./")))
        said = kk_from(said, 2);
    if (kk_eq(said, source))
        return true;
    if (kk_find_byte(said, '/') == KK_NOWHERE)
        return kk_eq(said, last_name(source));
    return source.len > said.len && kk_ends(source, said) &&
           (said.ptr[0] == '/' || source.ptr[source.len - said.len - 1] == '/');
}

const kk_acquired *kk_acquired_for(const kk_case_settings *settings, kk_slice source,
                                   kk_slice label)
{
    for (size_t i = 0; label.len && i < settings->acquired.count; i++)
        if (kk_eq(settings->acquired.items[i].label, label))
            return &settings->acquired.items[i];
    for (size_t i = 0; i < settings->acquired.count; i++)
        if (source_fits(settings->acquired.items[i].source, source))
            return &settings->acquired.items[i];
    return NULL;
}

const kk_party *kk_party_by_id(const kk_case_settings *settings, kk_slice id)
{
    for (size_t i = 0; i < settings->parties.count; i++)
        if (kk_eq(settings->parties.items[i].id, id))
            return &settings->parties.items[i];
    return NULL;
}

/* `CORP\admin`, `admin@corp.example` and `admin` name one account, unless the settings say which.
 */
static bool account_fits(kk_slice said, kk_slice account)
{
    size_t cut;
    if (kk_eq_nocase(said, account))
        return true;
    if (kk_find_byte(said, '\\') != KK_NOWHERE || kk_find_byte(said, '@') != KK_NOWHERE)
        return false;
    if ((cut = kk_find_byte(account, '\\')) != KK_NOWHERE)
        account = kk_from(account, cut + 1);
    else if ((cut = kk_find_byte(account, '@')) != KK_NOWHERE)
        account = kk_part(account, 0, cut);
    return kk_eq_nocase(said, account);
}

/* Hosts are compared by their first name: FS01 is fs01.corp.example. */
static bool host_fits(kk_slice said, kk_slice host)
{
    if (kk_eq_nocase(said, host))
        return true;
    if (kk_find_byte(said, '.') != KK_NOWHERE)
        return false;
    return kk_eq_nocase(said, kk_part(host, 0, kk_find_byte(host, '.')));
}

static bool any_fits(const kk_texts *said, kk_slice value, bool (*fits)(kk_slice, kk_slice))
{
    if (said->count == 0)
        return true;
    for (size_t i = 0; i < said->count; i++)
        if (value.len && fits(said->items[i], value))
            return true;
    return false;
}

bool kk_hosts_fit(const kk_texts *said, kk_slice host)
{
    return any_fits(said, host, host_fits);
}

bool kk_accounts_fit(const kk_texts *said, kk_slice account)
{
    return any_fits(said, account, account_fits);
}

static bool address_fits(const kk_networks *said, kk_slice text)
{
    kk_address address;
    if (said->count == 0)
        return true;
    if (!kk_ip_read(text, &address))
        return false;
    for (size_t i = 0; i < said->count; i++)
        if (kk_network_holds(&said->items[i], &address))
            return true;
    return false;
}

const kk_responder *kk_responder_for(const kk_case_settings *settings, kk_slice account,
                                     kk_slice from_ip, kk_slice host, kk_time at)
{
    for (size_t i = 0; i < settings->responders.count; i++) {
        const kk_responder *r = &settings->responders.items[i];
        if (kk_moment_given(&r->from) && (at == KK_NO_TIME || at < r->from.time))
            continue;
        if (kk_moment_given(&r->to) && (at == KK_NO_TIME || at >= r->to.time + KK_SECOND))
            continue;
        if (kk_accounts_fit(&r->accounts, account) && address_fits(&r->from_ip, from_ip) &&
            kk_hosts_fit(&r->hosts, host))
            return r;
    }
    return NULL;
}
