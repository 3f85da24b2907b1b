"""Files of many formats and encodings around the same tables and papers."""

import base64
import csv
import gzip
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from xml.sax.saxutils import escape, quoteattr


def encoded(text, charset):
    return {"utf-8-sig": lambda: b"\xef\xbb\xbf" + text.encode(), "utf-16-le": lambda: b"\xff\xfe" + text.encode("utf-16-le"),
            "utf-16-be": lambda: b"\xfe\xff" + text.encode("utf-16-be")}.get(charset, lambda: text.encode(charset))()


def plain(text, charset):
    """The same text where the older encodings lack a sign."""
    return text if charset.startswith("utf") else text.replace("－", "-").replace("〜", "～")


def csv_text(head, rows, delimiter=",", quoting=csv.QUOTE_MINIMAL, top=()):
    out = io.StringIO()
    for line in top:
        out.write(line + "\r\n")
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in parts:
            z.writestr(zipfile.ZipInfo(name, (2026, 3, 4, 5, 6, 8)), content)
    return out.getvalue()


def column(number):
    return chr(65 + number) if number < 26 else chr(64 + number // 26) + chr(65 + number % 26)


def xlsx(head, rows, inline):
    words, cells = [], []
    for r, row in enumerate([head, *rows], 1):
        line = ""
        for c, value in enumerate(row):
            if not value:
                continue
            if inline:
                line += f'<c r="{column(c)}{r}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
            else:
                words.append(value)
                line += f'<c r="{column(c)}{r}" t="s"><v>{len(words) - 1}</v></c>'
        cells.append(f'<row r="{r}">{line}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    shared = "".join(f"<si><t>{escape(w)}</t></si>" for w in words)
    return zipped([
        ("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'),
        ("_rels/.rels", f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>'),
        ("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{rel}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'),
        ("xl/sharedStrings.xml", f'<sst xmlns="{main}">{shared}</sst>'),
        ("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{"".join(cells)}</sheetData></worksheet>')])


OFFICE = ('<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
          'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>%s</office:body></office:document-content>')


def open_document(kind, body):
    return zipped([("mimetype", f"application/vnd.oasis.opendocument.{kind}"), ("content.xml", OFFICE % body)])


def ods(head, rows):
    lines = "".join("<table:table-row>" + "".join(f'<table:table-cell office:value-type="string"><text:p>{escape(c)}</text:p></table:table-cell>' for c in row)
                    + "</table:table-row>" for row in [head, *rows])
    return open_document("spreadsheet", f'<office:spreadsheet><table:table table:name="表1">{lines}</table:table></office:spreadsheet>')


def odt(text):
    return open_document("text", "<office:text>" + "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n")) + "</office:text>")


def docx(body):
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return zipped([("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'),
                   ("word/document.xml", f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>')])


def docx_table(head, rows):
    lines = "".join("<w:tr>" + "".join(f"<w:tc><w:p><w:r><w:t>{escape(c)}</w:t></w:r></w:p></w:tc>" for c in row) + "</w:tr>" for row in [head, *rows])
    return docx(f"<w:tbl>{lines}</w:tbl>")


def docx_text(text):
    return docx("".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in text.split("\n")))


def rtf(text):
    out = "{\\rtf1\\ansi\\ansicpg932\\deff0{\\fonttbl{\\f0\\fnil\\fcharset128 MS Mincho;}}\\f0\\fs21 "
    for c in text:
        if c == "\n":
            out += "\\par "
        elif ord(c) < 128:
            out += "\\" + c if c in "\\{}" else c
        else:
            out += f"\\u{ord(c) - 65536 if ord(c) > 32767 else ord(c)}?"
    return (out + "}").encode("ascii")


def mail(subject, text, charset="utf-8", transfer=None, attachment=None):
    m = EmailMessage(policy=SMTP)
    m["Subject"], m["From"], m["To"] = subject, "Front Desk <noreply@example.com>", "noreply@example.org"
    m["Date"] = "Wed, 04 Mar 2026 10:00:00 +0900"
    m.set_content(text, charset=charset, cte=transfer or ("7bit" if charset == "iso-2022-jp" else "base64"))
    if attachment:
        m.add_attachment(attachment[1], maintype="application", subtype="octet-stream", filename=attachment[0])
    return bytes(m)


def mbox(texts):
    return b"".join(b"From desk@example.com Wed Mar  4 10:00:00 2026\r\n" + mail("ご連絡", t, "iso-2022-jp") + b"\r\n" for t in texts)


def vcards(people):
    return "".join(f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:{p['family']};{p['given']};;;\r\nFN:{p['name']}\r\nX-PHONETIC-LAST-NAME:{p['family_kana']}\r\n"
                   f"X-PHONETIC-FIRST-NAME:{p['given_kana']}\r\nTEL;TYPE=CELL:{p['phone']}\r\nEMAIL:{p['email']}\r\n"
                   f"ADR;TYPE=HOME:;{p['building']};{p['house']};;{p['town']};{p['postal_code']};Japan\r\nBDAY:{p['birth_date']}\r\nEND:VCARD\r\n" for p in people).encode()


def sqlite(head, rows, names):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.db")
        base = sqlite3.connect(path)
        columns = ", ".join('"' + n + '"' for n in names(head))
        base.execute(f"CREATE TABLE members (id INTEGER PRIMARY KEY, {columns})")
        base.executemany(f"INSERT INTO members ({columns}) VALUES ({', '.join('?' * len(head))})", rows)
        base.commit()
        base.close()
        with open(path, "rb") as file:
            return file.read()


def sql(head, rows, style):
    quote = "`" if style == "mysql" else '"'
    columns = ", ".join(quote + h + quote for h in head)
    create = f"CREATE TABLE {quote}members{quote} (\n" + ",\n".join(f"  {quote}{h}{quote} text" for h in head) + "\n);\n"
    if style == "postgres":
        lines = "".join("\t".join(c or "\\N" for c in row) + "\n" for row in rows)
        return f"--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n{create}COPY public.members ({columns}) FROM stdin;\n{lines}\\.\n".encode()
    lines = ",\n".join("(" + ",".join("'" + c.replace("'", "''") + "'" for c in row) + ")" for row in rows)
    return f"-- MySQL dump 10.13\n/*!40101 SET NAMES utf8mb4 */;\n{create}INSERT INTO {quote}members{quote} ({columns}) VALUES {lines};\n".encode()


def as_json(head, rows, lines):
    objects = [dict(zip(head, row)) for row in rows]
    if lines:
        return "".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects).encode()
    return json.dumps({"status": "ok", "users": objects}, ensure_ascii=False, indent=2).encode()


def as_xml(head, rows, charset):
    lines = "".join("  <member " + " ".join(f"{h}={quoteattr(c)}" for h, c in zip(head, row)) + "/>\n" for row in rows)
    return (f'<?xml version="1.0" encoding="{charset}"?>\n<members>\n{lines}</members>\n').replace('－', '-').encode(charset)


def html(head, rows, charset):
    lines = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>\n" for row in rows)
    top = "<tr>" + "".join(f"<th>{escape(c)}</th>" for c in head) + "</tr>\n"
    return (f'<html><head><meta charset="{charset}"><title>一覧</title></head><body><h1>一覧</h1><table>{top}{lines}</table></body></html>').replace('－', '-').encode(charset)


def tarred(name, content, packed):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz" if packed else "w") as t:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        t.addfile(info, io.BytesIO(content))
    return out.getvalue()


def pdf(lines):
    """Text in the Japanese character collection, without a font inside, as office printers write it."""
    text = "BT /F1 7 Tf 12 TL 50 790 Td\n" + "".join(f"<{line.encode('utf-16-be').hex()}> Tj T*\n" for line in lines) + "ET\n"
    parts = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
             "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
             f"<< /Length {len(text)} >>\nstream\n{text}endstream",
             "<< /Type /Font /Subtype /Type0 /BaseFont /KozMinPr6N-Regular /Encoding /UniJIS-UTF16-H /DescendantFonts [6 0 R] >>",
             "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /KozMinPr6N-Regular /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 6 >> /DW 1000 /FontDescriptor 7 0 R >>",
             "<< /Type /FontDescriptor /FontName /KozMinPr6N-Regular /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>"]
    out, places = b"%PDF-1.5\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{part}\nendobj\n".encode()
    table = "".join(f"{p:010} 00000 n \n" for p in places)
    return out + f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(parts) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode()
