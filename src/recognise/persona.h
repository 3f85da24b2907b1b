/* One person-slot of one row, in normal forms: what standing and keyed hashes are made from. */
#pragma once
#include "base/hash.h"
#include "recognise/address.h"
#include "recognise/date.h"
#include "recognise/email.h"
#include "recognise/name.h"
#include "recognise/phone.h"
#include "recognise/plan.h"

enum {
    KK_PHONES_MAX = 4,
    KK_NUMBERS_MAX = 8,
    KK_ADDRESS_PARTS = 12,
    KK_KANA_MIN = 4 /* characters of a reading that is more than a surname */
};

/* A number of a register (会員番号) or an official one (個人番号). */
typedef struct {
    kk_column_kind kind;
    kk_slice value;       /* normal form */
    uint64_t wide, table; /* registers; 0 for official numbers */
    bool shared;          /* of a company, a contract, a family: several persons can have it */
} kk_person_number;

typedef struct kk_persona {
    kk_role role;
    kk_standing standing;
    uint64_t items;
    kk_name name;
    kk_slice former_family; /* from a column 旧姓 */
    kk_slice kana;          /* skeleton */
    kk_slice kana_shown;
    bool kana_full;
    int32_t birth; /* KK_NO_DAY if none */
    kk_slice birth_shown;
    uint8_t sex;
    kk_slice zip, zip_shown;
    bool zip_japanese;
    kk_address address;
    kk_slice address_shown;
    size_t phone_count;
    kk_slice phone_shown;
    kk_email email;
    kk_slice company, company_shown;
    size_t number_count;
    kk_slice person_no;
    bool numbered_as_person; /* by a number that companies do not have: user_id, 社員番号 */
    kk_slice card, bank, bank_branch, holder, card_holder;
    kk_slice insurer, insurance_symbol, insurance_number, insurance_branch;
    bool test_data, deceased;
    const kk_column *told;   /* the column that said one of these; NULL: none, or a text */
    bool test_card;          /* a card number that payment companies publish for tests */
    bool attributes;         /* something that only a person has: birth date, salary, health ... */
    bool corporate;          /* a valid corporate number stands beside it */
    bool secret;             /* a password */
    uint64_t staff_register; /* named in this column of staff; 0: not */
    kk_time dated, left_at;
    const struct kk_persona
        *household; /* whose address and telephone a relative shares, for identity only */
    /* last: what is not counted above need not be cleared */
    kk_phone phones[KK_PHONES_MAX];
    kk_person_number numbers[KK_NUMBERS_MAX];
} kk_persona;

/* Fills the mention's values from the normal forms; `content` is of the row or text that it stands in.
 * They live as long as the scratch arena. */
void kk_values_make(kk_mention *mention, uint64_t content, const kk_persona *persona,
                    const kk_hash_key *key, kk_arena *scratch);
/* Person, organisation, placeholder, deceased or nobody in particular, and what told. */
typedef struct {
    kk_standing standing;
    kk_aside reason;
    kk_column_kind by;     /* the kind of column that told; KK_COL_UNKNOWN: none alone */
    const kk_column *told; /* ... itself, where it is known */
} kk_judgement;
kk_judgement kk_judge_persona(const kk_persona *persona);

/* The persons of one row: personas[i] belongs to plan->slots[i]; an empty one has no items. Further
 * persons (holders of cards, mailboxes) follow, up to `max`. Returns how many there are. */
size_t kk_row_read(kk_persona *personas, size_t max, const kk_plan *plan, const kk_lexicon *lexicon,
                   kk_arena *scratch, const kk_slice *cells, size_t count);
void kk_persona_clear(kk_persona *persona, kk_role role);
bool kk_persona_named(const kk_persona *persona);
