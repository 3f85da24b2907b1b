/* What running text says of a person beside his name: in brackets, behind it, before it. */
#pragma once
#include "base/arena.h"

/* Slices of the text; empty for what is not said. */
typedef struct {
    kk_slice age;   /* 75歳 */
    kk_slice sex;   /* 女性, 女 */
    kk_slice birth; /* 昭和30年3月4日, of 昭和30年3月4日生 */
} kk_life;
kk_life kk_life_read(kk_slice plain);

/* Whether a bracket behind a name holds what only somebody has: a telephone number, a mailbox, an age, a birth
 * date, a reading. */
bool kk_tells_somebody(kk_slice inside);
/* ☑女 □男: the word behind the one mark that is set, where others are not; all of it else. */
kk_slice kk_checked(kk_slice text);
/* (ふりがな), (フリガナ) */
bool kk_is_reading_word(kk_slice bracket);
/* Whether a telephone number stands in the text. */
bool kk_tells_phone(kk_slice text);
/* Bytes of 妻の, 長男 and the like at the beginning of the text, with the blank or mark behind; 0 for none. */
size_t kk_relation_at(kk_slice text);
/* The text without 課長, 委員長, 様 and the like at its end. */
kk_slice kk_without_title(kk_slice text);
/* 県立東雲高等学校長, 代表取締役, 説明医師, 代理人署名: what somebody is, before the name. */
bool kk_ends_with_title(kk_slice before);
/* 委員長 佐藤 健一: without the words for what he is, where two words are left. */
kk_slice kk_without_duties(kk_slice text);
/* 長女, 新郎, 患者: what somebody is, where a surname could stand. */
bool kk_is_somebodys_word(kk_slice word);
/* 佐藤 健一 / Kenichi Sato: what stands before the same in letters; all of it where nothing is. */
kk_slice kk_without_translation(kk_slice text);
/* 入会申込書(記入例), 【見本】: the title of a page that shows how a form is filled in. */
bool kk_is_title_of_sample(kk_slice line);
/* 1班, (3), No.5, 10:02 before what a line of a list says: their bytes with the blank behind. */
size_t kk_list_mark(kk_slice line);
