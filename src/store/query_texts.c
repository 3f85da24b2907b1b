/* The questions of src/store/sql, by the names of their files. */
#include "store/store_i.h"

#include <string.h>

typedef struct {
    const char *name, *sql;
} named_query;

/* A question may be longer than the 4,095 bytes that a compiler has to take. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
static const named_query queries[] = {
#include "queries.inc"
};
#pragma GCC diagnostic pop

const char *query_text(const char *name)
{
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        if (strcmp(queries[i].name, name) == 0)
            return queries[i].sql;
    return NULL;
}
