/* Whether this is a build with AddressSanitizer, which gcc and clang say in different ways: it needs room,
 * blocks of its own and a place for its reports. */
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define KK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KK_SANITIZED 1
#endif
#endif
#ifndef KK_SANITIZED
#define KK_SANITIZED 0
#endif
