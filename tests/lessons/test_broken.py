"""A broken lesson is refused, with the file, the line and the reason."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from webapp.cli import main
from webapp.lessons.checking import check
from webapp.lessons.lesson import Lesson
from webapp.lessons.library import Library
from webapp.lessons.skeleton import EXPERIMENT, PROSE
from webapp.lessons.trouble import BrokenLesson

Change = Callable[[str], str]


def replaced(before: str, after: str) -> Change:
    def change(text: str) -> str:
        assert before in text
        return text.replace(before, after, 1)

    return change


def problems(folder: Path, prose: Change = str, experiment: Change = str) -> list[str]:
    """What is wrong with the lesson of ``lessons new`` after a change."""
    (folder / "17-mine.html").write_text(prose(PROSE))
    (folder / "17-mine.yaml").write_text(experiment(EXPERIMENT))
    try:
        return [str(problem) for problem in check(Lesson(folder / "17-mine.html"))]
    except BrokenLesson as broken:
        return [str(problem) for problem in broken.problems]


def lines_of(found: list[str], reason: str) -> set[int]:
    """Where the reason is given, at least once; whatever was found has a file and a line."""
    assert all(re.match(r"17-mine\.(yaml|html):\d+: .", problem) for problem in found), found
    giving = [problem for problem in found if reason in problem]
    assert giving, found
    return {int(problem.split(":")[1]) for problem in giving}


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_lesson_that_one_begins_with_is_whole_and_true(tmp_path: Path) -> None:
    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("scenario:\n", "scenario: [\n", "expected"),
        ("nodes: 3", "nodes: many", "Expected `int`, got `str`"),
        ("nodes: 3", "nodes: 99", "Expected `int` <= 50"),
        ("kind: why", "kind: what", "Invalid enum value 'what'"),
        ("kind: why", "kind: why\n    viewed: stage", "Object contains unknown field `viewed`"),
        ("latency: EVEN", "latency: ODD", "there can be no such room"),
        ('right: "yes"', "right: perhaps", "right is one of no, yes"),
        ("proof: written", "proof: nothing-such", "there is no goal nothing-such"),
        ("proof: written", "# no proof", "a prediction needs a proof"),
        ("after: down}", "after: up}", "there is no goal up"),
        ("where: {status: down}}", "where: {state: down}}", "node has no field state"),
        ("where: {status: down}}", "where: {status: asleep}}", "never asleep"),
        ("command: {type: crash, node: n1}", "command: {type: crash, node: n9}", "the engine refuses this"),
        ("command: {type: crash, node: n1}", "command: {type: restart, node: n1}", "the engine refuses this"),
        ("at_least: 2", "at_least: 3", "the scripts do not meet two-down: 2 of 3"),
        ("of: acks, is: 2", "of: acks, is: 3", "acks comes to 2 when the scripts are played"),
        ("of: acks, is: 2", "of: acts, is: 2", "operation has no field acts"),
        ("stated: {three: nodes}", "stated: {three: w}", "w comes to 2 when the scripts are played"),
        ("stated: {three: nodes}", "stated: {three: nodes, four: nodes}", "four"),
        ("controls: [clients, nodes]", "controls: [clients, knobs]", "there is no control knobs"),
        ("select: failed", "select: passed", "there is no goal passed"),
        ("lasts_ms: 5", "lasts_ms: 0", "the engine refuses this"),
    ],
)
def test_what_is_wrong_with_the_experiment(tmp_path: Path, before: str, after: str, reason: str) -> None:
    (line,) = lines_of(problems(tmp_path, experiment=replaced(before, after)), reason)
    # It is that of the change, or right by it where the fault is in how things go together.
    assert abs(line - line_of(EXPERIMENT, before)) <= 8


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("</section>", "</sections>", "mismatch"),
        ("<h2>Why</h2>", "<h2>Why</h2> and more", "text stands in <section>"),
        ("<h2>Try it</h2>", "<h4>Try it</h4>", "<h4> is no element of a lesson"),
        ("<h2>Try it</h2>", '<h2 onclick="alert(1)">Try it</h2>', "<h2> has no attribute onclick"),
        ("<h2>Try it</h2>", "<script>alert(1)</script>", "<script> is no element of a lesson"),
        ('<section id="why">', '<section id="wherefore">', "but the prose has"),
        ('data-choice="no"', 'data-choice="nay"', "the choices are no, yes, but the prose has nay, yes"),
        ('data-task="down"', 'data-task="up"', "the tasks are down, written, but the prose has up, written"),
        ('<p data-said="guess:no">You said no.</p>', "", "nobody answers no"),
        ('data-said="guess:no"', 'data-said="guess:maybe"', "there is no answer guess:maybe"),
        ('<q-number of="acks"/>', '<q-number of="axe"/>', "there is no number axe"),
        (
            "You said no.",
            "You said no, all of which is a thing that goes on and on and on until nobody who listens can"
            " remember where it began.",
            "a sentence of",
        ),
        ("A second one does not.", "", "why is said in 3 sentences; here are 2"),
        ("Three copies", "Seven copies", "the number Seven comes from nowhere"),
        ("Three copies", "3 copies", "the number 3 comes from nowhere"),
        ("Three copies", '<q-term of="three">Three</q-term> copies', "there is no word three in the glossary"),
        ("The write was OK with", "The write was &nbsp; OK with", "nbsp"),
    ],
)
def test_what_is_wrong_with_the_prose(tmp_path: Path, before: str, after: str, reason: str) -> None:
    assert lines_of(problems(tmp_path, prose=replaced(before, after)), reason)


def test_the_shape_of_an_experiment_is_held(tmp_path: Path) -> None:
    steps = line_of(EXPERIMENT, "steps:")
    found = problems(tmp_path, experiment=replaced("kind: number", "kind: why"))
    assert f"17-mine.yaml:{steps}: there is no step of the kind number" in found
    (tmp_path / "17-mine.yaml").unlink()
    found = problems(tmp_path, experiment=replaced("id: why\n    kind: why", "id: why\n    kind: claim"))
    assert f"17-mine.yaml:{steps}: there is no step of the kind why" in found


def test_two_lessons_of_one_slug_are_an_error(tmp_path: Path) -> None:
    for number in (17, 18):
        (tmp_path / f"{number}-mine.html").write_text(PROSE)
        (tmp_path / f"{number}-mine.yaml").write_text(EXPERIMENT)
    with pytest.raises(BrokenLesson, match=r"18-mine\.\w+:1: there is another lesson with the slug mine"):
        Library(tmp_path)


def test_the_shell_begins_a_lesson_and_checks_it(tmp_path: Path) -> None:
    run = CliRunner().invoke
    made = run(main, ["lessons", "new", "17-mine", "--folder", str(tmp_path)])
    assert made.exit_code == 0, made.output
    checked = run(main, ["lessons", "check", str(tmp_path)])
    assert checked.exit_code == 0
    assert checked.output.startswith("17-mine: 4 goals met, 1 numbers, digest ")
    path = tmp_path / "17-mine.yaml"
    path.write_text(path.read_text().replace("is: 2", "is: 3"))
    refused = run(main, ["lessons", "check", str(tmp_path / "17-mine.html")])
    assert refused.exit_code == 1
    assert refused.stderr == (
        f"17-mine.yaml:{line_of(EXPERIMENT, 'is: 2')}: acks comes to 2 when the scripts are played\n"
    )


@pytest.mark.parametrize("name", ["mine", "1-mine", "17-Mine", "17-mine/other"])
def test_a_name_that_is_none_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    refused = CliRunner().invoke(main, ["lessons", "new", name, "--folder", str(tmp_path)])
    assert refused.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_lesson_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "17-mine.html").write_text("mine")
    refused = CliRunner().invoke(main, ["lessons", "new", "17-mine", "--folder", str(tmp_path)])
    assert refused.exit_code == 2
    assert (tmp_path / "17-mine.html").read_text() == "mine"
