/* SPDX-License-Identifier: MIT */
/* The last part of kb-platform: other processes, and the lock between ours. */
#include "kb-error.h"
#include "kb-file.h"
#include "kb-platform.h"
#include "kb-test.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that says when it is ready and then waits until it is ended. */
typedef struct {
    pid_t pid;
    int from;
} Helper;

typedef void (*HelperFunc) (const char *path);

static Helper
start_helper (HelperFunc func, const char *path)
{
    Helper self;
    int ends[2];
    char ready;

    g_assert_cmpint (pipe (ends), ==, 0);
    self.pid = fork();
    if (self.pid == 0) {
        prctl (PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves nothing behind */
        func (path);
        (void) !write (ends[1], "r", 1);
        for (;;)
            pause();
    }
    close (ends[1]);
    self.from = ends[0];
    g_assert_cmpint (read (self.from, &ready, 1), ==, 1);
    return self;
}

/* Ends it as a power cut does, and waits until its id is free. */
static void
end_helper (Helper *self)
{
    kill (self->pid, SIGKILL);
    g_assert_cmpint (waitpid (self->pid, NULL, 0), ==, self->pid);
    close (self->from);
}

static void
do_nothing (G_GNUC_UNUSED const char *path)
{
}

static void
test_process_exists (void)
{
    Helper helper = start_helper (do_nothing, NULL);

    g_assert_true (kb_platform_process_exists (getpid()));
    g_assert_true (kb_platform_process_exists (helper.pid));
    end_helper (&helper);
    g_assert_false (kb_platform_process_exists (helper.pid));
}

/* kill (0, …) and kill (-1, …) mean groups of processes. */
static void
test_what_is_no_process_id (void)
{
    g_assert_false (kb_platform_process_exists (0));
    g_assert_false (kb_platform_process_exists (-1));
    g_assert_false (kb_platform_process_exists (-getpid()));
    g_assert_false (kb_platform_process_exists ((int64_t) 1 << 32 | getpid()));
    g_assert_false (kb_platform_process_exists (G_MAXINT64));
    g_assert_false (kb_platform_process_exists (G_MAXINT32));
}

static void
test_process_of_somebody_else_exists (void)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        if (geteuid() == 0 && setuid (KB_TEST_NOBODY) != 0)
            _exit (2);
        _exit (kb_platform_process_exists (parent) && kb_platform_process_exists (1) ? 0 : 1);
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

/* What lies between the arguments is NUL, and none of them may hide what follows. */
static void
test_process_command (void)
{
    const char *const argv[] = {"/bin/sleep", "kolibri start", "60", "0", NULL};
    g_autoptr (GError) error = NULL;
    GPid pid;

    g_spawn_async (NULL, (char **) argv, NULL,
                   G_SPAWN_FILE_AND_ARGV_ZERO | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                   &error);
    g_assert_no_error (error);
    g_autofree char *command = kb_platform_process_command (pid);
    kill (pid, SIGKILL);
    g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
    g_assert_cmpstr (command, ==, "kolibri start 60 0");
    g_assert_null (kb_platform_process_command (pid));
}

static void
test_owner_of_a_process (void)
{
    Helper helper = start_helper (do_nothing, NULL);
    KbOwner owner = {0};

    g_assert_true (kb_platform_process_owner (helper.pid, &owner));
    g_assert_cmpuint (owner.uid, ==, geteuid());
    g_assert_cmpuint (owner.gid, ==, getegid());
    end_helper (&helper);
    g_assert_false (kb_platform_process_owner (helper.pid, &owner));
}

static void
test_process_is_asked_to_end (void)
{
    Helper helper = start_helper (do_nothing, NULL);
    int status;

    g_assert_false (kb_platform_process_terminate (0));
    g_assert_false (kb_platform_process_terminate (-1));
    g_assert_true (kb_platform_process_terminate (helper.pid));
    g_assert_cmpint (waitpid (helper.pid, &status, 0), ==, helper.pid);
    g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGTERM);
    close (helper.from);
    g_assert_false (kb_platform_process_terminate (helper.pid));
}

static void
open_it (const char *path)
{
    g_assert_cmpint (open (path, O_RDONLY), >=, 0);
}

