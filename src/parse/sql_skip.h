/* Passing over what is of no interest in a dump: tokens, items of lists, whole statements. */
#pragma once
#include "parse/sql_values.h"

/* One token, quoted ones whole; `word` is empty for all but words, and lives in `letters`. */
void kk_sql_skip_token(kk_sql_row *row, kk_slice *word, char letters[64]);
/* At GO alone in its line, or a slash: what ends a statement without a semicolon. */
bool kk_sql_at_batch_end(kk_sql_text *text);
/* Over blanks and comments; whether a line began in them. */
bool kk_sql_skip_to_token(kk_sql_text *text);
/* To behind the end of the statement. In a body (of a procedure, a trigger) semicolons between BEGIN
 * and END do not end it. `by_line`: it ends with its line where INSERT comes next. */
void kk_sql_skip_statement(kk_sql_row *row, bool body, bool by_line);
/* To the ',' or ')' behind an item of a list, which comes next; false at the end. */
bool kk_sql_skip_item(kk_sql_row *row);
