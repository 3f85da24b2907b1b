/* Companies, public bodies and groups. */
#pragma once
#include "base/arena.h"
#include "model/mention.h"

/* Holds a word that only an organisation's name has: 株式会社, 法人, Co.,Ltd. ... */
bool kk_names_organisation(kk_slice plain);
/* An account holder in kana whose legal form banks write as カ), (カ, ユ), イ) and so on. */
bool kk_is_company_account(kk_slice kana);
/* Ends like a trade or a group (商店, 工業, 病院, グループ, 一同): an organisation unless it splits
 * into a surname and a given name. */
bool kk_ends_like_organisation(kk_slice plain);
/* Is what a desk is called, and nothing else: 総務, 採用担当, 財務経理, Support Team, Mail Delivery System.
 * Mail comes from these beside people. */
bool kk_is_desk(kk_slice plain);
/* Which of these words tell it; KK_ASIDE_NONE if none does. */
kk_aside kk_organisation_reason(kk_slice plain);
/* Without the words of legal form, blanks and marks; small letters, folded kanji. */
kk_slice kk_company_form(kk_arena *arena, kk_slice plain);
