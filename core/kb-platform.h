/* SPDX-License-Identifier: MIT */
#pragma once

/* What differs between operating systems, and nothing else. kb-platform-posix.c and
 * kb-platform-win32.c implement it, each with a part for disks and one for processes; no other file
 * of core asks which system it runs on.
 *
 * All paths are in the GLib file name encoding (UTF-8 on Windows). All functions block. */

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * KbOwner:
 * @uid: the user who owns it; unused on Windows
 * @gid: the group that owns it; unused on Windows
 * @file_mode: permissions of a file, as 0644; unused on Windows
 * @dir_mode: the same for a folder: what may be read may be entered
 *
 * To whom a file belongs. What we create in a data folder belongs to whom the database belongs.
 */
typedef struct {
    uint32_t uid;
    uint32_t gid;
    unsigned file_mode;
    unsigned dir_mode;
} KbOwner;

/**
 * KbFileId:
 * @device: which disk
 * @inode: which file on it
 *
 * Equal for two paths that lead to one file.
 */
typedef struct {
    uint64_t device;
    uint64_t inode;
} KbFileId;

/* The size of a file has 32 bits on FAT (Microsoft, FAT32 File System Specification, DIR_FileSize).
 */
#define KB_FAT_LARGEST_FILE ((uint64_t) UINT32_MAX)

/**
 * KbNaming:
 * @KB_NAMING_FAILED: nothing has changed; there is an error
 * @KB_NAMING_DONE: the file has its new name
 * @KB_NAMING_EXISTS: that name is taken; nothing has changed, and there is no error
 * @KB_NAMING_NO_LINKS: this disk has no hard links; nothing has changed, and there is no error
 *
 * How giving a file a name ended.
 */
typedef enum {
    KB_NAMING_FAILED,
    KB_NAMING_DONE,
    KB_NAMING_EXISTS,
    KB_NAMING_NO_LINKS,
} KbNaming;

gboolean kb_platform_read_owner (const char *path, KbOwner *owner, GError **error);
gboolean kb_platform_give_to_owner (const char *path, const KbOwner *owner, GError **error);
gboolean kb_platform_copy_attributes (const char *from, const char *to, GError **error);
gboolean kb_platform_owner_is_us (const KbOwner *owner);
gboolean kb_platform_owner_is_mine (const KbOwner *owner);
gboolean kb_platform_file_id (const char *path, KbFileId *id);
gboolean kb_platform_look (const char *path, gboolean *found, GError **error);
gboolean kb_platform_is_link (const char *path);
gboolean kb_platform_check_length (const char *path, GError **error);
int kb_platform_errno_from_system (int code);
int kb_platform_get_errno (void);
double kb_platform_parse_real (const char *digits);

int kb_platform_open_regular (const char *path, gboolean follow_links, GError **error);
int kb_platform_create (const char *path, const KbOwner *owner, GError **error);
gboolean kb_platform_make_dir (const char *path, const KbOwner *owner, GError **error);

gboolean kb_platform_sync_fd (int fd, const char *path, GError **error);
gboolean kb_platform_sync_dir (const char *path, GError **error);
void kb_platform_drop_cache (int fd);

KbNaming kb_platform_publish (const char *part, const char *path, GError **error);
KbNaming kb_platform_link (const char *path, const char *link_path, GError **error);
gboolean kb_platform_replace (const char *part, const char *path, GError **error);
gboolean kb_platform_remove (const char *path, GError **error);

uint64_t kb_platform_largest_file (const char *dir);
gboolean kb_platform_free_space (const char *dir, uint64_t *bytes, GError **error);
char *kb_platform_real_path (const char *path);
const char *kb_platform_temp_dir (void);
const char *kb_platform_helper_path (void);
gboolean kb_platform_is_network (const char *dir);
gboolean kb_platform_is_same_disk (const char *path, const char *dir);
char *kb_platform_user_home (const char *user);
char *kb_platform_program_data (void);
char *kb_platform_registry_text (const char *key, const char *name);

gboolean kb_platform_process_exists (int64_t pid);
char *kb_platform_process_command (int64_t pid);
char **kb_platform_process_arguments (int64_t pid);
char **kb_platform_process_environment (int64_t pid);
gboolean kb_platform_process_terminate (int64_t pid);
gboolean kb_platform_process_owner (int64_t pid, KbOwner *owner);
void kb_platform_run_as (GSubprocessLauncher *launcher, const KbOwner *owner);
int64_t kb_platform_find_user_of_file (const char *path);
int64_t kb_platform_find_locker (const char *path);
GArray *kb_platform_list_processes (void);

int kb_platform_lock (const char *path, const KbOwner *owner, gboolean *taken, GError **error);

G_END_DECLS
