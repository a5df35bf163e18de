"""``quorumscope lessons``: begin a lesson, and check it."""

from pathlib import Path

import click

from webapp.cli.fail import fail
from webapp.lessons.checking import check as check_lesson
from webapp.lessons.lesson import Lesson, number_and_slug
from webapp.lessons.library import SHIPPED, Library, lesson_files
from webapp.lessons.skeleton import EXPERIMENT, PROSE
from webapp.lessons.terms import terms_problems
from webapp.lessons.trouble import BrokenLesson, Problem


@click.group()
def lessons() -> None:
    """Write lessons of your own, and check them. docs/LESSONS.md tells how."""


@lessons.command()
@click.argument("name", metavar="NN-SLUG")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where to put its two files. [here]",
)
def new(name: str, folder: Path) -> None:
    """Begin a lesson: a small one that is whole and true, to be changed step by step.

    NN is its place among the lessons, SLUG its name in addresses: 17-my-lesson.
    """
    try:
        number_and_slug(name)
    except BrokenLesson as broken:
        fail(f"{name!r}: {broken.problems[0].reason}")
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / f"{name}.html": PROSE, folder / f"{name}.yaml": EXPERIMENT}
    for path in files:
        if path.exists():
            fail(f"{path} is there already")
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    click.echo(f"Wrote {' and '.join(map(str, files))}. Next: quorumscope lessons check {folder / name}.html")


@lessons.command()
@click.argument("paths", metavar="[FILE|FOLDER]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Play the scripts of lessons, and say whether what they claim is so. Without a name: those that ship.

    A lesson is two files, NN-slug.html and NN-slug.yaml; either names it, and a folder all that are in it. What is
    wrong is told with its file and line. Exit code: 0 if all is well, 1 if a lesson is refused.
    """
    files = [file for path in paths or (SHIPPED,) for file in (lesson_files(path) if path.is_dir() else [path])]
    if not files:
        fail("there is no lesson here: two files, NN-slug.html and NN-slug.yaml")
    problems: list[Problem] = []
    for file in files:
        try:
            lesson = Lesson(file)
            found = check_lesson(lesson)
        except BrokenLesson as broken:
            found = list(broken.problems)
        problems += found
        if not found:
            goals, numbers = len(lesson.experiment.goals), len(lesson.experiment.measures)
            click.echo(f"{file.stem}: {goals} goals met, {numbers} numbers, digest {lesson.played.digest}")
    if not paths and not problems:
        problems += terms_problems(Library(SHIPPED))
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        raise SystemExit(1)
