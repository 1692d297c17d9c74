#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a filled KOLIBRI_HOME without network, with Kolibri's own code.

    PYTHON-OF-A-KOLIBRI make_home.py HOME [--demo] [--quiet]

HOME must hold no database yet. Works with Kolibri 0.12 to 0.19 under Python 3.6 and later. What
Kolibri's own commands can do is left to them; the rest goes through Kolibri's models, which compute
the ids of Morango. All in one process, since each `kolibri manage` costs two seconds.

Names are the same each time; with --demo those of a school that a teacher would recognise, else
such as are hard to store. The last line printed is a JSON object with the numbers to expect.
"""

import argparse
import csv
import datetime
import json
import os
import random
import sys

from cast import DEMO, HARD, PASSWORD

# The channel of Kolibri's own fixture content_test: (contentnode_id, content_id)
CHANNEL = "6199dde695db4ee4ab392222d5af1e5c"
VIDEO = ("32a941fb77c2576e8f6b294cde4c3b0c", "c6f49ea527824f398f4d5d26faf19396")
EXERCISE = ("2b6926ed22025518a8b9da91745b51d3", "ce603df7c46b424b934348995e1b05fb")
CSV_HEADER = "UUID USERNAME PASSWORD FULL_NAME USER_TYPE IDENTIFIER BIRTH_YEAR GENDER ENROLLED_IN ASSIGNED_TO"
GENDERS = ("FEMALE", "MALE", "NOT_SPECIFIED")
PRACTICE_MODEL = {"type": "m_of_n", "m": 5, "n": 7}
QUIZ_LEVEL = -5  # the mastery_level of quizzes from 0.15 on


def fields_of(model):
    """The names by which a model's fields may be set."""
    fields = model._meta.get_fields()
    return {f.name for f in fields} | {getattr(f, "attname", f.name) for f in fields}


def make(model, **values):
    """Creates one object, leaving out the fields that this Kolibri does not have."""
    known = fields_of(model)
    obj = model(**{name: value for name, value in values.items() if name in known})
    obj.save()
    return obj


def optional_model(module, name):
    """A model that only newer Kolibris have, or None."""
    try:
        return getattr(__import__("kolibri.core.%s.models" % module, fromlist=[name]), name)
    except (ImportError, AttributeError):
        return None


def start_kolibri(home, quiet):
    """Sets up Django and migrates the new database, as every `kolibri` command does."""
    os.makedirs(os.path.dirname(home), exist_ok=True)
    os.environ["KOLIBRI_HOME"] = home
    os.environ.setdefault("KOLIBRI_RUN_MODE", "test")
    try:
        from kolibri.utils.main import initialize
    except ImportError:  # 0.12 to 0.14
        from kolibri.utils.cli import initialize
    initialize()
    if quiet:
        import logging

        logging.disable(logging.INFO)


