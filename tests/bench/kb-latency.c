/* SPDX-License-Identifier: MIT */
/* A preload for the window program. It ticks on the main loop, and writes at the end how late the
 * ticks came: what a person feels of a loop that is kept busy.
 *
 *   KB_LATENCY_LOG    where to write: "window MS", then "marker NAME" and "late US" lines
 *   KB_LATENCY_MARK   a file; when it changes, its text is the next marker
 */
#include <dlfcn.h>
#include <gtk/gtk.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#define TICK_MS 4
#define MAX_TICKS 400000
#define MARKER (-1)

typedef int RunFunc (GApplication *application, int argc, char **argv);

static gint64 started_us;
static gint64 window_us;
static gint64 due_us;
static gint64 late_us[MAX_TICKS];
static size_t n_ticks;
static struct timespec mark_time;
static char markers[16][64];
static size_t n_markers;

static gint64
process_start_us (void)
{
    struct timespec now, boot;
    char text[2048] = "";
    unsigned long long ticks = 0;
    FILE *stat_file = fopen ("/proc/self/stat", "r");

    if (stat_file == NULL || fgets (text, sizeof text, stat_file) == NULL)
        return g_get_monotonic_time();
    fclose (stat_file);
    char **fields = g_strsplit (strrchr (text, ')') + 2, " ", 0);
    ticks = strtoull (fields[19], NULL, 10); /* proc(5): starttime, the 22nd */
    g_strfreev (fields);
    clock_gettime (CLOCK_MONOTONIC, &now);
    clock_gettime (CLOCK_BOOTTIME, &boot);
    return (gint64) ticks * 10000 -
           ((boot.tv_sec - now.tv_sec) * 1000000 + (boot.tv_nsec - now.tv_nsec) / 1000);
}

static void
look_for_window (gint64 now)
{
    GList *windows = gtk_window_list_toplevels();

    for (GList *i = windows; i != NULL && window_us == 0; i = i->next)
        if (gtk_widget_get_mapped (i->data))
            window_us = now;
    g_list_free (windows);
}

static void
look_for_marker (void)
{
    const char *path = getenv ("KB_LATENCY_MARK");
    struct stat info;

    if (path == NULL || stat (path, &info) != 0 || n_markers == G_N_ELEMENTS (markers) ||
        (info.st_mtim.tv_sec == mark_time.tv_sec && info.st_mtim.tv_nsec == mark_time.tv_nsec))
        return;
    mark_time = info.st_mtim;
    FILE *file = fopen (path, "r");
    if (file != NULL && fgets (markers[n_markers], sizeof markers[0], file) != NULL)
        late_us[n_ticks++] = MARKER - (gint64) n_markers++;
    if (file != NULL)
        fclose (file);
}

static gboolean
on_tick (gpointer unused)
{
    gint64 now = g_get_monotonic_time();

    (void) unused;
    if (window_us == 0)
        look_for_window (now);
    if (n_ticks + 2 < MAX_TICKS) {
        late_us[n_ticks++] = MAX (now - due_us, 0);
        if (n_ticks % 16 == 0)
            look_for_marker();
    }
    due_us = g_get_monotonic_time() + TICK_MS * 1000;
    return G_SOURCE_CONTINUE;
}

static void
write_log (void)
{
    FILE *log = fopen (getenv ("KB_LATENCY_LOG"), "w");

    if (log == NULL)
        return;
    fprintf (log, "window %.1f\n", (double) (window_us - started_us) / 1000);
    for (size_t i = 0; i < n_ticks; i++)
        if (late_us[i] <= MARKER)
            fprintf (log, "marker %s\n", markers[MARKER - late_us[i]]);
        else
            fprintf (log, "late %" G_GINT64_FORMAT "\n", late_us[i]);
    fclose (log);
}

int g_application_run (GApplication *application, int argc, char **argv);

int
g_application_run (GApplication *application, int argc, char **argv)
{
    RunFunc *run = (RunFunc *) dlsym (RTLD_NEXT, "g_application_run");

    started_us = process_start_us();
    due_us = g_get_monotonic_time() + TICK_MS * 1000;
    /* a higher priority than drawing: it measures the loop, and is not itself put off */
    g_timeout_add_full (G_PRIORITY_HIGH, TICK_MS, on_tick, NULL, NULL);
    int status = run (application, argc, argv);
    write_log();
    return status;
}
