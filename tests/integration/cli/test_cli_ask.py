"""``unpinch ask``: line by line through a pipe, and with single keys on a real (pseudo) terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from unpinch.clinical import assess, findings, knowledge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KB = knowledge.load()
COMMAND = [sys.executable, "-c", "import sys; from unpinch.cli import main; sys.exit(main())", "ask"]
NOTHING_SUDDEN = "0"


def lines(*said: str) -> bytes:
    return "".join(f"{line}\n" for line in said).encode()


def whole_interview(*first: str) -> bytes:
    """Some answers, then "not sure", which every page takes."""
    return lines(*first, *["?"] * 60)


def test_danger_ends_at_once_with_one_sentence(unpinch: Callable[..., Any]) -> None:
    said = unpinch("ask", stdin=lines("1"))
    assert said.status == 0
    assert said.out.count("> ") == 1
    assert "Call an ambulance now" in said.out
    assert "massage" not in said.out.lower()


def test_the_whole_interview_gives_the_same_answer_as_its_file(
    unpinch: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "mine.json"
    said = unpinch("ask", "--save", str(file), stdin=whole_interview(NOTHING_SUDDEN, "44", "1"))
    assert (said.status, said.err) == (0, "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = assess.assess(findings.parse_answers(json.loads(file.read_text()), KB), KB)
    assert " ".join(found.action.split()) in " ".join(said.out.split())
    assert " ".join(found.headline.split()) in " ".join(said.out.split())


def test_back_shows_what_was_said_and_takes_another_answer(unpinch: Callable[..., Any]) -> None:
    said = unpinch("ask", stdin=lines(NOTHING_SUDDEN, "44", "b", "b", "1"))
    assert "Call an ambulance now" in said.out
    again = said.out.split("How old are you?")[-1]
    assert "  1 [-] " in again


def test_back_from_the_first_page_stays_there(unpinch: Callable[..., Any]) -> None:
    assert "Call an ambulance now" in unpinch("ask", stdin=lines("b", "b", "1")).out


def test_a_wrong_line_is_explained_and_asked_again(unpinch: Callable[..., Any]) -> None:
    said = unpinch("ask", stdin=lines("maybe", "99", "", "1"))
    assert "'maybe' is no answer here" in said.out
    assert "'99' is no answer here" in said.out
    assert "means: see a doctor first" in said.out
    assert "Call an ambulance now" in said.out


def test_places_are_picked_from_a_grouped_list(unpinch: Callable[..., Any]) -> None:
    said = unpinch("ask", stdin=lines(NOTHING_SUDDEN, "44", "2", "q"))
    assert "Head and neck" in said.out
    assert "In your thumb" in said.out


def test_stopping_saves_nothing(unpinch: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    said = unpinch("ask", "--save", str(file), stdin=lines("0", "q"))
    assert said.status == 1
    assert "Nothing was saved" in said.out
    assert not file.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "ended before the interview did", id="nothing"),
        pytest.param(b"0\n44\n", "ended before the interview did", id="too-few-lines"),
        pytest.param(b"\xff\xfe\n", "not text in UTF-8", id="not-text"),
    ],
)
def test_a_pipe_that_does_not_answer(unpinch: Callable[..., Any], content: bytes, words: str) -> None:
    said = unpinch("ask", stdin=content)
    assert said.status == 2
    assert words in said.err


def test_a_file_that_is_there_is_refused_before_the_first_question(
    unpinch: Callable[..., Any], write: Callable[[str, object], str]
) -> None:
    name = write("mine.json", {"age": 1})
    said = unpinch("ask", "--save", name, stdin=lines("1"))
    assert (said.status, said.out) == (2, "")
    assert "would be lost" in said.err


class Person:
    """Somebody at a terminal of 80 by 24."""

    def __init__(self, *args: str, **settings: str) -> None:
        self._own, theirs = pty.openpty()
        os.set_inheritable(theirs, True)
        surroundings = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24", **settings}
        self.process = subprocess.Popen(
            [*COMMAND, *args],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=surroundings,
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = ""

    def sees(self, words: str, seconds: float = 20) -> None:
        """Wait for words that were not seen before."""
        end = time.monotonic() + seconds
        while words not in self.seen:
            assert time.monotonic() < end, f"never saw {words!r} but {self.seen!r}"
            self._look(0.1)
        self.seen = self.seen.split(words, 1)[1]

    def _look(self, seconds: float) -> bool:
        if not select.select([self._own], [], [], seconds)[0]:
            return True
        try:
            piece = os.read(self._own, 65536)
        except OSError:  # Linux says so when the other end was closed
            piece = b""
        self.seen += piece.decode(errors="replace")
        return bool(piece)

    def types(self, keys: str) -> None:
        os.write(self._own, keys.encode())

    def leaves(self) -> int:
        """Wait for the end, reading on so that nothing blocks."""
        end = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < end:
            self._look(0.1)
        while self._look(0):
            if not select.select([self._own], [], [], 0)[0]:
                break
        return self.process.wait(timeout=30)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._own)


@pytest.fixture
def sit_down() -> Iterator[Callable[..., Person]]:
    people: list[Person] = []

    def start(*args: str, says: str = "", **settings: str) -> Person:
        """Somebody who was asked for their own words; by default they go on without."""
        people.append(Person(*args, **settings))
        people[-1].sees("In your own words")
        people[-1].types(f"{says}\r")
        return people[-1]

    yield start
    for person in people:
        person.close()


def test_keys_on_a_terminal(sit_down: Callable[..., Person]) -> None:
    person = sit_down()
    person.sees("Has any of this happened?")
    person.types("\x1b[B ")  # arrow down, space
    person.sees(">  2 [x]")
    person.types("\r")
    person.sees("Call an ambulance now")
    assert person.leaves() == 0
    assert "\x1b[?1049h" not in person.seen


def test_the_terminal_is_given_back_after_ctrl_c(sit_down: Callable[..., Person]) -> None:
    person = sit_down()
    person.sees("Has any of this happened?")
    person.process.send_signal(2)
    assert person.leaves() == 130
    assert "\x1b[?1049l" in person.seen
    assert "Traceback" not in person.seen


def test_q_stops(sit_down: Callable[..., Person]) -> None:
    person = sit_down()
    person.sees("Has any of this happened?")
    person.types("q")
    person.sees("Stopped. Nothing was saved.")
    assert person.leaves() == 1


def test_no_colour_when_it_is_not_wanted(sit_down: Callable[..., Person]) -> None:
    person = sit_down(NO_COLOR="1")
    person.sees("Has any of this happened?")
    person.types("1\r\r")  # of more than nine lines: the first takes the number, the second goes on
    person.sees("Call an ambulance now")
    person.leaves()
    assert "\x1b[3" not in person.seen


@pytest.mark.parametrize(
    ("args", "settings"),
    [pytest.param(["--plain"], {}, id="asked-for"), pytest.param([], {"TERM": "dumb"}, id="simple-terminal")],
)
def test_plain_lines_on_a_terminal(
    sit_down: Callable[..., Person], args: list[str], settings: dict[str, str]
) -> None:
    person = sit_down(*args, **settings)
    person.sees("Type the numbers that fit")
    person.types("1\n")
    person.sees("Call an ambulance now")
    assert person.leaves() == 0


def test_ctrl_d_on_a_terminal_stops(sit_down: Callable[..., Person]) -> None:
    person = sit_down("--plain")
    person.sees("Type the numbers that fit")
    person.types("\x04")
    person.sees("Stopped.")
    assert person.leaves() == 1


def test_own_words_on_a_terminal_are_looked_over_and_not_asked_again(sit_down: Callable[..., Person]) -> None:
    person = sit_down(says="I am 48 and my thumb tingles")
    person.sees("We understood this")
    person.sees("How old are you? 48")
    person.types("\r")
    person.sees("Has any of this happened?")
    person.types("0\r")
    person.sees("What sex were you at birth?")
    assert "How old are you?" not in person.seen
    person.types("q")
    assert person.leaves() == 1


def test_letters_that_are_keys_elsewhere_are_text_here(sit_down: Callable[..., Person]) -> None:
    person = sit_down(says="quite bad burning")
    person.sees("Does it burn? yes")
    person.types("q")
    person.sees("Stopped.")


def test_own_words_in_a_pipe(unpinch: Callable[..., Any]) -> None:
    said = unpinch("ask", "--own-words", stdin=lines("I am 48, my thumb tingles", "", NOTHING_SUDDEN, "q"))
    assert said.status == 1
    assert "We understood this" in said.out
    assert said.out.count("How old are you?") == 1
    assert "What sex were you at birth?" in said.out


def test_a_danger_told_and_left_ticked_ends_it_at_once(unpinch: Callable[..., Any]) -> None:
    said = unpinch("ask", "--own-words", stdin=lines("I can't pee and my bottom is numb.", ""))
    assert said.status == 0
    assert said.out.count("emergency department now") >= 2


def test_what_is_not_left_ticked_is_asked(unpinch: Callable[..., Any]) -> None:
    said = unpinch("ask", "--own-words", stdin=lines("I am 48, my thumb tingles", "1", NOTHING_SUDDEN, "q"))
    assert said.out.count("How old are you?") == 2


def test_back_lets_one_write_it_again(unpinch: Callable[..., Any]) -> None:
    said = unpinch("ask", "--own-words", stdin=lines("I am 48", "b", "", NOTHING_SUDDEN, "q"))
    assert said.out.count("In your own words") == 2
