/* SPDX-License-Identifier: MIT */
#include "kb-helper-talk.h"

#include "kb-file.h"
#include "kb-wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define TICK_MS 200
#define CANCEL "cancel"

struct _KbTalk {
    KbProgress *progress;
    GCancellable *cancellable;
    GCancellable *end; /* of the thread */
    GThread *thread;
    GMutex lock; /* a line is written whole */
    KbProgressSnapshot said;
    char line[sizeof CANCEL]; /* what the caller is saying */
    size_t n_line;
};

/**
 * kb_talk_new:
 *
 * Returns: (transfer full): a talk in which nobody listens yet
 */
KbTalk *
kb_talk_new (void)
{
    KbTalk *self = g_new0 (KbTalk, 1);

    self->progress = kb_progress_new();
    self->cancellable = g_cancellable_new();
    self->end = g_cancellable_new();
    g_mutex_init (&self->lock);
    return self;
}

/**
 * kb_talk_free:
 * @self: (nullable) (transfer full): a talk
 *
 * Ends it: the thread is gone afterwards.
 */
void
kb_talk_free (KbTalk *self)
{
    if (self == NULL)
        return;
    kb_talk_end (self);
    g_mutex_clear (&self->lock);
    kb_progress_unref (self->progress);
    g_object_unref (self->cancellable);
    g_object_unref (self->end);
    g_free (self);
}

/**
 * kb_talk_get_progress:
 * @self: a talk
 *
 * Returns: (transfer none): what the caller is told of
 */
KbProgress *
kb_talk_get_progress (KbTalk *self)
{
    return self->progress;
}

/**
 * kb_talk_get_cancellable:
 * @self: a talk
 *
 * Returns: (transfer none): what the caller can cancel
 */
GCancellable *
kb_talk_get_cancellable (KbTalk *self)
{
    return self->cancellable;
}

/**
 * kb_talk_say:
 * @self: a talk
 * @member: what it is
 * @object: (transfer full): what to say
 *
 * Writes one line. Any thread.
 *
 * Returns: %FALSE if nobody listens any more
 */
gboolean
kb_talk_say (KbTalk *self, const char *member, JsonObject *object)
{
    g_autoptr (JsonObject) line = json_object_new();

    json_object_set_object_member (line, member, object);
    g_autofree char *text = kb_json_to_ascii (line);
    g_autofree char *whole = g_strconcat (text, "\n", NULL);
    g_mutex_lock (&self->lock);
    gboolean ok = kb_file_write_all (STDOUT_FILENO, whole, strlen (whole), "caller", NULL);
    g_mutex_unlock (&self->lock);
    return ok;
}

/**
 * kb_talk_say_number:
 * @self: a talk
 * @member: what it is
 * @number: what to say
 *
 * Writes one line, before kb_talk_begin().
 *
 * Returns: %FALSE if nobody listens any more
 */
gboolean
kb_talk_say_number (G_GNUC_UNUSED KbTalk *self, const char *member, gint64 number)
{
    g_autofree char *line = g_strdup_printf ("{\"%s\":%" G_GINT64_FORMAT "}\n", member, number);

    return kb_file_write_all (STDOUT_FILENO, line, strlen (line), "caller", NULL);
}

/* One letter of the caller. A line that is too long is none that we know. */
static void
hear (KbTalk *self, char letter)
{
    if (letter == '\n') {
        if (self->n_line == strlen (CANCEL) && memcmp (self->line, CANCEL, self->n_line) == 0)
            g_cancellable_cancel (self->cancellable);
        self->n_line = 0;
    } else if (self->n_line < sizeof self->line) {
        self->line[self->n_line++] = letter;
    }
}

/* Returns: whether the caller may still say something. Who has closed the pipe wants nothing. */
static gboolean
listen (KbTalk *self)
{
    char bytes[256];
    ssize_t n = read (STDIN_FILENO, bytes, sizeof bytes);

    if (n < 0 && errno == EINTR)
        return TRUE;
    for (ssize_t i = 0; i < n; i++)
        hear (self, bytes[i]);
    if (n <= 0)
        g_cancellable_cancel (self->cancellable);
    return n > 0;
}

static void
tell_progress (KbTalk *self)
{
    KbProgressSnapshot now;

    kb_progress_snapshot (self->progress, &now);
    if (now.phase == self->said.phase && now.done == self->said.done &&
        now.total == self->said.total)
        return;
    self->said = now;
    if (!kb_talk_say (self, "progress", kb_wire_from_progress (&now)))
        g_cancellable_cancel (self->cancellable);
}

static gpointer
run (gpointer data)
{
    KbTalk *self = data;
    gboolean is_open = TRUE;

    while (!g_cancellable_is_cancelled (self->end)) {
        struct pollfd fds[] = {
            {.fd = g_cancellable_get_fd (self->end), .events = POLLIN},
            {.fd = is_open ? STDIN_FILENO : -1, .events = POLLIN},
        };
        int n = poll (fds, G_N_ELEMENTS (fds), TICK_MS);
        g_cancellable_release_fd (self->end);
        if (n > 0 && fds[1].revents != 0)
            is_open = listen (self);
        else
            tell_progress (self);
    }
    return NULL;
}

/**
 * kb_talk_begin:
 * @self: a talk
 *
 * Begins to tell of the progress, and to listen.
 */
void
kb_talk_begin (KbTalk *self)
{
    self->thread = g_thread_new ("kb-talk", run, self);
}

/**
 * kb_talk_end:
 * @self: a talk
 *
 * Ends what kb_talk_begin() began: the next line is the last one.
 */
void
kb_talk_end (KbTalk *self)
{
    g_cancellable_cancel (self->end);
    g_clear_pointer (&self->thread, g_thread_join);
}
