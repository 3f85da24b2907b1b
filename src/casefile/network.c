/* Reads addresses and networks. IPv4 is read here (called once per event); IPv6 by inet_pton. */
#include "casefile/network.h"

#include <arpa/inet.h>

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool read_v4(kk_slice text, uint8_t out[4])
{
    size_t at = 0;
    for (int part = 0; part < 4; part++) {
        unsigned value = 0;
        size_t digits = 0;
        if (part > 0 && (at >= text.len || text.ptr[at++] != '.'))
            return false;
        while (at < text.len && digits < 4 && text.ptr[at] >= '0' && text.ptr[at] <= '9') {
            value = value * 10 + (unsigned)(text.ptr[at++] - '0');
            digits++;
        }
        if (digits == 0 || digits > 3 || value > 255)
            return false;
        out[part] = (uint8_t)value;
    }
    return at == text.len;
}

static bool read_v6(kk_slice text, uint8_t out[16])
{
    char copy[INET6_ADDRSTRLEN];
    if (text.len >= 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']')
        text = kk_part(text, 1, text.len - 2);
    text = kk_part(text, 0, kk_find_byte(text, '%'));
    if (text.len == 0 || text.len >= sizeof copy || kk_find_byte(text, 0) != KK_NOWHERE)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    return inet_pton(AF_INET6, copy, out) == 1;
}

bool kk_ip_read(kk_slice text, kk_address *out)
{
    uint8_t bytes[16];
    if (text.len == 0)
        return false;
    if (read_v4(text, bytes)) {
        memcpy(out->bytes, v4_prefix, 12);
        memcpy(out->bytes + 12, bytes, 4);
        return true;
    }
    if (kk_find_byte(text, ':') == KK_NOWHERE || !read_v6(text, bytes))
        return false;
    memcpy(out->bytes, bytes, 16);
    return true;
}

static bool is_v4(const kk_address *address)
{
    return memcmp(address->bytes, v4_prefix, 12) == 0;
}

static void clear_host_bits(kk_network *network)
{
    for (unsigned bit = network->prefix; bit < 128; bit++)
        network->address.bytes[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
}

bool kk_network_read(kk_slice text, kk_network *out)
{
    kk_network network;
    size_t slash = kk_find_byte(text, '/');
    uint64_t prefix, most;
    if (!kk_ip_read(kk_part(text, 0, slash), &network.address))
        return false;
    /* An address written with ':' counts its prefix over 128 bits even when it maps IPv4. */
    bool short_form = is_v4(&network.address) && kk_find_byte(text, ':') == KK_NOWHERE;
    most = short_form ? 32 : 128;
    prefix = most;
    if (slash != KK_NOWHERE && (!kk_to_u64(kk_from(text, slash + 1), &prefix) || prefix > most))
        return false;
    network.prefix = (uint8_t)(short_form ? prefix + 96 : prefix);
    clear_host_bits(&network);
    *out = network;
    return true;
}

void kk_put_network(kk_buffer *out, const kk_network *network)
{
    char text[INET6_ADDRSTRLEN];
    bool short_form = is_v4(&network->address) && network->prefix >= 96;
    const uint8_t *bytes = network->address.bytes + (short_form ? 12 : 0);
    if (inet_ntop(short_form ? AF_INET : AF_INET6, bytes, text, sizeof text))
        kk_putf(out, "%s/%d", text, short_form ? network->prefix - 96 : network->prefix);
}

bool kk_network_holds(const kk_network *network, const kk_address *address)
{
    size_t whole = network->prefix / 8;
    unsigned rest = network->prefix % 8;
    if (memcmp(network->address.bytes, address->bytes, whole) != 0)
        return false;
    if (rest == 0)
        return true;
    unsigned mask = 0xff00u >> rest & 0xff;
    return (address->bytes[whole] & mask) == network->address.bytes[whole];
}

bool kk_address_is_local(const kk_address *address)
{
    const uint8_t *b = address->bytes;
    static const uint8_t zeros[16];
    if (is_v4(address))
        return b[12] == 0 || b[12] == 127 || b[12] >= 224 || (b[12] == 169 && b[13] == 254);
    if (memcmp(b, zeros, 15) == 0)
        return b[15] <= 1;
    return b[0] == 0xff || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}
