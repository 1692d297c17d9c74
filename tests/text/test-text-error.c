/* SPDX-License-Identifier: MIT */
#include "kb-test-words.h"
#include "kb-text-error.h"

#include <string.h>

static void
assert_texts (KbOperation operation, const GError *error)
{
    g_autoptr (KbErrorText) text = kb_error_text_new (operation, error);

    kb_test_assert_sentence (text->what);
    kb_test_assert_sentence (text->safety);
    kb_test_assert_sentence (text->advice);
    g_assert_nonnull (strstr (text->details, error->message));
    if (kb_error_is_cancelled (error)) {
        g_assert_cmpint (text->action, ==, KB_ADVICE_NONE);
        return;
    }
    g_assert_cmpint (text->action, !=, KB_ADVICE_NONE);
    kb_test_assert_plain (kb_error_text_get_label (text->action));
}

static void
assert_texts_of (GQuark domain, int code)
{
    g_autoptr (GError) error = g_error_new (domain, code, "step: /some/file: message");

    for (int operation = 0; operation < KB_N_OPERATIONS; operation++)
        assert_texts ((KbOperation) operation, error);
}

static void
test_every_code_and_operation (void)
{
    for (int code = 0; code < KB_N_ERRORS; code++)
        assert_texts_of (KB_ERROR, code);
}

static void
test_errors_with_numbers (void)
{
    for (int operation = 0; operation < KB_N_OPERATIONS; operation++) {
        g_autoptr (GError) space = NULL;
        g_autoptr (GError) version = NULL;
        kb_error_set_space (&space, 5000000000, 1000, "/media/ana/KINGSTON");
        kb_error_set_version (&version, KB_ERROR_TOO_NEW, "0.18.1", "too new");
        assert_texts ((KbOperation) operation, space);
        assert_texts ((KbOperation) operation, version);
        g_autoptr (KbErrorText) full = kb_error_text_new ((KbOperation) operation, space);
        g_autoptr (KbErrorText) newer = kb_error_text_new ((KbOperation) operation, version);
        g_assert_nonnull (strstr (full->what, "5.0\u00a0GB"));
        g_assert_nonnull (strstr (newer->what, "0.18.1"));
        g_assert_nonnull (strstr (newer->advice, "0.18.1"));
        g_assert_nonnull (strstr (newer->advice, "damaged"));
    }
}

static void
test_errors_of_glib (void)
{
    for (int code = 0; code < 60; code++) {
        assert_texts_of (G_IO_ERROR, code);
        assert_texts_of (G_FILE_ERROR, code);
    }
    assert_texts_of (G_KEY_FILE_ERROR, 2);
    assert_texts_of (g_quark_from_static_string ("a-domain-of-nobody"), 123);
    assert_texts_of (KB_ERROR, KB_N_ERRORS);
    assert_texts_of (KB_ERROR, -7);
}

static void
assert_what (KbOperation operation, GQuark domain, int code, const char *what, KbAdvice action)
{
    g_autoptr (GError) error = g_error_new_literal (domain, code, "message");
    g_autoptr (KbErrorText) text = kb_error_text_new (operation, error);

    g_assert_cmpstr (text->what, ==, what);
    g_assert_cmpint (text->action, ==, action);
}

