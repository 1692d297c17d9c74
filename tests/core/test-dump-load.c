/* SPDX-License-Identifier: MIT */
/* Two threads load what one loads, and refuse what one refuses, in the same words. */
#include "kb-dump-load.h"
#include "kb-dump-middle.h"
#include "kb-dump-writer.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-load.h"
#include "kb-recover.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>

/* What every Kolibri has, and rows enough for a first half. */
#define FIRST_HALF                                                                                 \
    "CREATE TABLE django_migrations(id INTEGER PRIMARY KEY, app, name);"                           \
    "INSERT INTO django_migrations VALUES(1,'exams','0001_initial');"                              \
    "CREATE TABLE kolibriauth_facilityuser(id, full_name);"                                        \
    "CREATE TABLE kolibriauth_collection(id, name, kind);"                                         \
    "CREATE TABLE \"a first\"(id TEXT PRIMARY KEY, t, n UNIQUE);"
#define N_FIRST_ROWS 14000

/* Tables of all kinds, in the names of which those of the first half come first. */
static const char awkward[] =
    "CREATE TABLE l_plain(t);"
    "INSERT INTO l_plain SELECT t FROM \"a first\" WHERE rowid % 3 = 0;"
    "CREATE TABLE m_gaps(k TEXT PRIMARY KEY, t);"
    "INSERT INTO m_gaps SELECT id, t FROM \"a first\";"
    "DELETE FROM m_gaps WHERE rowid % 7 = 0 OR rowid < 5;"
    "INSERT INTO m_gaps(rowid, k) VALUES(-4, 'minus'),(9223372036854775807, 'last');"
    "CREATE TABLE n_gaps(t);"
    "INSERT INTO n_gaps(rowid, t) VALUES(-3,1),(7,2),(8,3),(1000,4);"
    "CREATE INDEX n_index ON n_gaps(t);"
    "CREATE TABLE o_counted(id INTEGER PRIMARY KEY AUTOINCREMENT, t);"
    "INSERT INTO o_counted SELECT rowid, t FROM \"a first\" LIMIT 2000;"
    "DELETE FROM o_counted WHERE id > 1500;"
    "CREATE TABLE o_empty(id INTEGER PRIMARY KEY AUTOINCREMENT, t);"
    "CREATE TABLE p_keys(k TEXT, l, PRIMARY KEY(k, l)) WITHOUT ROWID;"
    "INSERT INTO p_keys SELECT id, n % 9 FROM \"a first\";"
    "CREATE TABLE \"q'uo\"\"te;d\"(id INTEGER PRIMARY KEY, t DEFAULT 'x;''y', b REAL CHECK(b < "
    "1e9),"
    "  g AS (id * 2), s AS (t || 'z') STORED, f REFERENCES m_gaps(k));"
    "INSERT INTO \"q'uo\"\"te;d\"(id, t, b) VALUES(1, char(10) || 'CREATE TABLE ', 0.1),"
    "  (3, 'line' || char(13,10) || 'line', -0.0), (2, NULL, 1e-300), (9, X'00ff', 5);"
    "CREATE UNIQUE INDEX q_index ON \"q'uo\"\"te;d\"(lower(t), b DESC) WHERE b > 0;"
    "CREATE TABLE r_cased(ID TEXT PRIMARY KEY COLLATE NOCASE, u UNIQUE, j CHECK(json_valid(j)));"
    "INSERT INTO R_Cased SELECT id, -n, '{}' FROM \"a first\" ORDER BY n DESC;"
    "CREATE INDEX a_index ON \"a first\"(t, n);"
    "CREATE INDEX r_index ON r_cased(j, u);"
    "CREATE VIEW v AS SELECT * FROM m_gaps JOIN \"a first\";"
    "CREATE TRIGGER w AFTER INSERT ON m_gaps BEGIN DELETE FROM n_gaps; END;"
    "ANALYZE;";

static char *
make_rows (const char *table)
{
    GString *sql = g_string_new (NULL);

    for (int i = 0; i < N_FIRST_ROWS; i++)
        g_string_append_printf (sql, "INSERT INTO \"%s\" VALUES('%08x%024d','text %d',%d);\n",
                                table, (unsigned) i * 2654435761u, i, i % 1000, i);
    return g_string_free (sql, FALSE);
}

