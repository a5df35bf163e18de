"""A lesson's canonical run as a text: what was said in each step, which goals were met, what its numbers came to."""

from pathlib import Path

from engine import ENGINE_VERSION
from engine.changes import GoalState, NoteState
from engine.units import MS
from webapp.lessons.lesson import Lesson, shown
from webapp.lessons.playing import Played, begins_us
from webapp.words import narrate

FOLDER = Path(__file__).parent / "transcripts"

# A workload says the same thing very often.
LINES_MAX = 60


def transcript_of(slug: str) -> Path:
    return FOLDER / f"{slug}.txt"


def transcript(lesson: Lesson) -> str:
    played = lesson.played
    lines = [
        f"{lesson.number}. {lesson.title}",
        f"seed {lesson.experiment.seed}, engine {ENGINE_VERSION}, digest {played.digest}",
    ]
    lines += _steps(lesson, played, "")
    if played.beside is not None:
        lines += ["", f"Beside it, digest {played.beside.digest}", *_steps(lesson, played.beside, "beside ")]
    return "\n".join(lines) + "\n"


def _steps(lesson: Lesson, played: Played, side: str) -> list[str]:
    lines: list[str] = []
    for place, step in enumerate(lesson.experiment.steps):
        from_us, until_us = (begins_us(lesson.experiment, place + more) for more in (0, 1))
        said = [
            told
            for change in played.changes
            if from_us <= change.at_us < until_us and (told := _line(change.at_us, change.id, change.fields))
        ]
        lines += ["", f"== {side}{step.id} ({step.kind})", *said[:LINES_MAX]]
        if len(said) > LINES_MAX:
            lines.append(f"          ... and {len(said) - LINES_MAX} lines more")
        for number in step.numbers:
            lines.append(f"   {number.id} = {shown(played.ends[place].measures[number.id].value)}")
    return lines


def _line(at_us: int, name: str, state: object) -> str | None:
    if isinstance(state, NoteState):
        return f"{at_us / MS:9.3f} ms  {narrate(state.code, state.facts)}"
    if isinstance(state, GoalState) and state.done_us == at_us and state.by is not None:
        return f"{at_us / MS:9.3f} ms  [x] {name} ({state.by})"
    return None
