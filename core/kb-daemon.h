/* SPDX-License-Identifier: MIT */
#pragma once

/* The D-Bus services that run the Kolibri of the Flatpak and of Endless OS
 * (kolibri-installer-gnome 2906165, src/libkolibri_daemon_dbus). None is ever started by asking. */

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KbDaemonId:
 * @KB_DAEMON_FLATPAK: that of the Flatpak, on the bus of the session
 * @KB_DAEMON_FLATPAK_DEVEL: that of its development variant
 * @KB_DAEMON_ENDLESS_OS: that of Endless OS, on the bus of the system
 * @KB_DAEMON_ENDLESS_KEY: that of the Endless Key
 *
 * A daemon that runs a Kolibri: a fixed list.
 */
typedef enum {
    KB_DAEMON_FLATPAK,
    KB_DAEMON_FLATPAK_DEVEL,
    KB_DAEMON_ENDLESS_OS,
    KB_DAEMON_ENDLESS_KEY,
    KB_N_DAEMONS /*< skip >*/
} KbDaemonId;

/**
 * KbDaemonState:
 * @KB_DAEMON_STATE_SILENT: it is there and does not answer
 * @KB_DAEMON_STATE_STOPPED: its Kolibri does not run
 * @KB_DAEMON_STATE_STARTING: its Kolibri starts
 * @KB_DAEMON_STATE_STARTED: its Kolibri runs
 *
 * What a daemon says that its Kolibri does.
 */
typedef enum {
    KB_DAEMON_STATE_SILENT,
    KB_DAEMON_STATE_STOPPED,
    KB_DAEMON_STATE_STARTING,
    KB_DAEMON_STATE_STARTED,
} KbDaemonState;

/**
 * KbDaemon:
 * @id: which one
 * @state: what its Kolibri does
 * @home: (nullable): the data folder that it says it uses
 * @version: (nullable): the version of its Kolibri
 *
 * A daemon that is there.
 */
typedef struct {
    KbDaemonId id;
    KbDaemonState state;
    char *home;
    char *version;
} KbDaemon;

/**
 * KbDaemonAction:
 * @KB_DAEMON_STOP: stop its Kolibri; the daemon stays
 * @KB_DAEMON_START: start its Kolibri, and the daemon before it where that has gone
 *
 * What a daemon can be asked to do.
 */
typedef enum {
    KB_DAEMON_STOP,
    KB_DAEMON_START,
} KbDaemonAction;

GPtrArray *kb_daemon_list (GCancellable *cancellable);
const KbDaemon *kb_daemon_find (const GPtrArray *daemons, const char *home);
const KbDaemon *kb_daemon_find_id (const GPtrArray *daemons, KbDaemonId id);
gboolean
kb_daemon_run (KbDaemonId id, KbDaemonAction action, GCancellable *cancellable, GError **error);
const char *kb_daemon_get_name (KbDaemonId id);
gboolean kb_daemon_is_of_system (KbDaemonId id);

G_END_DECLS