/* A database whose dumps have their middle behind the first half. */
static char *
make_database (const KbTestDir *dir)
{
    char *path = kb_test_dir_file (dir, "made.sqlite3");
    g_autofree char *rows = make_rows ("a first");
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSqlite) db =
        kb_sqlite_open (path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &error);

    g_assert_no_error (error);
    kb_test_run_sql (db, "PRAGMA synchronous=OFF; BEGIN;" FIRST_HALF);
    kb_test_run_sql (db, rows);
    kb_test_run_sql (db, awkward);
    kb_test_run_sql (db, "COMMIT");
    return path;
}

static char *
write_dump (const char *database, const char *path)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbHeader) header = kb_header_new();
    g_autoptr (KbFooter) footer = NULL;
    g_autoptr (KbSnapshot) snapshot = kb_snapshot_open (database, 1, NULL, &error);
    char *text = NULL;

    g_assert_no_error (error);
    header->time = g_date_time_new_from_unix_utc (0);
    kb_test_assert_ok (kb_dump_describe (snapshot->readers[0], header, &error), error);
    g_auto (KbFd) fd = kb_platform_create (path, NULL, &error);
    g_assert_no_error (error);
    kb_test_assert_ok (kb_dump_write (snapshot, header, fd, path, &footer, NULL, &error), error);
    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    return text;
}

/* All there is to know of a database: its dump, and its schema in its own order. */
static char *
describe (const KbTestDir *dir, const char *database)
{
    g_autofree char *path = kb_test_dir_file (dir, "described");
    g_autofree char *text = write_dump (database, path);
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSqlite) db = kb_sqlite_open_for_reading (database, &error);
    g_autofree char *schema = kb_sqlite_query_text (
        db, "SELECT group_concat(type || name || tbl_name, ';') FROM sqlite_master", &error);
    g_autofree char *verdict = kb_sqlite_query_text (db, "PRAGMA integrity_check", &error);

    g_assert_no_error (error);
    g_assert_cmpstr (verdict, ==, "ok");
    g_assert_cmpint (g_remove (path), ==, 0);
    return g_strconcat (text, schema, NULL);
}

typedef struct {
    KbDumpOutcome outcome;
    gboolean met; /* the first thread has met the second one's beginning */
    char *text;   /* what has been loaded */
} Loaded;

static void
loaded_clear (Loaded *self)
{
    g_free (self->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Loaded, loaded_clear)

/* Loads @file, with the help of a thread that begins to load @second at @offset; 0: without. */
static Loaded
load (const KbTestDir *dir, const char *file, const char *second_file, uint64_t offset)
{
    g_autofree char *database = kb_test_dir_file (dir, "loaded.sqlite3");
    g_autofree char *half = kb_test_dir_file (dir, "half.sqlite3");
    g_autoptr (GError) error = NULL;
    Loaded self = {0};

    {
        KbSource *source = kb_source_open (file, FALSE, &error);
        g_assert_no_error (error);
        g_autoptr (KbDumpReader) reader = kb_dump_reader_new (source, &error);
        g_assert_no_error (error);
        const KbScratchOptions options = {.path = database};
        KbDumpSecondOptions second_options = {.file = second_file, .offset = offset};
        second_options.is_ours = kb_dump_reader_get_header (reader) != NULL;
        second_options.scratch.path = half;
        g_autoptr (KbDumpSecond) second =
            offset > 0 ? kb_dump_second_start (&second_options) : NULL;
        g_autoptr (KbSqlite) db = kb_scratch_create (&options, &error);
        g_assert_no_error (error);
        self.outcome = kb_dump_load_shared (reader, db, second, NULL, NULL, &error);
        self.met = kb_dump_reader_get_part_checksum (reader) != NULL;
    }
    if (self.outcome == KB_DUMP_LOADED)
        self.text = describe (dir, database);
    g_assert_cmpint (g_remove (database), ==, 0);
    g_assert_false (kb_test_exists (half));
    return self;
}

static void
assert_loads_the_same (const KbTestDir *dir, const char *file)
{
    uint64_t middle = kb_dump_find_middle (file, FALSE);
    g_auto (Loaded) alone = load (dir, file, NULL, 0);
    g_auto (Loaded) shared = load (dir, file, file, middle);

    g_assert_cmpuint (middle, >, 0);
    g_assert_cmpint (alone.outcome, ==, KB_DUMP_LOADED);
    g_assert_cmpint (shared.outcome, ==, KB_DUMP_LOADED);
    g_assert_true (shared.met);
    g_assert_cmpstr (alone.text, ==, shared.text);
}

static void
test_our_dump (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *database = make_database (dir);
    g_autofree char *file = kb_test_dir_file (dir, "ours.dump");
    g_autofree char *text = write_dump (database, file);

    assert_loads_the_same (dir, file);
}

/* Dumps a database by another program, with our newlines and with those of Windows. */
static void
assert_foreign_loads_the_same (const char *const *argv)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *database = make_database (dir);
    g_autofree char *text = NULL;
    g_autofree char *file = NULL;
    g_autofree char *windows = NULL;
    const char *command[8] = {NULL};
    guint n = 0;
    int status;

    kb_test_only_posix ("a shell of SQLite and a Python to start");
    for (; argv[n] != NULL; n++)
        command[n] = strcmp (argv[n], "DATABASE") == 0 ? database : argv[n];
    g_assert_true (g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                                 &text, NULL, &status, NULL));
    g_assert_cmpint (status, ==, 0);
    file = kb_test_dir_write (dir, "foreign.dump", text);
    assert_loads_the_same (dir, file);

    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    g_autofree char *joined = g_strjoinv ("\r\n", lines);
    windows = kb_test_dir_write (dir, "windows.dump", joined);
    assert_loads_the_same (dir, windows);
}

