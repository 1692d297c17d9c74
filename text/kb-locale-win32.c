/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-locale.h"

#include <libintl.h>
#include <string.h>

/* Beside the program, wherever somebody has installed it. */
static char *
installed_dir (void)
{
    g_autofree char *root = g_win32_get_package_installation_directory_of_module (NULL);

    return g_build_filename (root, "share", "locale", NULL);
}

/* As GLib and GTK bind theirs: by a name in the code page, which is UTF-8 from Windows 10 1903 on
 * (windows/program.manifest), and before that the short name of a folder with other letters. Not by
 * wbindtextdomain(): libintl 0.21 loses catalogues when some are bound by it and others are not
 * (tried). */
void
kb_locale_bind (const char *domain, const char *dir)
{
    g_autofree char *installed = installed_dir();
    g_autofree char *name = g_win32_locale_filename_from_utf8 (dir != NULL ? dir : installed);

    if (name != NULL)
        bindtextdomain (domain, name);
}

/* On Windows GLib names the months and days, out of its own catalogue (g_date_time_format()). */
gboolean
kb_locale_dates_are_english (void)
{
    g_autoptr (GDateTime) new_year = g_date_time_new_utc (2026, 1, 1, 0, 0, 0);
    g_autofree char *month = g_date_time_format (new_year, "%B");

    return g_strcmp0 (month, "January") == 0;
}

/* The language of GLib's catalogue is that of ours, or it has none and speaks English. */
gboolean
kb_locale_take_dates (const KbLanguage *language)
{
    return kb_locale_dates_are_english() == (strcmp (language->code, "en") == 0);
}
