#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The notification service of a desktop: prints a line for each notification that it is asked to
show. Owns org.freedesktop.Notifications on the session bus until it is ended."""

from gi.repository import Gio, GLib

INTERFACE = """
<node><interface name="org.freedesktop.Notifications">
  <method name="Notify">
    <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" name="summary" direction="in"/><arg type="s" name="body" direction="in"/>
    <arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/>
    <arg type="u" direction="out"/>
  </method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method>
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
</interface></node>
"""


def on_call(_connection, _sender, _path, _interface, method, arguments, invocation):
    if method == "Notify":
        print(arguments.unpack()[4], flush=True)
        invocation.return_value(GLib.Variant("(u)", (1,)))
    elif method == "GetCapabilities":
        invocation.return_value(GLib.Variant("(as)", (["body"],)))
    else:
        invocation.return_value(None)


def on_bus(connection, _name):
    interface = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
    connection.register_object("/org/freedesktop/Notifications", interface, on_call, None, None)


Gio.bus_own_name(
    Gio.BusType.SESSION,
    "org.freedesktop.Notifications",
    Gio.BusNameOwnerFlags.NONE,
    on_bus,
    lambda *_: print("ready", flush=True),
    None,
)
GLib.MainLoop().run()
