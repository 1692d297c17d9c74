/* SPDX-License-Identifier: MIT */
#include "kb-error.h"

#include <errno.h>
#include <string.h>

static void
test_errno_becomes_what_to_do (void)
{
    static const struct {
        int number;
        KbErrorCode code;
    } cases[] = {
        {ENOSPC, KB_ERROR_NO_SPACE},
#ifdef EDQUOT
        {EDQUOT, KB_ERROR_NO_SPACE},
#endif
        {EFBIG, KB_ERROR_FILE_TOO_LARGE},
        {EACCES, KB_ERROR_PERMISSION},
        {EPERM, KB_ERROR_PERMISSION},
        {EBUSY, KB_ERROR_BUSY},
        {EROFS, KB_ERROR_READ_ONLY},
        {ENOENT, KB_ERROR_NOT_FOUND},
        {ENOTDIR, KB_ERROR_NOT_FOUND},
        {EIO, KB_ERROR_IO},
        {ENODEV, KB_ERROR_IO},
        {ELOOP, KB_ERROR_IO},
        {0, KB_ERROR_IO},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
        g_assert_cmpint (kb_error_code_from_errno (cases[i].number), ==, cases[i].code);
}

static void
test_errno_error_names_step_and_file (void)
{
    g_autoptr (GError) error = NULL;

    kb_error_set_errno (&error, EROFS, "create folder", "/mnt/usb/100%s");
    g_assert_error (error, KB_ERROR, KB_ERROR_READ_ONLY);
    g_autofree char *expected =
        g_strconcat ("create folder: /mnt/usb/100%s: ", g_strerror (EROFS), NULL);
    g_assert_cmpstr (error->message, ==, expected);
}

static void
test_space_error_carries_numbers (void)
{
    g_autoptr (GError) error = NULL;

    kb_error_set_space (&error, G_GUINT64_CONSTANT (5000000000), 17, "/media/KINGSTON");
    g_assert_error (error, KB_ERROR, KB_ERROR_NO_SPACE);
    g_assert_cmpuint (kb_error_get_needed_bytes (error), ==, G_GUINT64_CONSTANT (5000000000));
    g_assert_cmpuint (kb_error_get_free_bytes (error), ==, 17);
    g_assert_null (kb_error_get_version (error));
    g_assert_nonnull (strstr (error->message, "/media/KINGSTON"));
    g_assert_nonnull (strstr (error->message, "5000000000 bytes needed, 17 free"));
}

static void
test_version_error_carries_version (void)
{
    g_autoptr (GError) error = NULL;

    kb_error_set_version (&error, KB_ERROR_TOO_NEW, "0.18.0", "made by 100%s");
    g_assert_error (error, KB_ERROR, KB_ERROR_TOO_NEW);
    g_assert_cmpstr (kb_error_get_version (error), ==, "0.18.0");
    g_assert_cmpstr (error->message, ==, "made by 100%s");
    g_assert_cmpuint (kb_error_get_needed_bytes (error), ==, 0);
}

static void
test_version_may_be_unknown (void)
{
    g_autoptr (GError) error = NULL;

    kb_error_set_version (&error, KB_ERROR_TOO_NEW, NULL, "newer");
    g_assert_error (error, KB_ERROR, KB_ERROR_TOO_NEW);
    g_assert_null (kb_error_get_version (error));
}

static void
test_nobody_asks_for_the_error (void)
{
    kb_error_set_errno (NULL, ENOENT, "open", "/x");
    kb_error_set_space (NULL, 1, 2, "/x");
    kb_error_set_version (NULL, KB_ERROR_TOO_NEW, "0.1.0", "x");
}

/* Workers hand errors to the window as copies, and g_prefix_error() is in every call chain. */
static void
test_copy_keeps_details (void)
{
    g_autoptr (GError) version = NULL;
    g_autoptr (GError) space = NULL;

    kb_error_set_version (&version, KB_ERROR_TOO_NEW, "0.18.0", "x");
    kb_error_set_space (&space, 3, 4, "/x");
    g_prefix_error (&version, "restore: ");
    g_autoptr (GError) version_copy = g_error_copy (version);
    g_autoptr (GError) space_copy = g_error_copy (space);
    g_clear_error (&version);
    g_clear_error (&space);

    g_assert_cmpstr (kb_error_get_version (version_copy), ==, "0.18.0");
    g_assert_cmpstr (version_copy->message, ==, "restore: x");
    g_assert_cmpuint (kb_error_get_needed_bytes (space_copy), ==, 3);
    g_assert_cmpuint (kb_error_get_free_bytes (space_copy), ==, 4);
}

static void
test_foreign_error_has_no_details (void)
{
    g_autoptr (GError) error = g_error_new (G_FILE_ERROR, G_FILE_ERROR_NOENT, "foreign");

    g_assert_cmpuint (kb_error_get_needed_bytes (error), ==, 0);
    g_assert_cmpuint (kb_error_get_free_bytes (error), ==, 0);
    g_assert_null (kb_error_get_version (error));
}

/* The names stand in the output of `--json` and in the notes of backups: they must not change. */
static void
test_names_for_machines (void)
{
    static const char *const names[] = {
        "no-space",  "busy",       "corrupt",     "too-new",  "not-a-backup",
        "not-found", "permission", "unsupported", "io",       "file-too-large",
        "read-only", "sandbox",    "not-allowed", "internal",
    };

    G_STATIC_ASSERT (G_N_ELEMENTS (names) == KB_N_ERRORS);
    for (int code = 0; code < KB_N_ERRORS; code++)
        g_assert_cmpstr (kb_error_code_to_string (code), ==, names[code]);
}

static void
test_name_of_what_is_no_code (void)
{
    g_test_expect_message ("kb-core", G_LOG_LEVEL_CRITICAL, "*code < KB_N_ERRORS*");
    g_assert_cmpstr (kb_error_code_to_string (KB_N_ERRORS), ==, "internal");
    g_test_assert_expected_messages();
}

static void
test_cancelled (void)
{
    g_autoptr (GError) cancelled = g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");
    g_autoptr (GError) other = g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "x");
    g_autoptr (GError) ours = g_error_new (KB_ERROR, G_IO_ERROR_CANCELLED, "x");

    g_assert_true (kb_error_is_cancelled (cancelled));
    g_assert_false (kb_error_is_cancelled (other));
    g_assert_false (kb_error_is_cancelled (ours));
    g_assert_false (kb_error_is_cancelled (NULL));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/error/errno-becomes-what-to-do", test_errno_becomes_what_to_do);
    g_test_add_func ("/error/errno-error-names-step-and-file",
                     test_errno_error_names_step_and_file);
    g_test_add_func ("/error/space-error-carries-numbers", test_space_error_carries_numbers);
    g_test_add_func ("/error/version-error-carries-version", test_version_error_carries_version);
    g_test_add_func ("/error/version-may-be-unknown", test_version_may_be_unknown);
    g_test_add_func ("/error/nobody-asks-for-the-error", test_nobody_asks_for_the_error);
    g_test_add_func ("/error/copy-keeps-details", test_copy_keeps_details);
    g_test_add_func ("/error/foreign-error-has-no-details", test_foreign_error_has_no_details);
    g_test_add_func ("/error/names-for-machines", test_names_for_machines);
    g_test_add_func ("/error/name-of-what-is-no-code", test_name_of_what_is_no_code);
    g_test_add_func ("/error/cancelled", test_cancelled);
    return g_test_run();
}
