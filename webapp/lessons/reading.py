"""The numbers that a lesson's prose states are those of its run."""

import re
from collections.abc import Iterator

from webapp.lessons.experiment import Experiment
from webapp.lessons.lesson import Lesson, shown
from webapp.lessons.playing import Played
from webapp.lessons.prose import Element
from webapp.lessons.trouble import Problem

# "One" is left out: it is an article, a pronoun and a name as often as a number.
_WORDS = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
WORDS = {word: number for number, word in enumerate(_WORDS.split(), start=2)}

# A number that speaks of no run: the two ends of a message, say.
GENERAL = "general"

# Digits that belong to a name, such as n1 or v2, are no numbers.
_NUMBER = re.compile(rf"(?<![\w.])(?:\d+(?:\.\d+)?|{'|'.join(WORDS)})(?![\w])", re.IGNORECASE)


def reading_problems(lesson: Lesson, played: Played) -> Iterator[Problem]:
    """Every number in the prose is named in ``stated``, and is what the run has."""
    stated = lesson.experiment.stated
    used = set()
    for block in lesson.prose.blocks():
        for number in _NUMBER.findall(_spoken(block)):
            name = number.lower()
            used.add(name)
            if name not in stated:
                yield lesson.prose.problem(block, f"the number {number} comes from nowhere: name it in stated")
    for number, names in stated.items():
        for name in (names,) if isinstance(names, str) else names:
            if name == GENERAL:
                continue
            values = _values(lesson.experiment, played, name)
            if values is None:
                yield lesson.lines.problem(f"$.stated.{number}", f"there is no number, goal or setting {name}")
            elif str(WORDS.get(number, number)) not in values:
                told = ", ".join(dict.fromkeys(values))
                yield lesson.lines.problem(f"$.stated.{number}", f"{name} comes to {told} when the scripts are played")
        if number not in used:
            yield lesson.lines.problem(f"$.stated.{number}", f"the prose does not say {number}")


def _spoken(block: Element) -> str:
    """The text without what comes from the run anyway, and without code."""
    return "".join(_parts(block))


def _parts(element: Element) -> Iterator[str]:
    if element.tag not in ("q-run", "q-number", "code"):
        yield element.text or ""
    for child in element:
        yield from _parts(child)
        yield child.tail or ""


def _values(experiment: Experiment, played: Played, name: str) -> list[str] | None:
    """What a measure, a setting or the number of clients comes to, as step follows step, or what a goal needs.

    None: there is no such thing. ``beside.`` in front: in the second cluster.
    """
    if name.startswith("beside."):
        return None if played.beside is None else _values(experiment, played.beside, name.removeprefix("beside."))
    if name == "clients":
        return [str(len(experiment.scenario.clients))]
    if name in played.end.goals:
        return [str(played.end.goals[name].needed)]
    if name in played.end.measures:
        return [shown(moment.measures[name].value) for moment in played.ends]
    if hasattr(played.end.cluster, name):
        return [shown(getattr(moment.cluster, name)) for moment in played.ends]
    return None
