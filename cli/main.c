/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-cli.h"
#include "kb-console.h"
#include "kb-gettext.h"

#include <string.h>

/* A verb of the command line. */
typedef struct {
    const char *name;
    KbCliCommand run;
    const char *summary;
} Command;

static const Command commands[] = {
    {"status", kb_cli_status, N_ ("Say whether the data is safe")},
    {"list", kb_cli_list, N_ ("List the backups")},
    {"backup", kb_cli_backup, N_ ("Back up now")},
    {"info", kb_cli_info, N_ ("Say what is in a backup")},
    {"check", kb_cli_check, N_ ("Check whether a backup could be restored")},
    {"restore", kb_cli_restore, N_ ("Bring a backup back")},
    {"undo", kb_cli_undo, N_ ("Undo a restore")},
    {"keep", kb_cli_keep, N_ ("Mark a backup as one to keep")},
    {"note", kb_cli_note, N_ ("Write a note to a backup")},
    {"copy", kb_cli_copy, N_ ("Copy a backup to a USB drive")},
    {"import", kb_cli_import, N_ ("Add a backup from elsewhere to the list")},
    {"delete", kb_cli_delete, N_ ("Delete a backup for good")},
    {"guide", kb_cli_guide, N_ ("Lead through an upgrade, or back to an older Kolibri")},
    {"report", kb_cli_report, N_ ("Print a report for support that names nobody")},
};

static const Command *
find_command (const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS (commands); i++)
        if (strcmp (commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static char *
describe_commands (void)
{
    GString *text = g_string_new (_ ("Commands:"));

    for (size_t i = 0; i < G_N_ELEMENTS (commands); i++)
        g_string_append_printf (text, "\n  %-10s %s", commands[i].name, _ (commands[i].summary));
    return g_string_free (text, FALSE);
}

/* The options before the command. */
static gboolean
parse_global (KbCli *self, int *argc, char ***argv, gboolean *show_version)
{
    const GOptionEntry entries[] = {
        {"home", 0, 0, G_OPTION_ARG_FILENAME, &self->home_path,
         N_ ("The data folder of Kolibri, instead of the usual one"), N_ ("DIR")},
        {"json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_ ("Answer in JSON"), NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, show_version, N_ ("Print the version"), NULL},
        {0},
    };
    g_autoptr (GOptionContext) context = g_option_context_new (_ ("COMMAND [OPTION…]"));
    g_autoptr (GError) error = NULL;
    g_autofree char *description = describe_commands();

    g_option_context_set_strict_posix (context, TRUE);
    g_option_context_set_description (context, description);
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
    if (!g_option_context_parse (context, argc, argv, &error)) {
        g_printerr ("%s\n", error->message);
        return FALSE;
    }
    if (!*show_version && (*argc < 2 || find_command ((*argv)[1]) == NULL)) {
        g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);
        g_printerr ("%s", help);
        return FALSE;
    }
    return TRUE;
}

int
main (G_GNUC_UNUSED int argc, char **typed)
{
    g_auto (GStrv) words = kb_console_open (typed);
    int n_words = (int) g_strv_length (words);
    /* GOption takes words out of the array, and leaves them to its owner. */
    g_autofree char **rest = g_memdup2 (words, (gsize) (n_words + 1) * sizeof *words);
    char **argv = rest;
    KbCli cli = {0};
    gboolean show_version = FALSE;
    int code = KB_EXIT_USAGE;

    kb_text_init();
    g_set_prgname ("kolibri-backup");
    if (parse_global (&cli, &n_words, &argv, &show_version)) {
        if (show_version) {
            g_print ("kolibri-backup %s\n", KB_VERSION);
            code = KB_EXIT_OK;
        } else {
            code = find_command (argv[1])->run (&cli, n_words - 1, argv + 1);
        }
    }
    g_free (cli.home_path);
    g_free (cli.root);
    g_free (cli.recovered);
    kb_home_unref (cli.home);
    return code;
}
