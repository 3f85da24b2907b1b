/* Writes the tables of a crowd of invented people, and how many they are.
 *     write_people FOLDER SEED CUSTOMERS */
#include "tests/identity/people.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    uint64_t seed, customers;
    if (argc != 4 || !kk_to_u64(kk_cstr(argv[2]), &seed) ||
        !kk_to_u64(kk_cstr(argv[3]), &customers))
        return 2;
    kk_arena *arena = kk_arena_open();
    crowd p = crowd_make(arena, seed, customers);
    size_t records = 0;
    for (size_t i = 0; i < p.file_count; i++) {
        kk_slice path = kk_print(arena, "%s/%.*s", argv[1], KK_P(p.files[i].name));
        FILE *file = fopen(path.ptr, "wb");
        bool good = file && fwrite(p.files[i].text.ptr, 1, p.files[i].text.len, file) ==
                                p.files[i].text.len;
        if (!file || fclose(file) != 0 || !good) {
            fprintf(stderr, "write_people: %s could not be written\n", path.ptr);
            return 1;
        }
        records += p.files[i].records;
    }
    printf("%zu people in %zu records\n", p.truth, records);
    kk_arena_close(arena);
    return 0;
}
