/* SPDX-License-Identifier: MIT */
#include "kb-guide-record.h"

#include "kb-error.h"
#include "kb-file.h"
#include "kb-version.h"

#include <string.h>

#define GROUP "Guide"
#define FORMAT 1
#define INI_MAX_BYTES (64 * 1024)
#define HASH_CHARS 16

static const char *const kind_names[KB_N_GUIDES] = {
    [KB_GUIDE_UPGRADE] = "upgrade",
    [KB_GUIDE_DOWNGRADE] = "downgrade",
};

/**
 * kb_guide_kind_to_string:
 * @kind: where a person is led to
 *
 * Returns: its name for machines
 */
const char *
kb_guide_kind_to_string (KbGuideKind kind)
{
    return kind_names[kind];
}

/**
 * kb_guide_step_to_string:
 * @kind: what is to be done
 *
 * Returns: its name for machines
 */
const char *
kb_guide_step_to_string (KbGuideStepKind kind)
{
    static const char *const names[KB_N_GUIDE_STEPS] = {
        [KB_GUIDE_STEP_BACKUP] = "backup",   [KB_GUIDE_STEP_COPY] = "copy",
        [KB_GUIDE_STEP_INSTALL] = "install", [KB_GUIDE_STEP_RESTORE] = "restore",
        [KB_GUIDE_STEP_START] = "start",
    };

    return names[kind];
}

/**
 * kb_guide_record_free:
 * @self: (nullable) (transfer full): a record
 */
void
kb_guide_record_free (KbGuideRecord *self)
{
    if (self == NULL)
        return;
    g_free (self->from_version);
    g_free (self->to_version);
    g_free (self->backup);
    g_free (self->copy);
    g_free (self);
}

static char *
get_folder (void)
{
    return g_build_filename (g_get_user_data_dir(), "kolibri-backup", NULL);
}

/* One for each data folder. */
static char *
get_path (const char *home)
{
    g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, home, -1);
    g_autofree char *name = g_strdup_printf ("guide-%.*s.ini", HASH_CHARS, hash);
    g_autofree char *folder = get_folder();

    return g_build_filename (folder, name, NULL);
}

static unsigned
read_skipped (GKeyFile *ini)
{
    g_auto (GStrv) names = g_key_file_get_string_list (ini, GROUP, "skipped", NULL, NULL);
    unsigned skipped = 0;

    for (int i = 0; i < KB_N_GUIDE_STEPS && names != NULL; i++)
        if (g_strv_contains ((const char *const *) names,
                             kb_guide_step_to_string ((KbGuideStepKind) i)))
            skipped |= 1U << i;
    return skipped;
}

static gboolean
read_kind (GKeyFile *ini, KbGuideKind *kind)
{
    g_autofree char *name = g_key_file_get_string (ini, GROUP, "kind", NULL);

    for (int i = 0; i < KB_N_GUIDES; i++) {
        *kind = (KbGuideKind) i;
        if (g_strcmp0 (name, kind_names[i]) == 0)
            return TRUE;
    }
    return FALSE;
}

/* A name is only ever looked up among the backups; a path of a copy is as the person chose it. */
static KbGuideRecord *
parse (GKeyFile *ini, const char *path, GError **error)
{
    KbGuideKind kind;
    KbVersion parsed;

    if (g_key_file_get_integer (ini, GROUP, "format", NULL) > FORMAT) {
        g_set_error (error, KB_ERROR, KB_ERROR_TOO_NEW, "guide: %s: of a newer program", path);
        return NULL;
    }
    if (!read_kind (ini, &kind)) {
        g_set_error (error, KB_ERROR, KB_ERROR_CORRUPT, "guide: %s: not a record", path);
        return NULL;
    }
    g_autofree char *from_version = g_key_file_get_string (ini, GROUP, "from_version", NULL);
    if (from_version != NULL && !kb_version_parse (from_version, &parsed)) {
        g_set_error (error, KB_ERROR, KB_ERROR_CORRUPT, "guide: %s: no version", path);
        return NULL;
    }
    KbGuideRecord *self = g_new0 (KbGuideRecord, 1);
    self->kind = kind;
    self->from_version = g_steal_pointer (&from_version);
    self->to_version = g_key_file_get_string (ini, GROUP, "to_version", NULL);
    self->backup = g_key_file_get_string (ini, GROUP, "backup", NULL);
    self->copy = g_key_file_get_string (ini, GROUP, "copy", NULL);
    self->skipped = read_skipped (ini);
    self->is_restored = g_key_file_get_boolean (ini, GROUP, "restored", NULL);
    return self;
}

/**
 * kb_guide_record_load:
 * @home: the path of a data folder
 * @error: return location for a #GError
 *
 * Reads what is remembered of the guide for a data folder.
 *
 * Errors: %KB_ERROR_CORRUPT when it is damaged, %KB_ERROR_TOO_NEW when a newer Kolibri Backup wrote
 * it, %KB_ERROR_PERMISSION, %KB_ERROR_IO. A guide can begin anew with each of them.
 *
 * Returns: (transfer full) (nullable): the record; %NULL without an error when there is none
 */
