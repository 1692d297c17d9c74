/* SPDX-License-Identifier: MIT */
#include "kb-install.h"

#include "kb-file.h"
#include "kb-pex.h"
#include "kb-root.h"
#include "kb-version.h"

#include <string.h>

#define VERSION_MAX_BYTES 256
#define METADATA_MAX_BYTES (1024 * 1024)
#define DPKG_MAX_BYTES (64 * 1024 * 1024)

#define UNINSTALL "Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\"
#define UNINSTALL_32 "Software\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\"
#define OLD_APP "Kolibri-Foundation for Learning Equality_is1"
#define NEW_APP "432F09E1-B036-4A2C-8F99-DAB7FA094507_is1"

static const char *const kind_names[KB_N_INSTALL_KINDS] = {
    [KB_INSTALL_UNKNOWN] = "unknown",
    [KB_INSTALL_PIP] = "pip",
    [KB_INSTALL_PEX] = "pex",
    [KB_INSTALL_DEBIAN] = "debian",
    [KB_INSTALL_SERVER] = "kolibri-server",
    [KB_INSTALL_RASPBERRY_PI] = "raspberry-pi",
    [KB_INSTALL_FLATPAK] = "flatpak",
    [KB_INSTALL_FLATPAK_DEVEL] = "flatpak-devel",
    [KB_INSTALL_ENDLESS_OS] = "endless-os",
    [KB_INSTALL_ENDLESS_KEY] = "endless-key",
    [KB_INSTALL_IIAB] = "internet-in-a-box",
    [KB_INSTALL_WINDOWS_OLD] = "windows-old",
    [KB_INSTALL_WINDOWS_NEW] = "windows",
};

/**
 * kb_install_kind_to_string:
 * @kind: a kind of installation
 *
 * Returns: its name for machines
 */
const char *
kb_install_kind_to_string (KbInstallKind kind)
{
    return kind_names[kind];
}

/**
 * kb_install_free:
 * @self: (nullable) (transfer full): an installed program
 */
void
kb_install_free (KbInstall *self)
{
    if (self == NULL)
        return;
    g_free (self->version);
    g_free (self->source);
    g_free (self->other_version);
    g_free (self);
}

/* Takes @version, if it is one, and what said it. Returns whether the search is over. */
static gboolean
take (KbInstall *self, KbInstallKind kind, const char *version, const char *source)
{
    KbVersion parsed;

    if (version == NULL)
        return FALSE;
    if (!kb_version_parse (version, &parsed)) {
        self->is_unreadable = TRUE;
        if (self->source == NULL)
            self->source = g_strdup (source);
        return FALSE;
    }
    g_free (self->source);
    self->source = g_strdup (source);
    self->version = g_strdup (version);
    self->kind = kind;
    return TRUE;
}

static gboolean
take_version_file (KbInstall *self, KbInstallKind kind, const char *packages)
{
    g_autofree char *package = g_build_filename (packages, "kolibri", NULL);
    g_autofree char *path = g_build_filename (package, "VERSION", NULL);
    g_autoptr (GError) local = NULL;
    g_autofree char *text = kb_file_read_text (path, VERSION_MAX_BYTES, NULL, &local);

    /* what is too long or a folder is as good as rubbish */
    if (text == NULL)
        return take (self, kind, kb_file_size (path) > 0 ? "" : NULL, path);
    return take (self, kind, g_strstrip (text), path);
}

/* `kolibri-VERSION.dist-info`: the name is enough (PyPA, "Recording installed projects"). */
static gboolean
take_dist_info (KbInstall *self, KbInstallKind kind, const char *packages)
{
    g_autoptr (GDir) dir = g_dir_open (packages, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        if (!g_str_has_prefix (name, "kolibri-") || !g_str_has_suffix (name, ".dist-info"))
            continue;
        const char *start = name + strlen ("kolibri-");
        g_autofree char *version = g_strndup (start, strlen (start) - strlen (".dist-info"));
        g_autofree char *path = g_build_filename (packages, name, NULL);
        if (take (self, kind, version, path))
            return TRUE;
    }
    return FALSE;
}

static gboolean
take_packages (KbInstall *self, KbInstallKind kind, const char *packages)
{
    return take_version_file (self, kind, packages) || take_dist_info (self, kind, packages);
}

