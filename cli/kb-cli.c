/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-cli.h"

#include "kb-access.h"
#include "kb-cli-json.h"
#include "kb-console.h"
#include "kb-gettext.h"
#include "kb-helper-client.h"
#include "kb-text-error.h"
#include "kb-text-status.h"

#include <string.h>
#include <unistd.h>

#define N_COMMON_OPTIONS 3

/* GOptionEntry wants the addresses of this run. */
static void
fill_common_options (KbCli *self, GOptionEntry *entries)
{
    entries[0] = (GOptionEntry){"home", 0, 0, G_OPTION_ARG_FILENAME, &self->home_path,
                                N_ ("The data folder of Kolibri, instead of the usual one"),
                                /* Translators: a placeholder in the list of options. */
                                N_ ("DIR")};
    entries[1] =
        (GOptionEntry){"json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_ ("Answer in JSON"), NULL};
    entries[2] = (GOptionEntry){0};
}

/* GOption leaves the "--" before words that look like options. */
static void
drop_separator (int *argc, char **argv)
{
    for (int i = 1; i < *argc; i++) {
        if (strcmp (argv[i], "--") != 0)
            continue;
        memmove (argv + i, argv + i + 1, (size_t) (*argc - i) * sizeof *argv);
        (*argc)--;
        return;
    }
}

/**
 * kb_cli_parse:
 * @self: the run
 * @argc: (inout): the number of words
 * @argv: (inout): the words, the name of the command first
 * @usage: what follows the name in the help
 * @entries: (nullable): the options of this command
 * @min_args: the least number of words that are no options
 * @max_args: the greatest
 *
 * Reads the options of a command, and prints what is wrong with them.
 *
 * Returns: %FALSE when the command cannot run
 */
gboolean
kb_cli_parse (KbCli *self,
              int *argc,
              char ***argv,
              const char *usage,
              const GOptionEntry *entries,
              int min_args,
              int max_args)
{
    g_autoptr (GOptionContext) context = g_option_context_new (usage);
    g_autoptr (GError) error = NULL;
    GOptionEntry common[N_COMMON_OPTIONS];

    fill_common_options (self, common);
    g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
    if (entries != NULL)
        g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
    if (!g_option_context_parse (context, argc, argv, &error)) {
        g_printerr ("%s\n", error->message);
        return FALSE;
    }
    drop_separator (argc, *argv);
    if (*argc - 1 < min_args || *argc - 1 > max_args) {
        g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);
        g_printerr ("%s", help);
        return FALSE;
    }
    return TRUE;
}

/**
 * kb_cli_open_home:
 * @self: the run
 * @error: return location for a #GError
 *
 * Finds the data folder, and puts right what an interrupted run has left there, before anything
 * else. Where that is not for us to do, it is left to who may.
 *
 * Errors: as kb_home_open().
 *
 * Returns: %TRUE if there is a data folder
 */
gboolean
kb_cli_open_home (KbCli *self, GError **error)
{
    KbRecovered recovered;

    self->home = kb_home_open_in (self->root, self->home_path, error);
    if (self->home == NULL)
        return FALSE;
    if (kb_access_recover (self->home, &recovered, NULL))
        self->recovered = kb_text_recovered (&recovered);
    if (self->recovered != NULL && !self->json)
        g_printerr ("%s\n", self->recovered);
    return TRUE;
}

/**
 * kb_cli_announce_password:
 * @self: the run, with a data folder
 *
 * Says on a terminal, before anything is changed, that a password will be asked for.
 */
void
kb_cli_announce_password (KbCli *self)
{
    if (!self->json && isatty (STDERR_FILENO) && kb_helper_is_offered (self->home))
        g_printerr ("%s\n", kb_text_password());
}

/**
 * kb_cli_find_file:
 * @self: the run
 * @argument: a path, or a name that the list of the data folder shows
 * @from_catalog: (out): whether it is such a name
 *
 * Returns: (transfer full): the path; nothing need be there
 */