KbGuideRecord *
kb_guide_record_load (const char *home, GError **error)
{
    g_autofree char *path = get_path (home);
    g_autoptr (GKeyFile) ini = g_key_file_new();
    g_autoptr (GError) local = NULL;
    g_autofree char *text = kb_file_read_text (path, INI_MAX_BYTES, NULL, &local);

    if (text == NULL) {
        if (!g_error_matches (local, KB_ERROR, KB_ERROR_NOT_FOUND))
            g_propagate_error (error, g_steal_pointer (&local));
        return NULL;
    }
    if (!g_key_file_load_from_data (ini, text, (gsize) -1, G_KEY_FILE_NONE, NULL)) {
        g_set_error (error, KB_ERROR, KB_ERROR_CORRUPT, "guide: %s: damaged", path);
        return NULL;
    }
    return parse (ini, path, error);
}

static void
set_string (GKeyFile *ini, const char *key, const char *value)
{
    if (value != NULL)
        g_key_file_set_string (ini, GROUP, key, value);
}

static void
set_skipped (GKeyFile *ini, unsigned skipped)
{
    const char *names[KB_N_GUIDE_STEPS];
    gsize n = 0;

    for (int i = 0; i < KB_N_GUIDE_STEPS; i++)
        if ((skipped & 1U << i) != 0)
            names[n++] = kb_guide_step_to_string ((KbGuideStepKind) i);
    if (n > 0)
        g_key_file_set_string_list (ini, GROUP, "skipped", names, n);
}

/* Each folder of the way, as far as it is missing. */
static gboolean
make_folders (const char *path, GError **error)
{
    if (g_file_test (path, G_FILE_TEST_IS_DIR))
        return TRUE;
    g_autofree char *parent = g_path_get_dirname (path);
    return (strcmp (parent, path) == 0 || make_folders (parent, error)) &&
           kb_platform_make_dir (path, NULL, error);
}

/**
 * kb_guide_record_save:
 * @self: a record
 * @home: the path of a data folder
 * @error: return location for a #GError
 *
 * Remembers how far a guide has come, in one step. Replaces what was remembered for @home.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_guide_record_save (const KbGuideRecord *self, const char *home, GError **error)
{
    g_autofree char *path = get_path (home);
    g_autofree char *folder = get_folder();
    g_autoptr (GKeyFile) ini = g_key_file_new();
    gsize length;

    g_key_file_set_integer (ini, GROUP, "format", FORMAT);
    set_string (ini, "home", home);
    set_string (ini, "kind", kind_names[self->kind]);
    set_string (ini, "from_version", self->from_version);
    set_string (ini, "to_version", self->to_version);
    set_string (ini, "backup", self->backup);
    set_string (ini, "copy", self->copy);
    set_skipped (ini, self->skipped);
    g_key_file_set_boolean (ini, GROUP, "restored", self->is_restored);
    g_autofree char *text = g_key_file_to_data (ini, &length, NULL);
    return make_folders (folder, error) && kb_file_save_text (path, text, length, NULL, error);
}

/**
 * kb_guide_record_remove:
 * @home: the path of a data folder
 * @error: return location for a #GError
 *
 * Forgets the guide, whatever state it is in.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success, also when there was none
 */
gboolean
kb_guide_record_remove (const char *home, GError **error)
{
    g_autofree char *path = get_path (home);
    gboolean found;

    if (!kb_file_look (path, &found, error))
        return FALSE;
    return !found || kb_platform_remove (path, error);
}

/**
 * kb_guide_record_note_copy:
 * @home: the path of a data folder
 * @backup: the name of a backup
 * @copy: where it has been copied to
 * @error: return location for a #GError
 *
 * Remembers where a copy is, if a guide is about that backup.
 *
 * Errors: as kb_guide_record_load() and kb_guide_record_save().
 *
 * Returns: %TRUE on success, also when no guide is
 */
gboolean
kb_guide_record_note_copy (const char *home, const char *backup, const char *copy, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (KbGuideRecord) self = kb_guide_record_load (home, &local);

    if (local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    if (self == NULL || (self->backup != NULL && strcmp (self->backup, backup) != 0))
        return TRUE;
    g_free (self->backup);
    self->backup = g_strdup (backup);
    g_free (self->copy);
    self->copy = g_strdup (copy);
    return kb_guide_record_save (self, home, error);
}

/**
 * kb_guide_record_note_restore:
 * @home: the path of a data folder
 * @error: return location for a #GError
 *
 * Remembers that a backup has been restored, if a guide leads back to an older Kolibri.
 *
 * Errors: as kb_guide_record_load() and kb_guide_record_save().
 *
 * Returns: %TRUE on success, also when no guide does
 */
gboolean
kb_guide_record_note_restore (const char *home, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (KbGuideRecord) self = kb_guide_record_load (home, &local);

    if (local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    if (self == NULL || self->kind != KB_GUIDE_DOWNGRADE)
        return TRUE;
    self->is_restored = TRUE;
    return kb_guide_record_save (self, home, error);
}
