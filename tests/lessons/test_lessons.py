"""The lessons that ship: each is whole and true, and tells what it has always told."""

import sys

import pytest

from engine import Simulation
from tests.lessons.transcript import FOLDER, transcript, transcript_of
from webapp.lessons.checking import check
from webapp.lessons.glossary import TERMS
from webapp.lessons.lesson import Lesson
from webapp.lessons.library import SHIPPED, Library
from webapp.lessons.playing import begins_us
from webapp.lessons.terms import terms_problems
from webapp.rooms.scenarios import scenario_of, text_of

RENEW = f"if it is meant, run `{sys.executable} -m tests.lessons.renew` and read the difference"

LESSONS = list(Library(SHIPPED))

each = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)


def test_there_are_sixteen_in_order() -> None:
    assert [lesson.number for lesson in LESSONS] == list(range(1, 17))
    assert len({lesson.title for lesson in LESSONS}) == 16
    assert {path.stem for path in FOLDER.glob("*.txt")} == {lesson.slug for lesson in LESSONS}, RENEW


@each
def test_a_lesson_is_whole_and_its_claims_and_numbers_are_those_of_its_run(lesson: Lesson) -> None:
    assert [str(problem) for problem in check(lesson)] == []
    assert lesson.experiment.stated or not any(step.numbers for step in lesson.experiment.steps)


@each
def test_a_lesson_tells_what_it_has_always_told(lesson: Lesson) -> None:
    golden = transcript_of(lesson.slug)
    assert golden.exists(), f"there is no transcript: {RENEW}"
    assert transcript(lesson).splitlines() == golden.read_text().splitlines(), RENEW


@each
def test_every_step_can_be_opened_and_shown(lesson: Lesson) -> None:
    """The room of a step is the canonical run up to there; shown, it goes on as that run does."""
    for place, step in enumerate(lesson.experiment.steps):
        for show in (False, True):
            opening = lesson.opening(step.id, show=show)
            assert opening.clock_us == begins_us(lesson.experiment, place)
            assert scenario_of(text_of(opening.scenario)) == opening.scenario
            before = sum(len(earlier.script) for earlier in lesson.experiment.steps[: place + show])
            assert len(opening.scenario.script) == before + len(lesson.experiment.scenario.prepared)
    simulation = Simulation(opening.scenario, opening.seed)
    simulation.run_until(opening.scenario.ends_us)
    assert simulation.digest() == lesson.played.digest


def test_words_are_introduced_before_they_are_used() -> None:
    assert [str(problem) for problem in terms_problems(LESSONS)] == []
    assert set(Library(SHIPPED).introduced()) <= set(TERMS)
