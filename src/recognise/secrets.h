/* Passwords that stand in commands and texts (docs/passwords.md). What is told is UTF-8 and between KK_SECRET_LEAST and
 * KK_SECRET_MOST characters long; the same one may be told twice. */
#pragma once
#include "base/arena.h"
#include "model/secret.h"

typedef void kk_secret_tell(void *context, kk_secret_rank rank, kk_slice text);

typedef enum {
    KK_COMMAND_RUN,   /* as a program was given it: nothing in it is to be filled in any more */
    KK_COMMAND_TYPED, /* as somebody typed it, or a script has it: $NAME stands for something else */
} kk_command_kind;

/* Switches of archivers (7z -p, rar -hp, zip -P, ...), --password=X, ConvertTo-SecureString 'X' -AsPlainText,
 * $password = 'X'. A quick look passes over what has nothing of that. */
void kk_secrets_of_command(kk_arena *scratch, kk_slice command, kk_command_kind kind,
                           kk_secret_tell *tell, void *context);

/* "パスワードは「X」です", "解凍パスワード：X", "PW: X", also with the value on a line below; full-width letters as they
 * stand and folded. Lines that hold commands are read as such. */
void kk_secrets_of_text(kk_arena *scratch, kk_slice text, kk_secret_tell *tell, void *context);
