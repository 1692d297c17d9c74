/* SPDX-License-Identifier: MIT */
#include "kb-server-look.h"

#include "kb-root.h"
#include "kb-uwsgi.h"
#include "kb-version.h"

#include <string.h>

#define FIRST_VERSION_WITH_FLAG "0.15"

/* What the looking goes by. */
typedef struct {
    const KbHome *home;
    const char *root;
    KbInstallKind kind;
    gboolean is_sandbox;
    gboolean has_pid;
    KbServerPid pid;
    GPtrArray *daemons;
    KbServerLook *out;
} Look;

/**
 * kb_server_look_free:
 * @self: (nullable) (transfer full): a look
 */
void
kb_server_look_free (KbServerLook *self)
{
    if (self == NULL)
        return;
    g_free (self->version);
    g_free (self);
}

/**
 * kb_server_proof_to_string:
 * @proof: a proof
 *
 * Returns: its name for machines
 */
const char *
kb_server_proof_to_string (KbServerProof proof)
{
    static const char *const names[] = {
        [KB_SERVER_PROOF_NONE] = "nothing",      [KB_SERVER_PROOF_ANSWER] = "answer",
        [KB_SERVER_PROOF_PROCESS] = "process",   [KB_SERVER_PROOF_DAEMON] = "dbus",
        [KB_SERVER_PROOF_WORKERS] = "uwsgi",     [KB_SERVER_PROOF_SERVICE] = "service",
        [KB_SERVER_PROOF_DATABASE] = "database",
    };

    return names[proof];
}

/**
 * kb_server_rights_to_string:
 * @rights: whether this process may stop a server
 *
 * Returns: its name for machines
 */
const char *
kb_server_rights_to_string (KbServiceRights rights)
{
    static const char *const names[] = {
        [KB_SERVICE_RIGHTS_OURS] = "yes",
        [KB_SERVICE_RIGHTS_ASK] = "password",
        [KB_SERVICE_RIGHTS_NONE] = "no",
    };

    return names[rights];
}

/**
 * kb_server_look_name_way:
 * @self: a look
 *
 * Returns: (transfer full): how the server is stopped, for machines: "flag", "signal",
 *     "service:kolibri-server", "session-dbus:org.learningequality.Kolibri.Daemon"
 */
char *
kb_server_look_name_way (const KbServerLook *self)
{
    switch (self->way) {
    case KB_SERVER_WAY_SERVICE:
        return g_strconcat ("service:", kb_service_get_name (self->service), NULL);
    case KB_SERVER_WAY_DAEMON:
        return g_strconcat (kb_daemon_is_of_system (self->daemon) ? "system-dbus:"
                                                                  : "session-dbus:",
                            kb_daemon_get_name (self->daemon), NULL);
    case KB_SERVER_WAY_SIGNAL:
        return g_strdup ("signal");
    case KB_SERVER_WAY_FLAG:
        break;
    }
    return g_strdup ("flag");
}

static gboolean
is_certain (const Look *self)
{
    return self->out->state != KB_SERVER_STOPPED && self->out->state != KB_SERVER_UNKNOWN;
}

static void
conclude (Look *self, KbServerState state, KbServerProof proof)
{
    self->out->state = state;
    self->out->proof = proof;
}

/* A process that a sandbox hides may be there all the same. */
static void
look_at_pid_file (Look *self, GCancellable *cancellable)
{
    self->has_pid = kb_server_read_pid_file (self->home, &self->pid);
    KbServerState state = kb_server_query (self->home, cancellable);
    gboolean says_it_lives = self->has_pid && kb_server_pid_says_alive (&self->pid);

    if (state == KB_SERVER_RUNNING)
        conclude (self, state, KB_SERVER_PROOF_ANSWER);
    else if (state != KB_SERVER_STOPPED)
        conclude (self, state, KB_SERVER_PROOF_PROCESS);
    else if (self->is_sandbox && says_it_lives && !kb_platform_process_exists (self->pid.pid))
        conclude (self, KB_SERVER_UNKNOWN, KB_SERVER_PROOF_NONE);
}

static gboolean
find_daemon_of_kind (const Look *self, KbDaemonId *id)
{
    static const struct {
        KbInstallKind kind;
        KbDaemonId id;
    } pairs[] = {
        {KB_INSTALL_FLATPAK, KB_DAEMON_FLATPAK},
        {KB_INSTALL_FLATPAK_DEVEL, KB_DAEMON_FLATPAK_DEVEL},
        {KB_INSTALL_ENDLESS_OS, KB_DAEMON_ENDLESS_OS},
        {KB_INSTALL_ENDLESS_KEY, KB_DAEMON_ENDLESS_KEY},
    };

    for (size_t i = 0; i < G_N_ELEMENTS (pairs); i++) {
        if (pairs[i].kind == self->kind) {
            *id = pairs[i].id;
            return TRUE;
        }
    }
    return FALSE;
}

