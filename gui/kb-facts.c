/* SPDX-License-Identifier: MIT */
/* A table: what is in a backup, beside what there is now. */
#include "config.h"

#include "kb-facts.h"

#include "kb-gettext.h"
#include "kb-text-date.h"

struct _KbFacts {
    GtkGrid parent_instance;

    int n_rows;
};

G_DEFINE_FINAL_TYPE (KbFacts, kb_facts, GTK_TYPE_GRID)

static GtkWidget *
make_label (const char *text, const char *class)
{
    GtkWidget *label = gtk_label_new (text);

    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_yalign (GTK_LABEL (label), 0);
    gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
    if (class != NULL)
        gtk_style_context_add_class (gtk_widget_get_style_context (label), class);
    gtk_widget_show (label);
    return label;
}

/* A row of the table: what, in the backup, now. Rows of which nothing is known are left out. */
static void
add_row (KbFacts *self, const char *what, const char *inside, const char *now)
{
    if (inside == NULL && now == NULL)
        return;
    const char *unknown = C_ ("count", "not known");
    gtk_grid_attach (GTK_GRID (self), make_label (what, "dim-label"), 0, self->n_rows, 1, 1);
    gtk_grid_attach (GTK_GRID (self), make_label (inside != NULL ? inside : unknown, NULL), 1,
                     self->n_rows, 1, 1);
    gtk_grid_attach (GTK_GRID (self), make_label (now != NULL ? now : unknown, NULL), 2,
                     self->n_rows, 1, 1);
    self->n_rows++;
}

static char *
format_count (gint64 count)
{
    return count >= 0 ? g_strdup_printf ("%'d", (int) MIN (count, G_MAXINT)) : NULL;
}

static void
add_count (KbFacts *self, const char *what, gint64 inside, gint64 now)
{
    g_autofree char *left = format_count (inside);
    g_autofree char *right = format_count (now);

    add_row (self, what, left, right);
}

static char *
format_time (GDateTime *time)
{
    g_autoptr (GDateTime) local = time != NULL ? g_date_time_to_local (time) : NULL;

    return local != NULL ? kb_text_date_exact (local) : NULL;
}

static void
add_summaries (KbFacts *self, const KbSummary *inside, const KbSummary *now)
{
    g_autofree char *active = format_time (inside->last_activity);
    g_autofree char *active_now = format_time (now->last_activity);

    add_row (self, _ ("Device"), inside->device_name, now->device_name);
    add_row (self, _ ("Facility"), inside->facility_name, now->facility_name);
    add_count (self, _ ("Classes"), inside->classes, now->classes);
    add_count (self, _ ("Learners"), inside->learners, now->learners);
    add_count (self, _ ("Coaches"), inside->coaches, now->coaches);
    add_count (self, _ ("Lessons"), inside->lessons, now->lessons);
    add_count (self, _ ("Quizzes"), inside->quizzes, now->quizzes);
    add_count (self, _ ("Answers given"), inside->exercises, now->exercises);
    add_row (self, _ ("Last activity recorded"), active, active_now);
}

/**
 * kb_facts_fill:
 * @self: an empty table
 * @contents: what is in a backup
 * @status: what there is now
 *
 * Shows both side by side, a row for each thing of which something is known.
 */
void
kb_facts_fill (KbFacts *self, const KbContents *contents, const KbStatus *status)
{
    g_autoptr (KbSummary) unknown = kb_summary_new();

    gtk_grid_attach (GTK_GRID (self), make_label (contents->heading, "kb-row-title"), 1, 0, 1, 1);
    gtk_grid_attach (GTK_GRID (self), make_label (contents->present_heading, "kb-row-title"), 2, 0,
                     1, 1);
    self->n_rows = 1;
    add_row (self, _ ("Kolibri"), contents->version, status->data_version);
    add_summaries (self, contents->summary != NULL ? contents->summary : unknown,
                   status->summary != NULL ? status->summary : unknown);
}

static void
kb_facts_class_init (G_GNUC_UNUSED KbFactsClass *klass)
{
}

static void
kb_facts_init (KbFacts *self)
{
    gtk_grid_set_column_spacing (GTK_GRID (self), 18);
    gtk_grid_set_row_spacing (GTK_GRID (self), 6);
    gtk_widget_show (GTK_WIDGET (self));
}
