/* SPDX-License-Identifier: MIT */
#pragma once

/* The sentences of the installer for Windows that NSIS does not have itself. windows/build.sh reads
 * them, translated, from the catalogues; no program of ours includes this. */

static const char *const kb_installer_words[][2] = {
    /* Translators: the installer for Windows says so; Kolibri Backup is the program being installed
       or removed. */
    {"IS_OPEN", N_ ("Kolibri Backup is open. Close it, then try again.")},
    {"DATA_STAYS",
     /* Translators: the installer for Windows says so before it removes Kolibri Backup. */
     N_ ("Only the program Kolibri Backup will be removed. Your backups and the data of Kolibri stay "
         "on this computer.")},
    {"NOT_64_BIT",
     /* Translators: the installer for Windows says so. "64-bit" is a kind of Windows. */
     N_ ("This computer cannot run Kolibri Backup: it needs a 64-bit Windows 10 or newer.")},
};
