/* SPDX-License-Identifier: MIT */
/* kolibri-server 0.5.1, debian/kolibri-server.init: `uwsgi --ini /etc/kolibri/dist/uwsgi.ini …
 * --env=KOLIBRI_HOME=HOME --pidfile=/var/run/kolibri-server/uwsgi.pid`, and a second one for
 * hashi, which has no database. */
#include "kb-uwsgi.h"

#include "kb-file.h"
#include "kb-root.h"

#include <string.h>

#define PID_FILE "/var/run/kolibri-server/uwsgi.pid"
#define PID_MAX_BYTES 64
#define HOME_WORD "KOLIBRI_HOME="

/* What the words of a process say. */
typedef enum {
    WORDS_OTHER,  /* it is no uwsgi, or one of another folder */
    WORDS_SILENT, /* it is a uwsgi, and names no folder; or nobody may read its words */
    WORDS_OURS,
} Words;

static gboolean
names_program (const char *word)
{
    g_autofree char *name = g_path_get_basename (word);

    return g_str_has_prefix (name, "uwsgi");
}

static Words
read_words (int64_t pid, const char *home)
{
    g_auto (GStrv) words = kb_platform_process_arguments (pid);
    Words result = WORDS_SILENT;

    if (words == NULL)
        return WORDS_SILENT;
    if (!names_program (words[0]))
        return WORDS_OTHER;
    for (char **word = words; *word != NULL; word++) {
        const char *value = strstr (*word, HOME_WORD);
        if (strstr (*word, "hashi_uwsgi.ini") != NULL)
            return WORDS_OTHER;
        if (value == NULL)
            continue;
        value += strlen (HOME_WORD);
        result =
            strcmp (value, home) == 0 || kb_file_is_same (value, home) ? WORDS_OURS : WORDS_OTHER;
    }
    return result;
}

static int64_t
read_pid_file (const char *root)
{
    g_autofree char *path = kb_root_path (root, PID_FILE);
    g_autofree char *text = kb_file_read_text (path, PID_MAX_BYTES, NULL, NULL);
    gint64 pid = text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;

    return pid > 0 && kb_platform_process_exists (pid) ? pid : 0;
}

/**
 * kb_uwsgi_find:
 * @root: (nullable): a folder that stands for `/`
 * @home: the path of a data folder
 * @is_its_home: whether kolibri-server is installed and set up for @home
 *
 * Looks for the processes of kolibri-server that work on @home: its pid file, and the words of all
 * processes. They have the database open, with or without a server.pid.
 *
 * Returns: the id of one, or 0 when none was seen
 */
int64_t
kb_uwsgi_find (const char *root, const char *home, gboolean is_its_home)
{
    int64_t pid = read_pid_file (root);
    Words words = pid != 0 ? read_words (pid, home) : WORDS_OTHER;

    if (words == WORDS_OURS || (words == WORDS_SILENT && is_its_home))
        return pid;
    g_autoptr (GArray) pids = kb_platform_list_processes();
    for (guint i = 0; i < pids->len; i++) {
        pid = g_array_index (pids, gint64, i);
        if (read_words (pid, home) == WORDS_OURS)
            return pid;
    }
    return 0;
}