/* A daemon counts for the folder that it names. One that names none, because it hangs or has not
 * started any Kolibri yet, counts for the folder of its kind of installation. */
static const KbDaemon *
find_daemon (const Look *self)
{
    const KbDaemon *daemon = kb_daemon_find (self->daemons, kb_home_get_path (self->home));
    KbDaemonId id;

    if (daemon != NULL || !find_daemon_of_kind (self, &id))
        return daemon;
    daemon = kb_daemon_find_id (self->daemons, id);
    return daemon != NULL && daemon->home == NULL ? daemon : NULL;
}

static void
look_at_daemon (Look *self)
{
    const KbDaemon *daemon = find_daemon (self);

    if (daemon == NULL)
        return;
    self->out->version = g_strdup (daemon->version);
    if (is_certain (self))
        return;
    if (daemon->state == KB_DAEMON_STATE_SILENT)
        conclude (self, KB_SERVER_NOT_RESPONDING, KB_SERVER_PROOF_DAEMON);
    else if (daemon->home != NULL && daemon->state == KB_DAEMON_STATE_STARTED)
        conclude (self, KB_SERVER_RUNNING, KB_SERVER_PROOF_DAEMON);
    else if (daemon->home != NULL && daemon->state == KB_DAEMON_STATE_STARTING)
        conclude (self, KB_SERVER_STARTING, KB_SERVER_PROOF_DAEMON);
}

static gboolean
is_kolibri_server (const Look *self)
{
    return self->kind == KB_INSTALL_SERVER || self->kind == KB_INSTALL_RASPBERRY_PI;
}

/* Only what runs nothing else than this folder says something about it. */
static void
look_at_services (Look *self)
{
    if (is_certain (self))
        return;
    if (kb_uwsgi_find (self->root, kb_home_get_path (self->home), is_kolibri_server (self)) != 0) {
        conclude (self, KB_SERVER_RUNNING, KB_SERVER_PROOF_WORKERS);
        return;
    }
    if (!is_kolibri_server (self) && self->kind != KB_INSTALL_WINDOWS_NEW)
        return;
    KbService service = is_kolibri_server (self) ? KB_SERVICE_KOLIBRI_SERVER : KB_SERVICE_KOLIBRI;
    if (kb_service_query (self->root, service) == KB_SERVICE_STATE_RUNNING)
        conclude (self, KB_SERVER_RUNNING, KB_SERVER_PROOF_SERVICE);
    else if (self->is_sandbox && is_kolibri_server (self))
        conclude (self, KB_SERVER_UNKNOWN, KB_SERVER_PROOF_NONE); /* it needs no server.pid */
}

/* The last word: who has the database open. What is surely no Kolibri, as a program of ours, our
 * own lock keeps out. */
static void
look_at_database (Look *self)
{
    const char *database = kb_home_get_database (self->home);

    if (is_certain (self) || !kb_home_has_database (self->home))
        return;
    int64_t pid = kb_platform_find_locker (database);
    if (pid < 0) {
        conclude (self, KB_SERVER_UNKNOWN, KB_SERVER_PROOF_DATABASE);
        return;
    }
    if (pid == 0 || !kb_server_is_kolibri (pid))
        pid = kb_platform_find_user_of_file (database);
    if (pid > 0 && kb_server_is_kolibri (pid))
        conclude (self, KB_SERVER_RUNNING, KB_SERVER_PROOF_DATABASE);
}

static gboolean
owns_data (const Look *self)
{
    KbOwner owner;

    return kb_home_read_owner (self->home, &owner, NULL) && kb_platform_owner_is_us (&owner);
}

static gboolean
owns_process (const Look *self)
{
    KbOwner owner;

    return !self->has_pid || !kb_platform_process_owner (self->pid.pid, &owner) ||
           kb_platform_owner_is_us (&owner);
}

/* Where nothing runs, the version of the data says what would. */
static gboolean
has_flag (const Look *self)
{
    g_autofree char *version = NULL;

    if (self->has_pid)
        return self->pid.has_control_flag;
    version = kb_home_read_data_version (self->home);
    return version == NULL || kb_version_compare_text (version, FIRST_VERSION_WITH_FLAG) >= 0;
}

