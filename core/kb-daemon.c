/* SPDX-License-Identifier: MIT */
#include "kb-daemon.h"

#include "kb-error.h"
#include "kb-file.h"

#include <string.h>

/* All daemons together; a service that hangs costs no more. */
#define ASK_LIMIT_US (7 * G_USEC_PER_SEC / 10)
#define BUS_LIMIT_S 1
#define RUN_LIMIT_S 30

/* Today's interface, and that of before 2022, which had no KolibriVersion. */
static const char *const interfaces[] = {"org.learningequality.Kolibri.Daemon",
                                         "org.learningequality.Kolibri.Daemon.Main"};

/* The object path follows from the name (kolibri-installer-gnome, meson.build). The names of
 * Endless: eos-kolibri, meson.build. */
static const struct {
    GBusType bus;
    const char *name;
    const char *path;
} table[KB_N_DAEMONS] = {
    [KB_DAEMON_FLATPAK] = {G_BUS_TYPE_SESSION, "org.learningequality.Kolibri.Daemon",
                           "/org/learningequality/Kolibri/Daemon/Main"},
    [KB_DAEMON_FLATPAK_DEVEL] = {G_BUS_TYPE_SESSION, "org.learningequality.Kolibri.Devel.Daemon",
                                 "/org/learningequality/Kolibri/Devel/Daemon/Main"},
    [KB_DAEMON_ENDLESS_OS] = {G_BUS_TYPE_SYSTEM, "org.learningequality.Kolibri.Daemon",
                              "/org/learningequality/Kolibri/Daemon/Main"},
    [KB_DAEMON_ENDLESS_KEY] = {G_BUS_TYPE_SYSTEM, "org.endlessos.Key.Daemon",
                               "/org/endlessos/Key/Daemon/Main"},
};

/**
 * kb_daemon_get_name:
 * @id: a daemon
 *
 * Returns: its name on the bus
 */
const char *
kb_daemon_get_name (KbDaemonId id)
{
    return table[id].name;
}

/**
 * kb_daemon_is_of_system:
 * @id: a daemon
 *
 * Returns: %TRUE if it is on the bus of the system, %FALSE for that of the session
 */
gboolean
kb_daemon_is_of_system (KbDaemonId id)
{
    return table[id].bus == G_BUS_TYPE_SYSTEM;
}

static void
daemon_free (gpointer data)
{
    KbDaemon *self = data;

    g_free (self->home);
    g_free (self->version);
    g_free (self);
}

/* GLib would start a bus where there is none: where no address says otherwise, only the usual
 * socket counts. */
static char *
find_bus (GBusType type, GCancellable *cancellable)
{
    const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
    g_autofree char *socket = g_build_filename (runtime != NULL ? runtime : "/", "bus", NULL);

    if (type == G_BUS_TYPE_SESSION && g_getenv ("DBUS_SESSION_BUS_ADDRESS") == NULL &&
        !g_file_test (socket, G_FILE_TEST_EXISTS))
        return NULL;
    return g_dbus_address_get_for_bus_sync (type, cancellable, NULL);
}

/* A connection of our own: the shared one would end our program together with the bus. Its socket
 * gives up where a bus takes us in and then says nothing. */
static GDBusConnection *
connect_bus (GBusType type, unsigned timeout_s, GCancellable *cancellable, GError **error)
{
    g_autofree char *address = find_bus (type, cancellable);
    g_autofree char *guid = NULL;

    if (address == NULL) {
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "D-Bus: there is no bus");
        return NULL;
    }
    g_autoptr (GIOStream) stream =
        g_dbus_address_get_stream_sync (address, &guid, cancellable, error);
    if (stream == NULL)
        return NULL;
    if (G_IS_SOCKET_CONNECTION (stream))
        g_socket_set_timeout (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)),
                              timeout_s);
    return g_dbus_connection_new_sync (stream, guid,
                                       G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                           G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                       NULL, cancellable, error);
}

static int
left_ms (gint64 deadline_us)
{
    return (int) MAX (1, (deadline_us - g_get_monotonic_time()) / 1000);
}

static gboolean
has_owner (GDBusConnection *bus, const char *name, gint64 deadline_us, GCancellable *cancellable)
{
    gboolean is_owned = FALSE;
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "NameHasOwner", g_variant_new ("(s)", name), G_VARIANT_TYPE ("(b)"),
        G_DBUS_CALL_FLAGS_NO_AUTO_START, left_ms (deadline_us), cancellable, NULL);

    if (answer != NULL)
        g_variant_get (answer, "(b)", &is_owned);
    return is_owned;
}

static char *
dup_text (GVariant *properties, const char *name)
{
    const char *text = NULL;

    if (!g_variant_lookup (properties, name, "&s", &text) || *text == '\0')
        return NULL;
    return g_strdup (text);
}

/* kolibri_service_context.py, Status; an old one says nothing before its first start. */
static KbDaemonState
understand (const char *status)
{
    if (g_strcmp0 (status, "STARTED") == 0)
        return KB_DAEMON_STATE_STARTED;
    return g_strcmp0 (status, "STARTING") == 0 ? KB_DAEMON_STATE_STARTING : KB_DAEMON_STATE_STOPPED;
}

