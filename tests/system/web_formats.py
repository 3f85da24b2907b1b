"""The same invented people in every shape that exports have: each file alone holds that many, all together too,
and the number of workers changes no byte.
"""

import json
import os

import kit

PEOPLE = [
    ("佐々木", "一郎", "ササキ", "イチロウ", "100-0001", "東京都千代田区千代田1-2-3", "1980-04-02"),
    ("高橋", "花子", "タカハシ", "ハナコ", "530-0001", "大阪府大阪市北区梅田2-4-9", "1975-11-30"),
    ("田中", "次郎", "タナカ", "ジロウ", "060-0001", "北海道札幌市中央区北一条西2-3", "1991-01-15"),
    ("鈴木", "三奈", "スズキ", "ミナ", "460-0008", "愛知県名古屋市中区栄3-1-1", "1968-07-07"),
    ("伊藤", "健", "イトウ", "ケン", "810-0001", "福岡県福岡市中央区天神1-8-1", "2001-12-24"),
    ("渡辺", "悠子", "ワタナベ", "ユウコ", "980-0811", "宮城県仙台市青葉区一番町4-1", "1959-03-03"),
    ("中村", "直樹", "ナカムラ", "ナオキ", "730-0011", "広島県広島市中区基町5-44", "1988-08-18"),
]


def facts(number):
    family, given, family_kana, given_kana, zip_code, address, birthday = PEOPLE[number]
    return {
        "family": family, "given": given, "kana": f"{family_kana} {given_kana}", "zip": zip_code, "address": address,
        "birthday": birthday, "tel": f"090-0000-10{number:02}", "mail": f"person{number}@example.jp",
    }


ALL = [facts(number) for number in range(len(PEOPLE))]


def nested(person):
    return {
        "lastName": person["family"], "firstName": person["given"], "birthday": person["birthday"],
        "email": person["mail"], "phones": [{"type": "mobile", "number": person["tel"]}],
        "address": {"zipCode": person["zip"], "full": person["address"]},
    }


def flat(person):
    return {
        "氏名": person["family"] + " " + person["given"], "フリガナ": person["kana"], "郵便番号": person["zip"],
        "住所": person["address"], "電話番号": person["tel"], "メールアドレス": person["mail"], "生年月日": person["birthday"],
    }


def dumps(value, **more):
    return json.dumps(value, ensure_ascii=False, **more)


def json_files():
    mongo = [{"_id": {"$oid": f"{number:024x}"}, "name": f"{p['family']}　{p['given']}", "phone_number": p["tel"],
              "mail": p["mail"], "birthday": {"$date": p["birthday"] + "T00:00:00Z"}} for number, p in enumerate(ALL)]
    return {
        "users.json": dumps({"exported": 1, "users": [nested(p) for p in ALL]}, indent=2).encode(),
        "escaped.json": json.dumps([flat(p) for p in ALL]).encode(),
        "lines.jsonl": "".join(dumps(flat(p)) + "\n" for p in ALL).encode("cp932"),
        "utf16.json": dumps([flat(p) for p in ALL]).encode("utf-16"),
        "mongo.json": "".join(dumps(m) + "\n" for m in mongo).encode(),
        "firebase.json": dumps({"users": {f"-Nabcdefghijklmnop{n:02}": nested(p) for n, p in enumerate(ALL)}}).encode(),
        "bulk.ndjson": "".join(dumps({"index": {"_id": str(n)}}) + "\n" + dumps(flat(p)) + "\n"
                               for n, p in enumerate(ALL)).encode(),
        "columns.json": dumps({"columns": list(flat(ALL[0])), "data": [list(flat(p).values()) for p in ALL]}).encode(),
        "households.jsonl": "".join(dumps({"household": n, "members": [nested(p) for p in ALL[n::2]]}) + "\n"
                                    for n in range(2)).encode(),
    }


