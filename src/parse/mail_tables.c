#include "parse/mail_tables.h"

#include "base/text.h"

enum { COLUMNS_MIN = 3, LINES_MIN = 3, HEADING_MAX = 90 /* bytes */ };

static kk_slice line_at(kk_slice text, size_t at)
{
    kk_slice rest = kk_from(text, at);
    size_t feed = kk_find_byte(rest, '\n');
    return kk_part(rest, 0, feed == KK_NOWHERE ? rest.len : feed);
}

static size_t count_cells(kk_slice line)
{
    size_t count = 1;
    for (size_t i = 0; i < line.len; i++)
        count += line.ptr[i] == '\t';
    return kk_trim(line).len ? count : 0;
}

size_t kk_mail_table_cells(kk_slice line, kk_slice cells[KK_MAIL_CELLS_MAX])
{
    size_t count = 0;
    kk_slice cell;
    while (line.len && (line.ptr[0] == '>' || line.ptr[0] == ' '))
        line = kk_from(line, 1);
    while (count < KK_MAIL_CELLS_MAX && kk_split(&line, '\t', &cell))
        cells[count++] = kk_trim(cell);
    return count;
}

/* Headings are short, and at most one is left out. */
static bool may_be_header(kk_slice line)
{
    kk_slice cells[KK_MAIL_CELLS_MAX];
    size_t count = kk_mail_table_cells(line, cells), filled = 0;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].len > HEADING_MAX)
            return false;
        filled += cells[i].len > 0;
    }
    return count >= COLUMNS_MIN && filled >= COLUMNS_MIN && filled + 1 >= count;
}

/* Behind the lines that go with a header of `count` cells; 0: they are too few. */
static size_t end_of(kk_slice text, size_t at, size_t count)
{
    size_t lines = 0;
    while (at < text.len) {
        kk_slice line = line_at(text, at);
        size_t cells = count_cells(line);
        if (cells < 2 || cells > count)
            break;
        at += line.len + (at + line.len < text.len);
        lines++;
    }
    return lines >= LINES_MIN ? at : 0;
}

bool kk_mail_table_next(kk_slice text, size_t *at, kk_slice *table)
{
    while (*at < text.len) {
        kk_slice line = line_at(text, *at);
        size_t count = count_cells(line), end = 0;
        if (count >= COLUMNS_MIN && count <= KK_MAIL_CELLS_MAX && may_be_header(line))
            end = end_of(text, *at, count);
        if (end) {
            *table = kk_part(text, *at, end - *at - (text.ptr[end - 1] == '\n'));
            *at = end;
            return true;
        }
        *at += line.len + 1;
    }
    return false;
}
