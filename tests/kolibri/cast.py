# SPDX-License-Identifier: MIT
"""The words of the homes that make_home.py fills: two schools, one hard to store, one to show.

Runs under Python 3.6 and later.
"""

PASSWORD = "siri-1234"

# What a dump must bring back: quotes, newlines, what looks like SQL, many scripts.
HARD_TEXTS = (
    'It\'s "quoted"',
    "two\nlines",
    "semi; -- not a comment",
    "COMMIT; 'x'\r\nwith CRLF",
    "tab\there",
    "X'00ff' NULL",
    "नमस्ते दुनिया",
    "مرحبا بالعالم",
    "');",
    "%s %d \\n",
)
PLAIN_TEXTS = ("4", "12", "one half", "three", "7.5", "the second one", "left", "300 g", "noon", "15 cm")


class Cast:
    """Who is in a school, what its things are called, and how much was done.

    Each learner is (username, full name), each coach (username, full name, user type, class).
    """

    facility = device = language = quiz = draft = group = section = ""
    classes = learners = coaches = lessons = descriptions = answers = ()
    practice_days = quiz_days = login_days = ()
    attempts = 12

    def __init__(self, **words):
        for name, value in words.items():
            assert hasattr(Cast, name), name
            setattr(self, name, value)


def _hard_learners():
    given = "Asha|Mwang'ombe|Ng'endo|Zawadi|Baraka|فاطمة|محمد|عائشة|आरव|दीपिका|प्रिया|Zoë|José|Élodie|Ñandú"
    given = (given + '|李雷|Nguyễn|Ọlá|O"Brien|Anne-Marie').split("|")
    family = "Mwinyi|Kipng'etich|الزهراء|बृहस्पति|शर्मा|D'Souza|Çelik|\U0001f600 Smile|van 't Hoff"
    family = family.split("|") + ["\\Backslash\\"]
    return [
        ("mwanafunzi%02d" % i, "%s %s" % (given[i % 20], family[(i * 7 + i // 20) % 10])) for i in range(40)
    ]


_HARD_CLASSES = ("Darasa la 5 – Simba", "الصف السادس")

HARD = Cast(
    facility="Shule ya Msingi “Ng'ombe” — école №1",
    language="sw-tz",
    classes=_HARD_CLASSES,
    learners=_hard_learners(),
    coaches=(
        ("mwalimu1", "Mwalimu Juma", "CLASS_COACH", _HARD_CLASSES[0]),
        ("mwalimu2", "معلمة نور", "CLASS_COACH", _HARD_CLASSES[1]),
        ("mwalimu3", "शिक्षक राम", "FACILITY_COACH", ""),
    ),
    group="Kikundi %d मित्र",
    lessons=tuple("Somo %d: %s" % (n + 1, HARD_TEXTS[n].replace("\n", " ")) for n in range(3)),
    descriptions=HARD_TEXTS,
    quiz="Mtihani %d “%s”",
    section="सेक्शन १",
    draft="Rasimu",
    answers=HARD_TEXTS,
    practice_days=(1,),
    quiz_days=(3, 4),
    login_days=(1, 2),
)

_DEMO_NAMES = """
Amina Yusuf|Kofi Mensah|Wanjiru Kamau|Thabo Nkosi|Chipo Moyo|Priya Sharma|Arjun Patel|Fatima Khan
Ana Gomez|Luis Herrera|Marie Dubois|Jean Kabila|Grace Banda|Peter Phiri|Neema Mushi|Juma Hassan
Sofia Rojas|Mateo Vargas|Leila Ahmadi|Omar Farouk|Linh Tran|Minh Pham|Siti Rahayu|Budi Santoso
Esther Okoro|Emeka Eze|Ruth Achieng|David Otieno|Lucia Mendes|Paulo Silva|Halima Ali|Ibrahim Diallo
Meera Nair|Ravi Kumar|Rosa Quispe|Diego Flores|Joy Auma|Samuel Tesfaye|Maya Gurung|Nabin Thapa
"""


def _demo_learners():
    names = _DEMO_NAMES.strip().replace("\n", "|").split("|")
    return [(name.split()[0].lower(), name) for name in names]


DEMO = Cast(
    facility="Sunrise School",
    device="Lab laptop",
    language="en",
    classes=("Class 5", "Class 6"),
    learners=_demo_learners(),
    coaches=(
        ("mrs_otieno", "Mary Otieno", "CLASS_COACH", "Class 5"),
        ("mr_perez", "Carlos Perez", "CLASS_COACH", "Class 6"),
        ("mrs_das", "Anita Das", "FACILITY_COACH", ""),
    ),
    group="Group %d",
    lessons=("Fractions", "Reading a map", "Plants and water"),
    descriptions=("For Monday", "Work in pairs", "Watch first, then practise"),
    quiz="Quiz %d, %s",
    section="Part 1",
    draft="End of term",
    answers=PLAIN_TEXTS,
    practice_days=(2, 6, 11, 17, 24),
    quiz_days=(5, 19),
    login_days=(1, 4, 9, 16, 23),
    attempts=6,
)
