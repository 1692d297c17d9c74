/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-hide.h"

#include <string.h>

/* Stands for what has been taken out. */
#define GAP "…"
/* A name of fewer letters is in every sentence. */
#define LEAST_NAME_CHARS 2

/* Names of files and folders that everybody has. */
static const char *const known_names =
    "^(\\.\\.?|db\\.sqlite3|[a-z_]+\\.sqlite3)"
    "(-wal|-shm|-journal|\\.restoring)?(\\.gz|\\.part)?$|"
    "^(\\.data_version|options\\.ini|plugins\\.json|server\\.pid|process_control\\.flag|"
    "process_cache|backups|protected|replaced|deleted|restore\\.ini|kept\\.ini|content|logs|"
    "\\.kolibri-backup\\.lock|\\.kolibri|kolibri|\\.var|app|org\\.learningequality\\.Kolibri|data|"
    "lib|local|share|python3?(\\.[0-9]+)?|site-packages|dist-packages|VERSION)(\\.part)?$|"
    "^kolibri-backup-[0-9a-f-]+\\.dump\\.part$|^replaced-v[0-9A-Za-z.+-]+_[0-9_-]+(\\.part)?$";

/* Kolibri lets anything stand between the time and the ending (facts, 5.2). */
static const char *const backup_name = "^(db-v[0-9][0-9A-Za-z.+-]*_[0-9]{4}-[0-9]{2}-[0-9]{2}_"
                                       "[0-9]{2}-[0-9]{2}-[0-9]{2})(.*?)((\\.[a-z0-9]{2,4}){0,2})$";

/* Where a path may begin without saying anything. */
static const char *const known_roots =
    "^(usr|etc|lib|proc|dev|tmp|var|opt|app|run|media|mnt|home|snap|sys|Users|Volumes)$";

/* A path begins at a slash that no word stands before, or behind the last ": " before a slash. It
 * ends before the ": " that no other slash follows on its line: names may hold colons and spaces.
 */
static const char *const path_in_text =
    "(?:(?:(?<=: )|^)(?:(?!: )[^\\n/\\\\])*|(?<![\\p{L}\\p{N}_.])(?:[A-Za-z]:)?)[/\\\\]"
    "(?:[^\\n]*[/\\\\])?(?:(?!: )[^\\n/\\\\])*";

/* A file of the working folder: all between two ": ". */
static const char *const file_in_text =
    "(?:(?<=: )|^)(?:(?!: )[^\\n/\\\\])+\\.(?:dump|sql|sqlite3?|db|gz|zip|txt|part|ini)(?=: |$)";

/* The slash of "I/O" is none of a path. */
#define IO_SLASH "\001"

typedef struct {
    char *name;
    char *label;
} Name;

struct _KbHide {
    char *data_folder;
    char *home_folder;
    GPtrArray *names;
};

static void
name_free (gpointer data)
{
    Name *name = data;

    g_free (name->name);
    g_free (name->label);
    g_free (name);
}

/* Without the separator at its end; %NULL for what says nothing. */
static char *
clean_folder (const char *folder)
{
    char *clean = folder != NULL ? g_utf8_make_valid (folder, -1) : g_strdup ("");

    while (*clean != '\0' && strchr ("/\\", clean[strlen (clean) - 1]) != NULL)
        clean[strlen (clean) - 1] = '\0';
    if (*clean == '\0')
        g_clear_pointer (&clean, g_free);
    return clean;
}

/**
 * kb_hide_new:
 * @data_folder: (nullable): what becomes "KOLIBRI_HOME"
 * @home_folder: (nullable): what becomes "~"
 *
 * Makes something that hides paths, and the names that kb_hide_add_name() adds.
 *
 * Returns: (transfer full): it
 */
KbHide *
kb_hide_new (const char *data_folder, const char *home_folder)
{
    KbHide *self = g_new0 (KbHide, 1);

    self->data_folder = clean_folder (data_folder);
    self->home_folder = clean_folder (home_folder);
    self->names = g_ptr_array_new_with_free_func (name_free);
    return self;
}

/**
 * kb_hide_free:
 * @self: (nullable) (transfer full): what hides
 */
void
kb_hide_free (KbHide *self)
{
    if (self == NULL)
        return;
    g_free (self->data_folder);
    g_free (self->home_folder);
    g_ptr_array_unref (self->names);
    g_free (self);
}

/* The longest first: "ana-laptop" before "ana". */
static int
compare_lengths (gconstpointer a, gconstpointer b)
{
    size_t length_a = strlen ((*(const Name *const *) a)->name);
    size_t length_b = strlen ((*(const Name *const *) b)->name);

    return (length_a < length_b) - (length_a > length_b);
}

/**
 * kb_hide_add_name:
 * @self: what hides
 * @name: (nullable): a name that nobody shall read, in any encoding
 * @label: what shall stand in its place
 *
 * A name is found wherever it stands for itself, in capitals or not.
 */
void
kb_hide_add_name (KbHide *self, const char *name, const char *label)
{
    g_autofree char *valid = name != NULL ? g_utf8_make_valid (name, -1) : g_strdup ("");

    g_strstrip (valid);
    if (g_utf8_strlen (valid, -1) < LEAST_NAME_CHARS)
        return;
    Name *entry = g_new0 (Name, 1);
    entry->name = g_steal_pointer (&valid);
    entry->label = g_strdup (label);
    g_ptr_array_add (self->names, entry);
    g_ptr_array_sort (self->names, compare_lengths);
}

static char *
replace_all (const char *text, const char *pattern, GRegexEvalCallback replace, gpointer data)
{
    g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_CASELESS, 0, NULL);
    char *result =
        g_regex_replace_eval (regex, text, -1, 0, 0, replace, data, NULL); /* NULL: too much */

    return result != NULL ? result : g_strdup (GAP);
}

