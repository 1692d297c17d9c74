/* SPDX-License-Identifier: MIT */
/* All that the helper can do, and in which words. Nothing here is a path: a backup is a name of the
 * list, and files come and go as bytes. It runs as the owner of the data. */
#include "config.h"

#include "kb-helper-table.h"

#include "kb-backup-name.h"
#include "kb-backup-notes.h"
#include "kb-catalog-change.h"
#include "kb-catalog-delete.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-transfer.h"
#include "kb-wire.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES ((size_t) 64 * 1024)
#define MAX_WORDS 4
#define NOTE_MAX_BYTES ((size_t) KB_NOTE_MAX_CHARS * 6)

/* What one run works with. */
typedef struct {
    KbHome *home;
    char **words;
    KbTalk *talk;
} Run;

typedef JsonObject *(*Operate) (Run *run, GError **error);
typedef gboolean (*Fits) (const char *word);

struct _KbHelperOperation {
    const char *name;
    Operate operate;
    Fits words[MAX_WORDS + 1];
};

static gboolean
is_name (const char *word)
{
    return kb_backup_name_is_safe (word) || (strlen (word) < 256 && kb_kept_name_is_safe (word));
}

static gboolean
is_name_or_nothing (const char *word)
{
    return *word == '\0' || is_name (word);
}

/* The name of a file of the caller; whether it is one of a backup is for the import to say. */
static gboolean
is_file_name (const char *word)
{
    return *word != '\0' && strlen (word) < 256 && strchr (word, '/') == NULL &&
           strcmp (word, ".") != 0 && strcmp (word, "..") != 0;
}

static gboolean
is_size (const char *word)
{
    return g_ascii_string_to_unsigned (word, 10, 0, G_MAXINT64, NULL, NULL);
}

static gboolean
is_flag (const char *word)
{
    return strcmp (word, "0") == 0 || strcmp (word, "1") == 0;
}

static gboolean
is_note (const char *word)
{
    return strlen (word) <= NOTE_MAX_BYTES && g_utf8_validate (word, -1, NULL);
}

static gboolean
is_set (const char *word)
{
    return strcmp (word, "1") == 0;
}

static JsonObject *
done (gboolean ok)
{
    return ok ? json_object_new() : NULL;
}

static JsonObject *
list (Run *run, GError **error)
{
    g_autoptr (GPtrArray) entries =
        kb_catalog_list (run->home, kb_talk_get_cancellable (run->talk), error);

    for (guint i = 0; entries != NULL && i < entries->len; i++)
        kb_talk_say (run->talk, "entry", kb_wire_from_entry (entries->pdata[i]));
    return done (entries != NULL);
}

static JsonObject *
back_up (Run *run, GError **error)
{
    const KbBackupOptions options = {
        .home = run->home,
        .program_version = KB_VERSION,
        .note = *run->words[0] != '\0' ? run->words[0] : NULL,
    };

    kb_catalog_empty_deleted (run->home, NULL, NULL);
    g_autoptr (KbBackupResult) result = kb_backup_run (&options, kb_talk_get_progress (run->talk),
                                                       kb_talk_get_cancellable (run->talk), error);
    return result != NULL ? kb_wire_from_backup (result) : NULL;
}

static JsonObject *
check (Run *run, GError **error)
{
    g_autoptr (KbEntry) entry = kb_catalog_find_any (run->home, run->words[0], error);
    g_autoptr (KbVerifyResult) result =
        entry != NULL ? kb_verify_entry (run->home, entry, kb_talk_get_progress (run->talk),
                                         kb_talk_get_cancellable (run->talk), error)
                      : NULL;

    return result != NULL ? kb_wire_from_verify (result) : NULL;
}

static JsonObject *
restore_file (Run *run,
              const char *file,
              gboolean from_catalog,
              const char *newer,
              const char *stop,
              GError **error)
{
    const KbRestoreOptions options = {
        .home = run->home,
        .file = file,
        .from_catalog = from_catalog,
        .accept_newer = is_set (newer),
        .stop_kolibri = is_set (stop),
    };

    kb_catalog_empty_deleted (run->home, NULL, NULL);
    g_autoptr (KbRestoreResult) result = kb_restore_run (
        &options, kb_talk_get_progress (run->talk), kb_talk_get_cancellable (run->talk), error);
    return result != NULL ? kb_wire_from_restore (result) : NULL;
}

static JsonObject *
restore (Run *run, GError **error)
{
    g_autoptr (KbEntry) entry = kb_catalog_find (run->home, run->words[0], error);

    return entry != NULL
               ? restore_file (run, entry->path, TRUE, run->words[1], run->words[2], error)
               : NULL;
}

