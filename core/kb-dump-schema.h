/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-sqlite.h"

G_BEGIN_DECLS

/**
 * KbDumpTable:
 * @name: the name of the table
 * @sql: (nullable): its CREATE TABLE statement; %NULL for tables that SQLite makes itself
 * @select: reads its rows in order, with @find_next those with rowids from ?1 to ?2; the first
 *     column is the rowid, or NULL when it is not kept
 * @find_next: (nullable): gives the first rowid from ?1 on, and the last one below it; %NULL for a
 *     table whose rows have no rowid, or none that can be named
 * @insert: what stands before the values of a row: `INSERT INTO "t" VALUES(`
 * @insert_rowid: (nullable): the same for a row that has to name its rowid; %NULL when the rowid is
 *     a column already, or there is none
 * @max_rowid: the highest rowid, an upper bound for the number of rows in most tables; for progress
 *
 * One table on its way into a dump.
 */
typedef struct {
    char *name;
    char *sql;
    char *select;
    char *find_next;
    char *insert;
    char *insert_rowid;
    gint64 max_rowid;
} KbDumpTable;

/**
 * KbDumpSchema:
 * @tables: (element-type KbDumpTable): tables by name, as Python's iterdump has them
 * @counts_rowids: whether some table is AUTOINCREMENT; only then a restore has a sqlite_sequence
 * @sequence: (nullable): sqlite_sequence
 * @stat: (nullable): sqlite_stat1
 * @others: (element-type utf8): CREATE statements of indexes, views and triggers, in this order
 *
 * What a dump consists of.
 */
typedef struct {
    GPtrArray *tables;
    gboolean counts_rowids;
    KbDumpTable *sequence;
    KbDumpTable *stat;
    GPtrArray *others;
} KbDumpSchema;

KbDumpSchema *kb_dump_schema_read (KbSqlite *db, GError **error);
void kb_dump_schema_free (KbDumpSchema *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbDumpSchema, kb_dump_schema_free)

G_END_DECLS
