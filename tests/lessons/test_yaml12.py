"""The experiment's file is YAML 1.2: its core schema, nothing beyond it, and a line for whatever is wrong."""

import math
from pathlib import Path
from typing import Any

import pytest

from webapp.lessons.files import read_experiment
from webapp.lessons.library import SHIPPED
from webapp.lessons.trouble import BrokenLesson
from webapp.lessons.yaml12 import LEVELS_MAX, BadYaml, load


def refused(text: str) -> tuple[int, str]:
    with pytest.raises(BadYaml) as caught:
        load(text)
    assert "\n" not in caught.value.reason and len(caught.value.reason) < 200
    return caught.value.line, caught.value.reason


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def doubled(times: int) -> str:
    """A list, then lists of the one before twice."""
    lists = "\n".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, times))
    return f"a0: &a0 [x]\n{lists}"


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("true, True, TRUE, false, False, FALSE", [True] * 3 + [False] * 3),
        ("off, on, yes, No, y, n, tRUE", ["off", "on", "yes", "No", "y", "n", "tRUE"]),
        ("~, null, Null, NULL, nULL, ''", [None] * 4 + ["nULL", ""]),
        ("0, 1, -1, +1, 010, 08, 0o17, 0x1F", [0, 1, -1, 1, 10, 8, 15, 31]),
        ("1_000, 0b11, -0o7, +0x1, 0o8, 0X1", ["1_000", "0b11", "-0o7", "+0x1", "0o8", "0X1"]),
        ("1:30, 190:20:30, 2001-01-01, 1.2.3", ["1:30", "190:20:30", "2001-01-01", "1.2.3"]),
        ("1., .5, -.5, +.5e1, 1e3, 12E-1", [1.0, 0.5, -0.5, 5.0, 1000.0, 1.2]),
        (".inf, -.Inf, +.INF", [math.inf, -math.inf, math.inf]),
        ("inf, nan, -.nan, ., 1e, =, <<", ["inf", "nan", "-.nan", ".", "1e", "=", "<<"]),
        ("'12', \"true\", !!str 12, !!int '12', !!float 1", ["12", "true", "12", 12, 1.0]),
    ],
)
def test_a_scalar_is_what_the_core_schema_says(words: str, meaning: list[Any]) -> None:
    # As text, 1 is neither 1.0 nor True.
    assert repr(load(f"[{words}]")) == repr(meaning)


def test_not_a_number_is_a_number() -> None:
    assert all(math.isnan(value) for value in load("[.nan, .NaN, .NAN]"))


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", None),
        ("# nothing\n", None),
        ("---\n...\n", None),
        ("a:\nb: ~", {"a": None, "b": None}),
        ("\ufeffa: 1", {"a": 1}),
        ("a:\tx\t# said", {"a": "x"}),
        ("%YAML 1.2\n---\na: off", {"a": "off"}),
        ("a: &x {b: 1}\nc: {<<: *x}", {"a": {"b": 1}, "c": {"<<": {"b": 1}}}),
        ("1: x\n2.5: y\nnull: z", {1: "x", 2.5: "y", None: "z"}),
        ("a: '\U0001f600 é'\nb: \"\\u2028\"", {"a": "\U0001f600 é", "b": "\u2028"}),
        ('{"a":1, b: http://x/?y}', {"a": 1, "b": "http://x/?y"}),
    ],
)
def test_a_file_is_read(text: str, data: Any) -> None:
    assert load(text) == data


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\nb: 2\na: 3", 3, 'found duplicate key "a"'),
        ("a:\n  b: 1\n  'b': 2", 3, 'found duplicate key "b"'),
        ("true: 1\n1: 2", 2, 'found duplicate key "1"'),
        ("a: 1\n? [x]\n: 2", 2, "found a sequence as a key"),
        ("a: 1\n? {x: y}\n: 2", 2, "found a mapping as a key"),
        ("a: 1\nb: !!python/object/apply:os.system [id]", 2, "there is no sequence with the tag"),
        ("a: 1\nb: !mine x", 2, "there is no scalar with the tag '!mine'"),
        ("a: 1\nb: !!binary aGk=", 2, "there is no scalar with the tag"),
        ("a: 1\nb: !!set {x}", 2, "there is no mapping with the tag"),
        ("a: 1\nb: !!seq {x: 1}", 2, "there is no mapping with the tag"),
        ("a: 1\nb: !!int [1]", 2, "there is no sequence with the tag"),
        ("a: 1\nb: !" + "x" * 500 + " 1", 2, "there is no scalar with the tag"),
        ("a: 1\nb: !!int x", 2, "found 'x', which is no int"),
        ("a: 1\nb: !!bool yes", 2, "found 'yes', which is no bool"),
        ("a: 1\nb: " + "9" * 5_000, 2, "too long"),
        ("a: 1\nb: [1,\n2\n", 4, "while parsing a flow sequence (line 2), did not find expected ',' or ']'"),
        ("a: 1\nb: {", 2, "did not find expected node content"),
        ("a: 1\nb: c: d", 2, "mapping values are not allowed"),
        ("a:\n\tb: 1", 2, "cannot start any token"),
        ("a: 1\nb: *x", 2, "undefined alias"),
        ("a: 1\n---\nb: 2", 2, "but found another document"),
        ("%YAML 2.0\n---\na: 1", 1, "incompatible"),
        ("é: 1\nb: x\x00y", 2, "found the character U+0000"),
        ("é: 1\nb: x\x07y", 2, "found the character U+0007"),
        ("a: x\u2028y\nb: [", 1, "found the character U+2028"),
        ("a: 1\nb: \ud800", 2, "found the character U+D800"),
    ],
)
def test_what_is_wrong_has_a_line(text: str, line: int, reason: str) -> None:
    found, said = refused(text)
    assert (found, reason in said) == (line, True), said


