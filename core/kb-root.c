/* SPDX-License-Identifier: MIT */
#include "kb-root.h"

#include "kb-file.h"

#include <string.h>

#define PASSWD_MAX_BYTES (1024 * 1024)
#define MAX_LINKS 8

/**
 * kb_root_path:
 * @root: (nullable): a folder that stands for `/`; %NULL for this computer
 * @path: an absolute path
 *
 * Returns: (transfer full): where @path is
 */
char *
kb_root_path (const char *root, const char *path)
{
    return root != NULL ? g_build_filename (root, path, NULL) : g_strdup (path);
}

/**
 * kb_root_user_home:
 * @root: (nullable): a folder that stands for `/`
 *
 * Returns: (transfer full): the folder of this user
 */
char *
kb_root_user_home (const char *root)
{
    return kb_root_path (root, g_get_home_dir());
}

/* The sixth of the seven fields of passwd(5). */
static char *
home_in_passwd (const char *text, const char *user)
{
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

    for (size_t i = 0; lines[i] != NULL; i++) {
        g_auto (GStrv) fields = g_strsplit (lines[i], ":", 8);
        if (g_strv_length (fields) == 7 && strcmp (fields[0], user) == 0 &&
            g_path_is_absolute (fields[5]))
            return g_strdup (fields[5]);
    }
    return NULL;
}

/**
 * kb_root_home_of:
 * @root: (nullable): a folder that stands for `/`
 * @user: the name of a user
 *
 * Returns: (transfer full) (nullable): the folder of @user, or %NULL when nobody has that name
 */
char *
kb_root_home_of (const char *root, const char *user)
{
    g_autofree char *passwd = kb_root_path (root, "/etc/passwd");
    g_autofree char *text = kb_file_read_text (passwd, PASSWD_MAX_BYTES, NULL, NULL);
    g_autofree char *home = text != NULL ? home_in_passwd (text, user) : NULL;

    if (home != NULL)
        return kb_root_path (root, home);
    return root == NULL ? kb_platform_user_home (user) : NULL;
}

/**
 * kb_root_is_sandbox:
 * @root: (nullable): a folder that stands for `/`
 *
 * Says whether we run inside of a Flatpak, which hides processes and services
 * (flatpak-metadata(5)).
 *
 * Returns: %TRUE if we do
 */
gboolean
kb_root_is_sandbox (const char *root)
{
    g_autofree char *path = kb_root_path (root, "/.flatpak-info");

    return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Absolute links of a tree begin at its root. */
static char *
follow_links (const char *root, const char *path)
{
    g_autofree char *at = g_strdup (path);

    for (int i = 0; i < MAX_LINKS; i++) {
        g_autofree char *to = g_file_read_link (at, NULL); /* lint: g_file: not on the data path */
        if (to == NULL)
            return kb_platform_real_path (at);
        g_autofree char *dir = g_path_get_dirname (at);
        g_free (at);
        at = g_path_is_absolute (to) ? kb_root_path (root, to) : g_build_filename (dir, to, NULL);
    }
    return NULL;
}

/**
 * kb_root_find_program:
 * @root: (nullable): a folder that stands for `/`
 * @name: the name of a program
 *
 * Returns: (transfer full) (nullable): the program that a terminal would start, links resolved
 */
char *
kb_root_find_program (const char *root, const char *name)
{
    if (root == NULL) {
        g_autofree char *program = g_find_program_in_path (name);
        return program != NULL ? kb_platform_real_path (program) : NULL;
    }
    const char *variable = g_getenv ("PATH");
    g_auto (GStrv) folders =
        g_strsplit (variable != NULL ? variable : "", G_SEARCHPATH_SEPARATOR_S, -1);
    for (size_t i = 0; folders[i] != NULL; i++) {
        g_autofree char *inside = g_build_filename (folders[i], name, NULL);
        g_autofree char *path = kb_root_path (root, inside);
        g_autofree char *real = g_path_is_absolute (inside) ? follow_links (root, path) : NULL;
        if (real != NULL && g_file_test (real, G_FILE_TEST_IS_EXECUTABLE) &&
            !g_file_test (real, G_FILE_TEST_IS_DIR))
            return g_steal_pointer (&real);
    }
    return NULL;
}