char *
kb_cli_find_file (KbCli *self, const char *argument, gboolean *from_catalog)
{
    *from_catalog = FALSE;
    if (g_file_test (argument, G_FILE_TEST_EXISTS) || self->home == NULL)
        return g_strdup (argument);
    g_autoptr (KbEntry) entry = kb_access_find (self->home, argument, NULL);
    *from_catalog = entry != NULL;
    return g_strdup (entry != NULL ? entry->path : argument);
}

/**
 * kb_cli_find_entry:
 * @self: the run
 * @argument: a path, or a name that the list of the data folder shows
 * @from_catalog: (out): whether it is such a name
 * @error: return location for a #GError
 *
 * Finds a backup, and refuses what is none by its first bytes.
 *
 * Errors: as kb_catalog_find_any(), and as kb_home_open() when there is no list either.
 *
 * Returns: (transfer full): what the list says of it, or would say
 */
KbEntry *
kb_cli_find_entry (KbCli *self, const char *argument, gboolean *from_catalog, GError **error)
{
    g_autoptr (KbEntry) entry = NULL;

    *from_catalog = !g_file_test (argument, G_FILE_TEST_EXISTS);
    if (*from_catalog && self->home == NULL && !kb_cli_open_home (self, error))
        return NULL;
    entry = *from_catalog ? kb_access_find (self->home, argument, error)
                          : kb_catalog_describe_file (argument, error);
    if (entry == NULL || entry->state != KB_ENTRY_FOREIGN)
        return g_steal_pointer (&entry);
    g_set_error (error, KB_ERROR, KB_ERROR_NOT_A_BACKUP, "look: %s: not a backup", entry->path);
    return NULL;
}

/* What may cost data, in English as well where the translation is a draft. */
static char *
say_with_english (KbSay say, gconstpointer data)
{
    g_autofree char *text = say (data);
    g_autofree char *english = kb_text_say_in_english (say, data);

    return english != NULL ? g_strconcat (text, "\n", english, NULL) : g_steal_pointer (&text);
}

/**
 * kb_cli_warn:
 * @say: says what to think of before
 * @data: what it is about
 *
 * Prints a warning, also where `--yes` answers.
 */
void
kb_cli_warn (KbSay say, gconstpointer data)
{
    g_autofree char *text = say_with_english (say, data);

    g_printerr ("%s\n", text);
}

/**
 * kb_cli_ask:
 * @self: the run
 * @say: says a question whose answer is yes or no
 * @data: what it is about
 *
 * Asks on the terminal, unless `--yes` has answered. Where nobody can answer, it is no.
 *
 * Returns: %TRUE for yes
 */
gboolean
kb_cli_ask (KbCli *self, KbSay say, gconstpointer data)
{
    g_autofree char *question = NULL;
    char answer[16];

    if (self->yes)
        return TRUE;
    if (!isatty (STDIN_FILENO)) {
        g_printerr ("%s\n", _ ("This needs an answer: run it in a terminal, or add --yes."));
        return FALSE;
    }
    question = say_with_english (say, data);
    /* Translators: a question, and the letters for yes and no in your language. */
    g_print (C_ ("question", "%s [y/N] "), question);
    if (!kb_console_read_line (answer, sizeof answer))
        return FALSE;
    /* Translators: the letter for yes that the question above names. */
    return g_ascii_tolower (answer[0]) == 'y' || g_str_has_prefix (answer, C_ ("answer", "y"));
}

/**
 * kb_cli_print_json:
 * @object: (transfer full): the answer
 *
 * Prints the answer for a machine: one line.
 */
void
kb_cli_print_json (JsonObject *object)
{
    g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc(), object);
    g_autofree char *text = json_to_string (node, FALSE);

    g_print ("%s\n", text);
    json_object_unref (object);
}

/**
 * kb_cli_print_facts:
 * @sentence: the answer
 * @lines: (element-type utf8): facts
 *
 * Prints the answer for a person.
 */
