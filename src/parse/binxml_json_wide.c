/* The same as binxml_json_run.c for processors with AVX2: text 32 characters at a time, identifiers and hexadecimal
 * numbers by tables that lie in a register. */
#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define KK_WIDE
#define KK_FOR __attribute__((target("avx2,bmi,bmi2")))
#else
#define KK_FOR
#endif
#include "parse/binxml_json_puts_i.h"

KK_FOR void kk_json_run_wide(kk_xml_writer *w, const kk_json_program *program)
{
    run_puts(w, program);
}

bool kk_json_can_run_wide(void)
{
#ifdef KK_WIDE
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2");
#else
    return false;
#endif
}
