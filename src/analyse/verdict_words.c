/* The sentences of the verdicts. "Machine-hours" are told as hours on so many machines. */
#include "analyse/verdict_words.h"

#include "base/buffer.h"

const kk_verdict_words kk_verdict_told[KK_VERDICT_SENTENCES] = {
    [KK_TOLD_PUBLISHED] =
        {KK_SAYS_CONFIRMED, 0,
         "下記の情報が外部に流出し、外部サイトにおいて入手可能な状態にあったことを確認しました({"
         "persons})。",
         "We confirmed that the following information left our systems and was obtainable on an "
         "external site ({persons})."},
    [KK_TOLD_TRANSMITTED] =
        {KK_SAYS_CONFIRMED, 0,
         "{from}から{to}にかけて、下記の情報を含むデータが外部へ送信されたことを確認しました。",
         "We confirmed that data containing the following information were transmitted outside "
         "between {from} and {to}."},
    [KK_TOLD_TRACES] =
        {KK_SAYS_TRACES, 0,
         "外部へ持ち出された可能性が高いことを示す痕跡を確認しました({signs})。"
         "持ち出された内容の特定には至っていません。",
         "We found strong traces of removal ({signs}). What was removed could not be determined."},
    [KK_TOLD_POSSIBLE] =
        {KK_SAYS_INDETERMINATE, 0,
         "流出の可能性を示す事象({signs})"
         "を確認しており、流出したおそれがあるものとして対応します。",
         "Some events point to possible removal ({signs}); we treat it as a suspected leak."},
    [KK_TOLD_FULL] =
        {KK_SAYS_NO_TRACE, 'A',
         "{from}から{to}までの全時間帯、対象{machines}台について、{sources}"
         "の記録が欠落なく保全されており、"
         "外部への送信を示す痕跡は一切認められませんでした。",
         "From {from} to {to}, for every hour and on the {machines} machines concerned, the "
         "records "
         "({sources}) are complete; no trace of transmission to the outside was found in them."},
    [KK_TOLD_PARTLY] =
        {KK_SAYS_NO_TRACE, 'B',
         "{from}から{to}までのうち記録が残る範囲({machines}台、延べ{all_hours}時間のうち{covered_"
         "hours}時間。"
         "{sources})では、外部への送信を示す痕跡は認められませんでした。"
         "記録のない延べ{missing_hours}時間については確認できていません。",
         "Within the records that remain for {from} to {to} ({covered_hours} of {all_hours} hours "
         "on "
         "{machines} machines; {sources}) no trace of transmission to the outside was found. "
         "The other {missing_hours} hours are unrecorded and could not be checked."},
    [KK_TOLD_COVERED] = {KK_SAYS_NO_TRACE, 'B',
                         "{from}から{to}までについて、対象{machines}台、延べ{all_hours}時間の記録({"
                         "sources})を確認しましたが、"
                         "外部への送信を示す痕跡は認められませんでした。",
                         "From {from} to {to} the records of {all_hours} hours on {machines} "
                         "machines ({sources}) were "
                         "examined; no trace of transmission to the outside was found in them."},
    [KK_TOLD_LIMITED] =
        {KK_SAYS_INDETERMINATE, 'C',
         "限られた記録({sources})からは外部への送信を示す痕跡は見つかっていませんが、"
         "{missing}の記録がなく、流出がなかったと判断することはできません。"
         "流出したおそれがあるものとして対応します。",
         "The limited records ({sources}) show no trace of transmission to the outside, but there "
         "are no records of {missing}, and we cannot conclude that nothing left. We respond as if "
         "it "
         "may have."},
    [KK_TOLD_LOST] =
        {KK_SAYS_INDETERMINATE, 'D',
         "{why}により記録が失われており、流出の有無を判断できません。"
         "流出したおそれがあるものとして対応します。",
         "Records are lost ({why}); we cannot determine whether data left. We respond as if it may "
         "have."},
    [KK_TOLD_NOTHING_YET] =
        {KK_SAYS_INDETERMINATE, 0,
         "流出の有無は調査中です。流出したおそれがあるものとして対応します。",
         "Whether data left is under investigation. We respond as if it may have."},
    [KK_LIMB_VIEWING] =
        {KK_SAYS_NOTHING, 0,
         "画面での閲覧やその撮影は記録に残らないため、閲覧された可能性は否定できません。",
         "Viewing on a screen, or photographing it, leaves no record and cannot be excluded."},
    [KK_LIMB_SMALL] = {KK_SAYS_NOTHING, 0,
                       "{floor}に満たない送信は通常の通信と区別できず、記録からは確認できません。",
                       "Transfers below {floor} cannot be told from ordinary traffic and cannot be "
                       "checked in the "
                       "records."},
    [KK_LIMB_UNSEEN] = {KK_SAYS_NOTHING, 0,
                        "記録で説明できない外向きの通信は、多くて{unseen}です。",
                        "Outgoing traffic that the records do not explain is at most {unseen}."},
    [KK_LIMB_UNBOUNDED] =
        {KK_SAYS_NOTHING, 0, "記録のない時間に送信され得た量の上限は、求められていません。",
         "How much could have been sent in the unrecorded hours could not be bounded."},
    [KK_LIMB_REMOTE] =
        {KK_SAYS_NOTHING, 0,
         "遠隔操作の通信({bytes})は、画面の表示とファイルの転送とを記録から区別できません。",
         "In the remote sessions' traffic ({bytes}) the records do not tell screen contents from "
         "file transfer."},
    [KK_LIMB_NAMES_ONLY] =
        {KK_SAYS_NOTHING, 0,
         "外部に掲載された一覧に名称のあるファイルが{files}"
         "件ありますが、名称の一致だけでは内容が渡ったことは"
         "確認できません。",
         "A list published outside names {files} files of ours; names alone do not show that their "
         "content was handed over."},
    [KK_LIMB_DAMAGE] =
        {KK_SAYS_NOTHING, 0, "流出とは別に、{datasets}が暗号化または削除されました(毀損・滅失)。",
         "Apart from any removal, {datasets} were encrypted or destroyed (damage or loss)."},
    [KK_LIMB_DUTY] =
        {KK_SAYS_NOTHING, 0, "痕跡が見つからないことは、報告や通知を要するかどうかを左右しません。",
         "That no trace was found does not decide whether the law asks for a report or a notice."},
};

