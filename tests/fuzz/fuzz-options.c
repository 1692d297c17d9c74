/* SPDX-License-Identifier: MIT */
/* kb-home: options.ini of a data folder. */
#include "kb-error.h"
#include "kb-fuzz.h"
#include "kb-home.h"

#include <glib/gstdio.h>
#include <stdlib.h>

static char *folder;

static void
remove_folder (void)
{
    g_autofree char *path = g_build_filename (folder, "options.ini", NULL);

    g_remove (path);
    g_rmdir (folder);
    g_free (folder);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autoptr (GError) error = NULL;

    if (folder == NULL) {
        folder = g_dir_make_tmp ("kb-fuzz-XXXXXX", &error);
        g_assert_no_error (error);
        atexit (remove_folder);
    }
    g_autofree char *path = g_build_filename (folder, "options.ini", NULL);
    g_assert_true (g_file_set_contents_full (path, (const char *) data, (gssize) size,
                                             G_FILE_SET_CONTENTS_NONE, 0600, &error));
    g_autoptr (KbHome) home = kb_home_open (folder, &error);
    if (home == NULL) {
        g_assert_error (error, KB_ERROR, (int) KB_ERROR_UNSUPPORTED);
        return 0;
    }
    g_assert_true (g_path_is_absolute (kb_home_get_database (home)));
    g_assert_nonnull (kb_home_get_url_prefix (home));
    kb_home_has_database (home);
    g_assert_true (kb_home_uses_sqlite (home) == kb_home_check_usable (home, NULL));
    return 0;
}
