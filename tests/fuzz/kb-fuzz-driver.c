/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target without libFuzzer, as an ordinary test: on each file of its corpus, and on
 * mutations of them that are the same each time.
 *
 *   fuzz-TARGET CORPUS-FOLDER [MUTATIONS]    or    fuzz-TARGET FILE
 *
 * KB_FUZZ_SEED gives other mutations. What a target dies of is left in the file `fuzz-crash`.
 */
#include "kb-fuzz.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_INPUT_BYTES 65536

static const char *const words[] = {
    "'",
    "''",
    "\"",
    ";",
    "--",
    "/*",
    "*/",
    "X'",
    "NULL",
    "1e999",
    "-",
    "(",
    ")",
    ",",
    "\n",
    "\r\n",
    "COMMIT;",
    "CREATE ",
    "TABLE ",
    "TRIGGER ",
    "BEGIN ",
    "; END;",
    "END",
    "unistr('",
    "\\u000a",
    "CAST(X'",
    " AS TEXT)",
    "VALUES(",
    "INSERT INTO ",
    "{",
    "}",
    "[",
    "\":",
    "\\u0000",
    "=",
    "[Database]",
    "dev0",
    "+git.",
    "99999999999999999999",
    "\xff",
    "\xc3\xa9",
    "\xef\xbb\xbf",
    "replace(",
};

static char *input;
static size_t input_length;

static void
on_death (int number)
{
    FILE *file = fopen ("fuzz-crash", "wb");

    if (file != NULL) {
        fwrite (input, 1, input_length, file);
        fclose (file);
    }
    signal (number, SIG_DFL);
    raise (number);
}

static void
run (const GString *bytes)
{
    g_free (input);
    input_length = bytes->len;
    input = g_memdup2 (bytes->str, bytes->len + 1);
    /* memory of that very size, so that valgrind and ASan see what reads behind it */
    char *exact = malloc (bytes->len);
    if (bytes->len > 0)
        memcpy (exact, bytes->str, bytes->len);
    LLVMFuzzerTestOneInput ((const uint8_t *) exact, bytes->len);
    free (exact);
}

static gsize
place (GRand *rand, const GString *bytes)
{
    return bytes->len == 0 ? 0 : (gsize) g_rand_int_range (rand, 0, (gint32) bytes->len);
}

/* Changes one thing. */
static void
mutate (GRand *rand, GString *bytes, GPtrArray *corpus)
{
    gsize at = place (rand, bytes);
    gsize most = (gsize) g_rand_int_range (rand, 1, 40);
    gsize n = MIN (bytes->len - at, most);
    const GString *other = corpus->pdata[g_rand_int_range (rand, 0, (gint32) corpus->len)];

    switch (g_rand_int_range (rand, 0, 7)) {
    case 0:
        if (bytes->len > 0)
            bytes->str[at] = (char) (bytes->str[at] ^ (1 << g_rand_int_range (rand, 0, 8)));
        break;
    case 1:
        g_string_insert_c (bytes, (gssize) at, (char) g_rand_int_range (rand, 0, 256));
        break;
    case 2:
        g_string_erase (bytes, (gssize) at, (gssize) n);
        break;
    case 3: {
        g_autofree char *copy = g_strndup (bytes->str + at, n);
        g_string_insert_len (bytes, (gssize) place (rand, bytes), copy, (gssize) strlen (copy));
        break;
    }
    case 4:
        g_string_insert (bytes, (gssize) at,
                         words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
        break;
    case 5: {
        gsize from = place (rand, other);
        g_string_insert_len (bytes, (gssize) at, other->str + from,
                             (gssize) MIN (other->len - from, 200));
        break;
    }
    default:
        g_string_truncate (bytes, at);
        break;
    }
}

static void
fuzz (GPtrArray *corpus, unsigned n_mutations)
{
    const char *seed = g_getenv ("KB_FUZZ_SEED");
    GRand *rand = g_rand_new_with_seed (seed != NULL ? (guint32) g_ascii_strtoull (seed, NULL, 10)
                                                     : 20260504);

    for (guint i = 0; i < corpus->len; i++)
        run (corpus->pdata[i]);
    for (unsigned i = 0; i < n_mutations; i++) {
        const GString *from = corpus->pdata[i % corpus->len];
        GString *bytes = g_string_new_len (from->str, (gssize) from->len);
        for (int n = g_rand_int_range (rand, 1, 6); n > 0; n--)
            mutate (rand, bytes, corpus);
        if (bytes->len <= MAX_INPUT_BYTES)
            run (bytes);
        g_string_free (bytes, TRUE);
    }
    g_rand_free (rand);
    g_print ("# files fuzzed: %u, executions: %u\n", corpus->len, corpus->len + n_mutations);
}

static void
free_bytes (gpointer data)
{
    g_string_free (data, TRUE);
}

static void
add_file (GPtrArray *corpus, const char *path)
{
    g_autofree char *bytes = NULL;
    gsize length;

    if (g_file_get_contents (path, &bytes, &length, NULL))
        g_ptr_array_add (corpus, g_string_new_len (bytes, (gssize) length));
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

int
main (int argc, char **argv)
{
    g_autoptr (GPtrArray) corpus = g_ptr_array_new_with_free_func (free_bytes);
    g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GDir) dir = argc > 1 ? g_dir_open (argv[1], 0, NULL) : NULL;
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        g_ptr_array_add (names, g_build_filename (argv[1], name, NULL));
    if (dir == NULL && argc > 1)
        g_ptr_array_add (names, g_strdup (argv[1]));
    g_ptr_array_sort (names, compare_names);
    for (guint i = 0; i < names->len; i++)
        add_file (corpus, names->pdata[i]);
    if (corpus->len == 0) {
        g_printerr ("no corpus\n");
        return 1;
    }
    signal (SIGABRT, on_death);
    signal (SIGSEGV, on_death);
    signal (SIGTRAP, on_death);
    fuzz (corpus, argc > 2 ? (unsigned) g_ascii_strtoull (argv[2], NULL, 10) : 0);
    g_print ("1..1\nok 1 corpus and mutations\n");
    g_free (input);
    return 0;
}
