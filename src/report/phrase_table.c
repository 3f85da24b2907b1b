/* The phrases that may not stand, and when they may. A row is a pattern in one language; what makes
 * the same words harmless (a question, a negation, a limit said in the same sentence) is `unless`.
 */
#include "report/phrases.h"

#define LEAK_JA "{流出|漏えい|漏洩|漏えい等|漏洩等|情報漏えい|持ち出し|窃取}"
#define NOT_JA "{ない|無い|なかった|ありません|ございません|おりません|いません|ませんでした}"
/* "whether", "cannot be concluded", "does not mean", "in case": the opposite of a promise */
#define OPEN_JA                                                                                                      \
    "{判断することはでき|判断でき|断定でき|とは言え|とはいえ|限りません|限らない|" \
    "ものではありません|"                                                                                   \
    "意味しません|かどうか|か否か|有無|場合|否定でき|証明|ないか|無いか|確認でき|わかりません}"
/* "by a date": what a statement on harm needs */
#define DATED_JA                                                                                                             \
    "{#日時点|#日までに|#日までの|#日まで、|#日現在|#時点|#までに|#まで、|#現在|#時までに|#" \
    "時まで、|#時現在|#時時点|#分までに|#分まで、|#分現在|#分時点}"
#define DATED_EN "{by # |as of |until |up to #}"
#define LEAK_EN "{left|leaked|exfiltrated|stolen|taken|transmitted|disclosed}"
#define OPEN_EN                                                                                    \
    "{cannot conclude|cannot be concluded|cannot determine|cannot exclude|does not mean|whether|"  \
    "cannot be excluded|cannot say|not proof|no proof that|could not determine}"

#define WHY_LEAK "nobody can know that data did not leave: say what was looked at and not found"
#define WHY_HARMLESS "nobody can know that persons are not affected"
#define WHY_CLEAN "a system can be examined, not shown to be clean"
#define WHY_DUTY "whether the law asks for more is not this program's to deny"
#define WHY_ALL "absolute words need records that are whole over the whole window"
#define WHY_WHO "an address or a program does not say who it was"
#define WHY_HARM "only that none is known by a date, through named channels"
#define WHY_EVERY "all of what? the list of machines is missing"
#define WHY_WORDS "a word of the trade: say it in the reader's words"
#define WHY_COUNT "while files in reach are unread the number may grow"
#define WHY_BEGIN "before that time there are no records: say no later than"
#define WHY_WEAK "too weak where data are known or strongly believed to have left"
#define WHY_ALONE "where records are lost, not seen is no finding: say what is missing beside it"
#define WHY_RANSOM "no advice on paying"

#define JA KK_LANG_JA
#define EN KK_LANG_EN

