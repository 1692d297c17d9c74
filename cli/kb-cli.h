/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-catalog.h"
#include "kb-progress.h"
#include "kb-text-language.h"
#include "kb-text.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Exit codes: as in the man page, data/kolibri-backup.1. */
enum {
    KB_EXIT_OK = 0,
    KB_EXIT_FAILED = 1,
    KB_EXIT_USAGE = 2,
    KB_EXIT_NO_SPACE = 3,
    KB_EXIT_BUSY = 4,
    KB_EXIT_CORRUPT = 5,
    KB_EXIT_TOO_NEW = 6,
    KB_EXIT_NOT_A_BACKUP = 7,
    KB_EXIT_NOT_FOUND = 8,
    KB_EXIT_PERMISSION = 9,
    KB_EXIT_UNSUPPORTED = 10,
    KB_EXIT_IO = 11,
    KB_EXIT_FILE_TOO_LARGE = 12,
    KB_EXIT_READ_ONLY = 13,
    KB_EXIT_NOT_ALLOWED = 14,
    KB_EXIT_CANCELLED = 130,
};

/**
 * KbCli:
 * @home_path: (nullable): what `--home` said
 * @root: (nullable): a folder that stands for `/`: what `status --root` said, which only tests do
 * @json: whether the answer is for a machine
 * @yes: whether questions are answered already
 * @home: (nullable): the data folder, once kb_cli_open_home() has found it
 * @recovered: (nullable): a sentence on what an interrupted run had left
 *
 * One run of the program.
 */
typedef struct {
    char *home_path;
    char *root;
    gboolean json;
    gboolean yes;
    KbHome *home;
    char *recovered;
} KbCli;

typedef int (*KbCliCommand) (KbCli *self, int argc, char **argv);

int kb_cli_status (KbCli *self, int argc, char **argv);
int kb_cli_list (KbCli *self, int argc, char **argv);
int kb_cli_backup (KbCli *self, int argc, char **argv);
int kb_cli_info (KbCli *self, int argc, char **argv);
int kb_cli_check (KbCli *self, int argc, char **argv);
int kb_cli_restore (KbCli *self, int argc, char **argv);
int kb_cli_undo (KbCli *self, int argc, char **argv);
int kb_cli_keep (KbCli *self, int argc, char **argv);
int kb_cli_note (KbCli *self, int argc, char **argv);
int kb_cli_copy (KbCli *self, int argc, char **argv);
int kb_cli_import (KbCli *self, int argc, char **argv);
int kb_cli_delete (KbCli *self, int argc, char **argv);
int kb_cli_guide (KbCli *self, int argc, char **argv);
int kb_cli_report (KbCli *self, int argc, char **argv);

gboolean kb_cli_parse (KbCli *self,
                       int *argc,
                       char ***argv,
                       const char *usage,
                       const GOptionEntry *entries,
                       int min_args,
                       int max_args);
gboolean kb_cli_open_home (KbCli *self, GError **error);
void kb_cli_announce_password (KbCli *self);
char *kb_cli_find_file (KbCli *self, const char *argument, gboolean *from_catalog);
KbEntry *
kb_cli_find_entry (KbCli *self, const char *argument, gboolean *from_catalog, GError **error);
void kb_cli_warn (KbSay say, gconstpointer data);
gboolean kb_cli_ask (KbCli *self, KbSay say, gconstpointer data);

char *kb_cli_make_plain (const char *text);
int kb_cli_fail (KbCli *self, KbOperation operation, const GError *error);
void kb_cli_print_json (JsonObject *object);
void kb_cli_print_facts (const char *sentence, GPtrArray *lines);

/* Runs in a thread of its own. @data and @progress are all it may touch. */
typedef gpointer (*KbCliWork) (gpointer data,
                               KbProgress *progress,
                               GCancellable *cancellable,
                               GError **error);
gpointer kb_cli_run (KbCli *self, KbCliWork work, gpointer data, GError **error);

G_END_DECLS
