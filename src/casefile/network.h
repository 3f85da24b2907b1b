/* Addresses and networks as case.yaml writes them. Both families are kept as 128 bits, IPv4 as
 * ::ffff:a.b.c.d, so that one comparison serves both. */
#pragma once
#include "base/buffer.h"

typedef struct {
    uint8_t bytes[16];
} kk_address;

typedef struct {
    kk_address address; /* bits beyond the prefix are 0 */
    uint8_t prefix;     /* of 128 */
} kk_network;

/* "192.0.2.7", "2001:db8::1", also in brackets or with a zone ("fe80::1%eth0"); no port. */
bool kk_ip_read(kk_slice text, kk_address *out);
/* "10.0.0.0/8", "2001:db8::/32", or one address alone. Bits beyond the prefix are cleared. */
bool kk_network_read(kk_slice text, kk_network *out);
/* As kk_network_read reads it. */
void kk_put_network(kk_buffer *out, const kk_network *network);
bool kk_network_holds(const kk_network *network, const kk_address *address);
/* Addresses that never leave a site whatever case.yaml says: loopback, link-local, multicast,
 * broadcast, unspecified. */
bool kk_address_is_local(const kk_address *address);
