/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-application.h"
#include "kb-text.h"

int
main (int argc, char **argv)
{
    kb_text_init();
    g_set_prgname (KB_APP_ID);

    g_autoptr (GtkApplication) application = kb_application_new();
    return g_application_run (G_APPLICATION (application), argc, argv);
}