static void
test_dump_of_the_shell (void)
{
    static const char *const argv[] = {"sqlite3", "DATABASE", ".dump", NULL};

    assert_foreign_loads_the_same (argv);
}

static void
test_dump_of_python (void)
{
    static const char *const argv[] = {"python3", "-c",
                                       "import sqlite3, sys\n"
                                       "db = sqlite3.connect(sys.argv[1])\n"
                                       "db.execute('DROP TABLE \"q\\'uo\"\"te;d\"')\n"
                                       "for line in db.iterdump(): sys.stdout.write(line)",
                                       "DATABASE", NULL};

    assert_foreign_loads_the_same (argv);
}

/* A dump with @second behind the first half. */
static char *
write_halves (const KbTestDir *dir, const char *second, uint64_t *offset)
{
    g_autofree char *rows = make_rows ("a first");
    g_autofree char *first = g_strconcat ("BEGIN TRANSACTION;\n", FIRST_HALF, "\n", rows, NULL);
    g_autofree char *text = g_strconcat (first, second, "COMMIT;\n", NULL);

    *offset = strlen (first);
    return kb_test_dir_write (dir, "halves.dump", text);
}

#define SECOND_HALF                                                                                \
    "CREATE TABLE z(id TEXT PRIMARY KEY, t);"                                                      \
    "INSERT INTO z VALUES('a','first');INSERT INTO z VALUES('b','second');"

static void
assert_falls_back (const char *second, uint64_t skip)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    uint64_t offset;
    g_autofree char *file = write_halves (dir, second, &offset);
    g_auto (Loaded) alone = load (dir, file, NULL, 0);
    g_auto (Loaded) shared = load (dir, file, file, offset + skip);

    g_assert_cmpint (alone.outcome, ==, KB_DUMP_LOADED);
    g_assert_cmpint (shared.outcome, ==, KB_DUMP_LOADED);
    g_assert_false (shared.met);
    g_assert_cmpstr (alone.text, ==, shared.text);
}

/* What looks like a table is in a text; from there on, too, it is all good SQL. */
static void
test_middle_in_a_text (void)
{
    assert_falls_back ("INSERT INTO \"a first\" VALUES('x','\nCREATE TABLE z(id PRIMARY KEY);"
                       "INSERT INTO z VALUES(1);COMMIT;--','y');" SECOND_HALF,
                       strlen ("INSERT INTO \"a first\" VALUES('x','\n"));
    assert_falls_back ("-- '\nCREATE TABLE y(id PRIMARY KEY);--'\n" SECOND_HALF, 2);
    assert_falls_back ("/*\nCREATE TABLE y(id PRIMARY KEY);\n*/" SECOND_HALF, 3);
}

