/* Nodes of a rule while it is read, within what is read of one rule, and what is wrong with it. */
#include "detect/sigma_i.h"

#include <stdarg.h>
#include <stdio.h>

void *kk_sigma_bad(kk_sigma_reading *r, int line, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)kk_fail(r->fault, KK_INVALID, "line %d: %s", line, text);
    return NULL;
}

kk_node *kk_sigma_node(kk_sigma_reading *r, kk_node_kind kind, size_t count)
{
    r->nodes += 1 + count;
    if (r->nodes > KK_NODES_MOST)
        return kk_sigma_bad(r, 0, "the rule is larger than what is read of one rule");
    kk_node *node = KK_NEW(r->arena, kk_node);
    node->kind = kind;
    node->count = count;
    node->least = 1;
    node->child = KK_NEW_ARRAY(r->arena, kk_node *, count);
    return node;
}
