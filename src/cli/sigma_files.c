#include "cli/sigma_files.h"

kk_status kk_sigma_files(kk_invocation *i, const char *const *paths, int count, kk_sigma **out)
{
    kk_rule_files files = {0};
    kk_status status = KK_OK;
    for (size_t k = 0; status == KK_OK && k < i->value_count[KK_OPTION_EXPAND]; k++)
        status = kk_rule_files_list(i->arena, i->values[KK_OPTION_EXPAND][k], &files, &i->fault);
    for (int k = 0; status == KK_OK && k < count; k++)
        status = kk_rule_files_find(i->arena, paths[k], &files, &i->fault);
    if (status == KK_OK)
        *out = kk_rule_files_read(i->arena, &files);
    return status;
}
