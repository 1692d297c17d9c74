/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-locale.h"

#include <libintl.h>
#include <string.h>
#include <windows.h>

#define GLIB_DOMAIN "glib20"

/* Beside the program, wherever somebody has installed it. */
static char *
installed_dir (void)
{
    g_autofree char *root = g_win32_get_package_installation_directory_of_module (NULL);

    return g_build_filename (root, "share", "locale", NULL);
}

/* gettext by the wide name: a folder may have letters that the code page lacks. */
static void
bind_one (const char *domain, const char *dir)
{
    g_autofree wchar_t *wide = (wchar_t *) g_utf8_to_utf16 (dir, -1, NULL, NULL, NULL);

    if (wide != NULL)
        wbindtextdomain (domain, wide);
}

void
kb_locale_bind (const char *domain, const char *dir)
{
    g_autofree char *installed = installed_dir();

    bind_one (domain, dir != NULL ? dir : installed);
    bind_one (GLIB_DOMAIN, installed);
}

/* On Windows GLib names months and days, out of its own catalogue (g_date_time_format()). */
static gboolean
glib_speaks (const char *language)
{
    static const char field[] = "\nLanguage: ";
    const char *at = strstr (dgettext (GLIB_DOMAIN, ""), field);
    gsize length = strcspn (language, "_");

    if (strcmp (language, "en") == 0)
        return at == NULL || g_str_has_prefix (at + strlen (field), "en");
    return at != NULL && strncmp (at + strlen (field), language, length) == 0 &&
           strchr ("_\n", at[strlen (field) + length]) != NULL;
}

gboolean
kb_locale_take_dates (const KbLanguage *language)
{
    return glib_speaks (language->code);
}

gboolean
kb_locale_dates_are_english (void)
{
    return glib_speaks ("en");
}
