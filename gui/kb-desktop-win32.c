/* SPDX-License-Identifier: MIT */
/* Windows. GTK 3 has nothing of this there: GNotification and gtk_application_inhibit() do nothing,
 * GVolumeMonitor sends no signal, GApplication needs a bus to be one program only, and the colours
 * that the person chose are not looked at. So a hidden window of ours hears what Windows tells. */
#include "config.h"

#include "kb-desktop.h"
#include "kb-gettext.h"

#include <gdk/gdkwin32.h>
#include <windows.h>
/* behind windows.h */
#include <dbt.h>
#include <shellapi.h>

#define CLASS_NAME L"KolibriBackupDesktop"
#define MUTEX_NAME L"Local\\KolibriBackupWindow"
#define PERSONALIZE L"Software\\Microsoft\\Windows\\CurrentVersion\\Themes\\Personalize"
#define FILE_TO_OPEN 0x4b42 /* COPYDATASTRUCT.dwData: the data is a path in UTF-8, or empty */
#define ON_ICON (WM_APP + 1)
#define ICON_ID 1
#define PROGRAM_ICON 1 /* windows/program.rc.in */
#define HAND_OVER_MS 5000

struct _KbDesktop {
    GObject parent_instance;

    HWND listener;
    guint n_inhibiting;
    gboolean has_icon;
};

G_DEFINE_FINAL_TYPE (KbDesktop, kb_desktop, G_TYPE_OBJECT)

static guint drives_changed;

static void
follow_colours (void)
{
    GtkSettings *settings = gtk_settings_get_default();
    HIGHCONTRASTW contrast = {.cbSize = sizeof contrast};
    COLORREF window = GetSysColor (COLOR_WINDOW);
    DWORD is_light = 1;
    DWORD size = sizeof is_light;

    if (SystemParametersInfoW (SPI_GETHIGHCONTRAST, sizeof contrast, &contrast, 0) &&
        (contrast.dwFlags & HCF_HIGHCONTRASTON) != 0) {
        gboolean is_dark = GetRValue (window) + GetGValue (window) + GetBValue (window) < 3 * 128;
        g_object_set (settings, "gtk-theme-name", is_dark ? "HighContrastInverse" : "HighContrast",
                      NULL);
        return;
    }
    RegGetValueW (HKEY_CURRENT_USER, PERSONALIZE, L"AppsUseLightTheme", RRF_RT_REG_DWORD, NULL,
                  &is_light, &size);
    gtk_settings_reset_property (settings, "gtk-theme-name");
    g_object_set (settings, "gtk-application-prefer-dark-theme", is_light == 0, NULL);
}

static void
fill_icon (KbDesktop *self, NOTIFYICONDATAW *icon)
{
    *icon = (NOTIFYICONDATAW){.cbSize = sizeof *icon, .hWnd = self->listener, .uID = ICON_ID};
}

static void
remove_icon (KbDesktop *self)
{
    NOTIFYICONDATAW icon;

    fill_icon (self, &icon);
    if (self->has_icon)
        Shell_NotifyIconW (NIM_DELETE, &icon);
    self->has_icon = FALSE;
}

static void
on_icon (KbDesktop *self, UINT event)
{
    if (event == NIN_BALLOONUSERCLICK || event == WM_LBUTTONUP)
        g_application_activate (g_application_get_default());
    if (event == NIN_BALLOONUSERCLICK || event == WM_LBUTTONUP || event == NIN_BALLOONTIMEOUT)
        remove_icon (self);
}

/* Any program of this person can send this; it may ask for no more than to open a file. */
static gboolean
on_handed_over (const COPYDATASTRUCT *data)
{
    const char *path = data->lpData;
    GApplication *application = g_application_get_default();

    if (data->dwData != FILE_TO_OPEN || data->cbData == 0 || application == NULL ||
        !g_utf8_validate (path, data->cbData - 1, NULL) || path[data->cbData - 1] != '\0')
        return FALSE;
    if (*path != '\0') {
        GFile *file = g_file_new_for_path (path);
        g_application_open (application, &file, 1, "");
        g_object_unref (file);
    } else {
        g_application_activate (application);
    }
    return TRUE;
}

static LRESULT CALLBACK
on_message (HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    KbDesktop *self = kb_desktop_get();

    switch (message) {
    case WM_DEVICECHANGE:
        if (wparam == DBT_DEVICEARRIVAL || wparam == DBT_DEVICEREMOVECOMPLETE)
            g_signal_emit (self, drives_changed, 0);
        return TRUE;
    case WM_SETTINGCHANGE:
    case WM_SYSCOLORCHANGE:
        follow_colours();
        return 0;
    case WM_QUERYENDSESSION:
        return self->n_inhibiting == 0;
    case WM_COPYDATA:
        return on_handed_over ((const COPYDATASTRUCT *) lparam);
    case ON_ICON:
        on_icon (self, LOWORD (lparam));
        return 0;
    }
    return DefWindowProcW (window, message, wparam, lparam);
}

/* GTK lets Windows answer for its own windows, and the answer is that the session may end. A
 * message that is removed is answered with 0, which is no. */
static GdkFilterReturn
on_message_to_gtk (GdkXEvent *message, G_GNUC_UNUSED GdkEvent *event, gpointer user_data)
{
    KbDesktop *self = user_data;

    if (((const MSG *) message)->message == WM_QUERYENDSESSION && self->n_inhibiting > 0)
        return GDK_FILTER_REMOVE;
    return GDK_FILTER_CONTINUE;
}

static void
kb_desktop_finalize (GObject *object)
{
    KbDesktop *self = KB_DESKTOP (object);

    remove_icon (self);
    gdk_window_remove_filter (NULL, on_message_to_gtk, self);
    DestroyWindow (self->listener);
    G_OBJECT_CLASS (kb_desktop_parent_class)->finalize (object);
}