/* Looks through LIB/python3.X/{site,dist}-packages. */
static gboolean
search_python_libs (KbInstall *self, KbInstallKind kind, const char *lib)
{
    static const char *const folders[] = {"site-packages", "dist-packages"};
    g_autoptr (GDir) dir = g_dir_open (lib, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        if (!g_str_has_prefix (name, "python"))
            continue;
        for (size_t i = 0; i < G_N_ELEMENTS (folders); i++) {
            g_autofree char *packages = g_build_filename (lib, name, folders[i], NULL);
            if (take_packages (self, kind, packages))
                return TRUE;
        }
    }
    return FALSE;
}

static gboolean
search_lib_of (KbInstall *self, const char *root, KbInstallKind kind, const char *prefix)
{
    g_autofree char *inside = g_build_filename (prefix, "lib", NULL);
    g_autofree char *lib = kb_root_path (root, inside);

    return search_python_libs (self, kind, lib);
}

/* As dpkg writes it: `1:0.16.0~b3-0ubuntu1` is our 0.16.0b3 (deb-version(7)). */
static char *
version_of_package (const char *text)
{
    const char *colon = strchr (text, ':');
    GString *version = g_string_new (colon != NULL ? colon + 1 : text);
    const char *dash = strrchr (version->str, '-');

    if (dash != NULL)
        g_string_truncate (version, (gsize) (dash - version->str));
    g_string_replace (version, "~", "", 0);
    return g_string_free (version, FALSE);
}

static char *
field_of (const char *const *lines, const char *name)
{
    for (size_t i = 0; lines[i] != NULL; i++)
        if (g_str_has_prefix (lines[i], name))
            return g_strstrip (g_strdup (lines[i] + strlen (name)));
    return NULL;
}

/* The version of an installed package; what was only configured once does not count. */
static char *
read_dpkg (const char *root, const char *package)
{
    g_autofree char *path = kb_root_path (root, "/var/lib/dpkg/status");
    size_t max_bytes = (size_t) MIN (kb_file_size (path), DPKG_MAX_BYTES);
    g_autofree char *text = kb_file_read_text (path, max_bytes, NULL, NULL);
    g_autofree char *start = g_strdup_printf ("Package: %s\n", package);

    for (const char *at = text; at != NULL && (at = strstr (at, start)) != NULL; at++) {
        const char *end = strstr (at, "\n\n");
        if (at != text && at[-1] != '\n')
            continue;
        g_autofree char *stanza = end != NULL ? g_strndup (at, (gsize) (end - at)) : g_strdup (at);
        g_auto (GStrv) lines = g_strsplit (stanza, "\n", -1);
        g_autofree char *status = field_of ((const char *const *) lines, "Status:");
        g_autofree char *version = field_of ((const char *const *) lines, "Version:");
        if (version != NULL && status != NULL && g_str_has_suffix (status, " installed"))
            return version_of_package (version);
    }
    return NULL;
}

/**
 * kb_install_has_package:
 * @root: (nullable): a folder that stands for `/`
 * @package: the name of a Debian package
 *
 * Returns: %TRUE if dpkg says that it is installed
 */
gboolean
kb_install_has_package (const char *root, const char *package)
{
    g_autofree char *version = read_dpkg (root, package);

    return version != NULL;
}

/* Debian's place, and what dpkg says; where the two differ, both are told. */
static gboolean
search_debian (KbInstall *self, const char *root, KbInstallKind kind)
{
    g_autofree char *packages = kb_root_path (root, "/usr/lib/python3/dist-packages");
    g_autofree char *version = read_dpkg (root, "kolibri");

    if (!take_version_file (self, kind, packages))
        return take (self, kind, version, "/var/lib/dpkg/status");
    if (version != NULL && kb_version_compare_text (version, self->version) != 0)
        self->other_version = g_steal_pointer (&version);
    return TRUE;
}

/* pipx of before and since 1.2 (pipx, docs/installation.md). */
static gboolean
search_pipx (KbInstall *self, const char *root)
{
    static const char *const venvs[] = {".local/share/pipx/venvs/kolibri",
                                        ".local/pipx/venvs/kolibri"};

    for (size_t i = 0; i < G_N_ELEMENTS (venvs); i++) {
        g_autofree char *prefix = g_build_filename (g_get_home_dir(), venvs[i], NULL);
        if (search_lib_of (self, root, KB_INSTALL_PIP, prefix))
            return TRUE;
    }
    return FALSE;
}

