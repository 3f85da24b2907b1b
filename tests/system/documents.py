"""Who is named in several places of one document is one person; in rows of one list, or in two documents, nothing says so."""

import os

import kit

HEAD = "<html><head><meta charset=utf-8></head><body>"
TABLE = "<table><tr><th>No</th><th>氏名</th><th>期限</th></tr><tr><td>1</td><td>%s</td><td>6/25</td></tr><tr><td>2</td><td>%s</td><td>7/3</td></tr></table>"
FILES = {
    "minutes.html": HEAD + "<p>出席者：佐藤 健一、鈴木 花子</p>" + TABLE % ("佐藤 健一", "鈴木 花子") + "</body></html>",
    "other.html": HEAD + "<p>出席者：佐藤 健一、高橋 誠</p></body></html>",
    "list.html": HEAD + TABLE % ("田中 恵子", "田中 恵子") + "</body></html>",
    "list.csv": "氏名,部署\n伊藤 隆,営業部\n伊藤 隆,総務部\n",
}
WANTED = {"佐藤 健一": 2, "鈴木 花子": 1, "高橋 誠": 1, "田中 恵子": 2, "伊藤 隆": 2}


def main():
    checks = kit.Checks()
    folder = kit.place("documents")
    files = os.path.join(folder, "files")
    os.makedirs(files)
    for name, text in FILES.items():
        with open(os.path.join(files, name), "w", encoding="utf-8") as f:
            f.write(text)
    case = os.path.join(folder, "case")
    kit.init(case)
    kit.add(case, [files], "--leak-listing", kit.listing_of(files))
    count = {}
    for person in kit.kakuho("persons", case, "--list", "--json", "--now", kit.NOW).lines():
        count[person["name"]] = count.get(person["name"], 0) + 1
    checks.equal("persons by name", count, WANTED)
    checks.end()


if __name__ == "__main__":
    main()
