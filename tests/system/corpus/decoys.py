"""Files that look as if somebody were in them, and nobody is."""

from corpus import files
from corpus.people import FAMILY, PLACES, luhn_card

SHOPS = ["青葉台店", "梅田店", "天神店", "札幌駅前店", "栄店", "丸の内店"]
COMPANIES = ["株式会社山田製作所", "有限会社佐藤商店", "鈴木工業株式会社", "一般社団法人例示協会", "合同会社テスト企画", "医療法人社団青葉会"]


def jan(number):
    body = f"49{number % 10000000000:010}"
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body))
    return body + str(-total % 10)


def rows(count, make):
    return [make(i) for i in range(count)]


def goods(n):
    return ["商品コード", "商品名", "JANコード", "単価", "在庫"], rows(8, lambda i: [f"A{n:02}-{i:04}", ["佐藤錦 1kg", "田中式ドライバー", "花子の手ぬぐい", "山本山 煎茶"][i % 4], jan(n * 100 + i), str(980 + i * 10), str(i * 3)])


def books(n):
    return ["ISBN", "書名", "出版社", "価格", "発行日"], rows(8, lambda i: [f"978-4-00-{n:03}{i:03}-{i}", ["例示の歴史", "C言語の基礎", "鈴木くんと魔法の本"][i % 3], "株式会社例示出版", str(1200 + i), f"2024-0{i % 9 + 1}-10"])


def shops(n):
    return ["店舗名", "郵便番号", "所在地", "電話番号", "営業時間"], rows(6, lambda i: [SHOPS[i], PLACES[(n + i) % 20][0], PLACES[(n + i) % 20][1] + "1-2-3", f"{PLACES[(n + i) % 20][2]}-555-12{i}0", "10:00-20:00"])


def companies(n):
    return ["会社名", "法人番号", "所在地", "代表電話"], rows(6, lambda i: [COMPANIES[i], f"{1000000000000 + n * 17 + i}", PLACES[(n + i) % 20][1] + "4-5-6", f"03-5555-0{i}{n % 10}0"])


def samples(n):
    return ["氏名", "住所", "電話番号", "メールアドレス"], [["山田太郎", "東京都千代田区1-1-1", "03-0000-0000", "sample@example.com"], ["テスト 太郎", "テスト県テスト市1", "000-0000-0000", "test@test.com"],
                                                ["サンプル 花子", "サンプル県", "090-0000-0000", "test@example.com"], ["記入例", "○○県○○市", "000-000-0000", "xxx@xxx.xx"]]


def surnames(n):
    return ["順位", "名字", "読み", "人数"], rows(12, lambda i: [str(i + 1), FAMILY[i][0], FAMILY[i][1], str(1800000 - i * 50000)])


def postal_codes(n):
    return ["郵便番号", "都道府県", "市区町村", "町域"], rows(10, lambda i: [PLACES[(i + n) % 20][0], PLACES[(i + n) % 20][1][:3], PLACES[(i + n) % 20][1][3:7], PLACES[(i + n) % 20][1][7:]])


def parts(n):
    return ["部品番号", "品名", "図番", "数量"], rows(10, lambda i: [luhn_card(n * 50 + i), "ボルト M6", f"090-{n:04}-{i:04}", str(i)])


def slips(n):
    return ["伝票番号", "送り状番号", "個数", "状態"], rows(10, lambda i: [f"{400000000000 + n * 1000 + i}", f"4123-{n:04}-{i:04}", "1", "配達完了"])


def numbers(n):
    return ["年度", "売上", "原価", "利益"], rows(8, lambda i: [str(2010 + i), f"{1234567 + n * i:,}", f"{987654:,}", f"{246913 + n * i:,}"])


def groups(n):
    return ["団体名", "区分", "会員数"], rows(6, lambda i: [["青葉町内会", "山本後援会", "例示高校同窓会", "中央子ども会", "佐藤会", "手話サークルさくら"][i], "任意団体", str(20 + i)])


def stations(n):
    return ["駅名", "よみ", "路線", "緯度", "経度"], rows(6, lambda i: [["田中口", "渡辺橋", "森ノ宮", "高橋", "吉田", "中村公園"][i], ["たなかぐち", "わたなべばし", "もりのみや", "たかはし", "よしだ", "なかむらこうえん"][i], "中央線", f"35.{n:02}{i}1", f"139.{i}{n:02}"])


def machines(n):
    return ["hostname", "ip", "mac", "os", "owner_group"], rows(8, lambda i: [f"srv{n:02}{i}", f"192.0.2.{n % 20 + i}", f"00:11:22:33:{n % 90 + 10}:{i:02}", "Debian 12", "infra"])


