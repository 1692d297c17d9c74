/* SPDX-License-Identifier: MIT */
/* A GTK module for tests of the window: writes down, again and again, how wide each window has to
 * be at least.
 *
 *   KB_SIZES_LOG   a line for each window that is shown: width, kind of window, title
 */
#include <gtk/gtk.h>

#define INTERVAL_MS 100

void gtk_module_init (int *argc, char ***argv);

static void
add_window (GtkWidget *window, GString *out)
{
    const char *title = gtk_window_get_title (GTK_WINDOW (window));
    GtkRequisition minimum;

    if (!gtk_widget_get_mapped (window) ||
        gtk_window_get_window_type (GTK_WINDOW (window)) != GTK_WINDOW_TOPLEVEL)
        return;
    gtk_widget_get_preferred_size (window, &minimum, NULL);
    g_string_append_printf (out, "%d\t%s\t%s\n", minimum.width, G_OBJECT_TYPE_NAME (window),
                            title != NULL ? title : "");
}

static gboolean
on_interval (gpointer user_data)
{
    const char *path = user_data;
    g_autoptr (GString) out = g_string_new (NULL);
    g_autoptr (GList) windows = gtk_window_list_toplevels();

    for (GList *l = windows; l != NULL; l = l->next)
        add_window (l->data, out);
    g_file_set_contents (path, out->str, -1, NULL);
    return G_SOURCE_CONTINUE;
}

void
gtk_module_init (G_GNUC_UNUSED int *argc, G_GNUC_UNUSED char ***argv)
{
    const char *path = g_getenv ("KB_SIZES_LOG");

    if (path != NULL)
        g_timeout_add (INTERVAL_MS, on_interval, (gpointer) path);
}