class School:
    """Fills the database of the running Kolibri with one cast."""

    def __init__(self, cast, home):
        import kolibri
        from django.utils import timezone

        self.cast = cast
        self.home = home
        self.random = random.Random(1)
        self.version = kolibri.__version__
        self.numbers = tuple(int(n) for n in self.version.split(".")[:2])
        self.now = timezone.now().replace(microsecond=123456)

    def provision(self):
        """Device, facility and super admin, by Kolibri's own command."""
        from django.core.management import call_command
        from kolibri.core.auth.models import Facility
        from kolibri.core.device.models import DeviceSettings

        call_command(
            "provisiondevice",
            facility=self.cast.facility,
            superusername="admin",
            superuserpassword=PASSWORD,
            preset="nonformal",
            language_id=self.cast.language,
            interactive=False,
        )
        self.facility = Facility.objects.get()
        if self.cast.device and "name" in fields_of(DeviceSettings):
            DeviceSettings.objects.update(name=self.cast.device)

    def add_channel(self):
        """Metadata of one small channel: the fixture inside the wheel, which 0.12 cannot load."""
        from django.core.management import call_command

        if self.numbers < (0, 13):
            return 0
        call_command("loaddata", "content_test", verbosity=0)
        return 1

    def user_rows(self):
        """The users in the columns of bulkimportusers."""
        cast = self.cast
        for i, (username, name) in enumerate(cast.learners):
            room = cast.classes[i % len(cast.classes)]
            about = ["Nº-%03d" % i, str(2008 + i % 8), GENDERS[i % 3], room, ""]
            yield ["", username, PASSWORD, name, "LEARNER"] + about
        for i, (username, name, kind, room) in enumerate(cast.coaches):
            yield ["", username, PASSWORD, name, kind, "T%d" % i, str(1975 + 5 * i), GENDERS[i % 3], "", room]

    def add_users(self):
        """Users and classes: by bulkimportusers from 0.15 on, before by the models.

        All share a password, so it is hashed once: that costs 0.1 s a time.
        """
        from django.contrib.auth.hashers import make_password
        from django.core.management import call_command

        self.hashed = make_password(PASSWORD)
        rows = list(self.user_rows())
        if self.numbers < (0, 15):
            self.add_users_by_models(rows)
            return
        from kolibri.core.auth.management.commands import bulkimportusers

        if hasattr(bulkimportusers, "make_password"):
            bulkimportusers.make_password = lambda *args, **kwargs: self.hashed
        path = os.path.join(self.home, "users.csv")
        with open(path, "w", encoding="utf-8", newline="") as f:
            csv.writer(f).writerows([CSV_HEADER.split()] + rows)
        call_command("bulkimportusers", path, facility=self.facility.id)
        os.remove(path)

    def add_users_by_models(self, rows):
        from kolibri.core.auth.models import Classroom, FacilityUser

        classes = self.cast.classes
        rooms = {name: Classroom.objects.create(parent=self.facility, name=name) for name in classes}
        for _, username, _, name, kind, number, born, gender, enrolled, assigned in rows:
            user = make(
                FacilityUser,
                username=username,
                full_name=name,
                password=self.hashed,
                facility=self.facility,
                id_number=number,
                birth_year=born,
                gender=gender,
            )
            if kind == "LEARNER":
                rooms[enrolled].add_member(user)
            elif kind == "CLASS_COACH":
                rooms[assigned].add_coach(user)
            else:
                self.facility.add_coach(user)

    def add_class_work(self):
        """Groups, lessons, quizzes and all that was done, class by class."""
        from kolibri.core.auth.models import Classroom, FacilityUser

        for number, name in enumerate(self.cast.classes):
            room = Classroom.objects.get(name=name)
            coach = FacilityUser.objects.get(username=self.cast.coaches[number][0])
            members = FacilityUser.objects.filter(memberships__collection=room)
            learners = list(members.order_by("username"))
            self.add_groups(room, learners)
            self.add_lessons(room, coach)
            for n in range(2):
                self.add_quiz(n, room, coach, learners)
            for user in learners:
                self.add_logins(user)
                self.add_practice(user, VIDEO, "video")
                self.add_practice(user, EXERCISE, "exercise")
            self.add_rest(room, coach, learners)

    def add_groups(self, room, learners):
        from kolibri.core.auth.models import LearnerGroup

        for n in range(2):
            group = LearnerGroup.objects.create(parent=room, name=self.cast.group % (n + 1))
            for user in learners[n::2][:6]:
                group.add_learner(user)

    def add_lessons(self, room, coach):
        from kolibri.core.lessons.models import Lesson, LessonAssignment

        texts = self.cast.descriptions
        for n, title in enumerate(self.cast.lessons):
            lesson = make(
                Lesson,
                title=title[:50],
                description=texts[(n + 1) % len(texts)],
                resources=[
                    {"contentnode_id": node, "content_id": content, "channel_id": CHANNEL}
                    for node, content in (VIDEO, EXERCISE)
                ],
                is_active=n != 2,
                collection=room,
                created_by=coach,
            )
            make(LessonAssignment, lesson=lesson, collection=room, assigned_by=coach)

    def questions(self, n):
        """The question_sources of a quiz, in sections from 0.17 on."""
        texts = self.cast.descriptions
        questions = [
            {
                "exercise_id": EXERCISE[0],
                "question_id": "test",
                "title": texts[(n + k) % len(texts)],
                "counter_in_exercise": k + 1,
            }
            for k in range(3)
        ]
        if self.numbers < (0, 17):
            return questions
        section = {"section_title": self.cast.section, "description": texts[1], "questions": questions}
        return [dict(section, question_count=3, learners_see_fixed_order=False)]

    def add_quiz(self, n, room, coach, learners):
        from kolibri.core.exams.models import Exam, ExamAssignment

        quiz = make(
            Exam,
            title=self.cast.quiz % (n + 1, room.name),
            question_count=3,
            question_sources=self.questions(n),
            active=True,
            collection=room,
            creator=coach,
            seed=n + 1,
            channel_id="",
            data_model_version=3 if self.numbers >= (0, 17) else 2 if self.numbers >= (0, 15) else 1,
        )
        make(ExamAssignment, exam=quiz, collection=room, assigned_by=coach)
        for user in learners[: len(learners) * 3 // 4]:
            self.take_quiz(quiz, user, self.ago(self.cast.quiz_days[n], 60))

    def ago(self, days, minutes):
        """A moment some days ago, and up to some minutes more."""
        return self.now - datetime.timedelta(days=days, minutes=self.random.randint(5, minutes))

    def take_quiz(self, quiz, user, start):
        """One learner's answers: attemptlog from 0.15 on, before examattemptlog."""
        from kolibri.core.logger import models

        end = start + datetime.timedelta(minutes=4)
        done = dict(user=user, start_timestamp=start, end_timestamp=end, completion_timestamp=end)
        if self.numbers >= (0, 15):
            log = dict(done, content_id=quiz.id, channel_id=None, time_spent=240, progress=1, kind="quiz")
            context = {"quiz_id": quiz.id, "mastery_level": QUIZ_LEVEL}
            session = make(models.ContentSessionLog, extra_fields={"context": context}, **log)
            mastery = make(
                models.MasteryLog,
                summarylog=make(models.ContentSummaryLog, **log),
                mastery_level=QUIZ_LEVEL,
                complete=True,
                mastery_criterion={"type": "quiz", "coach_assigned": True},
                **dict(done, time_spent=240)
            )
            model, parent = models.AttemptLog, dict(masterylog=mastery, sessionlog=session)
        else:
            log = make(models.ExamLog, exam=quiz, closed=True, **done)
            model = models.ExamAttemptLog
            parent = dict(examlog=log, content_id=EXERCISE[1], channel_id=CHANNEL)
        for k in range(3):
            make(
                model,
                item="%s:test%d" % (EXERCISE[1], k),
                time_spent=60,
                complete=True,
                correct=self.random.randint(0, 1),
                answer={"text": self.random.choice(self.cast.answers)},
                simple_answer=self.random.choice(self.cast.answers),
                interaction_history=[{"type": "answer", "answer": self.random.choice(self.cast.answers)}],
                **dict(done, **parent)
            )

    def add_logins(self, user):
        from kolibri.core.logger.models import UserSessionLog

        for days in self.cast.login_days:
            start = self.ago(days, 600)
            make(
                UserSessionLog,
                user=user,
                start_timestamp=start,
                last_interaction_timestamp=start + datetime.timedelta(minutes=self.random.randint(1, 30)),
                channels="",
                pages="",
                device_info="Android,9/Chrome Mobile,80",
            )

    def add_practice(self, user, ids, kind):
        """Sessions with a video or an exercise on the days of the cast, the oldest first."""
        from kolibri.core.logger import models

        node, content = ids
        progress = self.random.choice([0.25, 0.5, 1.0])
        what = dict(user=user, content_id=content, channel_id=CHANNEL, kind=kind)
        what.update(time_spent=720.5, progress=progress)
        sessions = []
        for days in reversed(self.cast.practice_days):
            start = self.ago(days, 600)
            times = dict(start_timestamp=start, end_timestamp=start + datetime.timedelta(minutes=12))
            extra = {"context": {"node_id": node, "mastery_level": 1}}
            extra["note"] = self.random.choice(self.cast.answers)
            sessions.append(make(models.ContentSessionLog, extra_fields=extra, **dict(what, **times)))
        times = dict(start_timestamp=sessions[0].start_timestamp, end_timestamp=sessions[-1].end_timestamp)
        times["completion_timestamp"] = sessions[-1].end_timestamp if progress == 1.0 else None
        summary = make(models.ContentSummaryLog, extra_fields={}, **dict(what, **times))
        if kind != "exercise":
            return
        mastery = make(
            models.MasteryLog,
            user=user,
            summarylog=summary,
            mastery_level=1,
            complete=progress == 1.0,
            mastery_criterion=PRACTICE_MODEL,
            time_spent=720.5,
            **times
        )
        for session in sessions:
            self.add_attempts(user, mastery, session)

    def add_attempts(self, user, mastery, session):
        from kolibri.core.logger.models import AttemptLog

        texts = self.cast.answers
        for k in range(self.cast.attempts):
            start = session.start_timestamp + datetime.timedelta(seconds=50 * k)
            end = start + datetime.timedelta(seconds=40)
            text = texts[k % len(texts)]
            make(
                AttemptLog,
                masterylog=mastery,
                sessionlog=session,
                user=user,
                item="test%d" % k,
                start_timestamp=start,
                end_timestamp=end,
                completion_timestamp=end,
                time_spent=40.25,
                complete=True,
                correct=k % 2,
                hinted=k % 5 == 0,
                answer={"text": text, "seed": k},
                simple_answer=texts[(k + 1) % len(texts)],
                interaction_history=[
                    {"type": "answer", "correct": 0, "answer": text, "timestamp": 1700000000000 + k}
                ],
            )

    def add_rest(self, room, coach, learners):
        """A guest's log, and what only newer Kolibris have."""
        from kolibri.core.logger.models import ContentSessionLog

        make(
            ContentSessionLog,
            user=None,
            content_id=VIDEO[1],
            channel_id=CHANNEL,
            start_timestamp=self.now,
            end_timestamp=self.now,
            time_spent=1,
            progress=0,
            kind="video",
            dataset_id=self.facility.dataset_id,
        )
        bookmark = optional_model("bookmarks", "Bookmark")
        for user in learners[:5] if bookmark else ():
            make(bookmark, user=user, content_id=VIDEO[1], channel_id=CHANNEL, contentnode_id=VIDEO[0])
        draft = optional_model("exams", "DraftExam")
        if draft:
            title = self.cast.draft
            make(draft, title=title, question_count=0, question_sources=[], collection=room, creator=coach)
        attendance = optional_model("attendance", "AttendanceSession")
        for days in range(3) if attendance else ():
            when = self.now - datetime.timedelta(days=days)
            session = make(attendance, collection=room, created_by=coach, session_start_datetime=when)
            record = optional_model("attendance", "AttendanceRecord")
            for user in learners:
                make(record, attendance_session=session, user=user, present=self.random.random() > 0.2)

    def delete_last_learner(self):
        """From 0.18 on a learner can be in the bin, where Kolibri does not count it."""
        from kolibri.core.auth.models import FacilityUser

        if "date_deleted" not in fields_of(FacilityUser):
            return 0
        last = FacilityUser.objects.get(username=self.cast.learners[-1][0])
        last.date_deleted = self.now
        last.save()
        return 1


def main():
    """Makes the home and prints what is in it."""
    parser = argparse.ArgumentParser(description="Makes a filled KOLIBRI_HOME.")
    parser.add_argument("home")
    parser.add_argument("--demo", action="store_true", help="a school to show, with ordinary names")
    parser.add_argument("--quiet", action="store_true")
    args = parser.parse_args()
    home = os.path.abspath(args.home)
    if os.path.exists(os.path.join(home, "db.sqlite3")):
        sys.exit("make_home.py: %s already holds a database" % home)

    start_kolibri(home, args.quiet)
    from django.db import connections, transaction

    school = School(DEMO if args.demo else HARD, home)
    school.provision()
    channels = school.add_channel()
    with transaction.atomic():
        school.add_users()
        school.add_class_work()
        in_bin = 0 if args.demo else school.delete_last_learner()
    connections.close_all()
    info = {
        "kolibri": school.version,
        "facility": school.cast.facility,
        "classes": len(school.cast.classes),
        "learners": len(school.cast.learners) - in_bin,
        "in_bin": in_bin,
        "users": len(school.cast.learners) - in_bin + len(school.cast.coaches) + 1,
        "channels": channels,
        "admin": "admin",
        "learner": school.cast.learners[1][0],
        "password": PASSWORD,
    }
    print(json.dumps(info, sort_keys=True))


if __name__ == "__main__":
    main()