static void
test_user_of_a_file_is_found (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "db.sqlite3", "x");
    Helper helper = start_helper (open_it, path);

    g_assert_cmpint (kb_platform_find_user_of_file (path), ==, helper.pid);
    end_helper (&helper);
    g_assert_cmpint (kb_platform_find_user_of_file (path), ==, 0);
}

static void
test_user_by_another_name_is_found (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "db.sqlite3", "x");
    g_autofree char *other = kb_test_dir_write (dir, "other", "x");
    g_autofree char *soft = kb_test_dir_file (dir, "soft");

    g_assert_cmpint (symlink (path, soft), ==, 0);
    Helper helper = start_helper (open_it, soft);
    g_assert_cmpint (kb_platform_find_user_of_file (path), ==, helper.pid);
    g_assert_cmpint (kb_platform_find_user_of_file (other), ==, 0);
    end_helper (&helper);
}

static void
test_we_are_no_other_user_of_a_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "db.sqlite3", "x");
    g_auto (KbFd) fd = open (path, O_RDONLY | O_CLOEXEC);

    g_assert_cmpint (fd, >=, 0);
    g_assert_cmpint (kb_platform_find_user_of_file (path), ==, 0);
    g_assert_cmpint (kb_platform_find_user_of_file ("/no/such/file"), ==, 0);
}

static void
lock_it (const char *path)
{
    gboolean taken;

    g_assert_cmpint (kb_platform_lock (path, NULL, &taken, NULL), >=, 0);
}

static void
test_lock_is_taken_once (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "lock");
    g_autoptr (GError) error = NULL;
    gboolean taken = FALSE;
    Helper helper = start_helper (lock_it, path);

    g_assert_cmpint (kb_platform_lock (path, NULL, &taken, &error), ==, -1);
    g_assert_no_error (error);
    g_assert_true (taken);

    end_helper (&helper); /* the kernel gives the lock back */
    g_auto (KbFd) fd = kb_platform_lock (path, NULL, &taken, &error);
    g_assert_no_error (error);
    g_assert_cmpint (fd, >=, 0);
    g_assert_false (taken);
}

static void
test_lock_ends_with_its_descriptor (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "lock");
    struct stat info;
    gboolean taken;
    int first = kb_platform_lock (path, NULL, &taken, NULL);

    g_assert_cmpint (kb_platform_lock (path, NULL, &taken, NULL), ==, -1);
    g_assert_true (taken);
    close (first);
    g_auto (KbFd) second = kb_platform_lock (path, NULL, &taken, NULL);
    g_assert_cmpint (second, >=, 0);
    g_assert_cmpint (stat (path, &info), ==, 0);
    g_assert_cmphex (info.st_mode & 0644, ==, 0644); /* whoever comes next may lock it */
    g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* A program that we start must not hold our lock when we are gone. */
static void
test_lock_does_not_pass_to_programs (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "lock");
    gboolean taken;
    g_auto (KbFd) fd = kb_platform_lock (path, NULL, &taken, NULL);

    g_assert_cmpint (fd, >=, 0);
    g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
}

static void
test_lock_file_belongs_to_the_owner (void)
{
    const KbOwner owner = {.uid = geteuid(), .gid = getegid(), .file_mode = 0664};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "lock");
    gboolean taken;
    struct stat info;
    g_auto (KbFd) fd = kb_platform_lock (path, &owner, &taken, NULL);

    g_assert_cmpint (fd, >=, 0);
    g_assert_cmpint (stat (path, &info), ==, 0);
    g_assert_cmphex (info.st_mode & 07777, ==, 0664);
}

static void
test_lock_follows_no_link (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *target = kb_test_dir_file (dir, "target");
    g_autofree char *path = kb_test_dir_file (dir, "lock");
    g_autoptr (GError) error = NULL;
    gboolean taken = TRUE;

    g_assert_cmpint (symlink (target, path), ==, 0);
    g_assert_cmpint (kb_platform_lock (path, NULL, &taken, &error), ==, -1);
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
    g_assert_false (taken);
    g_assert_false (g_file_test (target, G_FILE_TEST_EXISTS));
}

static unsigned
count_descriptors (void)
{
    g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
    unsigned n = 0;

    while (g_dir_read_name (dir) != NULL)
        n++;
    return n;
}

