"""The prose of a lesson: what it refers to is there, and it can be read aloud."""

import re
from collections.abc import Iterator

from webapp.lessons.experiment import UNSURE
from webapp.lessons.glossary import TERMS
from webapp.lessons.lesson import Lesson
from webapp.lessons.prose import Element, plain
from webapp.lessons.trouble import Problem

# What somebody new to the subject follows by ear.
SENTENCE_WORDS_MAX = 22
PARAGRAPH_SENTENCES_MAX = 4
WHY_SENTENCES = 3

_END = re.compile(r"(?<=[.!?])\s+")


def sentences(block: Element) -> list[str]:
    """A block's sentences as they read."""
    return [sentence for sentence in _END.split(plain(block)) if sentence]


def wording_problems(lesson: Lesson) -> Iterator[Problem]:
    prose = lesson.prose
    for block in prose.blocks():
        told = sentences(block)
        if not told and not len(block):
            yield prose.problem(block, f"<{block.tag}> is empty")
        for sentence in told:
            if (words := len(sentence.split())) > SENTENCE_WORDS_MAX:
                yield prose.problem(
                    block, f"a sentence of {words} words; {SENTENCE_WORDS_MAX} are what an ear can hold"
                )
        if len(told) > PARAGRAPH_SENTENCES_MAX:
            yield prose.problem(block, f"{len(told)} sentences in one paragraph; {PARAGRAPH_SENTENCES_MAX} are enough")
    for step in lesson.experiment.steps:
        section = prose.sections.get(step.id)
        if section is not None:
            yield from _section(lesson, section, step.kind)


def _section(lesson: Lesson, section: Element, kind: str) -> Iterator[Problem]:
    prose = lesson.prose
    if [child.tag for child in section].count("h2") != 1 or section[0].tag != "h2":
        yield prose.problem(section, "a section begins with its one <h2>")
    if kind == "why":
        told = sum(len(sentences(block)) for block in section.iter("p"))
        if told != WHY_SENTENCES:
            yield prose.problem(section, f"why is said in {WHY_SENTENCES} sentences; here are {told}")


def references(lesson: Lesson) -> Iterator[Problem]:
    """Marks and answers name what there is, and every choice is answered."""
    prose, experiment = lesson.prose, lesson.experiment
    measures = {measure.id for measure in experiment.measures}
    answers = {
        f"{step.id}:{choice}"
        for step in experiment.steps
        for choice in (*step.choices, *([UNSURE] if step.kind == "predict" else []))
    }
    said = set()
    for element in prose.root.iter("q-term", "q-number", "q-run", "p"):
        of = element.get("of")
        if element.tag == "q-term" and of not in TERMS:
            yield prose.problem(element, f"there is no word {of} in the glossary; there are {', '.join(TERMS)}")
        if element.tag in ("q-number", "q-run") and of not in measures:
            yield prose.problem(element, f"there is no number {of}")
        if (side := element.get("side")) is not None and (side != "beside" or experiment.scenario.beside is None):
            yield prose.problem(element, "side is beside, where scenario.beside says what stands there")
        if (names := element.get("data-said")) is not None:
            for name in names.split():
                said.add(name)
                if name not in answers:
                    yield prose.problem(element, f"there is no answer {name}")
    for place, step in enumerate(experiment.steps):
        for choice in step.choices:
            if f"{step.id}:{choice}" not in said:
                yield lesson.lines.problem(f"$.steps[{place}].choices", f"nobody answers {choice}: no <p data-said>")