static void
go_by_process (Look *self)
{
    gboolean by_flag = has_flag (self);
    gboolean is_ours = by_flag ? owns_data (self) : owns_process (self) && owns_data (self);

    self->out->way = by_flag ? KB_SERVER_WAY_FLAG : KB_SERVER_WAY_SIGNAL;
    self->out->rights = is_ours ? KB_SERVICE_RIGHTS_OURS : KB_SERVICE_RIGHTS_NONE;
}

static void
go_by_service (Look *self, KbService service)
{
    self->out->way = KB_SERVER_WAY_SERVICE;
    self->out->service = service;
    self->out->rights = kb_service_find_rights (self->root);
}

static void
go_by_daemon (Look *self, KbDaemonId id)
{
    self->out->way = KB_SERVER_WAY_DAEMON;
    self->out->daemon = id;
    self->out->rights = KB_SERVICE_RIGHTS_OURS; /* both buses let every user ask for it */
}

/* A desktop user's own Kolibri by its flag; root leaves it to systemd what systemd knows. */
static void
choose_for_debian (Look *self)
{
    KbServiceState state = kb_service_query (self->root, KB_SERVICE_KOLIBRI);
    gboolean is_known = state == KB_SERVICE_STATE_RUNNING || state == KB_SERVICE_STATE_EXITED;
    KbOwner owner;
    gboolean is_mine = kb_home_read_owner (self->home, &owner, NULL) &&
                       kb_platform_owner_is_mine (&owner) && owns_process (self);

    if (is_mine || (owns_data (self) && !is_known))
        go_by_process (self);
    else
        go_by_service (self, KB_SERVICE_KOLIBRI);
}

/* Without its daemon, a Kolibri out of a Flatpak is one as any. */
static void
choose_for_daemon (Look *self, KbDaemonId id)
{
    if (!is_certain (self))
        go_by_daemon (self, id);
    else if (id == KB_DAEMON_ENDLESS_OS && !owns_data (self))
        go_by_service (self, KB_SERVICE_ENDLESS);
    else
        go_by_process (self);
}

/* Facts, 3.2. */
static void
choose_way (Look *self)
{
    const KbDaemon *daemon = find_daemon (self);
    KbDaemonId id;

    if (is_kolibri_server (self) || self->out->proof == KB_SERVER_PROOF_WORKERS)
        go_by_service (self, KB_SERVICE_KOLIBRI_SERVER);
    else if (daemon != NULL)
        go_by_daemon (self, daemon->id);
    else if (find_daemon_of_kind (self, &id))
        choose_for_daemon (self, id);
    else if (self->kind == KB_INSTALL_DEBIAN || self->kind == KB_INSTALL_IIAB)
        choose_for_debian (self);
    else if (self->kind == KB_INSTALL_WINDOWS_NEW &&
             kb_service_query (self->root, KB_SERVICE_KOLIBRI) == KB_SERVICE_STATE_RUNNING)
        go_by_service (self, KB_SERVICE_KOLIBRI);
    else
        go_by_process (self);
}

/**
 * kb_server_look_new:
 * @home: a data folder
 * @cancellable: (nullable): ends the wait for an answer
 *
 * Finds out what the server of @home does, how that is known, how it is stopped, and whether that
 * takes rights: server.pid and `/status/`, the daemons on D-Bus, the processes and the service of
 * kolibri-server, the lock on the database. It changes and starts nothing. Takes some milliseconds;
 * up to three seconds when a server hangs, two more when systemd does, one more for a daemon.
 *
 * Returns: (transfer full): what was found; "stopped" only where there is nothing that it hides
 *     behind
 */
KbServerLook *
kb_server_look_new (const KbHome *home, GCancellable *cancellable)
{
    const char *root = kb_home_get_root (home);
    g_autoptr (GPtrArray) candidates = kb_candidates_list (root);
    const KbCandidate *candidate = kb_candidates_find (candidates, kb_home_get_path (home));
    g_autoptr (GPtrArray) daemons = kb_daemon_list (cancellable);
    KbServerLook *out = g_new0 (KbServerLook, 1);
    Look self = {
        .home = home,
        .root = root,
        .kind = candidate != NULL ? candidate->kind : KB_INSTALL_UNKNOWN,
        .is_sandbox = kb_root_is_sandbox (root),
        .daemons = daemons,
        .out = out,
    };

    look_at_pid_file (&self, cancellable);
    look_at_daemon (&self);
    look_at_services (&self);
    look_at_database (&self);
    choose_way (&self);
    return out;
}
