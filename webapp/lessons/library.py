"""All lessons of this server: those that ship, and those in a folder of the site's own."""

from collections.abc import Iterator
from pathlib import Path

from engine.outcomes import Refused
from webapp.lessons.lesson import Lesson
from webapp.lessons.trouble import BrokenLesson, Problem
from webapp.paths import TEMPLATES
from webapp.rooms.opening import Opening

SHIPPED = TEMPLATES / "lessons"


class Library:
    """The lessons in the order of their numbers."""

    def __init__(self, *folders: Path) -> None:
        """Raises BrokenLesson: a file that cannot be read, or two lessons of one slug."""
        self._lessons: dict[str, Lesson] = {}
        problems: list[Problem] = []
        for path in (path for folder in folders for path in lesson_files(folder)):
            try:
                lesson = Lesson(path)
            except BrokenLesson as broken:
                problems += broken.problems
                continue
            if lesson.slug in self._lessons:
                problems.append(Problem(path.name, 1, f"there is another lesson with the slug {lesson.slug}"))
            self._lessons[lesson.slug] = lesson
        if problems:
            raise BrokenLesson(*problems)

    def __iter__(self) -> Iterator[Lesson]:
        return iter(sorted(self._lessons.values(), key=lambda lesson: lesson.number))

    def get(self, slug: str) -> Lesson:
        """Raises Refused("unknown_lesson")."""
        if slug not in self._lessons:
            raise Refused("unknown_lesson", "slug")
        return self._lessons[slug]

    def opening(self, slug: str, step: str, show: bool) -> Opening:
        """Raises Refused: unknown_lesson, unknown_step."""
        return self.get(slug).opening(step, show=show)

    def introduced(self) -> dict[str, str]:
        """Each glossary word that a lesson marks, and the first lesson that does."""
        found: dict[str, str] = {}
        for lesson in self:
            for mark in lesson.prose.root.iter("q-term"):
                found.setdefault(mark.get("of", ""), lesson.slug)
        return found


def lesson_files(folder: Path) -> list[Path]:
    """One path for each lesson in a folder, in order: of its prose or, where that is missing, of the other file."""
    paths = {path.stem: path for suffix in ("yaml", "html") for path in folder.glob(f"[0-9][0-9]-*.{suffix}")}
    return [paths[stem] for stem in sorted(paths)]
