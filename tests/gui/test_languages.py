#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The window in other languages: chosen in its menu, mirrored, and with English beneath what is a draft."""

import gettext
import os

from journey import LOCALE, Atspi, JourneyCase, press_keys, wait_for

import tap  # noqa: E402  (journey has set the path)

KEPT = "A copy of the present data is kept on this computer, and you can undo the restore."
DRAFT, MIRRORED = "sw", "ar"


def words(language):
    """Those of exactly this catalogue: Python would take es_ES for es."""
    with open(os.path.join(LOCALE, language, "LC_MESSAGES", "kolibri-backup.mo"), "rb") as f:
        return gettext.GNUTranslations(f).gettext


def plain(label):
    """As a screen reader says it: without the key."""
    return label.replace("(_", "(") if "(_" in label else label.replace("_", "")


def position(node):
    return node.get_component_iface().get_extents(Atspi.CoordType.SCREEN)


class TestLanguages(JourneyCase):
    def open_restore(self, language):
        self.make_home()
        program = self.start(env={"LANGUAGE": language})
        program.wait_rows(1)
        program.press(plain(words(language)("_Restore…")))
        program.wait_text(words(language)(KEPT))
        return program

    def test_draft_language_has_english_beneath(self):
        program = self.open_restore(DRAFT)
        program.wait_text("Restore the backup from 2026-05-04")
        program.wait_text(KEPT)
        program.screenshot("language-draft")

    def test_deleting_in_a_draft_language(self):
        self.make_home()
        program = self.start(env={"LANGUAGE": DRAFT})
        program.wait_rows(1)
        self.wait_active()
        press_keys("alt+" + self.key_of("_More"))
        program.press(plain(words(DRAFT)("_Delete")))
        program.wait_text("Deleted the backup")

    def key_of(self, label):
        text = words(DRAFT)(label)
        return text[text.index("_") + 1].lower()

    def test_other_languages_have_none(self):
        program = self.open_restore("es")
        self.assertFalse(any("Restore the backup" in text for text in program.texts()))

    def test_right_to_left_without_a_locale(self):
        """GTK's own catalogue of Arabic need not be there."""
        self.make_home()
        for language, is_mirrored in (("es", False), (MIRRORED, True)):
            program = self.start(env={"LANGUAGE": language})
            window = position(self.wait_active())
            button = position(program.find("push button", plain(words(language)("_Back Up Now"))))
            self.assertEqual(button.x + button.width / 2 < window.x + window.width / 2, is_mirrored)

    def test_menu_has_its_english_name(self):
        """Whoever has come into a language that they cannot read gets out again."""
        self.make_home()
        program = self.start(env={"LANGUAGE": DRAFT})
        program.wait_rows(1)
        self.wait_active()
        press_keys("F10")
        program.press("%s (Language)" % plain(words(DRAFT)("_Language…")))
        self.wait_active("dialog")
        for name in ("English", "Kiswahili", "العربية"):
            wait_for(lambda name=name: program.all("menu item", name, showing=False), message=name)


if __name__ == "__main__":
    tap.main()
