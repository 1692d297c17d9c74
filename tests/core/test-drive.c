/* SPDX-License-Identifier: MIT */
#include "kb-drive.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>

#define WHOLE "BEGIN TRANSACTION;COMMIT;"

/* A drive is a folder like any other to who looks for backups. */
static KbDrive *
make_drive (const KbTestDir *dir, const char *name)
{
    KbDrive *drive = g_new0 (KbDrive, 1);

    drive->path = kb_test_dir_file (dir, name);
    drive->name = g_strdup (name);
    g_mkdir (drive->path, 0755);
    return drive;
}

static void
add_file (const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_mkdir_with_parents (folder, 0755);
    kb_test_write (path, text, strlen (text));
}

static void
assert_found_up_to (const GPtrArray *drives,
                    const char *max_version,
                    const char *name,
                    const char *drive_name)
{
    const KbDrive *drive;
    g_autoptr (KbEntry) entry = kb_drive_find_backup (drives, max_version, NULL, &drive);

    if (name == NULL) {
        g_assert_null (entry);
        g_assert_null (drive);
        return;
    }
    g_assert_nonnull (entry);
    g_assert_cmpstr (entry->name, ==, name);
    g_assert_cmpstr (drive->name, ==, drive_name);
}

static void
assert_found (const GPtrArray *drives, const char *name, const char *drive_name)
{
    assert_found_up_to (drives, NULL, name, drive_name);
}

static void
test_newest_usable (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GPtrArray) drives = g_ptr_array_new_with_free_func ((GDestroyNotify) kb_drive_free);
    KbDrive *first = make_drive (dir, "FIRST");
    KbDrive *second = make_drive (dir, "SECOND");
    g_autofree char *ours = kb_drive_get_folder (second);

    g_ptr_array_add (drives, first);
    g_ptr_array_add (drives, second);
    assert_found (drives, NULL, NULL);
    add_file (first->path, "db-v0.16.2_2026-05-01_00-00-00.dump", WHOLE);
    add_file (first->path, "holiday.jpg", WHOLE);
    assert_found (drives, "db-v0.16.2_2026-05-01_00-00-00.dump", "FIRST");
    add_file (ours, "db-v0.17.5_2026-06-01_00-00-00.dump", WHOLE);
    assert_found (drives, "db-v0.17.5_2026-06-01_00-00-00.dump", "SECOND");
    add_file (first->path, "db-v0.17.5_2026-07-01_00-00-00.dump", "BEGIN TRANSACTION;CREATE TAB");
    assert_found (drives, "db-v0.17.5_2026-06-01_00-00-00.dump", "SECOND");
    assert_found_up_to (drives, "0.17.5rc1", "db-v0.17.5_2026-06-01_00-00-00.dump", "SECOND");
    assert_found_up_to (drives, "0.17.4", "db-v0.16.2_2026-05-01_00-00-00.dump", "FIRST");
    assert_found_up_to (drives, "0.15.0", NULL, NULL);
}

/* What is mounted elsewhere is no drive that can be pulled. */
static void
test_list (void)
{
    g_autoptr (GPtrArray) drives = kb_drive_list();

    for (guint i = 0; i < drives->len; i++) {
        const KbDrive *drive = drives->pdata[i];
        g_assert_true (g_str_has_prefix (drive->path, "/media/") ||
                       g_str_has_prefix (drive->path, "/run/media/"));
        g_assert_true (g_str_has_suffix (drive->path, drive->name));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/drive/newest-usable", test_newest_usable);
    g_test_add_func ("/drive/list", test_list);
    return g_test_run();
}