def slots(n):
    return ["日付", "時間", "会議室", "用途"], rows(8, lambda i: [f"2026-03-{i + 1:02}", "10:00", ["松", "竹", "梅"][i % 3], ["定例会議", "面談", "来客"][i % 3]])


TABLES = [goods, books, shops, companies, samples, surnames, postal_codes, parts, slips, numbers, groups, stations, machines, slots]
TEXTS = [
    "お知らせ\n\n年末年始の営業について\n12月29日から1月3日まで休業いたします。お問い合わせは代表電話 03-5555-0100 または info@example.co.jp までお願いいたします。\n株式会社例示\n",
    "手順書\n1. 設定画面を開く\n2. 氏名、住所、電話番号を入力する\n3. 登録ボタンを押す\n\n入力例：山田太郎、090-0000-0000、sample@example.com\n",
    "議事録\n日時 2026年3月4日 10:00\n場所 第二会議室\n議題 新商品の価格\n決定 次回までに見積をとる\n",
    "error: connection to 192.0.2.10:5432 refused\n    at Pool.connect (pool.js:4111:111)\nsee https://www.example.com/help?id=4111111111111111\n",
    "def total(items):\n    \"\"\"Sum of 'price' of all items; name and address are not used.\"\"\"\n    return sum(i['price'] for i in items)\n",
    "レシピ\n材料（２人分） じゃがいも 3個、玉ねぎ 1個\n作り方 1. 皮をむく 2. 20分煮る\n",
    "品番 4902-1234-5678-9012 の在庫は 120 個です。図面番号 03-1234-5678-A を参照。注文番号 0901-2345-6789。\n",
    "利用規約\n第1条（適用） 本規約は、当社と利用者との間の一切の関係に適用されます。\n第2条（個人情報） 当社は氏名、住所、電話番号、メールアドレスを取得します。\n",
]
CHARSETS = ["utf-8", "cp932", "euc-jp", "utf-16-le", "utf-8-sig"]


def more_tables():
    """What offices have besides lists of people."""
    yield "項目定義", ["項目名", "型", "桁数", "必須"], [["氏名", "文字列", "40", "○"], ["フリガナ", "文字列", "40", "○"], ["住所", "文字列", "100", ""], ["電話番号", "文字列", "13", ""], ["生年月日", "日付", "10", ""]]
    yield "項目説明", ["", ""], [["氏名", "全角で入力"], ["フリガナ", "カタカナ"], ["郵便番号", "半角数字"], ["住所", "都道府県から"], ["電話番号", "ハイフンあり"], ["メールアドレス", "半角英数字"]]
    yield "支店一覧", ["銀行コード", "支店コード", "支店名", "支店名カナ", "電話番号"], rows(8, lambda i: ["9999", f"{i + 1:03}", ["本店営業部", "青葉支店", "高橋支店", "山本町支店"][i % 4], "ホンテン", f"03-5555-1{i}00"])
    yield "病院一覧", ["医療機関名", "診療科", "所在地", "電話"], rows(6, lambda i: [f"例示{['中央', '青葉', '山田'][i % 3]}病院", "内科、外科", PLACES[i][1] + "1-2-3", f"03-5555-2{i}00"])
    yield "集計", ["年代", "性別", "人数", "割合"], [["20代", "男性", "120", "12%"], ["20代", "女性", "130", "13%"], ["30代", "男性", "150", "15%"], ["30代", "女性", "140", "14%"]]
    yield "請求", ["請求番号", "請求先", "件名", "金額", "振込先"], rows(6, lambda i: [f"INV-{i:04}", COMPANIES[i], "保守費用", f"{(i + 1) * 10000:,}", "例示銀行 本店 普通 1234567"])
    yield "路線", ["バス停名", "よみ", "所要分"], [["山田橋", "やまだばし", "3"], ["中村一丁目", "なかむらいっちょうめ", "5"], ["小林病院前", "こばやしびょういんまえ", "8"]]
    yield "機器台帳", ["資産番号", "機種", "設置場所", "管理部署", "購入日", "シリアル"], rows(6, lambda i: [f"PC-{i:04}", "ノートPC", "本社3F", "総務部", "2024-04-01", f"SN0904111{i:04}"])
    yield "献立", ["日付", "主菜", "副菜", "カロリー"], rows(5, lambda i: [f"2026-03-0{i + 1}", "鶏の照り焼き", "小松菜のおひたし", str(600 + i)])
    yield "ひな形", ["氏名", "住所", "電話番号", "メールアドレス"], [["（例）山田　太郎", "東京都○○区○○1-2-3", "03-XXXX-XXXX", "example@example.com"]]
    yield "観測", ["観測日時", "地点", "緯度", "経度", "気温"], rows(8, lambda i: [f"2026-03-04 0{i}:00:00", ["千葉", "福島", "宮崎", "石川"][i % 4], f"35.{i}", f"139.{i}", f"{i}.5"])
    yield "科目", ["勘定科目コード", "勘定科目名", "区分"], [["101", "現金", "資産"], ["201", "買掛金", "負債"], ["501", "仕入", "費用"]]
    yield "部署連絡先", ["部署名", "内線", "代表メール"], [["総務部", "100", "soumu@example.co.jp"], ["営業部", "200", "eigyo@example.co.jp"], ["製造部", "300", "seizo@example.co.jp"]]
    yield "地名", ["都道府県", "市区町村", "町名", "世帯数", "人口"], rows(8, lambda i: [PLACES[i][1][:3], PLACES[i][1][3:6], "本町", str(300 + i), str(700 + i)])


