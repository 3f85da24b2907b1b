"""Tables and papers as organisations keep them: which columns, under which headings, in which spelling."""

import datetime

ERAS = [(2019, "令和", "R"), (1989, "平成", "H"), (1926, "昭和", "S")]
WIDE = {ord(c): ord(c) + 0xFEE0 for c in map(chr, range(0x21, 0x7F))}


def japanese_date(text, short=False):
    year, month, day = map(int, text.split("-"))
    first, era, letter = next(e for e in ERAS if year > e[0])
    return f"{letter}{year - first + 1}.{month}.{day}" if short else f"{era}{year - first + 1}年{month}月{day}日"


def dates(text, style):
    year, month, day = text.split("-")
    return {0: text, 1: f"{year}/{int(month)}/{int(day)}", 2: japanese_date(text), 3: f"{year}{month}{day}", 4: japanese_date(text, True),
            5: f"{year}年{int(month)}月{int(day)}日"}[style % 6]


def phones(text, style):
    a, b, c = text.split("-")
    return {0: text, 1: text.replace("-", ""), 2: f"{a}({b}){c}", 3: text.translate(WIDE), 4: f"+81-{a[1:]}-{b}-{c}", 5: f"({a}) {b}-{c}"}[style % 6]


def postal(text, style):
    return {0: text, 1: text.replace("-", ""), 2: "〒" + text, 3: text.translate(WIDE)}[style % 4]


def half_kana(text):
    import unicodedata

    table = {unicodedata.normalize("NFKC", chr(c)): chr(c) for c in range(0xFF66, 0xFF9E)}
    out = ""
    for c in unicodedata.normalize("NFD", text):
        out += {"\u3099": "ﾞ", "\u309a": "ﾟ"}.get(c) or table.get(c, c)
    return out


def hiragana(text):
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)


def kana(text, style):
    return {0: text, 1: half_kana(text), 2: hiragana(text), 3: text.replace(" ", "　")}[style % 4]


def genders(text, style):
    return {0: text, 1: {"男": "男性", "女": "女性"}[text], 2: {"男": "M", "女": "F"}[text], 3: {"男": "1", "女": "2"}[text]}[style % 4]


def spaced(text, style):
    return {0: text, 1: text.replace(" ", "　"), 2: text.replace(" ", "")}[style % 3]


