"""The letter is one page, tagged, the same on every machine, and whatever somebody typed is text in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from unpinch.gateways.letter import LetterPicture, LetterWords, letter_pdf, qr_svg
from unpinch.kernel import body_chart

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC)
HEADS = ("danger", "source", "plan", "online", "say", "limits", "care", "name", "signature")


def words(**changes: object) -> LetterWords:
    marks = [mark for mark in body_chart.all_marks() if mark.region in ("region-low-back", "region-calf")]
    plain = LetterWords(
        lang="en",
        paper="a4",
        title="Is massage safe for this person?",
        practice="Harbour Massage",
        contact="+44 117 496 0100",
        date="24 November 2026",
        lead="Your patient asks us for massage.",
        person=(("Name", "Ada Byron"), ("Person", "44 years")),
        danger="No danger sign was answered with yes.",
        sources=(("Pinched nerve in the low back", "likely, 80 in 100"),),
        reasons=("It goes below your knee.",),
        plan=(("What", "Swedish massage"),),
        places="Low back, right",
        pictures=tuple(
            LetterPicture(body_chart.svg(picture, marks), "Back of your body: low back, calf")
            for picture in body_chart.pictures_of(marks)
        ),
        head={head: f"The {head}" for head in HEADS},
        says=("Yes", "Yes, with limits", "No", "Please call me"),
        foot="Knowledge version 1",
        code="ABCD-2345",
        link="https://practice.example/for-doctors/open/token",
        address="practice.example/for-doctors",
        until="until 24 December 2026",
        qr_alt="QR code",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # the tests know the fields


@pytest.fixture
def poppler() -> None:
    """The outside reader of PDF files. Where it is missing the test is left out, and on the build machine fails."""
    if shutil.which("pdftotext") is None or shutil.which("pdfinfo") is None:
        pytest.skip("pdfinfo and pdftotext are missing: sudo apt-get install poppler-utils")


def read(pdf: bytes, folder: Path, program: str, *options: str) -> str:
    file = folder / "letter.pdf"
    file.write_bytes(pdf)
    command = [program, *options, str(file), *(["-"] if program == "pdftotext" else [])]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "LANG": "C.UTF-8"}
    )
    return done.stdout


@pytest.mark.usefixtures("poppler")
def test_it_is_one_tagged_page_with_a_title_and_words_for_every_picture(tmp_path: Path) -> None:
    pdf = letter_pdf(words(), AT)
    facts = read(pdf, tmp_path, "pdfinfo")
    assert "Pages:           1" in facts
    assert "Tagged:          yes" in facts
    assert "Title:           Is massage safe for this person?" in facts
    assert "Page size:       595.276 x 841.89 pts (A4)" in facts
    structure = read(pdf, tmp_path, "pdfinfo", "-struct-text")
    assert structure.count("Figure") >= 2
    assert "H1" in structure
    text = read(pdf, tmp_path, "pdftotext")
    for told in (
        "Ada Byron",
        "ABCD-2345",
        "practice.example/for-doctors",
        "Please call me",
        "Low back, right",
    ):
        assert told in text


@pytest.mark.usefixtures("poppler")
@pytest.mark.parametrize(
    "name",
    [
        "#evil[x] $1$ <b>",
        '"]}\\n#panic("x")',
        "*bold* _it_ `code` @ref",
        "Zoë Ångström",
        "Ειρήνη Καλή",
        "Ольга",
    ],
)
def test_what_somebody_typed_is_text(tmp_path: Path, name: str) -> None:
    pdf = letter_pdf(words(person=(("Name", name),), practice=name, places=name), AT)
    assert read(pdf, tmp_path, "pdftotext").replace("\n", " ").count(name) >= 3


@pytest.mark.usefixtures("poppler")
def test_much_to_tell_still_fits_on_the_page(tmp_path: Path) -> None:
    facts = tuple(
        (f"Question number {n} with a long text to it", "an answer of some length") for n in range(14)
    )
    long = words(
        person=facts,
        danger="; ".join(f"Sign {n} that was not clear" for n in range(12)),
        reasons=tuple(f"A reason of a whole line, number {n}, goes on and on" for n in range(6)),
        pictures=words().pictures * 4,
    )
    assert "Pages:           1" in read(letter_pdf(long, AT), tmp_path, "pdfinfo")


@pytest.mark.usefixtures("poppler")
def test_american_practices_write_on_their_paper(tmp_path: Path) -> None:
    assert "(letter)" in read(letter_pdf(words(paper="us-letter"), AT), tmp_path, "pdfinfo")


def test_the_copy_of_the_practice_has_no_code() -> None:
    copy = replace(words(), code="", link="", address="", until="", copy="Copy, without the code.")
    assert letter_pdf(copy, AT) != letter_pdf(words(), AT)


def test_the_same_letter_is_the_same_file() -> None:
    assert letter_pdf(words(), AT) == letter_pdf(words(), AT)


def test_the_qr_code_is_a_picture_without_style() -> None:
    drawn = qr_svg("https://practice.example/for-doctors/open/token")
    assert drawn.startswith("<svg")
    assert "style=" not in drawn
