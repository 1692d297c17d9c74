# SPDX-License-Identifier: MIT
"""A real Kolibri server, and a browser's worth of client for it. Standard library only."""

import datetime
import http.cookiejar
import json
import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

# The channel of Kolibri's own fixture content_test: (contentnode_id, content_id)
CHANNEL = "6199dde695db4ee4ab392222d5af1e5c"
CONTENT = {
    "exercise": ("2b6926ed22025518a8b9da91745b51d3", "ce603df7c46b424b934348995e1b05fb"),
    "video": ("32a941fb77c2576e8f6b294cde4c3b0c", "c6f49ea527824f398f4d5d26faf19396"),
}
START_TIMEOUT_S = 180
STOP_TIMEOUT_S = 60
# Told to stop while it still announces itself to the network, Kolibri goes back to starting, and hangs.
# From 0.17 on it does not announce itself here.
SETTLE_S, SETTLE_AND_ANNOUNCE_S = 2.0, 5.0
AGAIN_S = 0.02
RUNNING = 0  # the fourth line of server.pid


class Client:
    """Cookies, the CSRF header, and the requests that the tests make."""

    def __init__(self, port, numbers):
        self.base = "http://127.0.0.1:%d" % port
        self.numbers = numbers
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def call(self, method, path, data=None, timeout=60):
        """One request; returns the answer, parsed when it is JSON. Raises urllib's errors."""
        request = urllib.request.Request(self.base + path, method=method)
        body = None
        if data is not None:
            body = json.dumps(data).encode()
            request.add_header("Content-Type", "application/json")
        for cookie in self.cookies:
            if "csrftoken" in cookie.name:
                request.add_header("X-CSRFToken", cookie.value)
        text = self._open(request, body, timeout)
        try:
            return json.loads(text)
        except ValueError:
            return text

    def _open(self, request, body, timeout):
        """Up to 0.18 Kolibri lets one write at a time, and tells others to come again (503)."""
        give_up = time.monotonic() + timeout
        while True:
            try:
                with self.opener.open(request, body, timeout) as answer:
                    return answer.read().decode("utf-8")
            except urllib.error.HTTPError as error:
                if error.code != 503 or time.monotonic() > give_up:
                    raise
            time.sleep(AGAIN_S)

    def info(self, timeout=60):
        return self.call("GET", "/api/public/info/?v=3", timeout=timeout)

    def facilities(self):
        return self.call("GET", "/api/public/v1/facility/")

    def login(self, username, password):
        """Logs in; returns self."""
        for page in ("/api/auth/session/current/", "/en/auth/", "/en/user/", "/"):
            try:
                self.call("GET", page)
            except urllib.error.HTTPError:
                continue
            if any("csrftoken" in cookie.name for cookie in self.cookies):
                break
        session = {"username": username, "password": password, "facility": self.facilities()[0]["id"]}
        self.user = self.call("POST", "/api/auth/session/", dict(session, active=True))
        return self

    def count(self):
        """What an admin sees; a learner is who has no role."""
        users = self.call("GET", "/api/auth/facilityuser/")
        users = users["results"] if isinstance(users, dict) else users
        return {
            "users": len(users),
            "learners": sum(1 for user in users if not user["roles"]),
            "classes": len(self.call("GET", "/api/auth/classroom/")),
        }

    def begin(self, kind="exercise"):
        """A learner opens an exercise or a video; returns the id of the new session log."""
        node, content = CONTENT[kind]
        session = {"content_id": content, "channel_id": CHANNEL, "kind": kind}
        if self.numbers < (0, 15):
            session.update(
                user=self.user["user_id"], time_spent=10, progress=0.5, **self._now("start", "end")
            )
            return self.call("POST", "/api/logger/contentsessionlog/", session)["id"]
        session["node_id"] = node
        if kind == "exercise":
            session["mastery_model"] = {"type": "m_of_n", "m": 5, "n": 7}
        return self.call("POST", "/api/logger/trackprogress/", session)["session_id"]

    def answer(self, session, kind="exercise"):
        """The learner answers once: a new attempt log that refers to the session log."""
        answer = {"item": "test", "correct": 1, "complete": True, "time_spent": 2.5, "simple_answer": "42"}
        answer["answer"] = {"text": 'jibu "la" mtoto\n→ सही'}
        if self.numbers < (0, 15):
            answer.update(sessionlog=session, user=self.user["user_id"], masterylog=self._mastery())
            answer.update(self._now("start", "end", "completion"))
            return self.call("POST", "/api/logger/attemptlog/", answer)
        update = {"time_spent_delta": 3, "progress_delta": 0.1}
        if kind == "exercise":
            update["interactions"] = [answer]
        return self.call("PUT", "/api/logger/trackprogress/%s/" % session, update)

    def study(self, kind):
        """Both of it; before 0.15 a video is only opened."""
        session = self.begin(kind)
        if self.numbers >= (0, 15) or kind == "exercise":
            self.answer(session, kind)

    def _mastery(self):
        """The id of the learner's own mastery log, which attempts must name before 0.15."""
        if not hasattr(self, "mastery"):
            path = "/api/logger/masterylog/?user=%s" % self.user["user_id"]
            self.mastery = self.call("GET", path)[0]["id"]
        return self.mastery

    @staticmethod
    def _now(*names):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return {name + "_timestamp": now for name in names}

    def heartbeat(self):
        """Anybody's browser says that it is still there; writes a user session log from 0.15 on."""
        about = {"active": True, "browser": {"name": "t", "major": "1"}, "os": {"name": "t", "major": "1"}}
        if self.numbers >= (0, 15):
            self.call("PUT", "/api/auth/session/current/", about)

    def sign_up(self, username, password):
        """A new learner, without a login; from 0.16 on."""
        user = {"username": username, "full_name": "Mwanafunzi mpya ñ फ़", "password": password}
        self.call("POST", "/api/public/signup/", dict(user, facility=self.facilities()[0]["id"]))


