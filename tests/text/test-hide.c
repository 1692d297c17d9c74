/* SPDX-License-Identifier: MIT */
#include "kb-hide.h"
#include "kb-test-words.h"

#include <string.h>

static KbHide *
make_hide (void)
{
    KbHide *hide = kb_hide_new ("/srv/école Ana/.kolibri/", "/home/ana");

    kb_hide_add_name (hide, "ana", "USER");
    kb_hide_add_name (hide, "Ana López", "USER");
    kb_hide_add_name (hide, "ana-laptop", "HOST");
    kb_hide_add_name (hide, "École (Nord) *", "FACILITY");
    kb_hide_add_name (hide, "x", "ONE LETTER");
    kb_hide_add_name (hide, "", "NOTHING");
    kb_hide_add_name (hide, NULL, "NOTHING");
    return hide;
}

static void
assert_hidden (const char *text, const char *expected)
{
    g_autoptr (KbHide) hide = make_hide();

    kb_test_assert_text (kb_hide_in (hide, text), expected);
}

static void
test_paths (void)
{
    assert_hidden ("sync: /srv/école Ana/.kolibri/db.sqlite3: Input/output error",
                   "sync: KOLIBRI_HOME/db.sqlite3: Input/output error");
    assert_hidden ("open: /srv/école Ana/.kolibri: disk I/O error (778)",
                   "open: KOLIBRI_HOME: disk I/O error (778)");
    assert_hidden ("open: /srv/école Ana/.kolibri2/db.sqlite3: no", "open: /…/db.sqlite3: no");
    assert_hidden ("open: /home/ana/Maria Gómez/db.sqlite3: no", "open: ~/…/db.sqlite3: no");
    assert_hidden ("write: /media/ana/MARIA/Class of Maria.dump: full", "write: /media/…: full");
    assert_hidden ("C:\\Users\\Ana\\Maria\\db.sqlite3: no", "/Users/…/db.sqlite3: no");
    assert_hidden ("open ~/Maria/secret: no", "…/…: no");
    assert_hidden ("open: ~/Maria/secret: no", "open: …/…: no");
}

static void
test_names_of_files (void)
{
    assert_hidden ("look: /home/ana/db-v0.17.5_2024-05-01_10-11-12.dump.gz: no",
                   "look: ~/db-v0.17.5_2024-05-01_10-11-12.dump.gz: no");
    assert_hidden ("look: /home/ana/db-v0.17.5_2024-05-01_10-11-12 Maria is ill.dump: no",
                   "look: ~/db-v0.17.5_2024-05-01_10-11-12….dump: no");
    assert_hidden ("look: /srv/école Ana/.kolibri/backups/protected/replaced/"
                   "replaced-v0.17.5_2024-05-02_08-00-00/kept.ini: no",
                   "look: KOLIBRI_HOME/backups/protected/replaced/"
                   "replaced-v0.17.5_2024-05-02_08-00-00/kept.ini: no");
    assert_hidden ("look: Maria Gómez.dump: No such file", "look: …: No such file");
    assert_hidden ("look: Maria Gómez/other.dump: No such file", "look: …/…: No such file");
}

/* Hostile names: a colon, a newline, bytes that are no UTF-8. */
static void
test_hostile_paths (void)
{
    static const char *const texts[] = {
        "open: /media/x/Class: Maria/db.sqlite3: no",
        "open: /media/x/Maria: Maria/Maria: no",
        "open: /home/ana/Mari\xc3/Maria: no",
        "open: /home/ana/\xff/Maria/db.sqlite3: no",
        "rename: /home/ana/Maria: /home/ana/Maria/db.sqlite3: no",
        "open: file:///home/ana/Maria%20G: no",
        "near \"Maria\": syntax error",
        "no such column: 'Maria O''Maria'",
        "INSERT INTO t VALUES('Maria', 3, 'Maria: he''s', 'Maria'): /home/x: no",
        "say “Maria”",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (KbHide) hide = make_hide();
        g_autofree char *hidden = kb_hide_in (hide, texts[i]);
        g_assert_true (g_utf8_validate (hidden, -1, NULL));
        if (strstr (hidden, "Maria") != NULL)
            g_error ("%s → %s", texts[i], hidden);
    }
    assert_hidden ("open: /home/ana/\xff/db.sqlite3: no", "open: ~/…/db.sqlite3: no");
}

static void
test_names (void)
{
    assert_hidden ("process of ANA on ana-laptop, says Ana López.", "process of USER on HOST, says "
                                                                    "USER.");
    assert_hidden ("a banana is no name", "a banana is no name");
    assert_hidden ("in École (Nord) * of ana_x", "in FACILITY of ana_x");
    assert_hidden ("x marks nothing", "x marks nothing");
    assert_hidden ("", "");
}

static void
test_nothing_to_hide (void)
{
    g_autoptr (KbHide) hide = kb_hide_new (NULL, "/");

    kb_test_assert_text (kb_hide_in (hide, "find space: 5000 bytes needed, 17 free"),
                         "find space: 5000 bytes needed, 17 free");
    kb_test_assert_text (kb_hide_in (hide, "open: /usr/lib/x: no"), "open: /usr/lib/…: no");
    kb_hide_free (NULL);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/hide/paths", test_paths);
    g_test_add_func ("/hide/names-of-files", test_names_of_files);
    g_test_add_func ("/hide/hostile-paths", test_hostile_paths);
    g_test_add_func ("/hide/names", test_names);
    g_test_add_func ("/hide/nothing-to-hide", test_nothing_to_hide);
    return g_test_run();
}
