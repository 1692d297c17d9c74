/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KbCompatibility:
 * @KB_COMPATIBILITY_UNKNOWN: nobody can say: no version of the backup, or none to compare with
 * @KB_COMPATIBILITY_FITS: of the same version
 * @KB_COMPATIBILITY_OLDER: of an older version; Kolibri upgrades the data when it starts
 * @KB_COMPATIBILITY_NEWER: of a newer version; Kolibri cannot use it before it is upgraded itself
 *
 * What the Kolibri of this computer makes of a backup.
 */
typedef enum {
    KB_COMPATIBILITY_UNKNOWN,
    KB_COMPATIBILITY_FITS,
    KB_COMPATIBILITY_OLDER,
    KB_COMPATIBILITY_NEWER,
    KB_N_COMPATIBILITIES /*< skip >*/
} KbCompatibility;

KbCompatibility kb_compatibility_of (const char *backup_version,
                                     const char *installed_version,
                                     const char *data_version);

G_END_DECLS
