/* Organisations that stand among persons, each counted once however its legal form is written. */
#include "base/text.h"
#include "persons/persons_i.h"

#include <stdlib.h>

static const char *const legal_forms[] = {"株式会社",
                                          "(株)",
                                          "有限会社",
                                          "(有)",
                                          "合同会社",
                                          "(同)",
                                          "合資会社",
                                          "合名会社",
                                          "一般社団法人",
                                          "公益社団法人",
                                          "一般財団法人",
                                          "公益財団法人",
                                          "医療法人",
                                          "(医)",
                                          "学校法人",
                                          "社会福祉法人",
                                          "特定非営利活動法人",
                                          "npo法人",
                                          "co.,ltd.",
                                          "co.,ltd",
                                          "co.ltd.",
                                          "inc.",
                                          "ltd.",
                                          "corporation",
                                          "corp."};

static size_t legal_form_at(kk_slice text, size_t at)
{
    for (size_t i = 0; i < sizeof legal_forms / sizeof *legal_forms; i++)
        if (kk_starts(kk_from(text, at), kk_cstr(legal_forms[i])))
            return strlen(legal_forms[i]);
    return 0;
}

/* Without width, case, blanks and legal form. */
static uint64_t folded(kk_arena *scratch, kk_slice name)
{
    kk_slice text = kk_nfkc_fold(scratch, name);
    char *packed = KK_NEW_ARRAY(scratch, char, text.len);
    size_t used = 0;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] > ' ')
            packed[used++] = text.ptr[i];
    text = (kk_slice){packed, used};
    char *kept = KK_NEW_ARRAY(scratch, char, text.len);
    used = 0;
    for (size_t i = 0; i < text.len;) {
        size_t skip = legal_form_at(text, i);
        if (!skip)
            kept[used++] = text.ptr[i];
        i += skip ? skip : 1;
    }
    return kk_hash_quick(used ? (kk_slice){kept, used} : text);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

kk_status organisations_count(kk_store *store, uint64_t *count, kk_fault *fault)
{
    kk_rows *rows;
    kk_status status = kk_ask(store, "persons_organisations", NULL, NULL, 0, &rows, fault);
    if (status != KK_OK)
        return status;
    kk_arena *own = kk_arena_open(), *scratch = kk_arena_open();
    uint64_t *names = NULL;
    size_t capacity = 0, n = 0;
    *count = 0;
    while (kk_rows_next(rows)) {
        names = kk_grow(own, names, &capacity, n + 1, sizeof *names);
        names[n++] = folded(scratch, kk_rows_text(rows, 0));
        kk_arena_reset(scratch);
    }
    if (n)
        qsort(names, n, sizeof *names, by_value);
    for (size_t i = 0; i < n; i++)
        *count += i == 0 || names[i] != names[i - 1];
    kk_arena_close(scratch);
    kk_arena_close(own);
    return kk_rows_close(rows, fault);
}