/* A name of a file as far as it says nothing about a person. */
static char *
describe_component (const char *component)
{
    g_autoptr (GRegex) backup = g_regex_new (backup_name, 0, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;

    if (g_regex_match_simple (known_names, component, 0, 0))
        return g_strdup (component);
    if (!g_regex_match (backup, component, 0, &match))
        return g_strdup (GAP);
    g_autofree char *stem = g_match_info_fetch (match, 1);
    g_autofree char *rest = g_match_info_fetch (match, 2);
    g_autofree char *ending = g_match_info_fetch (match, 3);
    return g_strconcat (stem, *rest != '\0' ? GAP : "", ending, NULL);
}

static gboolean
is_last (const GString *out, const char *end)
{
    size_t length = strlen (end);

    return out->len >= length && strcmp (out->str + out->len - length, end) == 0;
}

/* Appends what follows the folder that a path begins with; many gaps become one. */
static void
append_components (GString *out, const char *rest)
{
    g_auto (GStrv) components = g_strsplit_set (rest, "/\\", -1);

    for (size_t i = 0; components[i] != NULL; i++) {
        if (*components[i] == '\0')
            continue;
        g_autofree char *word = describe_component (components[i]);
        if (strcmp (word, GAP) == 0 && is_last (out, "/" GAP))
            continue;
        g_string_append_printf (out, "/%s", word);
    }
}

/* What follows @folder in @path; %NULL when @path is not in it. */
static const char *
skip_folder (const char *path, const char *folder)
{
    if (folder == NULL || !g_str_has_prefix (path, folder))
        return NULL;
    path += strlen (folder);
    return *path == '\0' || strchr ("/\\", *path) != NULL ? path : NULL;
}

static void
append_path (const KbHide *self, GString *out, const char *path)
{
    const char *rest = skip_folder (path, self->data_folder);

    if (rest != NULL) {
        g_string_append (out, "KOLIBRI_HOME");
        append_components (out, rest);
        return;
    }
    rest = skip_folder (path, self->home_folder);
    if (rest != NULL) {
        g_string_append_c (out, '~');
        append_components (out, rest);
        return;
    }
    rest = path + strcspn (path, "/\\") + 1;
    if (rest > path + 1 && path[rest - path - 2] != ':')
        g_string_append (out, GAP); /* a relative path */
    g_autofree char *root = g_strndup (rest, strcspn (rest, "/\\"));
    if (g_regex_match_simple (known_roots, root, 0, 0)) {
        g_string_append_printf (out, "/%s", root);
        rest += strlen (root);
    }
    append_components (out, rest);
}

static gboolean
on_file (const GMatchInfo *match, GString *out, G_GNUC_UNUSED gpointer user_data)
{
    g_autofree char *name = g_match_info_fetch (match, 0);
    g_autofree char *word = describe_component (name);

    g_string_append (out, word);
    return FALSE;
}

static gboolean
on_path (const GMatchInfo *match, GString *out, gpointer user_data)
{
    g_autofree char *path = g_match_info_fetch (match, 0);

    append_path (user_data, out, path);
    return FALSE;
}

/* Between quotation marks, and after VALUES, SQLite and its kind show what they could not read. */
static gboolean
on_quotation (G_GNUC_UNUSED const GMatchInfo *match, GString *out, G_GNUC_UNUSED gpointer user_data)
{
    g_string_append (out, "“" GAP "”");
    return FALSE;
}

static gboolean
on_label (G_GNUC_UNUSED const GMatchInfo *match, GString *out, gpointer user_data)
{
    g_string_append (out, user_data);
    return FALSE;
}

static void
replace_names (const KbHide *self, char **text)
{
    for (guint i = 0; i < self->names->len; i++) {
        const Name *name = self->names->pdata[i];
        g_autofree char *escaped = g_regex_escape_string (name->name, -1);
        g_autofree char *pattern =
            g_strdup_printf ("(?<![\\p{L}\\p{N}_])%s(?![\\p{L}\\p{N}_])", escaped);
        char *hidden = replace_all (*text, pattern, on_label, name->label);
        g_free (*text);
        *text = hidden;
    }
}

/* The folders wherever they stand, also where no path is seen: percent signs, no slash before. */
static void
replace_folder (char **text, const char *folder, const char *label)
{
    if (folder == NULL)
        return;
    g_auto (GStrv) parts = g_strsplit (*text, folder, -1);
    g_free (*text);
    *text = g_strjoinv (label, parts);
}

/**
 * kb_hide_in:
 * @self: what hides
 * @text: a technical text in any encoding, as the message of an error
 *
 * Takes out what identifies a person: of paths stays only what everybody has, names become their
 * labels, what stands in quotation marks goes. Rather too much than too little.
 *
 * Returns: (transfer full): the text without, in valid UTF-8
 */
char *
kb_hide_in (const KbHide *self, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid (text, -1);
    g_autofree char *no_io = replace_all (valid, "(?<=input|\\bi)/(?=o)", on_label, IO_SLASH);
    g_autofree char *paths = replace_all (no_io, path_in_text, on_path, (gpointer) self);
    g_autofree char *files = replace_all (paths, file_in_text, on_file, NULL);
    g_autofree char *quoted =
        replace_all (files, "\"[^\"]*\"|“[^”]*”|'[^']*'|(?<=values)\\s*\\(.*", on_quotation, NULL);
    char *result = replace_all (quoted, IO_SLASH, on_label, "/");

    replace_folder (&result, self->data_folder, "KOLIBRI_HOME");
    replace_folder (&result, self->home_folder, "~");
    replace_names (self, &result);
    return result;
}
