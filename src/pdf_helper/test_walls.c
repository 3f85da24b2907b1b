/* What the walls of kakuho-pdf let through: tries it in a process of its own each. */
#include "pdf_helper/kakuho_pdf.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int read_table(void)
{
    char byte;
    int fd = open(POPPLER_DATA "/cidToUnicode/Adobe-Japan1", O_RDONLY);
    return fd >= 0 && read(fd, &byte, 1) == 1;
}

static int read_other_file(void)
{
    return open("/etc/hostname", O_RDONLY) >= 0 || open("/proc/self/status", O_RDONLY) >= 0;
}

static int write_file(void)
{
    return open("/tmp/kakuho-pdf-was-here", O_WRONLY | O_CREAT, 0600) >= 0;
}

static int make_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static int start_process(void)
{
    return fork() >= 0;
}

static int kill_parent(void)
{
    return kill(getppid(), 0) == 0;
}

static int spin(void)
{
    for (volatile unsigned long i = 0;; i++)
        ;
    return 0;
}

/* Exit status of what was tried, or minus the signal that it died of. */
static int outcome_of(int (*act)(void))
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        (void)setrlimit(RLIMIT_CPU, &(struct rlimit){1, 3}); /* a second here is enough */
        _exit(wall_in() ? act() : 99);
    }
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int main(void)
{
    static const struct {
        const char *what;
        int (*act)(void);
        int wanted;
    } tries[] = {{"tables of characters can be read", read_table, 1},
                 {"no other file can", read_other_file, 0},
                 {"writing a file kills", write_file, -SIGSYS},
                 {"a socket kills", make_socket, -SIGSYS},
                 {"a process kills", start_process, -SIGSYS},
                 {"a signal to another kills", kill_parent, -SIGSYS},
                 {"work without an end has one", spin, -SIGXCPU}};
    int failed = 0;
    size_t all = sizeof tries / sizeof *tries;
    for (size_t i = access(POPPLER_DATA, R_OK) == 0 ? 0 : 1; i < all; i++) {
        int found = outcome_of(tries[i].act);
        if (found == 99) {
            printf("skipped: this kernel has no walls\n");
            return 77;
        }
        if (found != tries[i].wanted && failed++ >= 0)
            printf("WRONG %s: %d, should be %d\n", tries[i].what, found, tries[i].wanted);
    }
    printf("%zu tried, %d wrong\n", all, failed);
    return failed != 0;
}
