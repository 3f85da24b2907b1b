#include "model/audit_call.h"

/* -1: the machine has no such call, or it is not needed. */
static const struct {
    const char *name;
    int x86_64, i386, aarch64;
} syscalls[] = {
    {"execve", 59, 11, 221},
    {"execveat", 322, 358, 281},
    {"open", 2, 5, -1},
    {"openat", 257, 295, 56},
    {"openat2", 437, 437, 437},
    {"creat", 85, 8, -1},
    {"unlink", 87, 10, -1},
    {"unlinkat", 263, 301, 35},
    {"rename", 82, 38, -1},
    {"renameat", 264, 302, 38},
    {"renameat2", 316, 353, 276},
    {"mkdir", 83, 39, -1},
    {"mkdirat", 258, 296, 34},
    {"rmdir", 84, 40, -1},
    {"link", 86, 9, -1},
    {"linkat", 265, 303, 37},
    {"symlink", 88, 83, -1},
    {"symlinkat", 266, 304, 36},
    {"chmod", 90, 15, -1},
    {"fchmod", 91, 94, 52},
    {"fchmodat", 268, 306, 53},
    {"chown", 92, 182, -1},
    {"fchown", 93, 95, 55},
    {"lchown", 94, 16, -1},
    {"fchownat", 260, 298, 54},
    {"truncate", 76, 92, 45},
    {"ftruncate", 77, 93, 46},
    {"setxattr", 188, 226, 5},
    {"connect", 42, 362, 203},
    {"accept", 43, -1, 202},
    {"accept4", 288, 364, 242},
    {"bind", 49, 361, 200},
    {"sendto", 44, 369, 206},
    {"socketcall", -1, 102, -1},
    {"mount", 165, 21, 40},
    {"umount2", 166, 52, 39},
    {"init_module", 175, 128, 105},
    {"finit_module", 313, 350, 273},
    {"delete_module", 176, 129, 106},
    {"ptrace", 101, 26, 117},
    {"kill", 62, 37, 129},
    {"settimeofday", 164, 79, 170},
    {"adjtimex", 159, 124, 171},
    {"clock_settime", 227, 264, 112},
    {"clock_adjtime", 305, 343, 266},
    {"sethostname", 170, 74, 161},
    {"read", 0, 3, 63},
    {"write", 1, 4, 64},
    {"setuid", 105, 23, 146},
    {"bpf", 321, 357, 280},
    {"memfd_create", 319, 356, 279},
    {"mknod", 133, 14, -1},
    {"mknodat", 259, 297, 33},
    {"personality", 135, 136, 92},
    {"sysinfo", 99, 116, 179},
    {"syslog", 103, 103, 116},
    {"socket", 41, 359, 198},
    {"listen", 50, 363, 201},
    {"recvfrom", 45, 371, 207},
    {"chroot", 161, 61, 51},
    {"pivot_root", 155, 217, 41},
    {"unshare", 272, 310, 97},
    {"setns", 308, 346, 268},
    {"reboot", 169, 88, 142},
    {"swapon", 167, 87, 224},
    {"setgid", 106, 46, 144},
    {"setreuid", 113, 70, 145},
    {"setresuid", 117, 164, 147},
    {"setregid", 114, 71, 143},
    {"setresgid", 119, 170, 149},
    {"process_vm_readv", 310, 347, 270},
    {"process_vm_writev", 311, 348, 271},
    {"perf_event_open", 298, 336, 241},
    {"kexec_load", 246, 283, 104},
    {"kexec_file_load", 320, -1, 294},
    {"setdomainname", 171, 121, 162},
    {"lsetxattr", 189, 227, 6},
    {"fsetxattr", 190, 228, 7},
    {"removexattr", 197, 235, 14},
    {"lremovexattr", 198, 236, 15},
    {"fremovexattr", 199, 237, 16},
    {"utime", 132, 30, -1},
    {"utimes", 235, 271, -1},
    {"utimensat", 280, 320, 88},
    {"futimesat", 261, 299, -1},
};

kk_slice kk_audit_call(kk_slice arch, kk_slice number)
{
    uint64_t n;
    bool x86_64 = kk_eq(arch, KK_S("c000003e")), i386 = kk_eq(arch, KK_S("40000003")),
         arm = kk_eq(arch, KK_S("c00000b7"));
    if (!kk_to_u64(number, &n) || n > 1000 || !(x86_64 || i386 || arm))
        return KK_NONE;
    for (size_t i = 0; i < sizeof syscalls / sizeof *syscalls; i++) {
        int have = x86_64 ? syscalls[i].x86_64 : i386 ? syscalls[i].i386 : syscalls[i].aarch64;
        if (have == (int)n)
            return kk_cstr(syscalls[i].name);
    }
    return KK_NONE;
}