/* On Windows a Python has its programs in Scripts, and its packages in Lib beside that. */
static gboolean
search_scripts (KbInstall *self, KbInstallKind kind, const char *scripts)
{
    g_autofree char *inside = g_build_filename (scripts, "..", "Lib", "site-packages", NULL);
    g_autofree char *packages = g_canonicalize_filename (inside, NULL);

    return take_packages (self, kind, packages);
}

/* Beside the `kolibri` that a terminal would start: a virtual environment has BIN and LIB side by
 * side, and /usr/bin/kolibri is Debian's, or leads to one. */
static gboolean
search_beside_program (KbInstall *self, const char *root, KbInstallKind kind)
{
    g_autofree char *real = kb_root_find_program (root, "kolibri");

    if (real == NULL)
        return FALSE;
    g_autofree char *bin = g_path_get_dirname (real);
    g_autofree char *prefix = g_path_get_dirname (bin);
    g_autofree char *usr = kb_root_path (root, "/usr");
    g_autofree char *lib = g_build_filename (prefix, "lib", NULL);
    if (kind == KB_INSTALL_PIP && strcmp (prefix, usr) == 0)
        kind = KB_INSTALL_DEBIAN;
    if (search_python_libs (self, kind, lib) || search_scripts (self, kind, bin))
        return TRUE;
    g_autofree char *version = kb_pex_find_version (real);
    return take (self, KB_INSTALL_PEX, version, real);
}

/* Python of the python.org kind and our own package. */
static gboolean
search_pip (KbInstall *self, const char *root)
{
    g_autofree char *local = g_build_filename (g_get_home_dir(), ".local", NULL);

    return search_beside_program (self, root, KB_INSTALL_PIP) ||
           search_lib_of (self, root, KB_INSTALL_DEBIAN, "/usr") ||
           search_lib_of (self, root, KB_INSTALL_PIP, "/usr/local") ||
           search_lib_of (self, root, KB_INSTALL_PIP, local) || search_pipx (self, root);
}

/* Where people keep what they have downloaded; the newest of several. */
static gboolean
search_pex (KbInstall *self, const char *root)
{
    static const char *const folders[] = {"", "Downloads", "Desktop", "bin", ".local/bin"};
    g_autofree char *home = kb_root_user_home (root);
    g_autofree char *newest = NULL;
    g_autofree char *source = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS (folders); i++) {
        g_autofree char *folder = g_build_filename (home, folders[i], NULL);
        g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
        const char *name;
        while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
            if (!g_str_has_prefix (name, "kolibri") || !g_str_has_suffix (name, ".pex"))
                continue;
            g_autofree char *path = g_build_filename (folder, name, NULL);
            g_autofree char *version = kb_pex_find_version (path);
            if (version == NULL || kb_version_compare_text (version, newest) <= 0)
                continue;
            g_free (newest);
            newest = g_steal_pointer (&version);
            g_free (source);
            source = g_steal_pointer (&path);
        }
    }
    return take (self, KB_INSTALL_PEX, newest, source);
}

/* The newest release that the description of a Flatpak names: its first. */
static gboolean
take_metainfo (KbInstall *self, KbInstallKind kind, const char *files, const char *id)
{
    static const char *const forms[][2] = {{"metainfo", "metainfo"}, {"appdata", "appdata"}};

    for (size_t i = 0; i < G_N_ELEMENTS (forms); i++) {
        g_autofree char *name = g_strdup_printf ("%s.%s.xml", id, forms[i][1]);
        g_autofree char *path = g_build_filename (files, "share", forms[i][0], name, NULL);
        g_autofree char *text = kb_file_read_text (path, METADATA_MAX_BYTES, NULL, NULL);
        const char *release = text != NULL ? strstr (text, "<release ") : NULL;
        const char *end = release != NULL ? strchr (release, '>') : NULL;
        const char *at = release != NULL ? strstr (release, " version=\"") : NULL;
        if (at == NULL || end == NULL || at > end)
            continue;
        at += strlen (" version=\"");
        g_autofree char *version = g_strndup (at, strcspn (at, "\"-"));
        if (take (self, kind, version, path))
            return TRUE;
    }
    return FALSE;
}

/* A deployment of a Flatpak: that of the user before that of the computer (flatpak(1), FILES). */
static gboolean
search_flatpak (KbInstall *self, const char *root, KbInstallKind kind, const char *id)
{
    g_autofree char *own = g_build_filename (g_get_home_dir(), ".local/share/flatpak", NULL);
    const char *const places[] = {own, "/var/lib/flatpak"};

    for (size_t i = 0; i < G_N_ELEMENTS (places); i++) {
        g_autofree char *inside =
            g_build_filename (places[i], "app", id, "current/active/files", NULL);
        g_autofree char *files = kb_root_path (root, inside);
        g_autofree char *lib = g_build_filename (files, "lib", NULL);
        if (search_python_libs (self, kind, lib) || take_metainfo (self, kind, files, id))
            return TRUE;
    }
    return FALSE;
}

