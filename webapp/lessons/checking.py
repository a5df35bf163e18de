"""Is a lesson true, and whole? Its shape, its prose, and what its own scripts make of its claims."""

import re
from collections.abc import Iterable, Iterator

from engine.changes import GoalState
from engine.goals import problems as pattern_problems
from engine.outcomes import Refused
from engine.settings import Settings
from webapp.lessons.experiment import CONTROLS, UNSURE, Step
from webapp.lessons.lesson import Lesson, shown
from webapp.lessons.playing import Played, RefusedCue
from webapp.lessons.reading import reading_problems
from webapp.lessons.trouble import Problem
from webapp.lessons.wording import references, wording_problems
from webapp.rooms.scenarios import text_of
from webapp.words import sentence

_ORDER = ("claim", "predict", "do", "number", "change", "why", "keep")

Found = Iterator[Problem]


def check(lesson: Lesson) -> list[Problem]:
    """Everything that is wrong with a lesson, in the order of its lines; nothing: it is true, and may be shown."""
    if problems := [*misfits(lesson), *wording_problems(lesson)]:
        return sorted(problems)
    return sorted([*_truth(lesson, lesson.played), *reading_problems(lesson, lesson.played)])


def misfits(lesson: Lesson) -> list[Problem]:
    """Why there can be no page: its two files do not go together, or the engine refuses what they ask of it."""
    apart = sorted([*_shape(lesson), *_steps(lesson), *_patterns(lesson), *references(lesson)])
    return apart or list(_refusals(lesson))


def _refusals(lesson: Lesson) -> Found:
    try:
        text_of(lesson.opening(lesson.experiment.steps[-1].id, show=True).scenario)
        _ = lesson.played
    except RefusedCue as error:
        where = f"$.steps[{error.step}].script[{error.cue}]"
        yield lesson.lines.problem(where, f"the engine refuses this: {_told(error.refused)}")
    except Refused as refused:
        yield lesson.lines.problem("$.scenario", f"there can be no such room: {_told(refused)}")


def _told(refused: Refused) -> str:
    field = f"{refused.field}: " if refused.field else ""
    return field + sentence(f"refused.{refused.code}", refused.facts)


def _shape(lesson: Lesson) -> Found:
    """The steps go together with the sections of the prose, and have the shape of an experiment."""
    steps = lesson.experiment.steps
    named = [step.id for step in steps]
    written = list(lesson.prose.sections)
    if named != written:
        yield lesson.lines.problem("$.steps", f"the steps are {_list(named)}, but the prose has {_list(written)}")
    for place, step in enumerate(steps):
        if step.id in named[:place]:
            yield lesson.lines.problem(f"$.steps[{place}].id", f"there are two steps {step.id}")
    kinds = [step.kind for step in steps]
    rest = iter(kinds)
    for kind in _ORDER:
        if kind not in kinds:
            yield lesson.lines.problem("$.steps", f"there is no step of the kind {kind}")
        elif kind not in rest:
            # ``in`` has looked through the rest: so far they were in order.
            yield lesson.lines.problem("$.steps", f"among the kinds of steps are, in this order: {', '.join(_ORDER)}")
            break
    if kinds[:1] != ["claim"]:
        yield lesson.lines.problem("$.steps[0]", "the first step is of the kind claim")
    if kinds[-1:] != ["keep"]:
        yield lesson.lines.problem(f"$.steps[{len(kinds) - 1}]", "the last step is of the kind keep")


def _steps(lesson: Lesson) -> Found:
    for place, step in enumerate(lesson.experiment.steps):
        yield from (lesson.lines.problem(f"$.steps[{place}]{path}", reason) for path, reason in _step(lesson, step))