/* Reads exactly so many bytes of the caller. */
static gboolean
receive (int fd, guint64 total, const char *path, GError **error)
{
    g_autofree char *block = g_malloc (BLOCK_BYTES);

    for (guint64 got = 0; got < total;) {
        ssize_t n = read (STDIN_FILENO, block, (size_t) MIN (total - got, BLOCK_BYTES));
        if (n <= 0) {
            g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "receive: the caller has gone");
            return FALSE;
        }
        if (!kb_file_write_all (fd, block, (size_t) n, path, error))
            return FALSE;
        got += (guint64) n;
    }
    return TRUE;
}

/* A file on the disk of the data that has no name, so that nothing of it is ever left. */
static int
make_nameless (Run *run, guint64 size, GError **error)
{
    g_autofree char *uuid = g_uuid_string_random();
    g_autofree char *base = g_strconcat ("kolibri-backup-", uuid, ".dump" KB_PART_SUFFIX, NULL);
    const char *folder = kb_home_get_protected_dir (run->home);
    g_autofree char *path = g_build_filename (folder, base, NULL);
    KbOwner owner;

    if (!kb_home_read_owner (run->home, &owner, error) ||
        !kb_home_make_backup_dirs (run->home, &owner, error) ||
        !kb_file_require_space (folder, size + KB_FILE_SPACE_RESERVE, error))
        return -1;
    int fd = kb_platform_create (path, &owner, error);
    if (fd < 0)
        return -1;
    g_unlink (path);
    kb_talk_say_number (run->talk, "ready", 1);
    if (receive (fd, size, path, error))
        return fd;
    kb_fd_close (fd);
    return -1;
}

typedef JsonObject *(*WithFile) (Run *run, const char *file, GError **error);

/* What came in has the name that the caller gave by a link, since names of backups say something.
 */
static JsonObject *
with_input (Run *run, WithFile operate, GError **error)
{
    guint64 size = g_ascii_strtoull (run->words[1], NULL, 10);
    g_auto (KbFd) fd = make_nameless (run, size, error);
    JsonObject *result = NULL;

    if (fd < 0)
        return NULL;
    g_autofree char *folder = g_dir_make_tmp ("kolibri-backup-XXXXXX", error);
    if (folder == NULL)
        return NULL;
    g_autofree char *link_path = g_build_filename (folder, run->words[0], NULL);
    g_autofree char *target = g_strdup_printf ("/proc/self/fd/%d", fd);
    kb_talk_begin (run->talk);
    if (symlink (target, link_path) == 0)
        result = operate (run, link_path, error);
    else
        g_set_error (error, KB_ERROR, KB_ERROR_IO, "receive: %s: cannot be named", link_path);
    g_unlink (link_path);
    g_rmdir (folder);
    return result;
}

static JsonObject *
restore_input (Run *run, const char *file, GError **error)
{
    return restore_file (run, file, FALSE, run->words[2], run->words[3], error);
}

static JsonObject *
restore_from_caller (Run *run, GError **error)
{
    return with_input (run, restore_input, error);
}

static JsonObject *
import_input (Run *run, const char *file, GError **error)
{
    g_autoptr (KbImportResult) result =
        kb_import_run (run->home, file, kb_talk_get_progress (run->talk),
                       kb_talk_get_cancellable (run->talk), error);

    return result != NULL ? kb_wire_from_import (result) : NULL;
}

static JsonObject *
import_from_caller (Run *run, GError **error)
{
    return with_input (run, import_input, error);
}

static JsonObject *
undo (Run *run, GError **error)
{
    const KbUndoOptions options = {
        .home = run->home,
        .name = *run->words[0] != '\0' ? run->words[0] : NULL,
        .accept_newer = is_set (run->words[1]),
        .stop_kolibri = is_set (run->words[2]),
    };
    g_autoptr (KbUndoResult) result = kb_undo_run (&options, kb_talk_get_progress (run->talk),
                                                   kb_talk_get_cancellable (run->talk), error);

    return result != NULL ? kb_wire_from_undo (result) : NULL;
}

static JsonObject *
keep (Run *run, GError **error)
{
    return done (kb_catalog_set_keep (run->home, run->words[0], is_set (run->words[1]), error));
}

static JsonObject *
note (Run *run, GError **error)
{
    const char *text = *run->words[1] != '\0' ? run->words[1] : NULL;

    return done (kb_catalog_set_note (run->home, run->words[0], text, error));
}

