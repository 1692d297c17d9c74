/* SPDX-License-Identifier: MIT */
/* What the caller has of the helper (helper/): data of another user is changed by a process of that
 * user, which only an administrator can start. */
#include "kb-helper-client.h"

#include "kb-candidates.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-json.h"
#include "kb-root.h"
#include "kb-wire.h"

#include <string.h>

#define BLOCK_BYTES ((size_t) 64 * 1024)

/* pkexec(1): what it says instead of the program. */
enum { PKEXEC_DISMISSED = 126, PKEXEC_REFUSED = 127 };

typedef struct {
    const KbHelperCall *call;
    KbProgress *progress;
    GCancellable *cancellable;

    GSubprocess *process;
    GOutputStream *to;
    GInputStream *from;
    char *bytes; /* what has come and is not read yet; room for one line */
    size_t n_bytes;
    gboolean was_cancelled;
    gboolean has_answered;
    char *stray; /* what somebody else has said in its place: pkexec */
    JsonObject *result;
    GError *error; /* what the helper has said */
} Run;

static void
run_clear (Run *self)
{
    g_clear_object (&self->process);
    g_free (self->bytes);
    g_free (self->stray);
    g_clear_pointer (&self->result, json_object_unref);
    g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/**
 * kb_helper_is_needed:
 * @home: a data folder
 *
 * Returns: %TRUE if it belongs to another user, so that only the helper may change it
 */
gboolean
kb_helper_is_needed (const KbHome *home)
{
    KbOwner owner;

    return kb_home_get_root (home) == NULL && kb_home_read_owner (home, &owner, NULL) &&
           !kb_platform_owner_is_us (&owner);
}

/* The helper works on folders that an installer names, and knows them by that name only. */
static char *
find_name_of_home (const KbHome *home, GError **error)
{
    g_autoptr (GPtrArray) candidates = kb_candidates_list (NULL);
    const KbCandidate *candidate = kb_candidates_find (candidates, kb_home_get_path (home));

    if (candidate != NULL &&
        (candidate->reason == KB_REASON_SETTINGS || candidate->reason == KB_REASON_USUAL_PLACE))
        return g_strdup (candidate->path);
    g_set_error (error, KB_ERROR, KB_ERROR_PERMISSION,
                 "helper: %s: belongs to another user, and no installer names it",
                 kb_home_get_path (home));
    return NULL;
}

static gboolean
find_programs (char **pkexec, const char **helper, GError **error)
{
    *helper = kb_platform_helper_path();
    *pkexec = *helper != NULL ? g_find_program_in_path ("pkexec") : NULL;
    if (kb_root_is_sandbox (NULL))
        g_set_error (error, KB_ERROR, KB_ERROR_PERMISSION,
                     "helper: cannot be started from within a sandbox");
    else if (*pkexec == NULL)
        g_set_error (error, KB_ERROR, KB_ERROR_PERMISSION,
                     "helper: pkexec is not installed on this computer");
    else if (!g_file_test (*helper, G_FILE_TEST_IS_EXECUTABLE))
        g_set_error (error, KB_ERROR, KB_ERROR_PERMISSION, "helper: %s: is not installed", *helper);
    else
        return TRUE;
    return FALSE;
}

/**
 * kb_helper_is_offered:
 * @home: a data folder
 *
 * Returns: %TRUE if it needs the helper, and there is a way to it
 */
gboolean
kb_helper_is_offered (const KbHome *home)
{
    g_autofree char *pkexec = NULL;
    const char *helper;

    if (!kb_helper_is_needed (home))
        return FALSE;
    g_autofree char *name = find_name_of_home (home, NULL);
    return name != NULL && find_programs (&pkexec, &helper, NULL);
}

static gboolean
start (Run *self, const KbHome *home, GError **error)
{
    g_autofree char *name = find_name_of_home (home, error);
    g_autofree char *pkexec = NULL;
    const char *helper;
    g_autoptr (GPtrArray) words = g_ptr_array_new();

    if (name == NULL || !find_programs (&pkexec, &helper, error))
        return FALSE;
    g_ptr_array_add (words, pkexec);
    g_ptr_array_add (words, (char *) helper);
    g_ptr_array_add (words, (char *) self->call->operation);
    g_ptr_array_add (words, name);
    for (size_t i = 0; self->call->arguments[i] != NULL; i++)
        g_ptr_array_add (words, (char *) self->call->arguments[i]);
    g_ptr_array_add (words, NULL);
    /* A helper that has ended is an error, not the end of this program: GSocket sees to that. */
    g_type_class_unref (g_type_class_ref (G_TYPE_SOCKET));
    self->process =
        g_subprocess_newv ((const char *const *) words->pdata,
                           G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                               G_SUBPROCESS_FLAGS_STDERR_MERGE,
                           error);
    if (self->process == NULL)
        return FALSE;
    self->to = g_subprocess_get_stdin_pipe (self->process);
    self->from = g_subprocess_get_stdout_pipe (self->process);
    self->bytes = g_malloc (KB_WIRE_MAX_LINE_BYTES);
    return TRUE;
}

/* A closed pipe cancels. While somebody is still asked for a password there is no helper to hear
 * of it, and pkexec is still ours to end. */
static void
tell_cancel (Run *self)
{
    self->was_cancelled = TRUE;
    g_output_stream_close (self->to, NULL, NULL);
    if (!self->has_answered)
        g_subprocess_force_exit (self->process);
}

/* Reads what there is. Returns the number of bytes, 0 at the end. */
static gssize
receive (Run *self, char *bytes, size_t size, GError **error)
{
    g_autoptr (GError) local = NULL;
    gssize n = -1;

    if (!self->was_cancelled)
        n = g_input_stream_read (self->from, bytes, size, self->cancellable, &local);
    if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        tell_cancel (self);
    if (self->was_cancelled) {
        g_clear_error (&local);
        n = g_input_stream_read (self->from, bytes, size, NULL, &local);
    }
    if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
    return n;
}

/* The next line; %NULL at the end, or on an error. */
static char *
read_line (Run *self, GError **error)
{
    for (;;) {
        char *newline = memchr (self->bytes, '\n', self->n_bytes);
        if (newline != NULL) {
            size_t length = (size_t) (newline - self->bytes);
            char *line = g_strndup (self->bytes, length);
            self->n_bytes -= length + 1;
            memmove (self->bytes, newline + 1, self->n_bytes);
            return line;
        }
        if (self->n_bytes == KB_WIRE_MAX_LINE_BYTES) {
            g_set_error (error, KB_ERROR, KB_ERROR_INTERNAL, "helper: a line without an end");
            return NULL;
        }
        gssize n = receive (self, self->bytes + self->n_bytes,
                            KB_WIRE_MAX_LINE_BYTES - self->n_bytes, error);
        if (n <= 0)
            return NULL;
        self->n_bytes += (size_t) n;
    }
}

/* Sends the file; the helper reads all of it before it says another word, or ends. */
static gboolean
send_input (Run *self, GError **error)
{
    g_autofree char *block = g_malloc (BLOCK_BYTES);
    g_auto (KbFd) fd = kb_platform_open_regular (self->call->input, TRUE, error);
    uint64_t total = kb_file_size (self->call->input);
    uint64_t done = 0;

    if (fd < 0)
        return FALSE;
    while (done < total) {
        size_t want = (size_t) MIN (total - done, BLOCK_BYTES);
        gssize n = kb_file_read (fd, block, want, self->call->input, error);
        if (n < 0)
            return FALSE;
        if ((size_t) n < want) {
            g_set_error (error, KB_ERROR, KB_ERROR_IO, "helper: %s: became shorter",
                         self->call->input);
            return FALSE;
        }
        if (!g_output_stream_write_all (self->to, block, want, NULL, self->cancellable, error)) {
            if (!g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
                return FALSE;
            g_clear_error (error); /* it has ended, and has said why */
            return TRUE;
        }
        done += want;
        kb_progress_set (self->progress, KB_PHASE_COPYING, done, total);
    }
    return TRUE;
}

static gboolean
take_output (Run *self, uint64_t total, GError **error)
{
    g_auto (KbFd) fd = kb_platform_create (self->call->output, NULL, error);
    g_autofree char *block = g_malloc (BLOCK_BYTES);
    uint64_t done = 0;

    if (fd < 0)
        return FALSE;
    while (done < total) {
        size_t want = (size_t) MIN (total - done, BLOCK_BYTES);
        gssize n = (gssize) MIN (want, self->n_bytes);
        if (n > 0) {
            memcpy (block, self->bytes, (size_t) n);
            self->n_bytes -= (size_t) n;
            memmove (self->bytes, self->bytes + n, self->n_bytes);
        } else {
            n = receive (self, block, want, error);
        }
        if (n < 0 ||
            (n > 0 && !kb_file_write_all (fd, block, (size_t) n, self->call->output, error)))
            return FALSE;
        if (n == 0)
            return TRUE; /* the end of the answer says why */
        done += (size_t) n;
        kb_progress_set (self->progress, KB_PHASE_COPYING, done, total);
    }
    return TRUE;
}

static gboolean
take_bytes (Run *self, JsonObject *object, GError **error)
{
    gint64 total = kb_json_get_int (object, "bytes", -1);
    g_autofree char *folder = NULL;

    if (self->call->output == NULL || total < 0) {
        g_set_error (error, KB_ERROR, KB_ERROR_INTERNAL, "helper: bytes that nobody wanted");
        return FALSE;
    }
    folder = g_path_get_dirname (self->call->output);
    return kb_file_require_space (folder, (uint64_t) total + KB_FILE_SPACE_RESERVE, error) &&
           take_output (self, (uint64_t) total, error);
}

/* One line of the helper. */
static gboolean
obey (Run *self, JsonObject *object, GError **error)
{
    JsonObject *progress = kb_json_get_object (object, "progress");
    JsonObject *entry = kb_json_get_object (object, "entry");
    JsonObject *failure = kb_json_get_object (object, "error");
    JsonObject *result = kb_json_get_object (object, "result");
    KbProgressSnapshot now;

    self->has_answered = TRUE;
    if (progress != NULL && kb_wire_to_progress (progress, &now))
        kb_progress_follow (self->progress, &now);
    if (entry != NULL && self->call->entries != NULL)
        g_ptr_array_add (self->call->entries, json_object_ref (entry));
    if (failure != NULL && self->error == NULL)
        kb_wire_to_error (failure, &self->error);
    if (result != NULL && self->result == NULL)
        self->result = json_object_ref (result);
    if (json_object_has_member (object, "ready") && self->call->input != NULL)
        return send_input (self, error);
    return !json_object_has_member (object, "bytes") || take_bytes (self, object, error);
}

static gboolean
listen (Run *self, GError **error)
{
    g_autoptr (GError) local = NULL;
    char *text;

    while ((text = read_line (self, &local)) != NULL) {
        g_autofree char *line = text;
        g_autoptr (JsonObject) object = kb_json_parse_object (line, strlen (line));
        if (object == NULL && !self->has_answered && *line != '\0') {
            g_free (self->stray);
            self->stray = g_utf8_make_valid (line, -1);
        }
        if (object != NULL && !obey (self, object, &local))
            break;
    }
    if (local == NULL)
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

/* Without an answer: why there is none. */
static void
explain (Run *self, GError **error)
{
    int status = g_subprocess_get_if_exited (self->process)
                     ? g_subprocess_get_exit_status (self->process)
                     : -1;
    const char *detail = self->stray != NULL ? self->stray : "no reason given";

    if (self->error != NULL)
        g_propagate_error (error, g_steal_pointer (&self->error));
    else if (self->was_cancelled || (status == PKEXEC_DISMISSED && !self->has_answered))
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "helper: %s", detail);
    else if (status == PKEXEC_REFUSED && !self->has_answered)
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_ALLOWED, "helper: pkexec: %s", detail);
    else
        g_set_error (error, KB_ERROR, KB_ERROR_INTERNAL, "helper: ended without an answer: %s",
                     detail);
}

/**
 * kb_helper_call:
 * @home: a data folder for which kb_helper_is_needed()
 * @call: what to do there
 * @progress: (nullable): follows that of the helper
 * @cancellable: (nullable): a cancel reaches the helper, which then ends by itself
 * @error: return location for a #GError
 *
 * Has the helper do something, through pkexec, which may ask for the password of an administrator
 * as long as the person takes. Returns only when the helper has ended. Blocks; call it from a
 * worker thread.
 *
 * Errors: %KB_ERROR_PERMISSION when there is no way to the helper: in a sandbox, without pkexec,
 * or for a folder that no installer names; %KB_ERROR_NOT_ALLOWED when it was refused;
 * %G_IO_ERROR_CANCELLED, also when the person closes the question; and those of the operation.
 *
 * Returns: (transfer full): the result
 */
JsonObject *
kb_helper_call (const KbHome *home,
                const KbHelperCall *call,
                KbProgress *progress,
                GCancellable *cancellable,
                GError **error)
{
    g_auto (Run) self = {.call = call, .progress = progress, .cancellable = cancellable};
    g_autoptr (GError) local = NULL;

    if (g_cancellable_set_error_if_cancelled (cancellable, error) || !start (&self, home, error))
        return NULL;
    if (!listen (&self, &local)) { /* no use in its answer any more */
        g_output_stream_close (self.to, NULL, NULL);
        g_input_stream_close (self.from, NULL, NULL);
    }
    g_subprocess_wait (self.process, NULL, NULL);
    if (self.result != NULL && local == NULL)
        return g_steal_pointer (&self.result);
    if (local != NULL && self.error == NULL)
        g_propagate_error (error, g_steal_pointer (&local));
    else
        explain (&self, error);
    return NULL;
}