static void
test_middle_nowhere (void)
{
    assert_falls_back (SECOND_HALF, 7);
    assert_falls_back (SECOND_HALF, 100000000);
}

/* The two threads have not read the same. */
static void
test_file_changes (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    uint64_t offset;
    g_autofree char *file = write_halves (dir, SECOND_HALF, &offset);
    g_autofree char *other = kb_test_dir_file (dir, "other.dump");
    g_autofree char *text = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (file, &text, &length, NULL));
    memcpy (strstr (text, "'second'"), "'xxxxxx'", 8);
    kb_test_write (other, text, length);
    g_auto (Loaded) changed = load (dir, file, other, offset);
    g_assert_cmpint (changed.outcome, ==, KB_DUMP_RETRY);
    g_auto (Loaded) same = load (dir, file, file, offset);
    g_assert_cmpint (same.outcome, ==, KB_DUMP_LOADED);
}

/* What came of kb_load_backup(): the database in words, or the error. */
static char *
load_backup (const KbTestDir *dir, const char *file, guint n_threads)
{
    g_autofree char *scratch = kb_test_dir_file (dir, "scratch");
    g_autofree char *second = g_strconcat (scratch, KB_LOAD_SECOND_SUFFIX, NULL);
    g_autoptr (GError) error = NULL;
    KbLoadOptions options = {.file = file, .scratch = scratch, .n_threads = n_threads};
    gboolean ok;

    {
        g_autoptr (KbLoaded) loaded = kb_load_backup (&options, NULL, NULL, &error);
        ok = loaded != NULL;
    }
    g_assert_false (kb_test_exists (second));
    g_assert_true (ok == (error == NULL));
    char *result = ok ? describe (dir, scratch)
                      : g_strdup_printf ("%s %d %s", g_quark_to_string (error->domain), error->code,
                                         error->message);
    g_remove (scratch);
    return result;
}

/* Loads a dump that has @end behind both halves. */
static void
assert_same_fate (const char *end, gboolean is_good)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *rows = make_rows ("y");
    g_autofree char *second =
        g_strconcat ("CREATE TABLE y(id TEXT PRIMARY KEY, t, n UNIQUE);\n", rows, end, NULL);
    uint64_t offset;
    g_autofree char *file = write_halves (dir, second, &offset);
    g_autofree char *alone = load_backup (dir, file, 1);
    g_autofree char *shared = load_backup (dir, file, 2);

    g_test_message ("%s", end);
    g_assert_cmpuint (kb_dump_find_middle (file, FALSE), ==, offset);
    g_assert_cmpstr (alone, ==, shared);
    if (is_good == g_str_has_prefix (alone, "KbError"))
        g_error ("%s: %.200s", end, alone);
}