MORE_TEXTS = [
    "お客様各位\n\n平素より格別のお引き立てを賜り、厚く御礼申し上げます。\n価格改定のお知らせ\n2026年4月1日より新価格となります。\n例示商事株式会社　営業部\nTEL 03-5555-0100\n",
    "○○　○○　様\n\nこのたびはお申し込みいただきありがとうございます。\n〒□□□-□□□□\n住所：\n氏名：\n電話番号：\n",
    "電話応対の手引き\n1. 名乗る\n2. 用件を聞く\n3. 担当者に取り次ぐ\n\nお名前\nご住所\nお電話番号\n以上を必ず伺うこと。\n",
    "売れ筋\n1. 山本山 煎茶\n2. 佐藤錦 1kg\n3. 田中式ドライバー\n4. 花子の手ぬぐい\n",
    "停車駅\n・高田馬場\n・新大久保\n・新宿\n・代々木\n・原宿\n",
    "出席者：10名\n場所：第一会議室\n議題：予算\n担当：総務部\n連絡先：内線 123\n",
    "参加部署：営業部、総務部、製造部、経理部\n欠席：なし\n次回：未定\n",
    "支店 電話番号\n千葉 中央 043-555-0100\n福島 本町 024-555-0100\n宮崎 駅前 0985-55-0100\n",
]


def all_files():
    for number in range(140):
        head, lines = TABLES[number % len(TABLES)](number)
        made = [lambda: ("csv", files.encoded(files.csv_text(head, lines), CHARSETS[number // 14 % 5])), lambda: ("xlsx", files.xlsx(head, lines, number % 2 == 0)),
                lambda: ("ods", files.ods(head, lines)), lambda: ("tsv", files.csv_text(head, lines, "\t").encode()),
                lambda: ("docx", files.docx_table(head, lines)), lambda: ("zip", files.zipped([("list.csv", files.csv_text(head, lines).encode())])),
                lambda: ("html", files.html(head, lines, "utf-8")), lambda: ("sql", files.sql(head, lines, "mysql")),
                lambda: ("json", files.as_json(head, lines, False)), lambda: ("csv", files.csv_text(head, lines).encode("cp932"))][number // 14]()
        yield f"tables/{number:03}.{made[0]}", made[1]
    for number in range(60):
        text = TEXTS[number % len(TEXTS)]
        made = [lambda: ("txt", files.encoded(text, CHARSETS[number % 5])), lambda: ("docx", files.docx_text(text)), lambda: ("eml", files.mail("お知らせ", text)),
                lambda: ("rtf", files.rtf(text)), lambda: ("odt", files.odt(text)), lambda: ("pdf", files.pdf(text.split("\n"))),
                lambda: ("eml", files.mail("News", text, "utf-8", "quoted-printable")), lambda: ("zip", files.zipped([("read.txt", text.encode())]))][number // 8 % 8]()
        yield f"texts/{number:03}.{made[0]}", made[1]
    for number, (name, head, lines) in enumerate(more_tables()):
        yield f"more/{name}.csv", files.csv_text(head, lines).encode("cp932")
        yield f"more/{name}.xlsx", files.xlsx(head, lines, number % 2 == 0)
    for number, text in enumerate(MORE_TEXTS):
        yield f"more/{number}.txt", text.encode()
        yield f"more/{number}.eml", files.mail("お知らせ", text)