/* The installers for Windows: facts, 2.1. */
static gboolean
search_registry (KbInstall *self, KbInstallKind kind)
{
    static const struct {
        KbInstallKind kind;
        const char *key;
        const char *name;
    } values[] = {
        {KB_INSTALL_WINDOWS_NEW, "HKLM\\Software\\Kolibri", "Version"},
        {KB_INSTALL_WINDOWS_NEW, "HKLM\\" UNINSTALL NEW_APP, "DisplayVersion"},
        {KB_INSTALL_WINDOWS_OLD, "HKLM\\" UNINSTALL OLD_APP, "DisplayVersion"},
        {KB_INSTALL_WINDOWS_OLD, "HKLM\\" UNINSTALL_32 OLD_APP, "DisplayVersion"},
        {KB_INSTALL_WINDOWS_OLD, "HKCU\\" UNINSTALL OLD_APP, "DisplayVersion"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS (values); i++) {
        g_autofree char *version = values[i].kind == kind
                                       ? kb_platform_registry_text (values[i].key, values[i].name)
                                       : NULL;
        if (take (self, kind, version, values[i].key))
            return TRUE;
    }
    /* the old installer sets it for the whole computer (kolibri-installer-windows, setup script) */
    const char *scripts = kind == KB_INSTALL_WINDOWS_OLD ? g_getenv ("KOLIBRI_SCRIPT_DIR") : NULL;
    return scripts != NULL && *scripts != '\0' && search_scripts (self, kind, scripts);
}

static gboolean
search (KbInstall *self, const char *root, KbInstallKind kind)
{
    switch (kind) {
    case KB_INSTALL_UNKNOWN:
    case KB_INSTALL_PIP:
    case KB_INSTALL_PEX:
        return search_pip (self, root) || search_pex (self, root);
    case KB_INSTALL_DEBIAN:
    case KB_INSTALL_SERVER:
    case KB_INSTALL_RASPBERRY_PI:
        return search_debian (self, root, kind);
    case KB_INSTALL_FLATPAK:
    case KB_INSTALL_ENDLESS_OS:
        return search_flatpak (self, root, kind, "org.learningequality.Kolibri");
    case KB_INSTALL_FLATPAK_DEVEL:
        return search_flatpak (self, root, kind, "org.learningequality.Kolibri.Devel");
    case KB_INSTALL_ENDLESS_KEY:
        return search_flatpak (self, root, kind, "org.endlessos.Key");
    case KB_INSTALL_IIAB:
        return search_debian (self, root, kind) || search_beside_program (self, root, kind);
    case KB_INSTALL_WINDOWS_OLD:
    case KB_INSTALL_WINDOWS_NEW:
        return search_registry (self, kind);
    case KB_N_INSTALL_KINDS:
        break;
    }
    g_return_val_if_reached (FALSE);
}

/**
 * kb_install_find:
 * @root: (nullable): a folder that stands for `/`
 * @kind: how it was installed; %KB_INSTALL_UNKNOWN for whatever this user would start
 *
 * Finds an installed Kolibri without running it, and its version: the file VERSION of its package,
 * dist-info, dpkg, a Flatpak's deployment, the names in a pex, the registry of Windows. For what
 * this user would start, the result says how it was installed.
 *
 * Returns: (transfer full) (nullable): what was found; %NULL when there is no sign of one
 */
KbInstall *
kb_install_find (const char *root, KbInstallKind kind)
{
    g_autoptr (KbInstall) self = g_new0 (KbInstall, 1);

    self->kind = kind;
    if (!search (self, root, kind) && !self->is_unreadable)
        return NULL;
    return g_steal_pointer (&self);
}

/**
 * kb_install_find_version:
 *
 * Finds the version of the Kolibri that this user would start, as kb_install_find().
 *
 * Returns: (transfer full) (nullable): the version, or %NULL when no program is found
 */
char *
kb_install_find_version (void)
{
    g_autoptr (KbInstall) self = kb_install_find (NULL, KB_INSTALL_UNKNOWN);

    return self != NULL ? g_steal_pointer (&self->version) : NULL;
}
