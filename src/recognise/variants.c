/* Forms of kanji that one name is written with: forms of the official list of name characters,
 * registered variants of family names, old forms, and characters that NFKC keeps apart. Both tables
 * are pairs, a form and the character that stands for its class, ordered by the form. */
#include "recognise/fold.h"

#include <uchar.h>

static const char32_t same_pairs[] =
    U"丗世乘乗亞亜亰京佛仏來来傳伝僞偽價価儉倹兒児冝宜冨富凉涼凜凛凞熙凬風剩剰劍剣劒剣劔剣勛勲勳勲"
    U"區区卷巻卽即參参吞呑喆哲單単嚴厳囘回圀国圈圏國国圓円團団埜野塡填增増壘塁壞壊壯壮壹壱壽寿夛多"
    U"奧奥奬奨孃嬢學学寉鶴實実寬寛寶宝將将專専屆届峩峨峯峰峽峡嵜崎嶋島嶌島嶽岳巖巌巢巣巿市帶帯廐厩"
    U"廣広廳庁彅薙彈弾彌弥彥彦從従徧遍徵徴德徳忰悴恆恒恊協惠恵惡悪惪徳愼慎應応懷懐戰戦戲戯拂払拔抜"
    U"拜拝揭掲搖揺搜捜擊撃攝摂收収敍叙敎教斆学旣既昻昂晉晋晚晩晝昼晧皓暎映曆暦曉暁曻昇曾曽會会朖朗"
    U"杦杉柹柿栁柳桒桑桺柳條条棊棋榮栄槇槙槗橋樂楽樣様橫横檜桧檢検櫻桜歡歓步歩歷歴歸帰每毎氣気涉渉"
    U"淚涙淨浄淺浅渊淵渕淵渴渇溫温滯滞澀渋澁渋澤沢濕湿濱浜濵浜濶闊濹墨瀦潴瀧滝瀨瀬烱炯焰焔煇輝燈灯"
    U"燒焼爭争爲為犂犁狀状狹狭猨猿獨独獸獣瑤瑶璢瑠瓣弁甁瓶甯寧畄留畠畑畧略當当疂畳疊畳瘦痩皃貌皐皋"
    U"盌碗盖蓋盜盗盡尽眞真砺礪硏研碎砕碕崎礒磯祕秘祿禄禪禅禮礼禰祢禱祷秊年稺稚稻稲穐秋穗穂穰穣窻窓"
    U"竒奇竸競筝箏籔薮籘籐籠篭粹粋糺糾絕絶絲糸經経綠緑緖緒緣縁縣県縱縦繩縄纖繊羣群翆翠耻恥聰聡聽聴"
    U"臟臓與与舊旧舖舗舘館舩船莊荘莵菟莾莽萠萌萬万葊庵葢蓋蔣蒋蕚萼薗園薰薫藏蔵藝芸藥薬藪薮蘂蕊蘓蘇"
    U"虛虚螢蛍蟲虫蠣蛎衞衛裝装裵裴襃褒覽覧觀観觧解諌諫謠謡讀読變変讓譲讚讃豐豊豫予貭質貳弐賍贓賎賤"
    U"賣売賴頼贒賢躳躬軆体轉転辨弁辯弁迠迄逹達遙遥邇迩邉辺邊辺邨村郞郎鄕郷鄰隣醉酔醬醤釀醸釋釈釡釜"
    U"鈎鉤鉃鉄銕鉄鋪舗錄録鍊錬鎭鎮鐵鉄鑄鋳閇閉閒間關関陜陝陷陥隝島險険隺鶴雜雑雞鶏靍鶴靎鶴靏鶴靑青"
    U"靜静韭韮頴穎頸頚顏顔顚顛顯顕颷飆飈飆飜翻飮飲餠餅駈駆騷騒驒騨驗験驛駅髙高髮髪鬪闘鮏鮭鯵鰺鯺鰺"
    U"鷄鶏鷗鴎鹽塩麥麦麪麺麴麹黃黄黑黒默黙點点黨党齊斉齋斎齡齢龜亀龝秋﨑崎𠀋丈𠮷吉𡈽土𣘺橋𣳾泰𥔎崎"
    U"𫝆今𫞎橋";

/* Different characters that forms, clerks and scanners mix up. The one that stands for the class is
 * listed too. */
static const char32_t near_pairs[] =
    U"佑祐冶治土土堀堀士土壮壮己己已己巳己掘堀斉斎斎斎朗郎未未末未沙沙治治祐祐竜竜紗沙綱網網網荘壮"
    U"荻萩萩萩裕祐郎郎降隆隆隆龍竜";

static uint32_t look_up(const char32_t *pairs, size_t count, uint32_t c)
{
    /* always the same number of steps and nothing to guess: most characters are in no pair */
    size_t base = 0;
    while (count > 1) {
        size_t half = count / 2;
        base += pairs[2 * (base + half)] <= c ? half : 0;
        count -= half;
    }
    return pairs[2 * base] == c ? pairs[2 * base + 1] : 0;
}

uint32_t kk_same_kanji(uint32_t c)
{
    if (c < 0x4e00)
        return c;
    uint32_t same = look_up(same_pairs, sizeof same_pairs / sizeof *same_pairs / 2, c);
    return same ? same : c;
}

uint32_t kk_near_kanji(uint32_t c)
{
    return c < 0x4e00 ? 0 : look_up(near_pairs, sizeof near_pairs / sizeof *near_pairs / 2, c);
}
