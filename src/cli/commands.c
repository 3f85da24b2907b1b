/* The commands of the program: which one a command line means, help for all, and running one. */
#include "cli/command.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define COMMAND(name) extern const kk_command kk_command_##name;
#include "cli/commands.def"

static const kk_command *const commands[] = {
#define COMMAND(name) &kk_command_##name,
#include "cli/commands.def"
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void help_all(void)
{
    puts(
        "kakuho: from the evidence of a break-in to a breach report that shows what it rests on\n");
    for (int k = 0; k < COMMANDS; k++)
        printf("  %-12s %s\n", commands[k]->name, commands[k]->about);
    puts("\n`kakuho COMMAND --help` tells more; `kakuho --version` the version.");
}

static kk_run_for run_for;

static int run_command(const kk_command *c, int count, char **arguments, const int fds[2],
                       bool is_terminal, kk_case *writer, kk_slice handed_over)
{
    kk_invocation i = {.command = c,
                       .arena = kk_arena_open(),
                       .out = fds[0],
                       .err = fds[1],
                       .is_terminal = is_terminal,
                       .words = arguments,
                       .word_count = count,
                       .handed_over = handed_over,
                       .run_for = run_for,
                       .options.shared = writer};
    int status = 2;
    if (kk_read_arguments(&i, count, arguments)) {
        if (kk_given(&i, KK_OPTION_HELP)) {
            kk_help_command(c);
            status = 0;
        } else if (i.count < c->least || (c->most >= 0 && i.count > c->most)) {
            status = kk_usage(&i, "%s wants: %s", c->name, c->arguments);
        } else {
            status = c->run(&i);
        }
    }
    kk_arena_close(i.arena);
    return i.cut ? 4 : status;
}

static int run_for(int count, char **arguments, const int fds[2], bool is_terminal, kk_case *writer,
                   kk_slice handed_over)
{
    for (int k = 0; k < COMMANDS; k++)
        if (count > 1 && strcmp(arguments[1], commands[k]->name) == 0)
            return run_command(commands[k], count, arguments, fds, is_terminal, writer,
                               handed_over);
    return 2;
}

int kk_main(int count, char **arguments)
{
    static const int standard[2] = {STDOUT_FILENO, STDERR_FILENO};
    signal(SIGPIPE, SIG_IGN);
    if (count < 2 || strcmp(arguments[1], "--help") == 0 || strcmp(arguments[1], "help") == 0) {
        help_all();
        return count < 2 ? 2 : 0;
    }
    if (strcmp(arguments[1], "--version") == 0) {
        puts("kakuho " KAKUHO_VERSION);
        return 0;
    }
    for (int k = 0; k < COMMANDS; k++)
        if (strcmp(arguments[1], commands[k]->name) == 0)
            return run_command(commands[k], count, arguments, standard, isatty(STDOUT_FILENO), NULL,
                               KK_NONE);
    fprintf(stderr, "kakuho: unknown command %s: see `kakuho --help`\n", arguments[1]);
    return 2;
}
