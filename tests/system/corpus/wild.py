"""Files as organisations really have them: exports of other programs, forms, labels, letters, logs. Each with who is in it."""

import csv
import io
import json
import zipfile

from corpus import files
from corpus.shapes import dates, half_kana, hiragana, japanese_date


def take(supply, count):
    return [next(supply) for _ in range(count)]


def rows_csv(rows, charset="cp932", delimiter=",", quoting=csv.QUOTE_MINIMAL):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\r\n").writerows(rows)
    return files.encoded(files.plain(out.getvalue(), charset), charset)


def merged(content, ranges):
    """The workbook with these cells merged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as z, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as w:
        for name in z.namelist():
            part = z.read(name)
            if name.endswith("sheet1.xml"):
                cells = "".join(f'<mergeCell ref="{r}"/>' for r in ranges)
                part = part.replace(b"</sheetData>", f'</sheetData><mergeCells count="{len(ranges)}">{cells}</mergeCells>'.encode())
            w.writestr(zipfile.ZipInfo(name, (2026, 3, 4, 5, 6, 8)), part)
    return out.getvalue()


def all_of(who, *items):
    return [(p, sorted(items)) for p in who]


def two_header_rows(who):
    head = ["No", "氏名", "", "連絡先", "", "", "備考"]
    rows = [["", "漢字", "カナ", "住所", "電話", "メール", ""]]
    rows += [[str(i + 1), p["name"], p["kana"], p["address"], p["phone"], p["email"], ""] for i, p in enumerate(who)]
    yield "名簿_二段.xlsx", merged(files.xlsx(head, rows, False), ["A1:A2", "B1:C1", "D1:F1", "G1:G2"]), all_of(who, "name", "kana", "address", "phone", "email")


def title_above(who):
    rows = [["作成日：2026/3/4　作成者：総務部"], [], ["会員番号", "会員名", "〒", "ご住所", "", "お電話"]]
    rows += [[f"M{p['number']:05}", p["name"] + " 様", p["postal_code"], p["town"] + p["house"], p["building"], p["phone"] + "（内線 12）"] for p in who]
    yield "一覧_表題.xlsx", merged(files.xlsx(["★会員一覧★（社外秘）"], rows, True), ["A1:F1", "D4:E4"]), all_of(who, "customer_no", "name", "postal_code", "address", "phone")


def two_names_a_row(who):
    rows = [["申込番号", "参加者氏名1", "生年月日1", "参加者氏名2", "生年月日2", "代表電話番号"]]
    truth = []
    for a, b in zip(who[::2], who[1::2]):
        rows.append([f"E{a['number']}", a["name"], a["birth_date"], b["name"], b["birth_date"], "03-5555-0100"])
        truth += [(dict(a, phone="03-5555-0100"), ["birth_date", "name", "order", "phone"]), (b, ["birth_date", "name"])]
    yield "ツアー申込.csv", rows_csv(rows), truth


def reading_in_brackets(who):
    rows = [["氏名（フリガナ）", "生年月日", "電話（自宅又は携帯）"]]
    rows += [[f"{p['name']}（{p['kana']}）", japanese_date(p["birth_date"]), p["phone"]] for p in who]
    yield "健診予約.csv", rows_csv(rows), all_of(who, "name", "kana", "birth_date", "phone")


def three_addresses(who):
    rows = [["顧客ID", "名前", "ヨミ", "郵便", "住所１", "住所２", "住所３", "TEL"]]
    rows += [[f"{p['number'] + 10000}", p["name"].replace(" ", "　"), half_kana(p["kana"]), p["postal_code"].replace("-", ""), p["town"], p["house"], p["building"], p["phone"]] for p in who]
    yield "顧客M.txt", rows_csv(rows, "cp932", "\t"), all_of(who, "customer_no", "name", "kana", "postal_code", "address", "phone")


def labels_in_a_sheet(who):
    grid = []
    for i in range(0, len(who), 2):
        pair = who[i:i + 2]
        grid.append([x for p in pair for x in ("〒" + p["postal_code"], "")])
        grid.append([x for p in pair for x in (p["town"] + p["house"], "")])
        grid.append([x for p in pair for x in (p["building"], "")])
        grid.append([x for p in pair for x in (p["name"] + "　様", "")])
        grid.append([])
    yield "宛名ラベル.xlsx", files.xlsx(grid[0], grid[1:], False), all_of(who, "postal_code", "address", "name")


def labels_in_text(who):
    text = "\n\n".join(f"〒{p['postal_code']}\n{p['town']}{p['house']}\n{p['building'] + chr(10) if p['building'] else ''}{p['name']} 様" for p in who)
    yield "宛名.txt", files.encoded(files.plain(text, "cp932"), "cp932"), all_of(who, "postal_code", "address", "name")


def form_in_a_sheet(who):
    p = who[0]
    rows = [["", "", "", ""], ["氏名", p["name"], "フリガナ", p["kana"]], ["生年月日", japanese_date(p["birth_date"]), "性別", p["gender"]], ["現住所", f"〒{p['postal_code']}　{p['address']}", "", ""],
            ["電話", p["phone"], "Ｅ-mail", p["email"]], ["志望動機", "貴社の製品に関心があり応募しました。", "", ""]]
    yield "履歴書.xlsx", merged(files.xlsx(["履　歴　書", "", "", "2026年3月4日現在"], rows, True), ["B5:D5", "B7:D7"]), [
        (p, sorted(["name", "kana", "birth_date", "gender", "postal_code", "address", "phone", "email", "resume"]))]


def form_below(who):
    p = who[0]
    rows = [["お名前", p["name"]], ["ふりがな", hiragana(p["kana"])], ["ご住所", p["address"]], ["お電話番号", p["phone"]], ["メールアドレス", p["email"]]]
    yield "申込書.xlsx", files.xlsx(["セミナー申込書", ""], rows, False), all_of(who[:1], "name", "kana", "address", "phone", "email")


def form_mail(who):
    p, q = who
    text = f"下記の内容でお問い合わせがありました。\n\n■お名前\n{p['name']}\n■フリガナ\n{p['kana']}\n■メールアドレス\n{p['email']}\n■電話番号\n{p['phone']}\n■お問い合わせ内容\n納期について教えてください。\n"
    yield "form1.eml", files.mail("お問い合わせ", text), [(p, sorted(["name", "kana", "email", "phone"]))]
    text = f"新規の申込みです。\n\n【お名前】{q['name']}\n【ご住所】〒{q['postal_code']} {q['address']}\n【電話番号】{q['phone']}\n【E-MAIL】{q['email']}\n"
    yield "form2.eml", files.mail("申込", text, "iso-2022-jp"), [(q, sorted(["name", "postal_code", "address", "phone", "email"]))]


def attendees(who):
    text = "各位\n\n3月の安全会議の出席者をお知らせします。\n\n出席者（敬称略）：" + "、".join(p["name"] for p in who[:4]) + "\n\n以上\n"
    yield "会議.eml", files.mail("安全会議", text), all_of(who[:4], "name")
    text = "研修参加者\n" + "".join(f"{i + 1}. {p['name']}（{['営業部', '総務課', '製造部'][i % 3]}）\n" for i, p in enumerate(who[4:])) + "\n会場：第二会議室\n"
    yield "研修.txt", files.encoded(text, "utf-8"), all_of(who[4:], "name")


def letter(who):
    p = who[0]
    text = (f"2026年3月4日\n\n{p['postal_code']}\n{p['address']}\n{p['name']}　様\n\n株式会社例示ペイント\nお客様相談室\n\n拝啓　時下ますますご清栄のこととお慶び申し上げます。\n"
            "このたびは、ご契約いただき誠にありがとうございます。\n敬具\n")
    yield "ご案内.docx", files.docx_text(text), all_of(who, "name", "postal_code", "address")


def old_vcard(who):
    def qp(text):
        return "".join(f"={b:02X}" for b in text.encode("cp932"))

    out = "".join(f"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:{qp(p['family'])};{qp(p['given'])}\r\n"
                  f"FN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:{qp(p['name'])}\r\nSOUND;X-IRMC-N;CHARSET=SHIFT_JIS:{half_kana(p['family_kana'])};{half_kana(p['given_kana'])};;;\r\n"
                  f"TEL;CELL:{p['phone'].replace('-', '')}\r\nEMAIL;INTERNET:{p['email']}\r\nEND:VCARD\r\n" for p in who)
    yield "PBOOK.VCF", out.encode("cp932"), all_of(who, "name", "kana", "phone", "email")


def sql_styles(who):
    a, b, c = who[:3], who[3:6], who[6:]
    text = "CREATE TABLE `customers` (\n  `id` int NOT NULL,\n  `sei` varchar(20),\n  `mei` varchar(20),\n  `tel` varchar(20),\n  `mail` varchar(100),\n  `created` datetime,\n  PRIMARY KEY (`id`)\n);\n"
    text += "".join(f"INSERT INTO `customers` VALUES ({p['number']},'{p['family']}','{p['given']}','{p['phone']}','{p['email']}','2026-01-02 03:04:05');\n" for p in a)
    text += "".join(f"REPLACE INTO customers (id, sei, mei, tel, mail) VALUES ({p['number']}, '{p['family']}', '{p['given']}', '{p['phone']}', '{p['email']}');\n" for p in b)
    text += "INSERT IGNORE INTO customers (id,sei,mei,tel,mail) VALUES\n" + ",\n".join(f"({p['number']},'{p['family']}','{p['given']}','{p['phone']}','{p['email']}')" for p in c) + "\nON DUPLICATE KEY UPDATE tel=VALUES(tel);\n"
    yield "backup.sql", text.encode(), all_of(who, "name", "phone", "email")


def nested_orders(who):
    orders, truth = [], []
    for a, b in zip(who[::2], who[1::2]):
        orders.append({"order_id": f"O-{a['number']}", "ordered_at": "2026-02-03T10:00:00+09:00",
                       "customer": {"name": a["name"], "kana": a["kana"], "email": a["email"], "tel": a["phone"], "address": {"zip": a["postal_code"], "line1": a["address"]}},
                       "shipments": [{"to": {"name": b["name"], "tel": b["phone"], "address": {"zip": b["postal_code"], "line1": b["address"]}}, "items": [{"sku": "T-01", "name": "木製トレー", "qty": 2}]}]})
        truth += [(a, sorted(["name", "kana", "email", "phone", "postal_code", "address", "order"])), (b, sorted(["name", "phone", "postal_code", "address"]))]
    yield "orders.json", json.dumps({"orders": orders}, ensure_ascii=False, indent=1).encode(), truth


def list_in_pdf(who):
    lines = ["社員緊急連絡網（2026年4月）", ""] + [f"{p['name']}　{p['phone']}" for p in who]
    yield "連絡網.pdf", files.pdf(lines), all_of(who, "name", "phone")


def households(who):
    rows = [["世帯番号", "続柄", "氏名", "フリガナ", "生年月日", "性別", "住所", "異動年月日"]]
    truth = []
    for i, p in enumerate(who):
        rows.append([f"{i // 3 + 1:06}", ["世帯主", "妻", "子"][i % 3], p["name"], p["kana"], dates(p["birth_date"], 2), p["gender"], who[i // 3 * 3]["address"], "平成30年4月1日"])
        truth.append((dict(p, address=who[i // 3 * 3]["address"]), sorted(["name", "kana", "birth_date", "gender", "address", "family"])))
    yield "住民一覧.csv", rows_csv(rows), truth


def school(who):
    rows = [["学年", "組", "番号", "氏名", "ふりがな", "性別", "生年月日", "保護者氏名", "続柄", "住所", "電話番号", "緊急連絡先①", "緊急連絡先②"]]
    truth = []
    for i, (child, parent) in enumerate(zip(who[::2], who[1::2])):
        rows.append(["3", "B", str(i + 1), child["name"], hiragana(child["kana"]), child["gender"], child["birth_date"], parent["name"], ["父", "母"][i % 2], child["address"], child["phone"],
                     parent["phone"], "03-5555-0199"])
        truth += [(child, sorted(["name", "kana", "gender", "birth_date", "address", "phone", "family"])), (parent, ["name"])]
    yield "児童名簿.xlsx", files.xlsx(rows[0], rows[1:], True), truth


def patients(who):
    rows = [["カルテNo", "患者名", "カナ", "生年月日", "年齢", "保険者番号", "記号", "番号", "主病名", "主治医", "最終来院日"]]
    rows += [[f"{p['number'] + 3000}", p["name"], half_kana(p["kana"]), dates(p["birth_date"], 4), "45", "06130012", f"{p['number'] % 90 + 10}", f"{p['number'] + 100}", ["本態性高血圧", "糖尿病", "うつ病"][i % 3], "例示医師", "R7.12.1"]
             for i, p in enumerate(who)]
    yield "患者台帳.csv", rows_csv(rows), all_of(who, "patient_no", "name", "kana", "birth_date", "age", "health_insurance_no", "health")


def leavers(who):
    rows = [["社員CD", "社員氏名", "社員氏名カナ", "所属名", "役職名", "入社年月日", "退職年月日", "退職事由", "基本給"]]
    rows += [[f"{p['number']:05}", p["name"], half_kana(p["kana"]), "製造部", "主任", "H20.4.1", "" if i % 2 else "R6.3.31", "" if i % 2 else "自己都合", "250,000"] for i, p in enumerate(who)]
    truth = [(p, sorted(["employee_no", "name", "kana", "department", "title", "hire_date", "salary"] + ([] if i % 2 else ["leave_date"]))) for i, p in enumerate(who)]
    yield "人事マスタ.csv", rows_csv(rows, "cp932", ",", csv.QUOTE_ALL), truth


def shareholders(who):
    rows = [["株主番号", "氏名又は名称", "住所", "所有株式数", "議決権個数"]]
    rows += [[f"{p['number']:08}", p["name"], p["address"], f"{100 * p['number']:,}", str(p["number"])] for p in who]
    rows += [["00009001", "株式会社例示銀行", "東京都千代田区丸の内1-1-1", "120,000", "1,200"], ["00009002", "例示従業員持株会", "東京都千代田区丸の内1-1-2", "50,000", "500"]]
    yield "株主名簿.csv", rows_csv(rows), all_of(who, "customer_no", "name", "address", "other")


def card_sales(who):
    rows = [["取引日時", "伝票番号", "カード番号", "有効期限", "会員名", "金額", "承認番号"]]
    rows += [[f"2026/03/0{i + 1} 12:34:56", f"{i + 1:06}", p["credit_card"], "12/27", p["latin"].upper(), "3,980", "012345"] for i, p in enumerate(who)]
    yield "card_sales.csv", rows_csv(rows), [(dict(p, name=p["latin"]), sorted(["card_number", "card_expiry", "name", "order"])) for p in who]


def outlook(who):
    head = ["敬称", "姓", "名", "会社名", "部署", "勤務先の番地", "自宅の番地", "自宅の市区町村", "自宅の都道府県", "自宅の郵便番号", "携帯電話", "自宅電話 1", "電子メール アドレス", "電子メール表示名", "誕生日", "メモ"]
    rows = [["", p["family"], p["given"], "", "", "", p["house"], p["town"][3:], p["town"][:3], p["postal_code"], "", p["phone"], p["email"], f"{p['name']} ({p['email']})", "0/0/00", ""] for p in who]
    yield "outlook連絡先.csv", rows_csv([head] + rows, "cp932", ",", csv.QUOTE_ALL), all_of([dict(p, address=p["town"] + p["house"]) for p in who], "name", "address", "postal_code", "phone", "email")


def google(who):
    head = ["Name", "Given Name", "Additional Name", "Family Name", "Yomi Name", "Given Name Yomi", "Family Name Yomi", "Group Membership", "E-mail 1 - Type", "E-mail 1 - Value", "Phone 1 - Type", "Phone 1 - Value",
            "Address 1 - Type", "Address 1 - Formatted", "Organization 1 - Name"]
    rows = [[p["name"], p["given"], "", p["family"], "", p["given_kana"], p["family_kana"], "* myContacts", "* Home", p["email"], "Mobile", p["phone"], "Home", f"{p['postal_code']}\n{p['address']}", ""] for p in who]
    yield "google.csv", rows_csv([head] + rows, "utf-8"), all_of(who, "name", "kana", "email", "phone", "address", "postal_code")


def parcels(who):
    head = ["お客様管理番号", "送り状種別", "出荷予定日", "お届け先電話番号", "お届け先郵便番号", "お届け先住所", "お届け先アパートマンション名", "お届け先名", "お届け先名略称カナ", "敬称", "ご依頼主電話番号", "ご依頼主郵便番号", "ご依頼主住所", "ご依頼主名", "品名１"]
    rows, truth = [], []
    for a, b in zip(who[::2], who[1::2]):
        rows.append([f"K{a['number']}", "0", "2026/03/04", b["phone"], b["postal_code"], b["town"] + b["house"], b["building"], b["name"], half_kana(b["kana"]), "様", a["phone"], a["postal_code"], a["address"], a["name"], "菓子"])
        truth += [(a, sorted(["name", "phone", "postal_code", "address", "order"])), (b, sorted(["name", "kana", "phone", "postal_code", "address"]))]
    yield "送り状発行.csv", rows_csv([head] + rows), truth


def mall_orders(who):
    head = ["注文番号", "注文日時", "注文者郵便番号1", "注文者郵便番号2", "注文者住所都道府県", "注文者住所郡市区", "注文者住所それ以降の住所", "注文者姓", "注文者名", "注文者姓カナ", "注文者名カナ", "注文者電話番号1", "注文者電話番号2", "注文者電話番号3",
            "注文者メールアドレス", "送付先郵便番号1", "送付先郵便番号2", "送付先住所都道府県", "送付先住所郡市区", "送付先住所それ以降の住所", "送付先姓", "送付先名", "送付先電話番号1", "送付先電話番号2", "送付先電話番号3", "商品名", "単価", "個数"]
    rows, truth = [], []
    for a, b in zip(who[::2], who[1::2]):
        rows.append([f"123456-20260304-{a['number']:06}", "2026-03-04 10:11:12", *a["postal_code"].split("-"), a["town"][:3], a["town"][3:6], a["town"][6:] + a["house"], a["family"], a["given"], a["family_kana"], a["given_kana"],
                     *a["phone"].split("-"), a["email"], *b["postal_code"].split("-"), b["town"][:3], b["town"][3:6], b["town"][6:] + b["house"], b["family"], b["given"], *b["phone"].split("-"), "湯呑み", "1200", "2"])
        truth += [(dict(a, address=a["town"] + a["house"]), sorted(["name", "kana", "phone", "email", "postal_code", "address", "order"])), (dict(b, address=b["town"] + b["house"]), sorted(["name", "phone", "postal_code", "address"]))]
    yield "受注.csv", rows_csv([head] + rows, "cp932", ",", csv.QUOTE_ALL), truth


def market_orders(who):
    head = ["order-id", "order-item-id", "purchase-date", "buyer-email", "buyer-name", "buyer-phone-number", "sku", "product-name", "quantity-purchased", "recipient-name", "ship-address-1", "ship-address-2", "ship-city", "ship-state", "ship-postal-code", "ship-country"]
    rows, truth = [], []
    for a, b in zip(who[::2], who[1::2]):
        rows.append([f"249-{a['number']:07}-1234567", "111", "2026-03-04T01:02:03+00:00", a["email"], a["name"], a["phone"], "T-01", "木製トレー", "1", b["name"], b["house"], b["building"], b["town"][3:], b["town"][:3], b["postal_code"], "JP"])
        truth += [(a, sorted(["name", "email", "phone", "order"])), (b, sorted(["name", "postal_code", "address"]))]
    yield "orders.txt", rows_csv([head] + rows, "utf-8", "\t"), truth


def shop_orders(who):
    head = ["Name", "Email", "Financial Status", "Paid at", "Total", "Lineitem name", "Billing Name", "Billing Address1", "Billing City", "Billing Zip", "Billing Phone", "Shipping Name", "Shipping Address1", "Shipping Zip", "Id"]
    rows, truth = [], []
    for a, b in zip(who[::2], who[1::2]):
        rows.append([f"#{1000 + a['number']}", a["email"], "paid", "2026-03-04 10:00:00 +0900", "3980", "急須", a["name"], a["address"], "", a["postal_code"], a["phone"], b["name"], b["address"], b["postal_code"], "4567890123456"])
        truth += [(a, sorted(["name", "email", "address", "postal_code", "phone", "order"])), (b, sorted(["name", "address", "postal_code"]))]
    yield "orders_export.csv", rows_csv([head] + rows, "utf-8"), truth


def new_year_cards(who):
    head = ["氏名", "フリガナ", "敬称", "連名1", "連名敬称1", "自宅〒", "自宅住所1", "自宅住所2", "自宅TEL1", "会社名"]
    rows, truth = [], []
    for a, b in zip(who[::2], [dict(p, given=g) for p, g in zip(who[1::2], ["節子", "久美子", "勝"])]):
        rows.append([a["name"], a["kana"], "様", f"{a['family']} {b['given']}", "様", a["postal_code"], a["town"] + a["house"], a["building"], a["phone"], ""])
        truth += [(a, sorted(["name", "kana", "postal_code", "address", "phone"])), (dict(b, name=f"{a['family']} {b['given']}"), ["name"])]
    yield "年賀状.csv", rows_csv([head] + rows), truth


def visitors(who):
    rows = [["来訪日", "時刻", "ご芳名", "御社名", "訪問先部署", "入館証No."]]
    rows += [[f"2026/03/0{i + 1}", "10:00", p["name"], "例示商事株式会社", "購買課", f"{i + 1}"] for i, p in enumerate(who)]
    yield "来訪者記録.csv", rows_csv(rows), all_of(who, "name", "company", "department")


def users_json(who):
    users = [{"id": f"U{p['number']:06}", "name": p["email"].split("@")[0], "deleted": False, "profile": {"real_name": p["name"], "email": p["email"], "phone": p["phone"], "title": ""}} for p in who]
    yield "users.json", json.dumps(users, ensure_ascii=False).encode(), all_of(who, "name", "email", "phone")


def replies(who):
    p, q = who
    text = (f"{q['family']}様\n\nお世話になっております。例示商事の{p['family']}です。\n見積書をお送りします。\n\n--\n例示商事株式会社 営業部\n{p['name']}\nTEL: {p['phone']}\nE-mail: {p['email']}\n\n"
            f"> 2026年3月3日 {q['name']} <{q['email']}>:\n> お見積りをお願いいたします。\n")
    yield "返信.eml", files.mail("Re: 見積", text), [(p, sorted(["name", "phone", "email"])), (q, ["email", "name"])]


def exam(who):
    rows = [["受験番号", "氏名", "カナ", "志望学科", "国語", "数学", "英語", "合計点", "合否"]]
    rows += [[f"{p['number'] + 20000}", p["name"], p["kana"], "工学科", "72", "80", "65", "217", ["合格", "不合格"][i % 2]] for i, p in enumerate(who)]
    yield "入試結果.csv", rows_csv(rows), all_of(who, "customer_no", "name", "kana", "resume", "grades")


def payroll(who):
    rows = [["振込日", "2026/3/25", "", "", "", ""], ["銀行名", "支店名", "預金種目", "口座番号", "受取人名", "振込金額"]]
    rows += [["例示銀行", "本店", "普通", p["bank"][3], half_kana(p["kana"]), "231,000"] for p in who]
    yield "給与振込.csv", rows_csv(rows), [(dict(p, name=p["kana"]), sorted(["bank_account", "name", "kana"])) for p in who]


MAKERS = [(two_header_rows, 6), (title_above, 6), (two_names_a_row, 6), (reading_in_brackets, 5), (three_addresses, 6), (labels_in_a_sheet, 6), (labels_in_text, 5), (form_in_a_sheet, 1), (form_below, 1), (form_mail, 2),
          (attendees, 8), (letter, 1), (old_vcard, 4), (sql_styles, 8), (nested_orders, 6), (list_in_pdf, 5), (households, 6), (school, 8), (patients, 5), (leavers, 6), (shareholders, 5), (card_sales, 5),
          (outlook, 5), (google, 4), (parcels, 6), (mall_orders, 6), (market_orders, 6), (shop_orders, 6), (new_year_cards, 6), (visitors, 5), (users_json, 4), (replies, 2), (exam, 5), (payroll, 5)]


def all_files(supply):
    for make, count in MAKERS:
        for name, content, truth in make(take(supply, count)):
            yield f"wild/{name}", content, truth