static gboolean
read_properties (KbDaemon *self,
                 GDBusConnection *bus,
                 const char *interface,
                 gint64 deadline_us,
                 GCancellable *cancellable)
{
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        bus, table[self->id].name, table[self->id].path, "org.freedesktop.DBus.Properties",
        "GetAll", g_variant_new ("(s)", interface), G_VARIANT_TYPE ("(a{sv})"),
        G_DBUS_CALL_FLAGS_NO_AUTO_START, left_ms (deadline_us), cancellable, NULL);

    if (answer == NULL)
        return FALSE;
    g_autoptr (GVariant) properties = g_variant_get_child_value (answer, 0);
    if (g_variant_n_children (properties) == 0) /* it has no such interface */
        return FALSE;
    g_autofree char *status = dup_text (properties, "Status");
    self->state = understand (status);
    self->home = dup_text (properties, "KolibriHome");
    self->version = dup_text (properties, "KolibriVersion");
    return TRUE;
}

static void
ask (GPtrArray *list,
     GDBusConnection *bus,
     KbDaemonId id,
     gint64 deadline_us,
     GCancellable *cancellable)
{
    gboolean has_answered = FALSE;

    if (!has_owner (bus, table[id].name, deadline_us, cancellable))
        return;
    KbDaemon *self = g_new0 (KbDaemon, 1);
    self->id = id;
    for (size_t i = 0; i < G_N_ELEMENTS (interfaces) && !has_answered; i++)
        has_answered = read_properties (self, bus, interfaces[i], deadline_us, cancellable);
    g_ptr_array_add (list, self);
}

/**
 * kb_daemon_list:
 * @cancellable: (nullable): ends the wait for an answer
 *
 * Asks the daemons that are there, and starts none. Takes up to a second when one hangs, and
 * as long for each bus that does.
 *
 * Returns: (transfer full) (element-type KbDaemon): those that are there
 */
GPtrArray *
kb_daemon_list (GCancellable *cancellable)
{
    GPtrArray *list = g_ptr_array_new_with_free_func (daemon_free);
    gint64 deadline_us = g_get_monotonic_time() + ASK_LIMIT_US;
    const GBusType types[] = {G_BUS_TYPE_SESSION, G_BUS_TYPE_SYSTEM};

    for (size_t i = 0; i < G_N_ELEMENTS (types); i++) {
        g_autoptr (GDBusConnection) bus = connect_bus (types[i], BUS_LIMIT_S, cancellable, NULL);
        for (int id = 0; bus != NULL && id < KB_N_DAEMONS; id++)
            if (table[id].bus == types[i])
                ask (list, bus, (KbDaemonId) id, deadline_us, cancellable);
    }
    return list;
}

/**
 * kb_daemon_find:
 * @daemons: (element-type KbDaemon): what kb_daemon_list() gave
 * @home: a data folder
 *
 * Returns: (transfer none) (nullable): the daemon that says it uses that folder, links resolved
 */
const KbDaemon *
kb_daemon_find (const GPtrArray *daemons, const char *home)
{
    for (guint i = 0; i < daemons->len; i++) {
        const KbDaemon *daemon = daemons->pdata[i];
        if (daemon->home != NULL &&
            (strcmp (daemon->home, home) == 0 || kb_file_is_same (daemon->home, home)))
            return daemon;
    }
    return NULL;
}

/**
 * kb_daemon_find_id:
 * @daemons: (element-type KbDaemon): what kb_daemon_list() gave
 * @id: a daemon
 *
 * Returns: (transfer none) (nullable): that daemon, if it is there
 */
const KbDaemon *
kb_daemon_find_id (const GPtrArray *daemons, KbDaemonId id)
{
    for (guint i = 0; i < daemons->len; i++) {
        const KbDaemon *daemon = daemons->pdata[i];
        if (daemon->id == id)
            return daemon;
    }
    return NULL;
}

static gboolean
call (GDBusConnection *bus,
      KbDaemonId id,
      const char *interface,
      KbDaemonAction action,
      GCancellable *cancellable,
      GError **error)
{
    g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
        bus, table[id].name, table[id].path, interface, action == KB_DAEMON_STOP ? "Stop" : "Start",
        NULL, NULL,
        action == KB_DAEMON_STOP ? G_DBUS_CALL_FLAGS_NO_AUTO_START : G_DBUS_CALL_FLAGS_NONE,
        RUN_LIMIT_S * 1000, cancellable, error);

    return answer != NULL;
}

/**
 * kb_daemon_run:
 * @id: a daemon
 * @action: what its Kolibri shall do
 * @cancellable: (nullable): ends the wait for an answer
 * @error: return location for a #GError
 *
 * Tells a daemon to stop or start its Kolibri; that takes some time after its answer.
 *
 * Errors: %KB_ERROR_BUSY when it does not do so, %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE if it has been told
 */
gboolean
kb_daemon_run (KbDaemonId id, KbDaemonAction action, GCancellable *cancellable, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (GDBusConnection) bus = connect_bus (table[id].bus, RUN_LIMIT_S, cancellable, &local);
    gboolean done = FALSE;

    for (size_t i = 0; i < G_N_ELEMENTS (interfaces) && bus != NULL && !done; i++) {
        g_clear_error (&local);
        done = call (bus, id, interfaces[i], action, cancellable, &local);
        if (!g_error_matches (local, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD) &&
            !g_error_matches (local, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_INTERFACE))
            break;
    }
    if (done)
        return TRUE;
    if (kb_error_is_cancelled (local))
        g_propagate_error (error, g_steal_pointer (&local));
    else
        g_set_error (error, KB_ERROR, KB_ERROR_BUSY, "%s: %s", table[id].name, local->message);
    return FALSE;
}