const kk_phrase kk_phrases[] = {
    /* data did not leave */
    {"no-leak", JA, LEAK_JA "し{ていない|ていません|ておらず|ておりません|なかった|ませんでした}",
     OPEN_JA, KK_ALLOWED_NEVER, WHY_LEAK},
    {"no-leak", JA, LEAK_JA "され{ていない|ていません|ておらず|ておりません|なかった|ませんでした}",
     OPEN_JA, KK_ALLOWED_NEVER, WHY_LEAK},
    {"no-leak", JA,
     LEAK_JA
     "{は|が|も|の事実は|した事実は|等は|自体は|という事実は}{一切|まったく|全く|決して|}" NOT_JA,
     OPEN_JA, KK_ALLOWED_NEVER, WHY_LEAK},
    {"no-leak", JA,
     "{持ち出され|送信され|窃取され}{ていない|ていません|ておらず|ておりません|なかった}", OPEN_JA,
     KK_ALLOWED_NEVER, WHY_LEAK},
    {"no-leak", JA, "外部{に|へ}出{ていない|ていません|ておらず|ておりません}", OPEN_JA,
     KK_ALLOWED_NEVER, WHY_LEAK},
    {"no-possibility", JA,
     "{流出|漏えい|漏洩|持ち出し}{の|した|された|する}{可能性|おそれ|恐れ}{は|が|も}{一切|まったく|"
     "全く|決して|}" NOT_JA,
     OPEN_JA, KK_ALLOWED_NEVER, WHY_LEAK},
    {"no-trace-exists", JA,
     "{痕跡|証拠|形跡|証跡}{は|が|も}{一切|まったく|全く|}{ない|無い|ありません|ございません|"
     "なかった}",
     "{ないか|無いか|有無}", KK_ALLOWED_NEVER,
     "a trace is not found, it is never shown not to exist"},
    {"no-leak", EN, "{data|information|files|records} {did|do|does} not leave", OPEN_EN,
     KK_ALLOWED_NEVER, WHY_LEAK},
    {"no-leak", EN,
     "{was|were|been|be} not {leaked|exfiltrated|stolen|taken|disclosed|transmitted}", OPEN_EN,
     KK_ALLOWED_NEVER, WHY_LEAK},
    {"no-leak", EN, "{has|have} not {been |}" LEAK_EN, OPEN_EN, KK_ALLOWED_NEVER, WHY_LEAK},
    {"no-leak", EN,
     "no {personal |customer |}{data|information|files|records} {has |have |was |were |}{been "
     "|}" LEAK_EN,
     OPEN_EN, KK_ALLOWED_NEVER, WHY_LEAK},
    {"no-leak", EN,
     "{no|not a} {data |}{leak|leakage|breach|exfiltration|theft} {occurred|took "
     "place|happened|has occurred}",
     OPEN_EN, KK_ALLOWED_NEVER, WHY_LEAK},
    {"no-leak", EN, "there {was|is|has been} no {data |}{leak|leakage|breach|exfiltration|theft}",
     OPEN_EN, KK_ALLOWED_NEVER, WHY_LEAK},
    {"no-trace-exists", EN, "there {is|are|was|were} no {trace|traces|evidence|sign|signs} of",
     OPEN_EN, KK_ALLOWED_NEVER, "a trace is not found, it is never shown not to exist"},

    /* not held, hence not leaked */
    {"not-held", JA,
     "{保有|保持|保管|保存|取得}して{いない|いません|おりません|おらず}~{流出|漏えい|漏洩}", "",
     KK_ALLOWED_NEVER, "not having found an item does not show that it could not leave"},
    {"not-held", EN,
     "{do not hold|not held|not stored|do not store|not "
     "kept}~{leak|leaked|left|exfiltrated|affected}",
     "", KK_ALLOWED_NEVER, "not having found an item does not show that it could not leave"},

    /* persons not affected, systems safe */
    {"not-affected", JA, "影響{は|が|も}{一切|まったく|全く|}" NOT_JA, OPEN_JA, KK_ALLOWED_NEVER,
     WHY_HARMLESS},
    {"not-affected", JA, "影響{を|は}受け{ていない|ていません|ておりません|ておらず|ません}",
     OPEN_JA, KK_ALLOWED_NEVER, WHY_HARMLESS},
    {"not-affected", EN, "{is|are|was|were|been} {not affected|unaffected}", OPEN_EN,
     KK_ALLOWED_NEVER, WHY_HARMLESS},
    {"not-affected", EN, "no {impact|effect} on", OPEN_EN, KK_ALLOWED_NEVER, WHY_HARMLESS},
    {"clean", JA, "安全{です|である|性を確認|性が確認|性は確認|を確認|が確認|と判断|性に問題}",
     "{安全確保}", KK_ALLOWED_NEVER, WHY_CLEAN},
    {"clean", JA,
     "{感染|侵害|侵入}{は|して|されて}{いない|いません|おりません|おらず|ない|ありません|"
     "ございません}",
     OPEN_JA, KK_ALLOWED_NEVER, WHY_CLEAN},
    {"clean", JA, "{クリーン|無害}{です|である|な状態|と判断}", "", KK_ALLOWED_NEVER, WHY_CLEAN},
    {"clean", EN,
     "{is|are|was|were} {now |again |}{safe|clean|secure|malware-free|not "
     "compromised|uncompromised|not infected}",
     OPEN_EN, KK_ALLOWED_NEVER, WHY_CLEAN},

    /* the law */
    {"no-duty", JA, "{報告|通知|届出|公表}{の|する|すべき|}{義務|必要}{は|が|も}" NOT_JA, OPEN_JA,
     KK_ALLOWED_NEVER, WHY_DUTY},
    {"no-duty", JA,
     "{報告|通知|届出}{義務|}{は|が}{不要|生じません|生じない|発生しません|発生しない|"
     "生じていません}",
     OPEN_JA, KK_ALLOWED_NEVER, WHY_DUTY},
    {"no-duty", JA,
     "{報告|通知}対象{では|には}{ない|ありません|ございません|該当しません|あたりません|"
     "当たりません}",
     OPEN_JA, KK_ALLOWED_NEVER, WHY_DUTY},
    {"complied", JA,
     "{法令|法律|個人情報保護法}{を遵守|に違反して|に違反し|に適合|に基づき適切|上の問題は}", "",
     KK_ALLOWED_NEVER, WHY_DUTY},
    {"no-duty", EN, "no {legal |}{duty|obligation|requirement|need} to {report|notify|tell|inform}",
     OPEN_EN, KK_ALLOWED_NEVER, WHY_DUTY},
    {"no-duty", EN, "{not|never} {required|obliged|obligated} to {report|notify|tell|inform}",
     OPEN_EN, KK_ALLOWED_NEVER, WHY_DUTY},
    {"no-duty", EN, "need not {report|notify|be reported|be notified|tell}", OPEN_EN,
     KK_ALLOWED_NEVER, WHY_DUTY},
    {"complied", EN,
     "{complied|complies|comply|in compliance} with {the |all "
     "|}{law|laws|act|appi|gdpr|applicable}",
     "", KK_ALLOWED_NEVER, WHY_DUTY},

    /* absolute words */
    {"absolute", JA, "一切", "", KK_ALLOWED_FULL_RECORDS, WHY_ALL},
    {"absolute", JA, "{可能性|おそれ|恐れ|蓋然性|リスク}{は|が|も}{極めて|きわめて|ほぼ|}{低|小さ}",
     "", KK_ALLOWED_FULL_RECORDS, WHY_ALL},
    {"absolute", JA, "{決して|絶対に|断じて}", "{ください|下さい|お願い}", KK_ALLOWED_NEVER,
     WHY_ALL},
    {"family", JA,
     "{マルウェア|ランサムウェア|ウイルス|ウィルス}{の|}{種類|タイプ|種別|型|特性|ファミリ}~{流出|"
     "漏えい|漏洩|持ち出}~{低|ない|ません}",
     "", KK_ALLOWED_NEVER, "what a family of malware usually does shows nothing about this case"},
    {"absolute", EN, "{extremely|highly|very} {unlikely|improbable}", "", KK_ALLOWED_FULL_RECORDS,
     WHY_ALL},
    {"absolute", EN, "{no|not any} {trace|traces|evidence} whatsoever", "", KK_ALLOWED_FULL_RECORDS,
     WHY_ALL},
    {"absolute", EN, "{absolutely|certainly|definitely} {no|not|none}", "", KK_ALLOWED_NEVER,
     WHY_ALL},
    {"family", EN,
     "{type|family|kind|strain} of {malware|ransomware|virus}~{not exfiltrate|unlikely|does not "
     "steal|no exfiltration}",
     "", KK_ALLOWED_NEVER, "what a family of malware usually does shows nothing about this case"},

    /* who it was */
    {"who", JA,
     "{攻撃者|犯人|侵入者|実行者|犯行グループ}{は|が}~{国籍|氏である|中国|ロシア|北朝鮮|イラン|"
     "社員で|従業員で}",
     "{不明|わかりません|特定でき}", KK_ALLOWED_NEVER, WHY_WHO},
    {"who", JA,
     "{中国|ロシア|北朝鮮|イラン|韓国|ベトナム}{からの|の|による}{攻撃|ハッカー|犯行|サイバー攻撃|"
     "組織による|攻撃者|犯罪}",
     "", KK_ALLOWED_NEVER, WHY_WHO},
    {"who", JA, "{国家|政府}{が関与|の関与|支援|主導|ぐるみ}", "", KK_ALLOWED_NEVER, WHY_WHO},
    {"who", JA,
     "{社員|従業員|職員|元社員|退職者|派遣社員}{が|による}{不正|持ち出|侵入|窃取|犯行|流出|漏えい|"
     "漏洩}",
     "", KK_ALLOWED_NEVER, "an account was used; who sat before it is another matter"},
    {"who", EN,
     "{attack|attacks|attackers|hackers|intrusion} {from|by|of} {china|russia|north "
     "korea|iran|vietnam}",
     "", KK_ALLOWED_NEVER, WHY_WHO},
    {"who", EN, "{chinese|russian|north korean|iranian} {hackers|attackers|attack|group|state}", "",
     KK_ALLOWED_NEVER, WHY_WHO},
    {"who", EN, "{state-sponsored|nation-state|state sponsored|nation state}", "", KK_ALLOWED_NEVER,
     WHY_WHO},
    {"who", EN,
     "{employee|worker|staff member|contractor} {stole|leaked|exfiltrated|copied out|broke in|took "
     "the}",
     "", KK_ALLOWED_NEVER, "an account was used; who sat before it is another matter"},

    /* when it began */
    {"begin", JA,
     "{侵入|不正アクセス|攻撃}{が|は}{始まりました|始まった|開始されました|開始された|"
     "発生しました}",
     "{遅くとも|以前|までに}", KK_ALLOWED_FIRST_SEEN, WHY_BEGIN},
    {"begin", EN,
     "{intrusion|attack|unauthorised access|unauthorized access|access} {began|started|commenced} "
     "{on|at|from}",
     "{no later than|at the latest}", KK_ALLOWED_FIRST_SEEN, WHY_BEGIN},

    /* how many */
    {"most", JA, "最大{で|}{約|}#{人|名|件|件の|人分|名分}",
     "{読めていない|読めなかった|未調査|調査中|読めた範囲|増える|増加する}", KK_ALLOWED_BOUNDED,
     WHY_COUNT},
    {"most", JA, "{合計|総計|総数}{で|は|}#{人|名}{です|でした|であることを確認|と確認}",
     "{読めていない|読めなかった|未調査|調査中|読めた範囲|増える|増加する}", KK_ALLOWED_BOUNDED,
     WHY_COUNT},
    {"most", EN,
     "{up to|at most|a maximum of|no more than} # "
     "{person|persons|people|individuals|customers|employees|records|cards}",
     "{could not be read|so far|unread|not yet read|may grow|may rise|may be more}",
     KK_ALLOWED_BOUNDED, WHY_COUNT},

    /* harm */
    {"no-harm", JA,
     "{被害|二次被害|不正利用|悪用}{は|が|も|等は|の事実は|などの事実は|等の事実は}{一切|}{"
     "発生して|生じて|起きて|}" NOT_JA,
     OPEN_JA, KK_ALLOWED_NEVER, WHY_HARM},
    {"no-harm", JA,
     "{被害|二次被害|不正利用|悪用}~{確認|把握|報告}{され|して}{ていない|ていません|ておりません|"
     "ておらず|いない|いません|おりません|おらず}",
     DATED_JA, KK_ALLOWED_NEVER, WHY_HARM},
    {"no-harm", EN, "no {harm|damage|misuse|fraud|abuse} {has|have|was|is|occurred|resulted}",
     DATED_EN, KK_ALLOWED_NEVER, WHY_HARM},
    {"no-harm", EN,
     "{there is|there was|there has been|there have been} no {harm|damage|misuse|fraud|abuse}",
     DATED_EN, KK_ALLOWED_NEVER, WHY_HARM},

    /* all machines */
    {"every", JA,
     "{全て|すべて|全部|あらゆる}の{端末|pc|パソコン|サーバ|サーバー|機器|コンピュータ|"
     "コンピューター|システム|デバイス}",
     "{一覧}", KK_ALLOWED_ASSETS, WHY_EVERY},
    {"every", JA, "{全台|全端末|全サーバ|全機器|全pc|全パソコン|全システム|全デバイス}", "{一覧}",
     KK_ALLOWED_ASSETS, WHY_EVERY},
    {"every", EN,
     "{all|every} {of our |our |the "
     "|}{machine|machines|computer|computers|server|servers|pc|pcs|device|devices|endpoint|"
     "endpoints|host|hosts|system|systems}",
     "{the list|listed}", KK_ALLOWED_ASSETS, WHY_EVERY},

    /* where data left, words that hide it */
    {"too-weak", JA,
     "{流出|漏えい|漏洩|持ち出|送信}~可能性{は|を|も|が}{完全に|}{否定でき|排除でき|否定は}",
     "{以外|その他|ほか|それ以外|残り|このほか}", KK_ALLOWED_NOT_LEFT, WHY_WEAK},
    {"too-weak", JA,
     "{流出|漏えい|漏洩|持ち出し|外部への送信}{は|が|した事実は|の痕跡は|を示す痕跡は}{確認|認め}"
     "られ{ていない|ていません|ておりません|ませんでした}",
     "{以外|その他|ほか|それ以外|残り|このほか|については|では、|では}", KK_ALLOWED_NOT_LEFT,
     WHY_WEAK},
    {"too-weak", JA,
     "{流出|漏えい|漏洩|持ち出し|外部への送信}{は|が|した事実は|の痕跡は|を示す痕跡は}確認され{"
     "ていない|ていません|ておりません|ませんでした}",
     "{以外|その他|ほか|それ以外|残り|このほか|については|では、|では}", KK_ALLOWED_NOT_LEFT,
     WHY_WEAK},
    {"too-weak", EN,
     "{leak|exfiltration|removal|theft|transmission} {cannot be|could not be} {ruled out|excluded}",
     "{other|remaining|rest|beyond}", KK_ALLOWED_NOT_LEFT, WHY_WEAK},
    {"too-weak", EN,
     "no {leak|exfiltration|removal|trace of transmission|transmission} {was|has been|is} "
     "{found|confirmed|seen|observed}",
     "{other|remaining|rest|beyond| for | on }", KK_ALLOWED_NOT_LEFT, WHY_WEAK},

    /* where nothing can be said, words that sound like a finding */
    {"not-seen-alone", JA,
     "{流出|漏えい|漏洩|持ち出し|外部への送信}~{確認されて|認められて|見つかって}{いない|いません|"
     "おりません|おらず}",
     "{判断することはでき|判断でき|否定でき|排除でき|限られた|残る範囲|失われ|確認できていません|"
     "調査中|わかりません}",
     KK_ALLOWED_NOT_UNCERTAIN, WHY_ALONE},
    {"not-seen-alone", JA,
     "{流出|漏えい|漏洩|持ち出し|外部への送信}~{確認され|認められ}ませんでした",
     "{判断することはでき|判断でき|否定でき|排除でき|限られた|残る範囲|失われ|確認できていません|"
     "調査中}",
     KK_ALLOWED_NOT_UNCERTAIN, WHY_ALONE},
    {"not-seen-alone", EN,
     "no {trace|traces|evidence|sign|signs} of {a "
     "|}{leak|exfiltration|removal|theft|transmission|transfer}",
     "{cannot|limited|lost|not conclude|unrecorded|incomplete|could not}", KK_ALLOWED_NOT_UNCERTAIN,
     WHY_ALONE},

    /* names alone */
    {"names-alone", JA,
     "{一覧|リスト|ファイル名}{に|が}掲載~{内容|中身}{が|は}{流出した|流出しました|漏えいした|"
     "漏えいしました}",
     "", KK_ALLOWED_TRANSMITTED,
     "a name on a list shows that a file was listed, not that its content left"},

    /* paying, leak sites */
    {"ransom", JA, "身代金~{支払う|支払い|支払え|支払って|払う|払え|払って}", "", KK_ALLOWED_NEVER,
     WHY_RANSOM},
    {"ransom", EN, "{pay|paying|paid|payment of} {the |a |any |}ransom", "", KK_ALLOWED_NEVER,
     WHY_RANSOM},
    {"leak-site", KK_LANG_BOTH, ".onion", "", KK_ALLOWED_NEVER,
     "the way to a leak site is not printed"},

    /* words of the trade */
    {"word", KK_LANG_BOTH, "{srum|host-hour|host-hours|host hour|host hours}", "",
     KK_ALLOWED_INTERNAL, WHY_WORDS},
    {"word", EN, "{tier|tiers}", "", KK_ALLOWED_INTERNAL, WHY_WORDS},
    {"word", EN, "{indeterminate|no_trace}", "", KK_ALLOWED_INTERNAL, WHY_WORDS},
    {"word", JA, "{ティア|ホスト時間|ホスト・時間}", "", KK_ALLOWED_INTERNAL, WHY_WORDS},
    {"word", JA, "{tier|indeterminate|no_trace}", "", KK_ALLOWED_INTERNAL, WHY_WORDS},
};
const size_t kk_phrase_count = sizeof kk_phrases / sizeof *kk_phrases;
