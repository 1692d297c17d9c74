# SPDX-License-Identifier: MIT
"""Writes to a running Kolibri from several threads, and proves that a copy is of one moment.

Each write is noted with the time before it was first asked for and the time after it was answered.
A copy of one moment t holds every write that was answered before t, and none that was sent after t.
So whatever is missing in it was answered later than everything in it was sent. That holds across
tables, threads and requests, and no copy pieced together from several moments passes it when there
were writes between them.
"""

import threading
import time

from .compare import query

SESSION, ATTEMPT, LEARNER = "session log", "attempt log", "learner"
PRESENT = {
    SESSION: "SELECT id FROM logger_contentsessionlog",
    ATTEMPT: "SELECT sessionlog_id FROM logger_attemptlog",
    LEARNER: "SELECT username FROM kolibriauth_facilityuser",
}


class Write:
    """One request that added one row."""

    def __init__(self, kind, key, sent, answered):
        self.kind = kind
        self.key = key
        self.sent = sent
        self.answered = answered

    def __repr__(self):
        return "%s %s (%.4f to %.4f)" % (self.kind, self.key, self.sent, self.answered)


class Writers:
    """Threads that write until stop(): learners who do exercises, and learners who sign up."""

    def __init__(self, server, usernames, password, signs_up):
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.writes = []
        self.errors = []
        self.threads = []
        for username in usernames:
            client = server.client().login(username, password)
            self._add_thread(self._study, client)
        if signs_up:
            self._add_thread(self._sign_up, server.client(), password)

    def _add_thread(self, work, *args):
        thread = threading.Thread(target=self._until_stopped, args=(work,) + args, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _until_stopped(self, work, *args):
        number = 0
        try:
            while not self.stopping.is_set():
                work(number, *args)
                number += 1
        except Exception as error:  # pylint: disable=broad-except
            self.errors.append(repr(error))

    def _note(self, kind, key, request):
        sent = time.monotonic()
        answer = request()
        write = Write(kind, key or answer, sent, time.monotonic())
        with self.lock:
            self.writes.append(write)
        return write.key

    def _study(self, _number, client):
        session = self._note(SESSION, None, client.begin)
        self._note(ATTEMPT, session, lambda: client.answer(session))

    def _sign_up(self, number, client, password):
        username = "mpya_%x_%d" % (id(self), number)
        self._note(LEARNER, username, lambda: client.sign_up(username, password))

    def stop(self):
        """Ends all threads; returns every write. Raises when one of them has failed."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(120)
        if self.errors:
            raise RuntimeError("writing failed: %s" % self.errors)
        return self.writes

    def count(self):
        with self.lock:
            return len(self.writes)


def split(path, writes):
    """Which of the writes a database holds, and which not."""
    there = {(kind, row[0]) for kind, sql in PRESENT.items() for row in query(path, sql)}
    held = [w for w in writes if (w.kind, w.key) in there]
    return held, [w for w in writes if (w.kind, w.key) not in there]


def moment_problems(held, missing, begun, ended):
    """Why a copy made between two times is not of one moment, as sentences; none when it is."""
    found = []
    last_sent = max(held, key=lambda w: w.sent, default=None)
    first_answered = min(missing, key=lambda w: w.answered, default=None)
    if last_sent and first_answered and first_answered.answered < last_sent.sent:
        found.append("%r is missing, though %r is there" % (first_answered, last_sent))
    found += ["%r is missing: it was there before" % w for w in missing if w.answered < begun][:3]
    found += ["%r is there: it came later" % w for w in held if w.sent > ended][:3]
    return found


def meanwhile(writes, begun, ended):
    """The writes that were sent and answered between two times."""
    return [w for w in writes if w.sent > begun and w.answered < ended]
