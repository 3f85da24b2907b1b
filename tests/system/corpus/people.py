"""Invented people. A person is a dict of the items that a file may show of him; every full name is there once, so that
whoever is found can be told by it."""

import itertools

FAMILY = [("佐藤", "サトウ", "Sato"), ("鈴木", "スズキ", "Suzuki"), ("高橋", "タカハシ", "Takahashi"), ("田中", "タナカ", "Tanaka"),
          ("伊藤", "イトウ", "Ito"), ("渡辺", "ワタナベ", "Watanabe"), ("山本", "ヤマモト", "Yamamoto"), ("中村", "ナカムラ", "Nakamura"),
          ("小林", "コバヤシ", "Kobayashi"), ("加藤", "カトウ", "Kato"), ("吉田", "ヨシダ", "Yoshida"), ("佐々木", "ササキ", "Sasaki"),
          ("山口", "ヤマグチ", "Yamaguchi"), ("松本", "マツモト", "Matsumoto"), ("井上", "イノウエ", "Inoue"), ("木村", "キムラ", "Kimura"),
          ("清水", "シミズ", "Shimizu"), ("長谷川", "ハセガワ", "Hasegawa"), ("近藤", "コンドウ", "Kondo"), ("西村", "ニシムラ", "Nishimura"),
          ("藤井", "フジイ", "Fujii"), ("岡本", "オカモト", "Okamoto"), ("三浦", "ミウラ", "Miura"), ("宮崎", "ミヤザキ", "Miyazaki"),
          ("五十嵐", "イガラシ", "Igarashi"), ("小野寺", "オノデラ", "Onodera"), ("久保田", "クボタ", "Kubota"), ("森", "モリ", "Mori"),
          ("原", "ハラ", "Hara"), ("菅原", "スガワラ", "Sugawara")]
GIVEN = [("太郎", "タロウ", "Taro", "男"), ("花子", "ハナコ", "Hanako", "女"), ("健一", "ケンイチ", "Kenichi", "男"),
         ("美咲", "ミサキ", "Misaki", "女"), ("翔太", "ショウタ", "Shota", "男"), ("陽子", "ヨウコ", "Yoko", "女"), ("大輔", "ダイスケ", "Daisuke", "男"),
         ("由美", "ユミ", "Yumi", "女"), ("誠", "マコト", "Makoto", "男"), ("恵子", "ケイコ", "Keiko", "女"), ("拓也", "タクヤ", "Takuya", "男"),
         ("真由美", "マユミ", "Mayumi", "女"), ("直樹", "ナオキ", "Naoki", "男"), ("さくら", "サクラ", "Sakura", "女"), ("浩", "ヒロシ", "Hiroshi", "男"),
         ("明美", "アケミ", "Akemi", "女"), ("和也", "カズヤ", "Kazuya", "男"), ("智子", "トモコ", "Tomoko", "女"), ("一郎", "イチロウ", "Ichiro", "男"),
         ("洋子", "ヒロコ", "Hiroko", "女"), ("聡", "サトシ", "Satoshi", "男"), ("愛", "アイ", "Ai", "女"), ("隆", "タカシ", "Takashi", "男"),
         ("彩香", "アヤカ", "Ayaka", "女"), ("修", "オサム", "Osamu", "男"), ("優子", "ユウコ", "Yuko", "女"), ("剛", "ツヨシ", "Tsuyoshi", "男"),
         ("舞", "マイ", "Mai", "女"), ("勇気", "ユウキ", "Yuki", "男"), ("奈々", "ナナ", "Nana", "女"), ("清", "キヨシ", "Kiyoshi", "男"),
         ("千尋", "チヒロ", "Chihiro", "女"), ("亮", "リョウ", "Ryo", "男"), ("麻衣子", "マイコ", "Maiko", "女"), ("秀樹", "ヒデキ", "Hideki", "男"),
         ("里奈", "リナ", "Rina", "女"), ("進", "ススム", "Susumu", "男"), ("瞳", "ヒトミ", "Hitomi", "女"), ("武", "タケシ", "Takeshi", "男"),
         ("文子", "フミコ", "Fumiko", "女"), ("弘樹", "ヒロキ", "Hiroki", "男"), ("幸子", "サチコ", "Sachiko", "女")]
