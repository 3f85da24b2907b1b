/* Writes the evidence of the demo, for tests: write_demo DIR NTFS_HELPER. */
#include "demo/demo.h"

#include <stdio.h>

int main(int count, char **arguments)
{
    kk_fault fault = {0};
    if (count != 3) {
        fputs("write_demo DIR NTFS_HELPER\n", stderr);
        return 2;
    }
    if (kk_demo_write(arguments[1], arguments[2], &fault) == KK_OK)
        return 0;
    fprintf(stderr, "write_demo: %s\n", fault.text);
    return 4;
}