@pytest.mark.parametrize("part", ["[", "[\n", "{a: ", "- ", "? ", "{? "])
def test_levels_without_end_are_refused(part: str) -> None:
    assert "nesting" in (reason := refused(part * 100_000)[1]) or "levels" in reason


def test_levels_are_counted() -> None:
    assert load(nested(LEVELS_MAX))
    assert refused("\n" + nested(LEVELS_MAX + 1)) == (2, f"found more than {LEVELS_MAX} levels")
    # Those that were left again are not.
    assert len(load("\n".join(f"- {nested(LEVELS_MAX - 1)}" for _ in range(3)))) == 3


@pytest.mark.parametrize("text", ["a: 1\nb: &x [*x]", "a: 1\nb: &x {c: *x}"])
def test_what_is_inside_of_itself_is_refused(text: str) -> None:
    assert refused(text) == (2, f"found more than {LEVELS_MAX} levels")


def test_few_lines_do_not_become_many_values() -> None:
    assert load(doubled(3))["a2"] == [[["x"], ["x"]], [["x"], ["x"]]]
    assert "values" in refused(doubled(60))[1]


def test_an_alias_is_a_value_of_its_own() -> None:
    data = load("a: &x [1]\nb: *x")
    data["a"].append(2)
    assert data["b"] == [1]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"seed: 1\nseed: 2\n", 2),
        (b"seed: 1\n\nsteps: \xff\n", 3),
        (b"seed: 1\nsteps: \x00\n", 2),
        ("seed: 1".encode("utf-16"), 1),
        (b"[" * 100_000, 1),
        (b"seed: 1\r\nsteps: &x [*x]\r\n", 2),
        (b"seed: 1\n1: 2\n", 1),
        (b"seed: 1\n<<: {speed: 1}\n", 2),
    ],
)
def test_a_file_that_is_none_is_a_broken_lesson(tmp_path: Path, content: bytes, line: int) -> None:
    (tmp_path / "17-mine.yaml").write_bytes(content)
    with pytest.raises(BrokenLesson) as caught:
        read_experiment(tmp_path / "17-mine.yaml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("17-mine.yaml", line), problem


def test_every_shipped_experiment_is_read() -> None:
    files = sorted(SHIPPED.glob("*.yaml"))
    assert len(files) > 10
    for file in files:
        _, lines = read_experiment(file)
        stands = file.read_text().splitlines()
        assert stands[lines.problem("$.steps[1]", "").line - 1].startswith("  - "), file
        assert stands[lines.problem("$.steps", "").line - 1] == "steps:", file
