/* Writes the fixed inputs of `make bench`, the same bytes each time:
 *     write_inputs DIR
 * DIR/log    a day of a busy FortiGate, one file of some 390 MB
 * DIR/evtx   the event logs of a busy server, Security.evtx of some 390 MB
 * DIR/people a table of people in CP932, some 50 MB, most of them several times
 * DIR/files  800 MB that no parser wants, large files and small: for hashing alone */
#include "base/text.h"
#include "demo/disk.h"
#include "demo/fortigate_log.h"
#include "demo/people.h"
#include "demo/windows_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    FLOWS = 716000,
    ROUNDS = 105300, /* of logon, three programs, a share, logoff */
    PEOPLE = 60000,
    ROWS = 373000,
    DAY = 24 * 3600
};

static void check(kk_status status, const kk_fault *fault)
{
    if (status == KK_OK)
        return;
    fprintf(stderr, "write_inputs: %s\n", fault->text);
    exit(1);
}

static void write_log(kk_arena *arena, kk_slice folder)
{
    static const char *const services[] = {"HTTPS", "HTTP", "DNS", "SSH", "SMTPS"};
    static const uint16_t ports[] = {443, 80, 53, 22, 465};
    kk_fortigate *wall = kk_fortigate_open(arena, "FGT-BENCH", "FGT60FTK26000009", 1);
    kk_dice dice = kk_dice_make(1, "bench flows");
    kk_time day = kk_jst(2026, 6, 1, 0, 0, 0);
    kk_fault fault = {0};
    for (uint32_t i = 0; i < FLOWS; i++) {
        uint32_t kind = kk_dice_below(&dice, 5);
        kk_demo_flow flow = {
            .start = day + (kk_time)kk_dice_below(&dice, DAY - 700) * KK_SECOND,
            .seconds = kk_dice_below(&dice, 590),
            .from_ip = kk_print(arena, "10.1.%u.%u", kk_dice_below(&dice, 16),
                                1 + kk_dice_below(&dice, 250))
                           .ptr,
            .from_interface = "lan",
            .to_ip = kk_print(arena, "198.51.100.%u", 1 + kk_dice_below(&dice, 250)).ptr,
            .to_interface = "wan1",
            .to_country = "Japan",
            .port = ports[kind],
            .protocol = kind == 2 ? 17 : 6,
            .policy = 1 + kk_dice_below(&dice, 9),
            .service = services[kind],
            .sent = 200 + kk_dice_below(&dice, kk_dice_below(&dice, 200) ? 1u << 14 : 1u << 22),
            .received = 200 + kk_dice_below(&dice, 1u << 28),
        };
        kk_fortigate_flow(wall, &flow);
    }
    check(kk_fortigate_save(wall, kk_print(arena, "%.*s/log", KK_P(folder)), day, &fault), &fault);
}

static void write_evtx(kk_arena *arena, kk_slice folder)
{
    static const char *const programs[] = {"cmd.exe", "powershell.exe", "svchost.exe",
                                           "notepad.exe", "conhost.exe"};
    kk_windows *host = kk_windows_open(arena, "BENCH01.bench.example", "BENCH", 1);
    kk_dice dice = kk_dice_make(1, "bench events");
    kk_demo_account accounts[100];
    kk_time at = kk_jst(2026, 6, 1, 0, 0, 0);
    kk_fault fault = {0};
    for (uint32_t i = 0; i < 100; i++)
        accounts[i] = (kk_demo_account){kk_print(arena, "user%02u", i).ptr, 1100 + i, i % 25 == 0};
    for (uint32_t i = 0; i < ROUNDS; i++) {
        const char *ip = kk_print(arena, "10.1.2.%u", 1 + kk_dice_below(&dice, 250)).ptr;
        const char *station = kk_print(arena, "PC%03u", kk_dice_below(&dice, 300)).ptr;
        kk_logon logon =
            kk_windows_logon(host, at, &accounts[kk_dice_below(&dice, 100)], 3, ip, station);
        for (int k = 0; k < 3; k++) {
            const char *program =
                kk_print(arena, "C:\\Windows\\System32\\%s", programs[kk_dice_below(&dice, 5)]).ptr;
            const char *line =
                kk_print(arena, "\"%s\" /c job %u", program, kk_dice_below(&dice, 100000)).ptr;
            kk_windows_process(host, at + k * KK_SECOND, &logon, program, line,
                               "C:\\Windows\\explorer.exe");
        }
        kk_windows_share(host, at + 4 * KK_SECOND, &logon, "\\\\*\\share", "\\??\\D:\\share");
        kk_windows_logoff(host, at + 5 * KK_SECOND, &logon);
        at += 6 * KK_SECOND;
    }
    check(kk_windows_save(host, kk_print(arena, "%.*s/evtx", KK_P(folder)), &fault), &fault);
}