def free_ports(count):
    """Ports that nobody listens on just now, and that Linux gives to nobody who asks for any port."""
    ports = []
    while len(ports) < count:
        port = random.SystemRandom().randrange(16384, 32768)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.append(port)
    return ports


def has_ended(pid):
    """Whether a process is gone, or only waits for somebody to ask how it ended."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as f:
            return f.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def processes_of(home):
    """The Kolibris that live on a home, by the environment that they were started with."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % name, "rb") as f:
                words = f.read().split(b"\0")
            with open("/proc/%s/cmdline" % name, "rb") as f:
                is_kolibri = b"kolibri\0" in f.read()
        except OSError:
            continue
        if is_kolibri and b"KOLIBRI_HOME=" + os.fsencode(home) in words and not has_ended(int(name)):
            found.append(int(name))
    return found


class Server:
    """`kolibri start` on one home.

    In the background, as most installations run it, an idle Kolibri 0.15 and 0.17 to 0.19 has no file
    of the database open; in the foreground 0.16 to 0.19 always have. In the foreground it is a child of
    this process and ends with its group.
    """

    running = set()

    def __init__(self, kolibri, folder, home):
        self.kolibri = kolibri
        self.home = home
        self.folder = folder
        self.log = os.path.join(folder, "server.log")
        self.port, self.zip_port = free_ports(2)
        self.process = None  # the command; it has ended when the server runs in the background
        self.pid = None

    def start(self, background=False):
        """Starts it, and returns when it is ready: it answers, *and* server.pid says RUNNING.

        It answers before it has finished starting, and a stop in between leaves a process that never
        ends.
        """
        Server.running.add(self)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(**self.command(background), stdout=log, stderr=subprocess.STDOUT)
        return self._wait_until_ready(background)

    def command(self, background):
        """How to start it, for subprocess.Popen."""
        ports = {"KOLIBRI_HTTP_PORT": str(self.port), "KOLIBRI_ZIP_CONTENT_PORT": str(self.zip_port)}
        words = [self.kolibri.python, "-m", "kolibri", "start"]
        return {
            "args": words + ([] if background else ["--foreground"]),
            "cwd": self.folder,
            "env": self.kolibri.environment(self.folder, self.home, **ports),
            "stdin": subprocess.DEVNULL,
        }

    def adopt(self):
        """Takes over a server that somebody else has started on this home, in the background."""
        Server.running.add(self)
        return self._wait_until_ready(True)

    def _wait_until_ready(self, background):
        started = time.monotonic()
        while not self._is_ready():
            code = self.process.poll() if self.process is not None else 0
            if code is not None and not (background and code == 0):
                raise RuntimeError("Kolibri ended with %s: %s" % (code, self.log_tail()))
            if time.monotonic() - started > START_TIMEOUT_S:
                raise RuntimeError("Kolibri does not answer: " + self.log_tail())
            time.sleep(0.05)
        self.ready = time.monotonic()
        self.pid = self._pid_in_file()
        return self

    def has_ended(self):
        """Whether the server that was started or adopted is gone; reaps it when it is our child."""
        if self.process is not None:
            self.process.poll()
        return self.pid is None or has_ended(self.pid)

    def forget(self):
        """Lets go of a server that has ended, so that another can be started or adopted."""
        assert self.has_ended()
        self.process = self.pid = None
        Server.running.discard(self)

    def kill_strays(self):
        """Ends every process of this home, whoever started it."""
        for pid in processes_of(self.home):
            os.kill(pid, signal.SIGKILL)
            while not has_ended(pid):
                time.sleep(0.02)

    def _is_ready(self):
        try:
            return "kolibri_version" in self.client().info(5) and self.status() == RUNNING
        except (OSError, ValueError, TypeError):
            return False

    def _pid_file(self):
        """The lines of server.pid, or none: it is empty for an instant while it is written."""
        try:
            with open(os.path.join(self.home, "server.pid"), encoding="ascii") as f:
                return f.read().split("\n")
        except OSError:
            return []

    def _pid_in_file(self):
        lines = self._pid_file()
        return int(lines[0]) if lines and lines[0] else None

    def status(self):
        """The status in server.pid; before 0.15 it has none, and its being there says RUNNING."""
        lines = self._pid_file()
        if self.kolibri.numbers < (0, 15):
            return RUNNING if lines and lines[0] else None
        return int(lines[3]) if len(lines) > 3 and lines[3] else None

    def client(self):
        return Client(self.port, self.kolibri.numbers)

    def log_tail(self):
        if not os.path.exists(self.log):
            return ""
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()[-3000:]

    def settle(self):
        """Waits until what it does after a start is done."""
        seconds = SETTLE_S if self.kolibri.numbers >= (0, 17) else SETTLE_AND_ANNOUNCE_S
        time.sleep(max(0.0, self.ready + seconds - time.monotonic()))

    def age(self):
        """Makes it look as if it had run for long; up to 0.16 only time does that."""
        if self.kolibri.numbers >= (0, 17):
            self.settle()
            then = time.time() - 3600
            os.utime(os.path.join(self.home, "server.pid"), (then, then))

    def stop(self):
        """Stops it in the way that leaves no -wal: the flag file, before 0.15 the signal.

        `kolibri stop` does the same, but follows with SIGKILL, nearly always before the process has
        ended. server.pid vanishes first, the process some tenths of a second later.
        """
        self.settle()
        pid_file = os.path.join(self.home, "server.pid")
        if self.kolibri.numbers >= (0, 15):
            with open(os.path.join(self.home, "process_control.flag"), "w", encoding="ascii") as f:
                f.write("stop")
        else:
            self.send_signal(signal.SIGTERM)
        self._wait()
        if self.kolibri.numbers < (0, 15) and os.path.exists(pid_file):
            os.remove(pid_file)  # as `kolibri stop` did

    def send_signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        """Ends it as a power cut would. Nothing happens when it does not run."""
        if self not in Server.running:
            return
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.pid = self.pid or self._pid_in_file()  # it may have been on its way
        if self.pid is not None and not has_ended(self.pid):
            self.send_signal(signal.SIGKILL)
        self._wait()

    def _wait(self):
        """Waits until it has ended."""
        give_up = time.monotonic() + STOP_TIMEOUT_S
        while self.pid is not None and not has_ended(self.pid):
            if time.monotonic() > give_up:
                raise RuntimeError("Kolibri does not end: " + self.log_tail())
            if self.process is not None:
                self.process.poll()
            time.sleep(0.02)
        if self.process is not None:
            self.process.wait(STOP_TIMEOUT_S)
        self.process = self.pid = None
        Server.running.discard(self)

    @classmethod
    def kill_all(cls):
        """Ends all that were started here and still run, when a test run is broken off."""
        for server in list(cls.running):
            server.kill()
