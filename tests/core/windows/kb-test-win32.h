/* SPDX-License-Identifier: MIT */
#pragma once

/* The tests of core as Windows programs. They are written for POSIX; what of it Windows has under
 * another name is here, and what it has not ends the test that asks for it: as skipped, with the
 * reason. The headers beside this one stand in for those that mingw lacks. Only tests see it: core
 * goes through kb-platform.h. */

#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <io.h>
#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
#include <utime.h>

G_BEGIN_DECLS

G_NORETURN void kb_test_not_here (const char *what);
#define kb_test_only_posix(reason) kb_test_not_here (reason)

/* A long double of SQLite's has 53 bits here (Wine; MSVC), so it misses some reals by the last. */
#define KB_TEST_REAL_LEEWAY 1

/* Every test runs so that kb_test_not_here() can leave it. */
void kb_test_add_here (const char *path,
                       size_t fixture_size,
                       gconstpointer data,
                       void *set_up,
                       void *test,
                       void *tear_down);

#define g_test_add_func(path, func) kb_test_add_here (path, 0, NULL, NULL, (void *) (func), NULL)
#define g_test_add_data_func(path, data, func)                                                     \
    kb_test_add_here (path, 0, data, NULL, (void *) (func), NULL)
#undef g_test_add
#define g_test_add(path, Fixture, data, set_up, test, tear_down)                                   \
    kb_test_add_here (path, sizeof (Fixture), data, (void *) (set_up), (void *) (test),            \
                      (void *) (tear_down))

/* With what Windows knows of a file beside the fields of mingw's: which one it is, and how many
 * names it has. */
struct kb_test_stat {
    uint64_t st_dev;
    uint64_t st_ino;
    unsigned st_mode;
    unsigned st_nlink;
    unsigned st_uid;
    unsigned st_gid;
    int64_t st_size;
    int64_t st_mtime;
};
int kb_test_stat (const char *path, struct kb_test_stat *info);
#undef stat
#define stat kb_test_stat
#define lstat kb_test_stat /* a test that makes links has been left before */

#define g_setenv(name, value, overwrite) kb_test_setenv (name, value, overwrite)
gboolean kb_test_setenv (const char *name, const char *value, gboolean overwrite);

#define utime(path, times) utime (path, (struct utimbuf *) (times))
#undef mkdir
#define mkdir(path, mode) g_mkdir (path, mode)
#define pipe(ends) _pipe (ends, 65536, _O_BINARY)

/* Whose files they are Windows says in another way (kb-platform.h, KbOwner). */
#define geteuid() 1u
#define getegid() 1u

/* What has been started by kb_test_start_process(). */
#define SIGKILL 9
#define kill(pid, signal_number) kb_test_kill (pid)
#define waitpid(pid, status, flags) kb_test_wait (pid, status)
int kb_test_kill (pid_t pid);
pid_t kb_test_wait (pid_t pid, int *status);
#define WIFEXITED(status) ((status) >= 0)
#define WEXITSTATUS(status) (status)
#define WIFSIGNALED(status) ((status) < 0)
#define WTERMSIG(status) (status)

#define fork() (kb_test_not_here ("fork()"), (pid_t) -1)
#define chmod(path, mode) (kb_test_not_here ("modes of files"), -1)
#define umask(mode) (kb_test_not_here ("modes of files"), 0u)
#define symlink(to, path)                                                                          \
    (kb_test_not_here ("symbolic links: Windows asks for a right to make them"), -1)
#define link(path, link_path) kb_test_link (path, link_path)
int kb_test_link (const char *path, const char *link_path);
#define mkfifo(path, mode) (kb_test_not_here ("pipes that have a name in a folder"), -1)

#define chown(path, user, group) (kb_test_not_here ("owners of files"), -1)
#define setgroups(n, groups) (kb_test_not_here ("to become another user"), -1)
#define setgid(group) (kb_test_not_here ("to become another user"), -1)
#define setuid(user) (kb_test_not_here ("to become another user"), -1)
#define unshare(what) (kb_test_not_here ("mount namespaces"), -1)
#define mount(what, place, type, flags, data) (kb_test_not_here ("mount namespaces"), -1)
#define umount2(place, flags) (kb_test_not_here ("mount namespaces"), -1)
#define CLONE_NEWNS 0
#define MS_REC 0
#define MS_PRIVATE 0
#define MS_BIND 0
#define MS_REMOUNT 0
#define MS_RDONLY 0
#define MNT_DETACH 0
#define prctl(what, value) (kb_test_not_here ("prctl()"), -1)
#define PR_SET_PDEATHSIG 0
#define pause() kb_test_not_here ("signals")
#define fcntl(fd, what) (kb_test_not_here ("fcntl()"), -1)
#define F_GETFD 0
#define FD_CLOEXEC 0

struct passwd {
    char *pw_name;
    char *pw_dir;
};
#define getpwuid(user) (kb_test_not_here ("the list of users"), (struct passwd *) NULL)
#define getpwnam(name) (kb_test_not_here ("the list of users"), (struct passwd *) NULL)

struct rusage {
    long ru_maxrss;
};
#define RUSAGE_SELF 0
#define getrusage(who, usage) ((usage)->ru_maxrss = 0, kb_test_not_here ("getrusage()"), -1)

struct statvfs {
    uint64_t f_bavail;
    uint64_t f_blocks;
    uint64_t f_frsize;
};
#define statvfs(path, info) ((info)->f_frsize = 0, kb_test_not_here ("statvfs()"), -1)

struct rlimit {
    uint64_t rlim_cur;
    uint64_t rlim_max;
};
#define RLIMIT_FSIZE 1
#define SIGXFSZ 25
#define getrlimit(what, limit) (kb_test_not_here ("limits of a process"), -1)
#define setrlimit(what, limit) ((void) *(limit), kb_test_not_here ("limits of a process"), -1)

G_END_DECLS
