/* Indicators as objects of JSON, and values so that nothing makes links of them. */
#include "analyse/indicators.h"

kk_slice kk_defanged(kk_arena *arena, kk_ioc_type type, kk_slice value)
{
    kk_buffer out = {0};
    size_t link = type == KK_IOC_URL ? kk_find(value, KK_S("://")) : KK_NOWHERE, end = value.len;
    if (type != KK_IOC_IP && type != KK_IOC_DOMAIN && type != KK_IOC_URL && type != KK_IOC_EMAIL)
        return value;
    size_t at = link == KK_NOWHERE ? 0 : link + 3;
    if (at) { /* of a link the scheme and the name, not what is behind them */
        kk_slice scheme = kk_part(value, 0, link);
        bool is_http = kk_starts(scheme, KK_S("http"));
        kk_put(&out, is_http ? KK_S("hxxp") : scheme);
        kk_put(&out, kk_from(scheme, is_http ? 4 : scheme.len));
        kk_put(&out, KK_S("://"));
        size_t path = kk_find_byte(kk_from(value, at), '/');
        end = path == KK_NOWHERE ? value.len : at + path;
    }
    for (; at < end; at++) {
        if (value.ptr[at] == '.')
            kk_put(&out, KK_S("[.]"));
        else if (value.ptr[at] == '@')
            kk_put(&out, KK_S("[@]"));
        else if (value.ptr[at] == ':' && type == KK_IOC_IP)
            kk_put(&out, KK_S("[:]"));
        else
            kk_put_byte(&out, value.ptr[at]);
    }
    kk_put(&out, kk_from(value, end));
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

static void put_grounds(kk_json *j, const kk_indicator *i)
{
    kk_json_array(j, "why");
    for (size_t k = 0; k < i->ground_count; k++) {
        kk_json_object(j, NULL);
        kk_json_cstr(j, "kind", i->grounds[k].kind);
        kk_json_text(j, "id", i->grounds[k].id);
        kk_json_text(j, "what", i->grounds[k].what);
        kk_json_close(j);
    }
    kk_json_close(j);
}

void kk_indicator_json(kk_json *j, kk_arena *scratch, const kk_indicator *i, bool defang)
{
    kk_json_object(j, NULL);
    kk_json_text(j, "id", i->id);
    kk_json_cstr(j, "type", kk_ioc_type_names[i->type]);
    kk_json_text(j, "value", defang ? kk_defanged(scratch, i->type, i->value) : i->value);
    if (i->of.len)
        kk_json_text(j, "of", i->of);
    kk_json_cstr(j, "role", kk_indicator_role_names[i->role]);
    kk_json_bool(j, "hostile", kk_indicator_is_hostile(i));
    kk_json_bool(j, "internal", i->internal);
    kk_json_cstr(j, "confidence", kk_confidence_names[i->confidence]);
    kk_json_time(j, "first", i->first);
    kk_json_time(j, "last", i->last);
    kk_json_texts(j, "hosts", i->hosts, i->host_count);
    put_grounds(j, i);
    kk_json_refs(j, "refs", &i->refs);
    kk_json_close(j);
}