# key: headings, items that the column means, how a cell is written (person, style of the file, row)
COLUMNS = {
    "name": (["氏名", "お名前", "顧客名", "会員氏名", "氏　名"], ["name"], lambda p, s, r: spaced(p["name"], s)),
    "family": (["姓", "名字", "氏名（姓）"], ["name"], lambda p, s, r: p["family"]),
    "given": (["名", "名", "氏名（名）"], ["name"], lambda p, s, r: p["given"]),
    "family_en": (["last_name", "lastName", "Last Name"], ["name"], lambda p, s, r: p["family"]),
    "given_en": (["first_name", "firstName", "First Name"], ["name"], lambda p, s, r: p["given"]),
    "kana": (["フリガナ", "ふりがな", "カナ氏名", "シメイ", "氏名カナ"], ["kana"], lambda p, s, r: kana(p["kana"], s)),
    "birth": (["生年月日", "誕生日", "生年月日（西暦）"], ["birth_date"], lambda p, s, r: dates(p["birth_date"], s)),
    "birth_en": (["birthday", "date_of_birth", "birthDate"], ["birth_date"], lambda p, s, r: p["birth_date"]),
    "gender": (["性別", "性別区分"], ["gender"], lambda p, s, r: genders(p["gender"], s)),
    "zip": (["郵便番号", "〒", "郵便番号（ハイフンあり）"], ["postal_code"], lambda p, s, r: postal(p["postal_code"], s)),
    "zip_en": (["zip", "zipCode", "postal_code"], ["postal_code"], lambda p, s, r: p["postal_code"]),
    "address": (["住所", "現住所", "ご住所", "自宅住所"], ["address"], lambda p, s, r: p["address"] if s % 2 else p["address"].translate(WIDE)),
    "address_en": (["address", "home_address", "address1"], ["address"], lambda p, s, r: p["address"]),
    "town": (["住所1", "都道府県市区町村", "住所１"], ["address"], lambda p, s, r: p["town"]),
    "house": (["住所2", "番地", "住所２"], ["address"], lambda p, s, r: p["house"]),
    "building": (["住所3", "建物名", "住所３"], [], lambda p, s, r: p["building"]),
    "phone": (["電話番号", "TEL", "電話", "連絡先電話番号", "携帯電話"], ["phone"], lambda p, s, r: phones(p["phone"], s)),
    "phone_en": (["phone", "phone_number", "tel"], ["phone"], lambda p, s, r: p["phone"]),
    "email": (["メールアドレス", "E-mail", "Eメール", "メール"], ["email"], lambda p, s, r: p["email"]),
    "email_en": (["email", "mail_address", "emailAddress"], ["email"], lambda p, s, r: p["email"]),
    "customer_no": (["顧客番号", "会員番号", "お客様コード"], ["customer_no"], lambda p, s, r: f"C{p['number'] + 100000}"),
    "employee_no": (["社員番号", "従業員コード", "社員No"], ["employee_no"], lambda p, s, r: f"{p['number'] + 4000:06}"),
    "student_no": (["学籍番号", "学生番号"], ["student_no"], lambda p, s, r: f"26{p['number']:05}"),
    "patient_no": (["患者番号", "診察券番号", "カルテ番号"], ["patient_no"], lambda p, s, r: f"{p['number'] * 3 + 70000}"),
    "hired": (["入社日", "入社年月日"], ["hire_date"], lambda p, s, r: dates(f"20{p['number'] % 20 + 4:02}-04-01", s)),
    "department": (["部署", "所属", "部署名"], ["department"], lambda p, s, r: ["営業部", "総務課", "製造一課", "経理部"][r % 4]),
    "title": (["役職", "職位"], ["title"], lambda p, s, r: ["部長", "課長", "主任", "係長"][r % 4]),
    "card": (["クレジットカード番号", "カード番号"], ["card_number"], lambda p, s, r: p["credit_card"] if s % 2 else "-".join(p["credit_card"][i:i + 4] for i in (0, 4, 8, 12))),
    "my_number": (["個人番号", "マイナンバー"], ["my_number"], lambda p, s, r: p["my_number"]),
    "bank": (["銀行コード", "金融機関コード"], ["bank_account"], lambda p, s, r: p["bank"][0]),
    "branch": (["支店コード", "支店番号"], ["bank_account"], lambda p, s, r: p["bank"][1]),
    "bank_type": (["口座種別", "預金種目"], ["bank_account"], lambda p, s, r: p["bank"][2]),
    "bank_number": (["口座番号", "口座No"], ["bank_account"], lambda p, s, r: p["bank"][3]),
    "illness": (["病名", "傷病名", "診断名"], ["health"], lambda p, s, r: ["高血圧症", "２型糖尿病", "急性上気道炎", "腰痛症"][r % 4]),
    "joined": (["登録日", "入会日"], [], lambda p, s, r: (datetime.date(2020, 1, 1) + datetime.timedelta(p["number"])).isoformat()),
    "goods": (["商品名", "品名"], ["order"], lambda p, s, r: ["木製トレー", "湯呑み 二客", "手ぬぐい", "急須"][r % 4]),
    "order_no": (["注文番号", "受注番号"], ["order"], lambda p, s, r: f"ORD-{p['number'] + 20000}"),
    "remark": (["備考", "メモ"], [], lambda p, s, r: ["", "午前中希望", "", "要確認"][r % 4]),
}
SHAPES = [
    ["customer_no", "name", "kana", "zip", "address", "phone", "email", "joined"],
    ["name", "birth", "gender", "zip", "address", "phone"],
    ["order_no", "goods", "name", "zip", "address", "phone", "remark"],
    ["employee_no", "name", "kana", "department", "title", "hired", "birth", "email"],
    ["patient_no", "name", "kana", "birth", "gender", "illness", "phone"],
    ["student_no", "name", "kana", "birth", "address", "phone"],
    ["family", "given", "zip", "town", "house", "building", "phone", "email"],
    ["family_en", "given_en", "email_en", "phone_en", "zip_en", "address_en", "birth_en"],
    ["employee_no", "name", "my_number", "birth", "address"],
    ["customer_no", "name", "card", "email", "phone"],
    ["name", "kana", "bank", "branch", "bank_type", "bank_number", "phone"],
    ["name", "email"],
]


def table(shape, style, people):
    """Headings, rows, and for each person the items that the table shows of him."""
    keys = SHAPES[shape % len(SHAPES)]
    head = [COLUMNS[k][0][style % len(COLUMNS[k][0])] for k in keys]
    rows = [[COLUMNS[k][2](p, style, i) for k in keys] for i, p in enumerate(people)]
    items = [sorted({item for k, cell in zip(keys, row) if cell for item in COLUMNS[k][1]}) for row in rows]
    return head, rows, [(p, i) for p, i in zip(people, items)]


PAPERS = [
    ("{name}様\n\nいつもお世話になっております。ご登録の内容は次のとおりです。\n\n〒{postal_code}\n{address}\n電話番号：{phone}\nメールアドレス：{email}\n\n以上、ご確認ください。\n",
     ["name", "postal_code", "address", "phone", "email"]),
    ("氏名：{name}\nフリガナ：{kana}\n生年月日：{birth_date}\n住所：{address}\n電話：{phone}\n", ["name", "kana", "birth_date", "address", "phone"]),
    ("お問い合わせ内容\n担当者殿\n先日注文した{name}と申します。連絡先は{email}、電話は{phone}です。よろしくお願いいたします。\n", ["name", "email", "phone"]),
    ("申込書\n申込者　{name}（{kana}）\n住　所　{address}\nＴＥＬ　{phone}\nE-mail　{email}\n", ["name", "kana", "address", "phone", "email"]),
]


def paper(style, person):
    text, items = PAPERS[style % len(PAPERS)]
    words = dict(person, birth_date=dates(person["birth_date"], style))
    return text.format(**words), [(person, sorted(items))]