void
kb_cli_print_facts (const char *sentence, GPtrArray *lines)
{
    g_print ("%s\n", sentence);
    for (guint i = 0; i < lines->len; i++)
        g_print ("  %s\n", (const char *) lines->pdata[i]);
}

static int
exit_code (const GError *error)
{
    static const int codes[KB_N_ERRORS] = {
        [KB_ERROR_NO_SPACE] = KB_EXIT_NO_SPACE,
        [KB_ERROR_BUSY] = KB_EXIT_BUSY,
        [KB_ERROR_CORRUPT] = KB_EXIT_CORRUPT,
        [KB_ERROR_TOO_NEW] = KB_EXIT_TOO_NEW,
        [KB_ERROR_NOT_A_BACKUP] = KB_EXIT_NOT_A_BACKUP,
        [KB_ERROR_NOT_FOUND] = KB_EXIT_NOT_FOUND,
        [KB_ERROR_PERMISSION] = KB_EXIT_PERMISSION,
        [KB_ERROR_UNSUPPORTED] = KB_EXIT_UNSUPPORTED,
        [KB_ERROR_IO] = KB_EXIT_IO,
        [KB_ERROR_FILE_TOO_LARGE] = KB_EXIT_FILE_TOO_LARGE,
        [KB_ERROR_SANDBOX] = KB_EXIT_PERMISSION,
        [KB_ERROR_READ_ONLY] = KB_EXIT_READ_ONLY,
        [KB_ERROR_NOT_ALLOWED] = KB_EXIT_NOT_ALLOWED,
        [KB_ERROR_INTERNAL] = KB_EXIT_FAILED,
    };

    if (kb_error_is_cancelled (error))
        return KB_EXIT_CANCELLED;
    return error->domain == KB_ERROR ? codes[error->code] : KB_EXIT_FAILED;
}

static void
print_failure_json (const GError *error, const char *what)
{
    JsonObject *failure = json_object_new();
    JsonObject *object = json_object_new();
    const char *code = "internal";

    if (kb_error_is_cancelled (error))
        code = "cancelled";
    else if (error->domain == KB_ERROR)
        code = kb_error_code_to_string ((KbErrorCode) error->code);
    json_object_set_string_member (failure, "code", code);
    kb_cli_json_set_text (failure, "message", what);
    kb_cli_json_set_text (failure, "detail", error->message);
    kb_cli_json_set_text (failure, "version", kb_error_get_version (error));
    json_object_set_object_member (object, "error", failure);
    kb_cli_print_json (object);
}

/**
 * kb_cli_make_plain:
 * @text: a text of somebody else, or a path
 *
 * Returns: (transfer full): @text with a space for every control character: a terminal would obey
 *     them
 */
char *
kb_cli_make_plain (const char *text)
{
    char *plain = g_strdup (text);

    for (char *c = plain; *c != '\0'; c++)
        if (g_ascii_iscntrl (*c))
            *c = ' ';
    return plain;
}

/**
 * kb_cli_fail:
 * @self: the run
 * @operation: what was being done
 * @error: why it failed, or that it was cancelled
 *
 * Says what happened, whether the data is safe, and what to do now.
 *
 * Returns: the exit code
 */
int
kb_cli_fail (KbCli *self, KbOperation operation, const GError *error)
{
    g_autoptr (KbErrorText) text = kb_error_text_new (operation, error);
    gboolean cancelled = kb_error_is_cancelled (error);

    if (self->json) {
        print_failure_json (error, cancelled ? _ ("Cancelled.") : text->what);
    } else if (cancelled) {
        g_printerr ("%s %s\n", _ ("Cancelled."), text->safety);
    } else {
        g_printerr ("%s\n%s\n%s\n", text->what, text->safety, text->advice);
        g_autofree char *details = kb_cli_make_plain (error->message);
        /* Translators: %s is technical, in English. */
        g_printerr (_ ("Details: %s\n"), details);
    }
    return exit_code (error);
}