static void
kb_desktop_class_init (KbDesktopClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = kb_desktop_finalize;

    drives_changed = g_signal_new ("drives-changed", KB_TYPE_DESKTOP, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
kb_desktop_init (KbDesktop *self)
{
    const WNDCLASSW class = {.lpfnWndProc = DefWindowProcW,
                             .hInstance = GetModuleHandleW (NULL),
                             .lpszClassName = CLASS_NAME};

    RegisterClassW (&class);
    /* A window of its own, as one "for messages only" hears of no drives. It is never shown. */
    self->listener = CreateWindowExW (WS_EX_TOOLWINDOW, CLASS_NAME, L"Kolibri Backup", WS_POPUP, 0,
                                      0, 0, 0, NULL, NULL, class.hInstance, NULL);
    if (self->listener == NULL)
        g_warning ("no window that listens: error %lu", GetLastError());
    gdk_window_add_filter (NULL, on_message_to_gtk, self);
    follow_colours();
}

KbDesktop *
kb_desktop_get (void)
{
    static KbDesktop *desktop;

    if (desktop == NULL) {
        desktop = g_object_new (KB_TYPE_DESKTOP, NULL);
        if (desktop->listener != NULL) /* from now on there is something that can answer */
            SetWindowLongPtrW (desktop->listener, GWLP_WNDPROC, (LONG_PTR) on_message);
    }
    return desktop;
}

static void
on_active (GtkWindow *window, G_GNUC_UNUSED GParamSpec *property, KbDesktop *self)
{
    if (!gtk_window_is_active (window))
        return;
    remove_icon (self);
    g_signal_handlers_disconnect_by_func (window, on_active, self);
}

void
kb_desktop_notify (KbDesktop *self, GtkWindow *window, const char *text)
{
    NOTIFYICONDATAW icon;
    g_autofree wchar_t *title =
        (wchar_t *) g_utf8_to_utf16 (_ ("Kolibri Backup"), -1, NULL, NULL, NULL);
    g_autofree wchar_t *info = (wchar_t *) g_utf8_to_utf16 (text, -1, NULL, NULL, NULL);

    if (title == NULL || info == NULL)
        return;
    fill_icon (self, &icon);
    icon.uFlags = NIF_ICON | NIF_TIP | NIF_INFO | NIF_MESSAGE;
    icon.uCallbackMessage = ON_ICON;
    icon.dwInfoFlags = NIIF_INFO;
    icon.hIcon = LoadIconW (GetModuleHandleW (NULL), MAKEINTRESOURCEW (PROGRAM_ICON));
    lstrcpynW (icon.szTip, title, G_N_ELEMENTS (icon.szTip));
    lstrcpynW (icon.szInfoTitle, title, G_N_ELEMENTS (icon.szInfoTitle));
    lstrcpynW (icon.szInfo, info, G_N_ELEMENTS (icon.szInfo));
    self->has_icon = Shell_NotifyIconW (self->has_icon ? NIM_MODIFY : NIM_ADD, &icon) != 0;
    g_signal_handlers_disconnect_by_func (window, on_active, self);
    g_signal_connect_object (window, "notify::is-active", G_CALLBACK (on_active), self, 0);
}

guint
kb_desktop_inhibit (KbDesktop *self, GtkWindow *window, const char *reason)
{
    g_autofree wchar_t *wide = (wchar_t *) g_utf8_to_utf16 (reason, -1, NULL, NULL, NULL);
    GdkWindow *surface = gtk_widget_get_window (GTK_WIDGET (window));

    self->n_inhibiting++;
    SetThreadExecutionState (ES_CONTINUOUS | ES_SYSTEM_REQUIRED);
    if (wide != NULL && surface != NULL)
        ShutdownBlockReasonCreate (GDK_WINDOW_HWND (surface), wide);
    return 1;
}

void
kb_desktop_uninhibit (KbDesktop *self, GtkWindow *window, guint cookie)
{
    GdkWindow *surface = gtk_widget_get_window (GTK_WIDGET (window));

    if (cookie == 0)
        return;
    self->n_inhibiting--;
    if (self->n_inhibiting == 0)
        SetThreadExecutionState (ES_CONTINUOUS);
    if (surface != NULL)
        ShutdownBlockReasonDestroy (GDK_WINDOW_HWND (surface));
}

/* A named mutex says that there is one, its listener is who to talk to. A data folder that is given
 * by name wants a window of its own, and so a program of its own. */
gboolean
kb_desktop_hand_over (void)
{
    g_auto (GStrv) words = g_win32_get_command_line();
    guint n = g_strv_length (words);
    HANDLE mutex = CreateMutexW (NULL, FALSE, MUTEX_NAME); /* until this program ends */
    gboolean is_first = mutex == NULL || GetLastError() != ERROR_ALREADY_EXISTS;
    HWND first = is_first ? NULL : FindWindowW (CLASS_NAME, NULL);
    DWORD process = 0;
    DWORD_PTR answer = FALSE;

    if (first == NULL || n > 2 || (n == 2 && words[1][0] == '-'))
        return FALSE;
    g_autofree char *path = n == 2 ? g_canonicalize_filename (words[1], NULL) : g_strdup ("");
    COPYDATASTRUCT data = {
        .dwData = FILE_TO_OPEN, .cbData = (DWORD) strlen (path) + 1, .lpData = path};
    GetWindowThreadProcessId (first, &process);
    AllowSetForegroundWindow (process);
    return SendMessageTimeoutW (first, WM_COPYDATA, 0, (LPARAM) &data, SMTO_ABORTIFHUNG,
                                HAND_OVER_MS, &answer) != 0 &&
           answer != FALSE;
}