/* `name` alone, or with the language after a point. */
static const kk_pair *value_of(const kk_pair *values, size_t count, kk_slice name, kk_slice lang)
{
    for (size_t i = 0; i < count; i++) {
        kk_slice key = values[i].name;
        bool alone = kk_eq(key, name);
        bool with_lang = key.len == name.len + 3 && kk_starts(key, name) &&
                         key.ptr[name.len] == '.' && kk_ends(key, lang);
        if (alone || with_lang)
            return &values[i];
    }
    return NULL;
}

static kk_slice fill(kk_arena *arena, kk_slice text, kk_slice lang, const kk_pair *values,
                     size_t count)
{
    kk_buffer out = {0};
    while (text.len) {
        size_t open = kk_find_byte(text, '{');
        kk_put(&out, kk_part(text, 0, open));
        if (open == KK_NOWHERE)
            break;
        text = kk_from(text, open);
        size_t close = kk_find_byte(text, '}');
        kk_slice name = kk_part(text, 1, close == KK_NOWHERE ? 0 : close - 1);
        const kk_pair *pair = value_of(values, count, name, lang);
        kk_put(&out, pair ? pair->value : kk_part(text, 0, name.len + 2));
        text = kk_from(text, name.len + 2);
    }
    kk_slice filled = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return filled;
}

kk_words kk_verdict_fill(kk_arena *arena, kk_verdict_sentence which, const kk_pair *values,
                         size_t count)
{
    const kk_verdict_words *words = &kk_verdict_told[which];
    return (kk_words){fill(arena, kk_cstr(words->ja), KK_S("ja"), values, count),
                      fill(arena, kk_cstr(words->en), KK_S("en"), values, count)};
}