static void
test_what_helps (void)
{
    assert_what (KB_OPERATION_RESTORE, KB_ERROR, KB_ERROR_NO_SPACE, "The disk is full.",
                 KB_ADVICE_SHOW_FOLDER);
    assert_what (KB_OPERATION_COPY, KB_ERROR, KB_ERROR_NO_SPACE, "The drive is full.",
                 KB_ADVICE_CHOOSE_DRIVE);
    assert_what (KB_OPERATION_COPY, KB_ERROR, KB_ERROR_FILE_TOO_LARGE,
                 "This drive cannot hold a file of more than 4 GB.", KB_ADVICE_CHOOSE_DRIVE);
    assert_what (KB_OPERATION_COPY, KB_ERROR, KB_ERROR_READ_ONLY, "This drive is write-protected.",
                 KB_ADVICE_CHOOSE_DRIVE);
    assert_what (KB_OPERATION_IMPORT, KB_ERROR, KB_ERROR_CORRUPT,
                 "This backup is damaged or incomplete.", KB_ADVICE_CHOOSE_FILE);
    assert_what (KB_OPERATION_BACKUP, KB_ERROR, KB_ERROR_CORRUPT,
                 "The Kolibri data on this computer is damaged.", KB_ADVICE_CHOOSE_FILE);
    assert_what (KB_OPERATION_CHECK, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "The backup is not there.",
                 KB_ADVICE_CHOOSE_FILE);
    assert_what (KB_OPERATION_CHECK, G_FILE_ERROR, G_FILE_ERROR_NOENT, "The backup is not there.",
                 KB_ADVICE_CHOOSE_FILE);
    assert_what (KB_OPERATION_OPEN, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                 "Something on this computer did not answer in time.", KB_ADVICE_TRY_AGAIN);
    assert_what (KB_OPERATION_UNDO, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                 "The Kolibri data belongs to another user of this computer, or is read-only.",
                 KB_ADVICE_SAVE_REPORT);
    assert_what (KB_OPERATION_REPORT, G_IO_ERROR, G_IO_ERROR_READ_ONLY,
                 "This disk is write-protected.", KB_ADVICE_TRY_AGAIN);
    assert_what (KB_OPERATION_NOTE, KB_ERROR, KB_ERROR_INTERNAL,
                 "Something went wrong in Kolibri Backup.", KB_ADVICE_SAVE_REPORT);
    assert_what (KB_OPERATION_RESTORE, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled.",
                 KB_ADVICE_NONE);
}

static char *
safety_of (KbOperation operation, int code)
{
    g_autoptr (GError) error = g_error_new_literal (KB_ERROR, code, "message");
    g_autoptr (KbErrorText) text = kb_error_text_new (operation, error);

    return g_steal_pointer (&text->safety);
}

static void
test_safety_is_of_the_operation (void)
{
    kb_test_assert_text (safety_of (KB_OPERATION_RESTORE, KB_ERROR_NO_SPACE),
                         "Nothing was restored. Your Kolibri data is as it was before.");
    kb_test_assert_text (safety_of (KB_OPERATION_UNDO, KB_ERROR_BUSY),
                         "Nothing was undone. Your Kolibri data is as it was before.");
    g_autofree char *failing = safety_of (KB_OPERATION_RESTORE, KB_ERROR_IO);
    g_assert_nonnull (strstr (failing, "last moment"));
    g_autofree char *copy = safety_of (KB_OPERATION_COPY, KB_ERROR_IO);
    g_assert_nonnull (strstr (copy, "do not rely on it"));
    g_autofree char *damaged = safety_of (KB_OPERATION_BACKUP, KB_ERROR_CORRUPT);
    g_assert_nonnull (strstr (damaged, "damaged data"));
}

static void
test_details_are_technical (void)
{
    g_autoptr (GError) ours = g_error_new_literal (KB_ERROR, KB_ERROR_READ_ONLY, "write: /a\xff");
    g_autoptr (GError) theirs = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "no luck");

    kb_test_assert_text (kb_error_text_describe (ours),
                         "kolibri-backup read-only: write: /a\xef\xbf\xbd");
    kb_test_assert_text (kb_error_text_describe (theirs), "g-io-error-quark 0: no luck");
    g_assert_null (kb_error_text_get_label (KB_ADVICE_NONE));
    kb_error_text_free (NULL);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/text-error/every-code-and-operation", test_every_code_and_operation);
    g_test_add_func ("/text-error/errors-with-numbers", test_errors_with_numbers);
    g_test_add_func ("/text-error/errors-of-glib", test_errors_of_glib);
    g_test_add_func ("/text-error/what-helps", test_what_helps);
    g_test_add_func ("/text-error/safety-is-of-the-operation", test_safety_is_of_the_operation);
    g_test_add_func ("/text-error/details-are-technical", test_details_are_technical);
    return g_test_run();
}
