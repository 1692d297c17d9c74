/* SPDX-License-Identifier: MIT */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KbInstallKind:
 * @KB_INSTALL_UNKNOWN: nothing says how this Kolibri was installed
 * @KB_INSTALL_PIP: from PyPI, into a Python or a virtual environment
 * @KB_INSTALL_PEX: one file that Python runs
 * @KB_INSTALL_DEBIAN: Debian's package `kolibri`
 * @KB_INSTALL_SERVER: Debian's package `kolibri-server` beside it
 * @KB_INSTALL_RASPBERRY_PI: the image for the Raspberry Pi
 * @KB_INSTALL_FLATPAK: org.learningequality.Kolibri of Flathub
 * @KB_INSTALL_FLATPAK_DEVEL: its development variant
 * @KB_INSTALL_ENDLESS_OS: the system service of Endless OS
 * @KB_INSTALL_ENDLESS_KEY: the system service of the Endless Key
 * @KB_INSTALL_IIAB: Internet-in-a-Box
 * @KB_INSTALL_WINDOWS_OLD: the installer for Windows up to 1.6.9
 * @KB_INSTALL_WINDOWS_NEW: the app for Windows
 *
 * How a Kolibri came to this computer.
 */
typedef enum {
    KB_INSTALL_UNKNOWN,
    KB_INSTALL_PIP,
    KB_INSTALL_PEX,
    KB_INSTALL_DEBIAN,
    KB_INSTALL_SERVER,
    KB_INSTALL_RASPBERRY_PI,
    KB_INSTALL_FLATPAK,
    KB_INSTALL_FLATPAK_DEVEL,
    KB_INSTALL_ENDLESS_OS,
    KB_INSTALL_ENDLESS_KEY,
    KB_INSTALL_IIAB,
    KB_INSTALL_WINDOWS_OLD,
    KB_INSTALL_WINDOWS_NEW,
    KB_N_INSTALL_KINDS /*< skip >*/
} KbInstallKind;

/**
 * KbInstall:
 * @kind: how it was installed
 * @version: (nullable): its version, where that could be read
 * @source: the file, folder or key of the registry that said so
 * @other_version: (nullable): what a second source says, when it contradicts @version
 * @is_unreadable: whether a file that should hold the version holds something else
 *
 * An installed program. It has not been run.
 */
typedef struct {
    KbInstallKind kind;
    char *version;
    char *source;
    char *other_version;
    gboolean is_unreadable;
} KbInstall;

KbInstall *kb_install_find (const char *root, KbInstallKind kind);
void kb_install_free (KbInstall *self);
char *kb_install_find_version (void);
gboolean kb_install_has_package (const char *root, const char *package);
const char *kb_install_kind_to_string (KbInstallKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbInstall, kb_install_free)

G_END_DECLS
