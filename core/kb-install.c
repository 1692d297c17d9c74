/* SPDX-License-Identifier: MIT */
#include "kb-install.h"

#include "kb-file.h"
#include "kb-version.h"

#define VERSION_MAX_BYTES 256

static char *
read_version_file (const char *package_dir)
{
    g_autofree char *path = g_build_filename (package_dir, "kolibri", "VERSION", NULL);
    g_autofree char *text = kb_file_read_text (path, VERSION_MAX_BYTES, NULL, NULL);
    KbVersion parsed;

    if (text == NULL || !kb_version_parse (g_strstrip (text), &parsed))
        return NULL;
    return g_steal_pointer (&text);
}

/* Looks through LIB/python3.X/{site,dist}-packages. */
static char *
search_python_libs (const char *lib)
{
    static const char *const folders[] = {"site-packages", "dist-packages"};
    g_autoptr (GDir) dir = g_dir_open (lib, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        if (!g_str_has_prefix (name, "python"))
            continue;
        for (size_t i = 0; i < G_N_ELEMENTS (folders); i++) {
            g_autofree char *packages = g_build_filename (lib, name, folders[i], NULL);
            char *version = read_version_file (packages);
            if (version != NULL)
                return version;
        }
    }
    return NULL;
}

/* Beside the `kolibri` that a terminal would start: a virtual environment has BIN and LIB side by
 * side. */
static char *
search_beside_program (void)
{
    g_autofree char *program = g_find_program_in_path ("kolibri");
    g_autofree char *real = program != NULL ? kb_platform_real_path (program) : NULL;

    if (real == NULL)
        return NULL;
    g_autofree char *bin = g_path_get_dirname (real);
    g_autofree char *prefix = g_path_get_dirname (bin);
    g_autofree char *lib = g_build_filename (prefix, "lib", NULL);
    return search_python_libs (lib);
}

/**
 * kb_install_find_version:
 *
 * Finds the version of the installed Kolibri without running it: the file VERSION of the package,
 * beside the `kolibri` on the PATH, in Debian's place, in the user's own.
 *
 * Returns: (transfer full) (nullable): the version, or %NULL when no program is found
 */
char *
kb_install_find_version (void)
{
    char *version = search_beside_program();

    if (version == NULL)
        version = search_python_libs ("/usr/lib");
    if (version == NULL)
        version = search_python_libs ("/usr/local/lib");
    if (version == NULL) {
        g_autofree char *lib = g_build_filename (g_get_home_dir(), ".local", "lib", NULL);
        version = search_python_libs (lib);
    }
    return version;
}
