/* Hostile cells and texts for the recogniser, which other harnesses do not reach. Lines are rows, tabs part
 * their cells; the first byte says under which headings they stand, or that they are a text. */
#include "recognise/recogniser.h"
#include "recognise/secrets.h"

static const char *const headings[] = {
    "氏名\tフリガナ\t住所\t電話番号\tメール\t生年月日\t郵便番号\t性別",
    "姓\t名\tセイ\tメイ\t都道府県\t市区町村\t番地\t建物\t携帯",
    "注文者名\t注文者住所\tお届け先名\tお届け先住所\t注文日\t会社名\tカード番号\t名義",
    "社員番号\t氏名\t入社日\t退社日\t緊急連絡先氏名\t続柄\t口座番号\t口座名義\t備考\t状態",
    "given_name\tsurname\tstreet_number\taddress_1\tsuburb\tpostcode\tdate_of_birth\tFrom",
};
enum { HEADINGS = sizeof headings / sizeof *headings, CELLS_MAX = 32 };

static void on_mention(void *context, const kk_mention *mention)
{
    (void)context, (void)mention;
}

static void on_table(void *context, const kk_table *table)
{
    (void)context, (void)table;
}

static void on_secret(void *context, kk_secret_rank rank, kk_slice text)
{
    (void)context, (void)rank;
    if (text.len < KK_SECRET_LEAST || text.len > KK_SECRET_BYTES)
        __builtin_trap();
}

static void look_for_secrets(kk_slice text)
{
    kk_arena *arena = kk_arena_open();
    kk_secrets_of_text(arena, text, on_secret, NULL);
    kk_secrets_of_command(arena, text, KK_COMMAND_RUN, on_secret, NULL);
    kk_secrets_of_command(arena, text, KK_COMMAND_TYPED, on_secret, NULL);
    kk_arena_close(arena);
}

/* Each cell is memory of its own, so that reading behind one shows. */
static void tell_row(kk_recogniser *r, kk_slice line, uint64_t record)
{
    kk_arena *arena = kk_arena_open();
    kk_slice cells[CELLS_MAX], cell;
    size_t count = 0;
    while (count < CELLS_MAX && kk_split(&line, '\t', &cell)) {
        char *bytes = kk_take(arena, cell.len);
        if (cell.len)
            memcpy(bytes, cell.ptr, cell.len);
        cells[count++] = (kk_slice){bytes, cell.len};
    }
    kk_row row = {.table = KK_S("table"), .cells = cells, .count = count, .record = record};
    kk_recognise_row(r, &row);
    kk_arena_close(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static kk_arena *for_good;
    static const kk_lexicon *lexicon;
    if (!for_good)
        lexicon = kk_recognise_warm(for_good = kk_arena_open());
    if (!size)
        return 0;
    kk_arena *arena = kk_arena_open();
    kk_recogniser_settings settings = {.incident = KK_NO_TIME, .lexicon = lexicon};
    kk_recogniser *r = kk_recogniser_open(arena, &settings, on_mention, on_table, NULL);
    kk_slice text = {(const char *)data + 1, size - 1}, line;
    unsigned kind = data[0] % (HEADINGS + 1);
    if (kind == HEADINGS) {
        kk_passage passage = {.text = text};
        kk_recognise_passage(r, &passage);
        look_for_secrets(text);
    } else {
        uint64_t record = 1;
        tell_row(r, kk_cstr(headings[kind]), record);
        while (kk_split(&text, '\n', &line))
            tell_row(r, line, ++record);
    }
    kk_recognise_end(r);
    kk_arena_close(arena);
    return 0;
}