/* The window runs for days, and looks at the folder whenever somebody comes back to it. */
static void
test_no_descriptor_is_lost (void)
{
    const KbOwner owner = {.uid = geteuid(), .gid = getegid(), .file_mode = 0600, .dir_mode = 0700};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "x");
    g_autofree char *lock_path = kb_test_dir_file (dir, "lock");
    gboolean taken;
    int lock = kb_platform_lock (lock_path, NULL, &taken, NULL);
    unsigned before = count_descriptors();

    for (int i = 0; i < 3; i++) {
        g_assert_cmpint (kb_platform_open_regular (dir->path, TRUE, NULL), ==, -1);
        g_assert_cmpint (kb_platform_open_regular ("/dev/null", TRUE, NULL), ==, -1);
        g_assert_cmpint (kb_platform_create (path, &owner, NULL), ==, -1);
        g_assert_cmpint (kb_platform_lock (lock_path, NULL, &taken, NULL), ==, -1);
        g_assert_true (kb_platform_give_to_owner (path, &owner, NULL));
        g_assert_true (kb_platform_make_dir (dir->path, &owner, NULL));
        g_assert_true (kb_platform_sync_dir (dir->path, NULL));
        kb_platform_find_user_of_file (path);
        g_free (kb_platform_process_command (getpid()));
    }
    g_assert_cmpuint (count_descriptors(), ==, before);
    close (lock);
}

/* In a user namespace of its own that knows root alone, root can give nothing to anybody else. */
static void
fail_to_hand_over (const char *dir)
{
    const KbOwner other = {.uid = 12, .gid = 34, .file_mode = 0640};
    g_autofree char *path = g_build_filename (dir, "new", NULL);
    g_autoptr (GError) error = NULL;
    gboolean taken = TRUE;

    if (unshare (CLONE_NEWUSER) != 0 ||
        !g_file_set_contents_full ("/proc/self/uid_map", "0 0 1", 5, G_FILE_SET_CONTENTS_NONE, 0,
                                   NULL))
        _exit (77);
    unsigned before = count_descriptors();
    g_assert_cmpint (kb_platform_create (path, &other, &error), ==, -1);
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
    g_assert_true (g_str_has_prefix (error->message, "hand over to the owner: "));
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    g_clear_error (&error);
    g_assert_cmpint (kb_platform_lock (path, &other, &taken, &error), ==, -1);
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
    g_assert_false (taken);
    g_assert_cmpuint (count_descriptors(), ==, before);
}

static void
test_what_cannot_be_handed_over (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        if (geteuid() != 0)
            _exit (77);
        fail_to_hand_over (dir->path);
        _exit (0);
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFEXITED (status));
    if (WEXITSTATUS (status) == 77)
        g_test_skip ("needs root, and the right to make a user namespace");
    else
        g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/platform/process/exists", test_process_exists);
    g_test_add_func ("/platform/process/what-is-no-process-id", test_what_is_no_process_id);
    g_test_add_func ("/platform/process/of-somebody-else-exists",
                     test_process_of_somebody_else_exists);
    g_test_add_func ("/platform/process/command", test_process_command);
    g_test_add_func ("/platform/process/owner", test_owner_of_a_process);
    g_test_add_func ("/platform/process/is-asked-to-end", test_process_is_asked_to_end);
    g_test_add_func ("/platform/process/user-of-a-file-is-found", test_user_of_a_file_is_found);
    g_test_add_func ("/platform/process/user-by-another-name-is-found",
                     test_user_by_another_name_is_found);
    g_test_add_func ("/platform/process/we-are-no-other-user-of-a-file",
                     test_we_are_no_other_user_of_a_file);
    g_test_add_func ("/platform/process/lock-is-taken-once", test_lock_is_taken_once);
    g_test_add_func ("/platform/process/lock-ends-with-its-descriptor",
                     test_lock_ends_with_its_descriptor);
    g_test_add_func ("/platform/process/lock-does-not-pass-to-programs",
                     test_lock_does_not_pass_to_programs);
    g_test_add_func ("/platform/process/lock-file-belongs-to-the-owner",
                     test_lock_file_belongs_to_the_owner);
    g_test_add_func ("/platform/process/lock-follows-no-link", test_lock_follows_no_link);
    g_test_add_func ("/platform/process/no-descriptor-is-lost", test_no_descriptor_is_lost);
    g_test_add_func ("/platform/process/what-cannot-be-handed-over",
                     test_what_cannot_be_handed_over);
    return g_test_run();
}
