#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The daemon of the Flatpak and of Endless OS, as far as others see it: the interface that
kolibri-installer-gnome 2906165 publishes (src/libkolibri_daemon_dbus), around a server.

    fake_daemon.py NAME PATH [--home HOME] [--version V] [--status S] [--silent] [--old]
                   [--server PROGRAM] [--log FILE]

The bus is that of DBUS_SESSION_BUS_ADDRESS. It prints a line when it has its name. Start and Stop are
written to the log; with a server, they start it and write its control flag.
"""

import argparse
import os
import subprocess
import sys
import time

from gi.repository import Gio, GLib

XML = """
<node>
  <interface name="%s">
    <method name="Hold" /><method name="Release" /><method name="Start" /><method name="Stop" />
    <property name="AppKey" type="s" access="read" />
    <property name="BaseURL" type="s" access="read" />
    <property name="ExtraURL" type="s" access="read" />
    <property name="IsDeviceProvisioned" type="b" access="read" />
    <property name="KolibriHome" type="s" access="read" />
    %s
    <property name="Status" type="s" access="read" />
    <property name="Version" type="u" access="read" />
  </interface>
</node>"""
NEW = "org.learningequality.Kolibri.Daemon"
STOP_S = 0.5  # the answer to Stop comes before Kolibri has


class Daemon:
    def __init__(self, args):
        self.args = args
        self.status = args.status

    def note(self, text):
        if self.args.log:
            with open(self.args.log, "a", encoding="utf-8") as f:
                f.write(text + "\n")

    def get(self, _bus, _sender, _path, _interface, name):
        strings = {"KolibriHome": self.args.home, "KolibriVersion": self.args.version, "Status": self.status}
        if name == "Version":
            return GLib.Variant("u", 1)
        if name == "IsDeviceProvisioned":
            return GLib.Variant("b", True)
        return GLib.Variant("s", strings.get(name, ""))

    def call(self, _bus, _sender, _path, _interface, method, _parameters, invocation):
        self.note(method)
        if method == "Stop":
            self.stop()
        elif method == "Start":
            self.start()
        invocation.return_value(None)

    def stop(self):
        if self.args.server:
            with open(os.path.join(self.args.home, "process_control.flag"), "w", encoding="ascii") as f:
                f.write("stop")
        GLib.timeout_add(int(STOP_S * 1000), self.set_status, "STOPPED")

    def start(self):
        if self.args.server:
            env = dict(os.environ, KOLIBRI_HOME=self.args.home)
            subprocess.Popen([sys.executable, self.args.server, "start", "--foreground"], env=env)
        self.set_status("STARTING")
        GLib.timeout_add(20, self.look_at_server)

    def look_at_server(self):
        try:
            with open(os.path.join(self.args.home, "server.pid"), encoding="ascii") as f:
                runs = f.read().split("\n")[3] == "0"
        except (OSError, IndexError):
            runs = not self.args.server
        return self.set_status("STARTED") if runs else GLib.SOURCE_CONTINUE

    def set_status(self, status):
        self.status = status
        return GLib.SOURCE_REMOVE


def publish(bus, args, daemon):
    name = NEW + ".Main" if args.old else NEW
    version = "" if args.old else '<property name="KolibriVersion" type="s" access="read" />'
    node = Gio.DBusNodeInfo.new_for_xml(XML % (name, version))
    bus.register_object(args.path, node.interfaces[0], daemon.call, daemon.get, None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("path")
    for option in ("--home", "--version", "--status", "--server", "--log"):
        parser.add_argument(option, default="")
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--old", action="store_true")
    args = parser.parse_args()
    daemon = Daemon(args)
    daemon.note("came")

    def on_name(bus, _name):
        publish(bus, args, daemon)
        print("ready", flush=True)
        if args.silent:  # it has its name and its object, and looks at nothing any more
            time.sleep(120)

    Gio.bus_own_name(Gio.BusType.SESSION, args.name, Gio.BusNameOwnerFlags.NONE, None, on_name, None)
    GLib.timeout_add_seconds(120, sys.exit)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
