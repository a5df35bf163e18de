"""What a line of the log looks like, and what cannot be in it."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

import pytest

from webapp.operation import logs
from webapp.settings import LogStyle, Settings

OURS = logging.getLogger("webapp.somewhere")
LIBRARY = logging.getLogger("library")
NAME = "Ada-Lovelace"


class Said:
    """What was logged since the last time that somebody asked."""

    def __init__(self, style: LogStyle) -> None:
        self.is_json = style == "json"
        self._stream = io.StringIO()

    def text(self) -> str:
        told = self._stream.getvalue()
        self._stream.truncate(0)
        self._stream.seek(0)
        return told

    @contextmanager
    def listening(self, style: LogStyle) -> Iterator[None]:
        root = logging.getLogger()
        before, level = root.handlers[:], root.level
        root.handlers[:] = []
        with redirect_stderr(self._stream):
            logs.begin(style)
        yield
        root.handlers[:] = before
        root.setLevel(level)


@pytest.fixture(params=["plain", "json"])
def said(request: pytest.FixtureRequest) -> Iterator[Said]:
    said = Said(request.param)
    with said.listening(request.param):
        yield said


def test_a_line_has_a_time_a_level_a_code_and_facts(said: Said) -> None:
    logs.tell(OURS, "swept", rooms=12, why="nobody came")
    text = said.text()
    if said.is_json:
        line = json.loads(text)
        assert line.pop("time").endswith("Z")
        assert line == {"level": "info", "event": "swept", "rooms": 12, "why": "nobody came"}
    else:
        time, told = text.split(" ", 1)
        assert time.endswith("Z")
        assert told == "info swept rooms=12 why='nobody came'\n"


def _fail(quoted: str) -> None:
    try:
        raise KeyError(quoted)
    except KeyError as error:
        raise RuntimeError(f"nothing is known of {quoted}") from error


def test_of_a_fault_there_is_where_it_was_and_not_what_it_quotes(said: Said) -> None:
    try:
        _fail(NAME)
    except RuntimeError:
        OURS.exception("it failed")
    text = said.text()
    assert text.count("\n") == 1 if said.is_json else True
    trace = json.loads(text)["traceback"] if said.is_json else text
    assert trace.count("Traceback (most recent call last):") == 2
    assert "KeyError" in trace
    assert "which led to:" in trace
    assert "RuntimeError" in trace
    assert "test_logs.py" in trace
    assert NAME not in text


def test_what_the_interpreter_says_of_a_fault_is_told(said: Said) -> None:
    try:
        len(5)  # type: ignore[arg-type]
    except TypeError:
        OURS.exception("it failed")
    assert "object of type 'int' has no len()" in said.text()


def test_a_library_s_message_comes_without_its_arguments(said: Said) -> None:
    LIBRARY.error("no such user: %s", "Ada-Lovelace")
    text = said.text()
    assert "no such user: %s" in text
    assert "Ada" not in text
    LIBRARY.warning("%s looks odd", "Ada-Lovelace")
    assert said.text() == ""


def test_what_may_happen_often_is_told_at_once_and_then_counted(said: Said) -> None:
    now_s = 0.0
    seldom = logs.Seldom(OURS, "refused", lambda: now_s)
    for _ in range(500):
        seldom.tell("too_fast")
    seldom.tell("too_much")
    now_s = logs.EVERY_S
    seldom.tell("too_fast")
    seldom.tell("too_much")
    seldom.tell("too_much")
    seldom.rest()
    lines = said.text().splitlines()
    if said.is_json:
        told = [(line["code"], line["times"]) for line in map(json.loads, lines)]
    else:
        facts = [dict(fact.split("=") for fact in line.split()[3:]) for line in lines]
        told = [(fact["code"], int(fact["times"])) for fact in facts]
    assert told == [("too_fast", 1), ("too_much", 1), ("too_fast", 500), ("too_much", 1), ("too_much", 1)]


def test_of_the_settings_what_is_not_usual_is_told_and_no_secret() -> None:
    told = logs.told(Settings(database_url="postgresql://owner:hunter2@db/q", metrics="on"))
    assert told == {"database_url": "set", "metrics": "on"}
