/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-application.h"
#include "kb-desktop.h"
#include "kb-text.h"

int
main (int argc, char **argv)
{
    g_autoptr (GSettings) settings = g_settings_new (KB_APP_ID);
    g_autofree char *language = g_settings_get_string (settings, "language");

    kb_text_set_language (language);
    kb_text_init();
    gtk_disable_setlocale(); /* it would undo what has just been chosen */
    g_set_prgname (KB_APP_ID);

    if (kb_desktop_hand_over())
        return 0;
    g_autoptr (GtkApplication) application = kb_application_new();
    return g_application_run (G_APPLICATION (application), argc, argv);
}