static JsonObject *delete (Run *run, GError **error)
{
    return done (kb_catalog_delete (run->home, run->words[0], error));
}

static JsonObject *
delete_for_good (Run *run, GError **error)
{
    const char *name = run->words[0];
    g_autoptr (KbEntry) entry = kb_catalog_find_any (run->home, name, NULL);

    return done ((entry == NULL || kb_catalog_delete (run->home, name, error)) &&
                 kb_catalog_empty_deleted (run->home, name, error));
}

static JsonObject *
undelete (Run *run, GError **error)
{
    return done (kb_catalog_undelete (run->home, run->words[0], error));
}

static JsonObject *
copy_out (Run *run, GError **error)
{
    g_autoptr (KbEntry) entry = kb_catalog_find_any (run->home, run->words[0], error);
    g_autofree char *block = g_malloc (BLOCK_BYTES);
    gssize n;

    if (entry == NULL || !kb_transfer_refuse_journals (entry->path, error))
        return NULL;
    g_auto (KbFd) fd = kb_platform_open_regular (entry->path, FALSE, error);
    gint64 left = fd >= 0 ? lseek (fd, 0, SEEK_END) : -1;
    if (fd < 0)
        return NULL;
    if (left < 0 || lseek (fd, 0, SEEK_SET) != 0) {
        g_set_error (error, KB_ERROR, KB_ERROR_IO, "read: %s: cannot find its start", entry->path);
        return NULL;
    }
    kb_talk_say_number (run->talk, "bytes", left);
    for (; left > 0; left -= n) {
        n = kb_file_read (fd, block, (size_t) MIN (left, (gint64) BLOCK_BYTES), entry->path, error);
        if (n == 0)
            g_set_error (error, KB_ERROR, KB_ERROR_IO, "read: %s: became shorter", entry->path);
        if (n <= 0 || !kb_file_write_all (STDOUT_FILENO, block, (size_t) n, "caller", error))
            return NULL;
    }
    return json_object_new();
}

static const KbHelperOperation operations[] = {
    {"list", list, {NULL}},
    {"backup", back_up, {is_note}},
    {"check", check, {is_name}},
    {"restore", restore, {is_name, is_flag, is_flag}},
    {"restore-file", restore_from_caller, {is_file_name, is_size, is_flag, is_flag}},
    {"undo", undo, {is_name_or_nothing, is_flag, is_flag}},
    {"keep", keep, {is_name, is_flag}},
    {"note", note, {is_name, is_note}},
    {"delete", delete, {is_name}},
    {"delete-for-good", delete_for_good, {is_name}},
    {"undelete", undelete, {is_name}},
    {"import", import_from_caller, {is_file_name, is_size}},
    {"copy-out", copy_out, {is_name}},
};

static gboolean
words_fit (const KbHelperOperation *operation, int n_words, char **words)
{
    for (int i = 0; i < n_words; i++)
        if (operation->words[i] == NULL || !operation->words[i](words[i]))
            return FALSE;
    return operation->words[n_words] == NULL;
}

/**
 * kb_helper_find_operation:
 * @argc: the number of words
 * @argv: the words: the operation, a data folder, and what that operation needs; not trusted
 *
 * Returns: (transfer none) (nullable): the operation; %NULL when the words are of none
 */
const KbHelperOperation *
kb_helper_find_operation (int argc, char **argv)
{
    if (argc < 2 || argc - 2 > MAX_WORDS)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS (operations); i++)
        if (strcmp (operations[i].name, argv[0]) == 0)
            return words_fit (&operations[i], argc - 2, argv + 2) ? &operations[i] : NULL;
    return NULL;
}

/* These say or hear more than lines. */
static gboolean
talks_by_itself (const KbHelperOperation *operation)
{
    return operation->operate == restore_from_caller || operation->operate == import_from_caller ||
           operation->operate == copy_out;
}

/**
 * kb_helper_run:
 * @operation: what kb_helper_find_operation() gave
 * @home: the data folder
 * @words: what the operation needs
 * @talk: with the caller
 * @error: return location for a #GError
 *
 * Errors: those of the operation.
 *
 * Returns: (transfer full): the result
 */
JsonObject *
kb_helper_run (const KbHelperOperation *operation,
               KbHome *home,
               char **words,
               KbTalk *talk,
               GError **error)
{
    Run run = {.home = home, .words = words, .talk = talk};

    if (!talks_by_itself (operation))
        kb_talk_begin (talk);
    return operation->operate (&run, error);
}
