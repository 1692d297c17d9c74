/* SPDX-License-Identifier: MIT */
#include "kb-compatibility.h"

#include "kb-version.h"

/* %NULL for what is no version. */
static const char *
check (const char *version)
{
    KbVersion parsed;

    return version != NULL && kb_version_parse (version, &parsed) ? version : NULL;
}

/**
 * kb_compatibility_of:
 * @backup_version: (nullable): the version of the data in a backup
 * @installed_version: (nullable): the version of the program, where one was found
 * @data_version: (nullable): the version of the data in use
 *
 * Says whether Kolibri can use a backup. The installed program decides, as in a restore
 * (kb_replace_refuse_newer()); where there is none to be found, the data in use shows which one
 * there was. Pre-releases count as their release.
 *
 * Returns: what Kolibri makes of it
 */
KbCompatibility
kb_compatibility_of (const char *backup_version,
                     const char *installed_version,
                     const char *data_version)
{
    const char *backup = check (backup_version);
    const char *ours = check (installed_version);

    if (ours == NULL)
        ours = check (data_version);
    if (backup == NULL || ours == NULL)
        return KB_COMPATIBILITY_UNKNOWN;
    int order = kb_version_compare_release (backup, ours);
    if (order == 0)
        return KB_COMPATIBILITY_FITS;
    return order < 0 ? KB_COMPATIBILITY_OLDER : KB_COMPATIBILITY_NEWER;
}
