"""One lesson: its prose and its experiment, read together, and what is made of them."""

import re
import threading
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from engine import Scenario
from webapp.lessons import playing
from webapp.lessons.files import Lines, read_experiment
from webapp.lessons.playing import Played
from webapp.lessons.prose import Prose
from webapp.lessons.rendering import Translate, render
from webapp.lessons.trouble import BrokenLesson, Problem
from webapp.rooms.opening import Opening
from webapp.words import rounded

# What the event ``lesson`` takes, and a browser keeps.
SLUG_MAX = 64

# What stands under /lessons besides the lessons.
_TAKEN = ("review",)

_NAME = re.compile(r"(?P<number>\d\d)-(?P<slug>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)")


class Lesson:
    """Prose and experiment. What takes long is worked out when it is first wanted, once."""

    def __init__(self, path: Path) -> None:
        """``path`` is that of either file. Raises BrokenLesson where one of them cannot be read."""
        self.number, self.slug = number_and_slug(path.stem)
        self.lines: Lines
        self.prose = Prose(path.with_suffix(".html"))
        self.experiment, self.lines = read_experiment(path.with_suffix(".yaml"))
        self._numbers: dict[str, str] | None = None
        self._counting = threading.Lock()

    @property
    def context(self) -> str:
        """Of its prose in the catalogue of translations."""
        return f"lesson.{self.slug}"

    @property
    def title(self) -> str:
        return self.prose.title

    @cached_property
    def scenario(self) -> Scenario:
        """The lesson's cluster, before anything happens."""
        return playing.scenario(self.slug, self.prose.title, self.prose.claim, self.experiment)

    @cached_property
    def played(self) -> Played:
        """The run that the lesson's scripts make. Raises RefusedCue and Refused; a checked lesson does not."""
        return playing.play(self.scenario, self.experiment)

    def numbers(self, breathe: Callable[[], None]) -> dict[str, str]:
        """What its measures come to in that run, as text; those of the second cluster are called ``beside.<id>``.

        A lesson that says none need not be played for that. Raises as ``played`` does.
        """
        if next(self.prose.root.iter("q-run"), None) is None:
            return {}
        # Whoever comes while it is played waits, and need not play it again.
        with self._counting:
            if self._numbers is None:
                self._numbers = _numbers(playing.play(self.scenario, self.experiment, breathe))
            return self._numbers

    def opening(self, step: str, *, show: bool) -> Opening:
        """A room in which all before a step has happened. Raises Refused("unknown_step")."""
        return playing.opening(self.scenario, self.experiment, self.experiment.place(step), show=show)

    def page(self, translate: Translate, unsure: str, breathe: Callable[[], None]) -> str:
        """The prose as HTML; ``unsure`` is the choice of whoever does not know. ``breathe`` as in ``playing.play``."""
        return render(self.prose, self.experiment, self.numbers(breathe), translate, unsure)

    def messages(self) -> Iterator[tuple[str, str, str, int]]:
        """What is to be translated: the context, the text, and where it stands."""
        for line, text in self.prose.messages():
            yield self.context, text, f"templates/lessons/{self.prose.file}", line


def _numbers(played: Played) -> dict[str, str]:
    told = {name: shown(state.value) for name, state in played.end.measures.items()}
    if (beside := played.beside) is not None:
        told |= {f"beside.{name}": shown(state.value) for name, state in beside.end.measures.items()}
    return told


def number_and_slug(name: str) -> tuple[int, str]:
    """Of ``17-my-lesson``: 17 and ``my-lesson``. Raises BrokenLesson."""
    named = _NAME.fullmatch(name)
    if named is None:
        raise BrokenLesson(Problem(name, 1, "the name of a lesson is NN-slug, as in 17-my-lesson"))
    if len(named["slug"]) > SLUG_MAX or named["slug"] in _TAKEN:
        raise BrokenLesson(Problem(name, 1, f"a slug has at most {SLUG_MAX} letters, and is not {', '.join(_TAKEN)}"))
    return int(named["number"]), named["slug"]


def shown(value: float | str | None) -> str:
    """A number for people: whole ones as they are, others with three digits that count."""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else rounded(value)
    return "–" if value is None else str(value)
