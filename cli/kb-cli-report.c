/* SPDX-License-Identifier: MIT */
/* report: what whoever helps has to know. */
#include "config.h"

#include "kb-cli-json.h"
#include "kb-cli.h"
#include "kb-report.h"

#define OLD_AFTER_DAYS 14

/* What can be said where there is no data folder to look at. */
static KbStatus *
make_unknown (const KbCli *self)
{
    g_autofree char *usual = self->home_path == NULL ? kb_find_default_home (self->root) : NULL;

    return kb_status_new_unknown (usual != NULL ? usual : self->home_path);
}

/**
 * kb_cli_report:
 * @self: the run
 * @argc: the number of words
 * @argv: the words, the name of the command first
 *
 * `report`: a text for support that names nobody. There is one whatever is wrong.
 *
 * Returns: the exit code
 */
int
kb_cli_report (KbCli *self, int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) entries = NULL;

    if (!kb_cli_parse (self, &argc, &argv, NULL, NULL, 0, 0))
        return KB_EXIT_USAGE;
    if (kb_cli_open_home (self, &error))
        entries = kb_catalog_list (self->home, NULL, &error);
    if (entries == NULL)
        entries = g_ptr_array_new();
    g_autoptr (KbStatus) status = self->home != NULL
                                      ? kb_status_read (self->home, entries, OLD_AFTER_DAYS, NULL)
                                      : make_unknown (self);
    g_autofree char *report = kb_report_new (status, entries, KB_OPERATION_OPEN, error);
    if (self->json) {
        JsonObject *object = json_object_new();
        kb_cli_json_set_text (object, "report", report);
        kb_cli_print_json (object);
    } else {
        g_print ("%s", report);
    }
    return KB_EXIT_OK;
}