PLACES = [("060-0001", "北海道札幌市中央区北一条西", "011"), ("980-0811", "宮城県仙台市青葉区一番町", "022"), ("100-0005", "東京都千代田区丸の内", "03"),
          ("150-0002", "東京都渋谷区渋谷", "03"), ("231-0023", "神奈川県横浜市中区山下町", "045"), ("260-0013", "千葉県千葉市中央区中央", "043"),
          ("330-0854", "埼玉県さいたま市大宮区桜木町", "048"), ("420-0857", "静岡県静岡市葵区御幸町", "054"), ("460-0008", "愛知県名古屋市中区栄", "052"),
          ("530-0001", "大阪府大阪市北区梅田", "06"), ("600-8216", "京都府京都市下京区東塩小路町", "075"), ("650-0001", "兵庫県神戸市中央区加納町", "078"),
          ("700-0024", "岡山県岡山市北区駅元町", "086"), ("730-0011", "広島県広島市中区基町", "082"), ("760-0017", "香川県高松市番町", "087"),
          ("810-0001", "福岡県福岡市中央区天神", "092"), ("860-0808", "熊本県熊本市中央区手取本町", "096"), ("900-0015", "沖縄県那覇市久茂地", "098"),
          ("920-0853", "石川県金沢市本町", "076"), ("950-0917", "新潟県新潟市中央区天神", "025")]
BUILDINGS = ["", "", "", " グリーンハイツ203", " 第二コーポ101号室", " メゾン青葉 B-502"]


def luhn_card(number):
    """A number of sixteen digits out of a range for tests, with the right last digit."""
    body = f"411111{number % 1000000000:09}"
    total = sum(int(d) if i % 2 else sum(divmod(int(d) * 2, 10)) for i, d in enumerate(body))
    return body + str(-total % 10)


def my_number(number):
    """Twelve digits; the last is checked as the law's rule says."""
    body = f"{number % 100000000000:011}"
    weight = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    rest = sum(int(d) * w for d, w in zip(body, weight)) % 11
    return body + str(0 if rest <= 1 else 11 - rest)


def phone_of(place, number):
    area = place[2]
    local = 10 - len(area) - 4
    return f"{area}-{str(5550 + number % 7)[-local:] if local < 4 else 5550 + number % 7}-{(number * 37) % 10000:04}"


def person_of(number, family, given):
    place = PLACES[number % len(PLACES)]
    house = f"{number % 8 + 1}-{number % 27 + 1}-{number % 13 + 1}"
    latin = f"{family[2]}.{given[2]}{number}".lower()
    return {"number": number, "family": family[0], "given": given[0], "family_kana": family[1], "given_kana": given[1], "latin": f"{given[2]} {family[2]}",
            "name": f"{family[0]} {given[0]}", "kana": f"{family[1]} {given[1]}", "gender": given[3],
            "birth_date": f"{1950 + number % 55:04}-{number % 12 + 1:02}-{number % 28 + 1:02}",
            "postal_code": place[0], "town": place[1], "house": house, "building": BUILDINGS[number % len(BUILDINGS)].strip(),
            "address": place[1] + house + BUILDINGS[number % len(BUILDINGS)],
            "phone": phone_of(place, number) if number % 3 else f"0{7 + number // 3 % 3}0-{1000 + number * 7 % 9000:04}-{number * 13 % 10000:04}",
            "email": f"{latin}@{['example.jp', 'example.co.jp', 'mail.example.com'][number % 3]}",
            "credit_card": luhn_card(number * 7919 + 13), "my_number": my_number(number * 104729 + 40000000017),
            "bank": ("0001", "123", "普通", f"{1000000 + number * 31 % 9000000}")}


def everybody():
    """An endless supply, until the names run out; the same in every run."""
    pairs = itertools.product(range(len(GIVEN)), range(len(FAMILY)))
    for number, (g, f) in enumerate(pairs):
        yield person_of(number + 1, FAMILY[(f + g) % len(FAMILY)], GIVEN[g])