def _step(lesson: Lesson, step: Step) -> Iterator[tuple[str, str]]:
    """What is wrong with one step: the path from it, and the reason."""
    section = lesson.prose.sections.get(step.id)
    if section is not None:
        for attribute, ids in (("data-task", [goal.id for goal in step.tasks]), ("data-choice", list(step.choices))):
            written = [item.get(attribute, "") for item in section.iter("li") if item.get(attribute)]
            if written != ids:
                what = attribute.removeprefix("data-")
                yield "", f"the {what}s are {_list(ids)}, but the prose has {_list(written)}"
    acts = step.kind in ("do", "change")
    if acts and not (step.tasks and step.script):
        yield "", f"a step of the kind {step.kind} needs tasks, and a script that does them"
    if (step.tasks or step.script or step.lasts_ms) and not acts:
        yield "", "only steps of the kinds do and change have tasks, a script and lasts_ms"
    if step.kind in ("predict", "keep"):
        yield from _question(step)
    elif step.choices or step.right or step.proof:
        yield "", "only steps of the kinds predict and keep have choices"
    if step.kind == "number" and not (section is not None and [*section.iter("q-number")]):
        yield "", "a step of the kind number shows a number: <q-number of=…>"
    for number, control in enumerate(step.controls):
        if control not in CONTROLS and control.removeprefix("settings:") not in Settings.__struct_fields__:
            yield f".controls[{number}]", f"there is no control {control}; there are {', '.join(CONTROLS)}"
    if step.select and step.select not in {goal.id for goal in lesson.experiment.goals}:
        yield ".select", f"there is no goal {step.select}"


def _question(step: Step) -> Iterator[tuple[str, str]]:
    if len(step.choices) < 2:
        yield "", "a question needs at least two choices"
    if len(set(step.choices)) < len(step.choices) or UNSURE in step.choices:
        yield ".choices", f"choices have different ids, and none is {UNSURE}: the page adds that one"
    if step.right not in step.choices:
        yield ".right", f"right is one of {_list(step.choices)}"
    if step.kind == "predict" and step.proof is None:
        yield "", "a prediction needs a proof: a goal which shows that right is right"


def _patterns(lesson: Lesson) -> Found:
    """The goals and numbers go together; their places are told as the file has them."""
    steps = list(enumerate(lesson.experiment.steps))
    places = {
        "goals": [
            f"steps[{place}].{part}[{number}]"
            for place, step in steps
            for part in ("tasks", "proofs")
            for number in range(len(getattr(step, part)))
        ],
        "measures": [
            f"steps[{place}].numbers[{number}]" for place, step in steps for number in range(len(step.numbers))
        ],
    }
    for path, reason in pattern_problems(lesson.experiment.goals, lesson.experiment.measures):
        told = re.sub(r"^(goals|measures)\[(\d+)\]", lambda at: places[at[1]][int(at[2])], path)
        yield lesson.lines.problem(f"$.{told}", reason)


def _truth(lesson: Lesson, played: Played) -> Found:
    """What the scripts come to is what the lesson says."""
    experiment = lesson.experiment
    for place, step in enumerate(experiment.steps):
        begin, end = played.begins[place].goals, played.ends[place].goals
        for part in ("tasks", "proofs"):
            for number, goal in enumerate(getattr(step, part)):
                where = f"$.steps[{place}].{part}[{number}]"
                if not _met(end[goal.id]):
                    state = end[goal.id]
                    reason = (
                        f"the scripts do not meet {goal.id}: {state.count} of {state.needed} by the end of the step"
                    )
                    yield lesson.lines.problem(where, reason)
                elif part == "tasks" and _met(begin[goal.id]):
                    yield lesson.lines.problem(where, f"{goal.id} is met before its step begins")
        for number, measure in enumerate(step.numbers):
            for field, expected, run in (
                ("is", measure.expected, played),
                ("beside", measure.expected_beside, played.beside),
            ):
                where = f"$.steps[{place}].numbers[{number}].{field}"
                if expected is None:
                    continue
                if run is None:
                    yield lesson.lines.problem(where, "there is no second cluster: scenario.beside says what it is")
                elif (value := shown(run.ends[place].measures[measure.id].value)) != shown(expected):
                    yield lesson.lines.problem(where, f"{measure.id} comes to {value} when the scripts are played")
        if step.proof is not None:
            yield from _proof(lesson, played, place, step.proof)


def _proof(lesson: Lesson, played: Played, place: int, proof: str) -> Found:
    where = f"$.steps[{place}].proof"
    if proof not in played.end.goals:
        yield lesson.lines.problem(where, f"there is no goal {proof}")
    elif not _met(played.end.goals[proof]):
        yield lesson.lines.problem(where, f"the scripts do not meet {proof}")
    elif lesson.experiment.steps[place].kind == "predict" and _met(played.begins[place].goals[proof]):
        yield lesson.lines.problem(where, f"{proof} is met before the question is asked: it gives the answer away")


def _met(goal: GoalState) -> bool:
    return goal.done_us is not None


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
