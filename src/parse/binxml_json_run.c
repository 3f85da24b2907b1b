/* Runs what binxml_json.c made of a template. */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define KK_FOR
#include "parse/binxml_json_puts_i.h"

void kk_json_run(kk_xml_writer *w)
{
    const kk_json_program *program = kk_json_of(w);
    unsigned *outer = w->numbers, own[KK_JSON_GROUPS];
    if (w->out->full || !program->count)
        return;
    if (program->is_grouped) {
        memset(own, 0, sizeof own);
        w->numbers = own;
    }
    if (w->x->writes_wide)
        kk_json_run_wide(w, program);
    else
        run_puts(w, program);
    w->numbers = outer;
}