static void put_row(kk_buffer *out, const kk_people *people, uint32_t person, uint32_t row)
{
    kk_demo_spelling how = kk_people_spelling(person, row % 7);
    kk_putf(out, "\"%u\",\"", 100000 + row);
    kk_put_person(out, people, person, how);
    kk_put(out, KK_S("\",\""));
    kk_put_person_kana(out, people, person, how);
    kk_put(out, KK_S("\",\""));
    kk_put_postal(out, kk_person_home(people, person), true);
    kk_put(out, KK_S("\",\""));
    kk_put_address(out, kk_person_home(people, person), how);
    kk_put(out, KK_S("\",\""));
    kk_put_phone(out, kk_person_phone(people, person), how.bare_phone);
    kk_putf(out, "\",\"p%u@example.com\",\"", person);
    kk_put_day(out, people->persons[person].birth_day, '/');
    kk_put(out, KK_S("\"\r\n"));
}

static void write_people(kk_arena *arena, kk_slice folder)
{
    kk_people *people = kk_people_open(arena, 1);
    kk_dice dice = kk_dice_make(1, "bench rows");
    kk_buffer out = {0};
    kk_fault fault = {0};
    while (people->person_count < PEOPLE) {
        uint32_t household = kk_people_settle(people);
        for (uint32_t k = 0; k < 1 + household % 3; k++)
            kk_people_add(people, household, 0, 1945, 2005);
    }
    kk_put(&out, KK_S("注文番号,氏名,フリガナ,郵便番号,住所,電話番号,メールアドレス,生年月日\r\n"));
    for (uint32_t row = 0; row < ROWS; row++)
        put_row(&out, people, kk_dice_below(&dice, (uint32_t)people->person_count), row);
    kk_slice bytes = kk_encode(arena, KK_CP932, kk_buffer_slice(&out));
    check(kk_demo_save(kk_print(arena, "%.*s/people/customers.csv", KK_P(folder)), bytes, &fault),
          &fault);
    kk_buffer_close(&out);
}

static void write_file(kk_slice folder, const char *name, uint32_t number, size_t size)
{
    kk_arena *arena = kk_arena_open();
    kk_dice dice = kk_dice_make(number, name);
    kk_fault fault = {0};
    char *bytes = kk_take(arena, size);
    kk_dice_bytes(&dice, bytes, size);
    kk_slice path = kk_print(arena, "%.*s/files/%s/%05u.bin", KK_P(folder), name, number);
    check(kk_demo_save(path, (kk_slice){bytes, size}, &fault), &fault);
    kk_arena_close(arena);
}

static void write_files(kk_slice folder)
{
    write_file(folder, "large", 1, (size_t)512 << 20);
    for (uint32_t i = 0; i < 64; i++)
        write_file(folder, "middle", i, (size_t)4 << 20);
    for (uint32_t i = 0; i < 1000; i++)
        write_file(folder, "small", i, 48 << 10);
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fputs("write_inputs DIR\n", stderr);
        return 2;
    }
    void (*const writers[])(kk_arena *, kk_slice) = {write_log, write_evtx, write_people};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        kk_arena *arena = kk_arena_open();
        writers[i](arena, kk_cstr(arguments[1]));
        kk_arena_close(arena);
    }
    write_files(kk_cstr(arguments[1]));
    return 0;
}
