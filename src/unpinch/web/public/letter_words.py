"""The words of the letter to the doctor: the same facts as on the doctor's page, fewer of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from unpinch.clinical import course
from unpinch.clinical.clearance import Clearance
from unpinch.services.letter import LetterPicture, LetterWords
from unpinch.web.public import told
from unpinch.web.public.stored_report import answers_of, report_of
from unpinch.web.templatetags.shown import phone

if TYPE_CHECKING:
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.services.clearance_ask import Asking
    from unpinch.services.intake import Stored
    from unpinch.services.practice import PracticeView
    from unpinch.web.public.answer import Report

_LETTER_PAPER = frozenset({"US", "CA", "MX", "CL", "CO", "PH"})
"""Countries that write on letter paper and not on A4."""


def words_of(stored: Stored, asking: Asking, practice: PracticeView, kb: Knowledge) -> LetterWords:
    """Everything that stands in the letter but link and code."""
    report = report_of(stored, kb)
    answers = answers_of(stored, kb)
    planned = told.plan(course.plan(answers, kb, Clearance("yes")), kb)
    basics = [(item.question, item.answer) for item in told.further(report, kb)]
    born = [(_("Born"), date_format(asking.born, "j F Y"))] if asking.born else []
    return LetterWords(
        lang=(get_language() or "en")[:2],
        paper="us-letter" if practice.country in _LETTER_PAPER else "a4",
        title=_("Is massage safe for this person?"),
        practice=practice.name,
        contact=" · ".join(part for part in (phone(practice.phone), practice.email) if part),
        date=date_format(asking.asked_at.date(), "j F Y"),
        lead=_(
            "Your patient asks us for massage. Below is what they told us; nobody has examined them. "
            "Please tell us whether massage is safe, online or on this sheet."
        ),
        person=((_("Name"), asking.person_name), (_("Person"), told.who(answers)), *born, *basics),
        danger=_danger(report),
        sources=tuple((f"{bar.name}", f"{bar.words}, {bar.count}") for bar in report.conditions[:3]),
        reasons=tuple(reason.text for reason in report.reasons_for[:4]),
        plan=tuple((line.name, line.text) for line in planned.lines) or ((_("What"), planned.refusal),),
        places="; ".join(report.places),
        pictures=tuple(
            LetterPicture(str(picture.svg), f"{picture.title}: {'; '.join(report.places)}")
            for picture in report.pictures[:4]
        ),
        head={
            "danger": _("Danger check"),
            "source": _("Likely source, from the answers"),
            "plan": _("What is planned"),
            "online": _("Answer online, in a minute"),
            "say": _("The doctor’s say"),
            "limits": _(
                "Limits: places to leave alone, pressure, techniques, number of sessions, from when, until when"
            ),
            "care": _("Own treatment plan (diagnosis, injection or surgery with place and date, …)"),
            "name": _("Name and practice"),
            "signature": _("Date and signature"),
        },
        says=tuple(str(say) for say in told.SAYS.values()),
        foot=f"{practice.name} · {_('Knowledge version')} {stored.knowledge_version}",
        address=f"{urlsplit(settings.PUBLIC_URL).netloc}/for-doctors",
        until=_("Code, until %(day)s") % {"day": date_format(asking.link_expires_at.date(), "j F Y")},
        qr_alt=_("QR code with the address of the page on which to answer"),
    )


def _danger(report: Report) -> str:
    if report.danger_words:
        return "; ".join(report.danger_words)
    if report.open_questions:
        return _("Not sure about: %(questions)s") % {"questions": " ".join(report.open_questions)}
    return _("No danger sign was answered with yes.")
