/* SPDX-License-Identifier: MIT */
#include "kb-settings.h"
#include "kb-test.h"

#include <string.h>

#define RIDDLE "?"

static void
on_setting (const char *key, const char *value, gpointer data)
{
    g_string_append_printf (data, "%s=%s|", key, value != NULL ? value : RIDDLE);
}

static void
test_lines (void)
{
    static const char *const lines[][2] = {
        {"KOLIBRI_HOME=/srv/kolibri", "KOLIBRI_HOME=/srv/kolibri|"},
        {"  export KOLIBRI_HOME=\"/srv/my kolibri\" # big disk", "KOLIBRI_HOME=/srv/my kolibri|"},
        {"KOLIBRI_HOME='/srv/$1'", "KOLIBRI_HOME=/srv/$1|"},
        {"KOLIBRI_HOME=/srv/x # comment", "KOLIBRI_HOME=/srv/x|"},
        {"KOLIBRI_HOME=/srv/x\r", "KOLIBRI_HOME=/srv/x|"},
        {"KOLIBRI_HOME=\"~/.kolibri\"", "KOLIBRI_HOME=~/.kolibri|"},
        {"KOLIBRI_HOME=", "KOLIBRI_HOME=|"},
        {"Environment=KOLIBRI_HOME=/library/kolibri", "KOLIBRI_HOME=/library/kolibri|"},
        {"Environment=\"KOLIBRI_HOME=/library/kolibri\"", "KOLIBRI_HOME=/library/kolibri|"},
        {"KOLIBRI_HOME=$HOME/.kolibri", "KOLIBRI_HOME=?|"},
        {"KOLIBRI_HOME=\"$(id)/.kolibri\"", "KOLIBRI_HOME=?|"},
        {"KOLIBRI_HOME=`id`", "KOLIBRI_HOME=?|"},
        {"KOLIBRI_HOME=\"/srv\"/x", "KOLIBRI_HOME=?|"},
        {"KOLIBRI_HOME=\"/srv", "KOLIBRI_HOME=?|"},
        {"KOLIBRI_HOME=/srv\\ x", "KOLIBRI_HOME=?|"},
        {"KOLIBRI_HOME=(a b)", "KOLIBRI_HOME=?|"},
        {"# KOLIBRI_HOME=/srv/x", ""},
        {"KOLIBRI_HOME = /srv/x", ""},
        {"if [ -f x ]; then", ""},
        {"lower=x", ""},
        {"", ""},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        g_autofree char *path = kb_test_dir_write (dir, "settings", lines[i][0]);
        GString *seen = g_string_new (NULL);
        g_assert_true (kb_settings_read (path, on_setting, seen));
        g_assert_cmpstr (seen->str, ==, lines[i][1]);
        g_string_free (seen, TRUE);
    }
}

static void
test_order (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "settings", "A=1\nB=2\nnothing\nA=3");
    GString *seen = g_string_new (NULL);

    g_assert_true (kb_settings_read (path, on_setting, seen));
    g_assert_cmpstr (seen->str, ==, "A=1|B=2|A=3|");
    g_string_free (seen, TRUE);
}

/* It is never executed, whatever it says. */
static void
test_is_not_executed (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *witness = kb_test_dir_file (dir, "witness");
    g_autofree char *text = g_strdup_printf ("A=$(touch '%s')\ntouch '%s'\n", witness, witness);
    g_autofree char *path = kb_test_dir_write (dir, "settings", text);
    GString *seen = g_string_new (NULL);

    g_assert_true (kb_settings_read (path, on_setting, seen));
    g_assert_false (kb_test_exists (witness));
    g_string_free (seen, TRUE);
}

static void
test_no_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *missing = kb_test_dir_file (dir, "missing");
    g_autofree char *endless = g_strnfill (256 * 1024 + 1, 'A');
    g_autofree char *path = kb_test_dir_write (dir, "endless", endless);

    g_assert_false (kb_settings_read (missing, on_setting, NULL));
    g_assert_false (kb_settings_read (dir->path, on_setting, NULL));
    g_assert_false (kb_settings_read (path, on_setting, NULL));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/settings/lines", test_lines);
    g_test_add_func ("/settings/order", test_order);
    g_test_add_func ("/settings/is-not-executed", test_is_not_executed);
    g_test_add_func ("/settings/no-file", test_no_file);
    return g_test_run();
}
