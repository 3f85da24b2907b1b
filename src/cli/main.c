/* The thin program over the library. */
#include "cli/command.h"

int main(int count, char **arguments)
{
    kk_worker_main(count, arguments); /* does not return where this is the template of workers */
    return kk_main(count, arguments);
}