def html_files():
    names = list(flat(ALL[0]))
    head = "<tr>" + "".join(f"<th>{n}</th>" for n in names) + "</tr>\n"
    rows = ["<tr>" + "".join(f"<td>{v}" for v in flat(p).values()) + "</tr>\n" for p in ALL]
    table = "<table>" + head + "".join(rows) + "</table>"
    pages = "".join("<hr><dl>" + "".join(f"<dt>{k}</dt><dd>{v}</dd>" for k, v in flat(p).items()) + "</dl>\n" for p in ALL)
    forms = "".join("<table>" + "".join(f"<tr><th>{k}</th><td>{v}</td></tr>" for k, v in flat(p).items()) + "</table>\n"
                    for p in ALL)
    return {
        "table.html": ("<!DOCTYPE html><html><body>" + table + "</body></html>").encode(),
        "excel.xls": ('<html><head><meta charset="Shift_JIS"></head><body>' + table + "</body></html>").encode("cp932"),
        "layout.htm": ("<html><body><table><tr><td>menu</td><td>" + table + "</td></tr></table></body></html>").encode("euc_jp"),
        "terms.html": ("<html><body>" + pages + "</body></html>").encode("iso2022_jp"),
        "forms.html": ("<html><body>" + forms + "</body></html>").encode(),
    }


def xml_files():
    def declared(encoding, text):
        return (f'<?xml version="1.0" encoding="{encoding}"?>\n' + text).encode({"Shift_JIS": "cp932"}.get(encoding, encoding))

    def elements(values):
        return "".join(f"<{k}>{v}</{k}>" for k, v in values.items())

    customers = "".join(
        f'<customer no="{n}"><lastName>{p["family"]}</lastName><firstName>{p["given"]}</firstName><address><zip>{p["zip"]}</zip>'
        f'<full>{p["address"]}</full></address><phone>{p["tel"]}</phone><email>{p["mail"]}</email></customer>\n' for n, p in enumerate(ALL))
    fields = "".join("<row>" + "".join(f'<field name="{k}">{v}</field>' for k, v in flat(p).items()) + "</row>\n" for p in ALL)
    sheet = "".join("<Row>" + "".join(f'<Cell><Data ss:Type="String">{v}</Data></Cell>' for v in row) + "</Row>\n"
                    for row in [list(flat(ALL[0])), *[flat(p).values() for p in ALL]])
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return {
        "customers.xml": declared("UTF-8", f"<export><customers>{customers}</customers></export>"),
        "list.xml": declared("Shift_JIS", "<list>" + "".join(f"<p>{elements(flat(p))}</p>\n" for p in ALL) + "</list>"),
        "attributes.xml": declared("EUC-JP", "<r>" + "".join(
            "<p " + " ".join(f'{k}="{v}"' for k, v in flat(p).items()) + "/>" for p in ALL) + "</r>"),
        "dump.xml": declared("UTF-16", f'<mysqldump><database name="d"><table_data name="m">{fields}</table_data></database></mysqldump>'),
        "book.xls": declared("UTF-8", f'<Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="A"><Table>{sheet}'
                                      "</Table></Worksheet></Workbook>"),
    }


def held(checks, name, evidence, *more):
    case = os.path.join(kit.place("case"), name)
    kit.init(case)
    done = kit.add(case, [evidence], *more)
    checks.equal(f"{name}: exit status of add", done.status, 0)
    listed = kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW)
    return kit.document(case, "persons")["total"]["held"], listed.out


def main():
    checks = kit.Checks()
    files = {**json_files(), **html_files(), **xml_files()}
    together = kit.place("together")
    for name, content in files.items():
        alone = kit.place("alone")
        for folder in (alone, together):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        total, _ = held(checks, name, alone)
        for bound in ("count", "least", "most"):
            checks.equal(f"{name}: {bound}", total[bound], len(ALL))
    answers = [held(checks, f"jobs{jobs}", together, "--jobs", str(jobs)) for jobs in (1, 2, 4)]
    checks.equal("all together", answers[0][0]["count"], len(ALL))
    checks.true("the number of workers changes nothing", all(a == answers[0] for a in answers))
    checks.end()


if __name__ == "__main__":
    main()