static void
test_refused_in_the_same_words (void)
{
    static const char *const bad[] = {
        "INSERT INTO y VALUES('a',1,-1);INSERT INTO y VALUES('a',2,-2);",
        "CREATE UNIQUE INDEX i ON y(t);",
        "CREATE INDEX i ON y(nothing);",
        "INSERT INTO y VALUES(1);",
        "INSERT INTO y VALUES(zeroblob(9),1,-1);",
        "INSERT INTO nowhere VALUES(1);",
        "INSERT INTO y SELECT 1,2,-3;",
        "INSERT INTO sqlite_master VALUES(1,2,3,4,5);",
        "CREATE TABLE y(a);",
        "CREATE TABLE \"A FIRST\"(id PRIMARY KEY);",
        "CREATE TABLE s AS SELECT 1;",
        "CREATE TEMP TABLE s(a PRIMARY KEY);",
        "ATTACH 'x' AS a;",
        "PRAGMA journal_mode=WAL;",
        "PRAGMA writable_schema=ON;INSERT INTO y VALUES(replace('a','a','b'),1,-1);",
        "PRAGMA writable_schema=ON;",
        "DELETE FROM y;",
        "UPDATE y SET t=1;",
        "DROP TABLE y;",
        "CREATE TRIGGER r AFTER INSERT ON y BEGIN SELECT 1; END;INSERT INTO y VALUES('a',1,-1);",
        "COMMIT;INSERT INTO y VALUES('a',1,-1);",
        "INSERT INTO y VALUES('",
        "CREATE TABLE s(a PRIMARY KEY, b CHECK(b > 0));INSERT INTO s VALUES(1,-1);",
        "CREATE TABLE s(a PRIMARY KEY, b NOT NULL);INSERT INTO s VALUES(1,NULL);",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
        assert_same_fate (bad[i], FALSE);
}

static void
test_odd_but_good (void)
{
    static const char *const good[] = {
        "",
        "INSERT INTO \"a first\" VALUES('late','t',-1);",
        "INSERT INTO Y VALUES('cased',1,-1);INSERT INTO \"Y\" VALUES('cased too',1,-2);",
        "INSERT INTO y VALUES(replace('a\\nb','\\n',char(10)),1,-1);",
        "INSERT INTO y VALUES(abs(-1),1,-1);",
        "INSERT INTO main.y VALUES('main','t',-1);INSERT INTO [y] VALUES('bracket','t',-2);",
        "INSERT OR IGNORE INTO y VALUES('twice','t',-1);INSERT OR IGNORE INTO y "
        "VALUES('twice',1,0);",
        "CREATE TABLE IF NOT EXISTS \"A first\"(id TEXT PRIMARY KEY, t, n UNIQUE);"
        "INSERT INTO \"a first\"(rowid, id) VALUES(999999,'late');",
        "CREATE TABLE s(id INTEGER PRIMARY KEY AUTOINCREMENT,a);",
        "CREATE TABLE IF NOT EXISTS Y(a);INSERT INTO y VALUES('a','t',-1);",
        "CREATE TABLE s(id PRIMARY KEY);INSERT INTO s(rowid,id) VALUES(5,1);"
        "CREATE INDEX main.i ON s(id);",
        "CREATE TABLE main.s(id PRIMARY KEY);INSERT INTO s VALUES(1);",
        "CREATE TABLE main(id PRIMARY KEY);CREATE TABLE main.s(id PRIMARY KEY, b);"
        "INSERT INTO main.s VALUES(abs(1),1);INSERT INTO s VALUES(2,2);INSERT INTO main VALUES(7);",
        "CREATE INDEX i ON \"a first\"(t);CREATE INDEX j ON [y](t);CREATE INDEX `k` ON 'y'(n);",
        "CREATE TRIGGER r AFTER INSERT ON y BEGIN INSERT INTO y VALUES(1,2,3); END;"
        "CREATE INDEX late ON y(t);CREATE VIEW v AS SELECT * FROM y;",
        "CREATE TABLE s(a);INSERT INTO s(rowid,a) VALUES(5,1);INSERT INTO s VALUES(2);"
        "CREATE INDEX i ON s(a);",
        "CREATE TABLE s(id INTEGER PRIMARY KEY AUTOINCREMENT,a);INSERT INTO s VALUES(5,1);",
        "CREATE TABLE s(id INTEGER PRIMARY KEY AUTOINCREMENT,a);INSERT INTO s VALUES(5,1);"
        "INSERT INTO sqlite_sequence VALUES('s',99);",
        "CREATE TABLE s(id INTEGER PRIMARY KEY DESC,a);INSERT INTO s(rowid,id,a) VALUES(77,1,2);",
        "CREATE VIEW v AS SELECT * FROM y;INSERT INTO y VALUES('a',1,-1);",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
        assert_same_fate (good[i], TRUE);
}

/* Where the second database cannot be made. */
static void
test_name_is_taken (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *database = make_database (dir);
    g_autofree char *file = kb_test_dir_file (dir, "ours.dump");
    g_autofree char *text = write_dump (database, file);
    g_autofree char *taken = kb_test_dir_file (dir, "scratch" KB_LOAD_SECOND_SUFFIX);
    g_autofree char *alone = load_backup (dir, file, 1);

    g_assert_false (g_str_has_prefix (alone, "KbError"));
    g_assert_cmpint (g_mkdir (taken, 0755), ==, 0);
    g_autoptr (GError) error = NULL;
    g_autofree char *scratch = kb_test_dir_file (dir, "scratch");
    const KbLoadOptions options = {.file = file, .scratch = scratch, .n_threads = 2};
    g_autoptr (KbLoaded) shared = kb_load_backup (&options, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_nonnull (shared);
}

/* A check needs a name for its second database, and leaves nothing. */
static void
test_without_a_name (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *temp = kb_test_dir_file (dir, "temp");
    g_autofree char *database = make_database (dir);
    g_autofree char *file = kb_test_dir_file (dir, "ours.dump");
    g_autofree char *text = write_dump (database, file);
    g_autoptr (GError) error = NULL;
    const KbLoadOptions options = {.file = file, .scratch = "", .n_threads = 2};

    g_assert_cmpint (g_mkdir (temp, 0755), ==, 0);
    g_setenv ("SQLITE_TMPDIR", temp, TRUE);
    {
        g_autoptr (KbLoaded) loaded = kb_load_backup (&options, NULL, NULL, &error);
        g_assert_no_error (error);
        g_assert_nonnull (loaded->temp_dir);
        g_assert_true (g_str_has_prefix (loaded->temp_dir, temp));
        g_assert_cmpint (kb_test_query_int64 (loaded->db, "SELECT count(*) FROM p_keys"), ==,
                         N_FIRST_ROWS);
    }
    g_unsetenv ("SQLITE_TMPDIR");
    g_assert_cmpint (g_rmdir (temp), ==, 0);
}

static gpointer
cancel_later (gpointer cancellable)
{
    g_usleep (g_random_int_range (0, 250000));
    g_cancellable_cancel (cancellable);
    return NULL;
}

static void
test_cancel (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *database = make_database (dir);
    g_autofree char *file = kb_test_dir_file (dir, "ours.dump");
    g_autofree char *text = write_dump (database, file);
    g_autofree char *scratch = kb_test_dir_file (dir, "scratch");
    g_autofree char *second = kb_test_dir_file (dir, "scratch" KB_LOAD_SECOND_SUFFIX);
    const KbLoadOptions options = {.file = file, .scratch = scratch, .n_threads = 2};

    for (int i = 0; i < 20; i++) {
        g_autoptr (GCancellable) cancellable = g_cancellable_new();
        g_autoptr (KbProgress) progress = kb_progress_new();
        g_autoptr (GError) error = NULL;
        GThread *thread = g_thread_new ("cancel", cancel_later, cancellable);
        kb_loaded_free (kb_load_backup (&options, progress, cancellable, &error));
        g_thread_join (thread);
        if (error != NULL)
            g_assert_error (error, G_IO_ERROR, (int) G_IO_ERROR_CANCELLED);
        g_assert_false (kb_test_exists (second));
        g_remove (scratch);
    }
}

/* What a killed restore has left. */
static void
test_recovery_removes_it (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.19");
    g_autofree char *second = g_strconcat (kb_home_get_scratch (home), KB_LOAD_SECOND_SUFFIX, NULL);
    g_autoptr (GError) error = NULL;
    KbRecovered recovered;

    kb_test_write (second, "half", 4);
    kb_test_assert_ok (kb_recover_run (home, &recovered, &error), error);
    g_assert_cmpint (recovered.kind, ==, KB_RECOVERED_LEFTOVERS);
    g_assert_false (kb_test_exists (second));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/dump-load/our-dump", test_our_dump);
    g_test_add_func ("/dump-load/dump-of-the-shell", test_dump_of_the_shell);
    g_test_add_func ("/dump-load/dump-of-python", test_dump_of_python);
    g_test_add_func ("/dump-load/middle-in-a-text", test_middle_in_a_text);
    g_test_add_func ("/dump-load/middle-nowhere", test_middle_nowhere);
    g_test_add_func ("/dump-load/file-changes", test_file_changes);
    g_test_add_func ("/dump-load/refused-in-the-same-words", test_refused_in_the_same_words);
    g_test_add_func ("/dump-load/odd-but-good", test_odd_but_good);
    g_test_add_func ("/dump-load/name-is-taken", test_name_is_taken);
    g_test_add_func ("/dump-load/without-a-name", test_without_a_name);
    g_test_add_func ("/dump-load/cancel", test_cancel);
    g_test_add_func ("/dump-load/recovery-removes-it", test_recovery_removes_it);
    return g_test_run();
}
