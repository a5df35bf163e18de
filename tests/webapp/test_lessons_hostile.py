"""Lessons under attack: garbage in addresses and events, a stranger's goals, a translation with markup of its own, and
a folder of lessons that are none."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine import Scenario
from engine.commands import Configure, Workload
from engine.goals import Goal
from engine.scenario import Scripted
from tests.server import CONSOLE, Server
from tests.webapp.clients import Client, Raw
from tests.webapp.http import fetch
from tests.webapp.test_languages import write
from tests.webapp.test_packing import HEADER, packed
from tests.webapp.test_scenarios_by_value import row_of
from webapp.lessons.checking import misfits
from webapp.lessons.lesson import SLUG_MAX, Lesson
from webapp.lessons.library import SHIPPED, Library
from webapp.lessons.skeleton import EXPERIMENT, PROSE
from webapp.lessons.trouble import BrokenLesson
from webapp.rooms.replay import replay
from webapp.translations.reading import read_all

MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>"

# In addresses and events


@pytest.mark.parametrize("path", ["lessons/", "embed/lessons/"])
def test_a_slug_that_is_none_is_not_found(server: Server, path: str) -> None:
    slugs = ["nosuch", "__proto__", "FIVE-MASTERS", "..%2f..%2fetc%2fpasswd", "%00", "five-masters%0a", "%ff"]
    for slug in [*slugs, "a" * 3_000, "%3Cscript%3Ealert(1)%3C%2Fscript%3E"]:
        answer = fetch(server, path + slug)
        assert answer.status == 404, slug
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize("seed", ["-1", "9" * 30, "abc", "", "1.5", "%00", "NaN", "1_000", "1&more=1"])
def test_a_seed_that_is_none_is_refused(server: Server, seed: str) -> None:
    assert fetch(server, f"lessons/review?seed={seed}").status == 400
    assert fetch(server, f"lessons/review/question?seed={seed}&number=1").status == 400
    assert fetch(server, f"lessons/review/answer?seed={seed}&number=1&choice=a").status == 400


@pytest.mark.parametrize(
    "words", ["", "&number=0", "&number=11", "&number=a", "&number=1&choice=", "&number=1&choice=%3Cb%3E"]
)
def test_an_answer_to_no_question_is_refused(server: Server, words: str) -> None:
    answer = fetch(server, f"lessons/review/answer?seed=1{words}")
    assert (answer.status, answer.error["code"]) == (400, "invalid")


NO_LESSONS: list[tuple[Any, str]] = [
    (None, "invalid"),
    ([], "invalid"),
    ({}, "invalid"),
    ({"slug": "five-masters"}, "invalid"),
    ({"slug": None, "step": "claim"}, "invalid"),
    ({"slug": ["five-masters"], "step": "claim"}, "invalid"),
    ({"slug": "../../etc/passwd", "step": "claim"}, "invalid"),
    ({"slug": "five-masters\n", "step": "claim"}, "invalid"),
    ({"slug": "__proto__", "step": "claim"}, "invalid"),
    ({"slug": "x" * 1_000_000, "step": "claim"}, "invalid"),
    ({"slug": "constructor", "step": "claim"}, "unknown_lesson"),
    ({"slug": "five-masters", "step": "\u0000"}, "unknown_step"),
    ({"slug": "five-masters", "step": MARKUP[:40]}, "unknown_step"),
    ({"slug": "five-masters", "step": "claim", "show": "true"}, "invalid"),
    ({"slug": "five-masters", "step": "claim", "room": "x"}, "invalid"),
]


def test_garbage_asked_of_lessons_is_refused_and_changes_nothing(server: Server) -> None:
    with Raw(server) as socket:
        room = socket.ask("lesson", {"slug": "five-masters", "step": "claim"})["room"]
        for arguments, code in NO_LESSONS:
            answer = socket.ask("lesson", arguments)
            assert (answer["accepted"], answer["error"]["code"]) == (False, code), str(arguments)[:100]
            assert len(answer["error"]["sentence"]) < 400
        assert socket.ask("resync", {})["room"] == room


# A stranger's scenario


def test_markup_in_a_strangers_scenario_is_text_like_any_other(server: Server) -> None:
    command = {"type": "write", "client": "A", "key": "x", "value": MARKUP[:24]}
    scenario = {"name": MARKUP[:64], "title": MARKUP, "claim": MARKUP, "text": MARKUP}
    scenario["script"] = [{"at_us": 0, "command": command}]  # type: ignore[assignment]
    header = HEADER | {"scenario": json.dumps(scenario), "clock_us": 5_000}
    with Client(server) as guest:
        joined = guest.ask("unpack", {"packed": packed(json.dumps(header).encode() + b"\n")})
        assert joined["title"] == MARKUP
    for path in ("r/", "embed/"):
        assert "alert(" not in fetch(server, path + joined["room"]).text
    for name in ("log", "operations"):
        answer = fetch(server, f"r/{joined['room']}/{name}.jsonl")
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        assert "alert" not in answer.headers["content-disposition"]


def test_others_get_their_turn_the_more_often_the_more_there_is_to_look_at() -> None:
    patterns = tuple(Goal(id=f"g{n}", kind="message", where={"fate": "lost", "key": "y"}) for n in range(100))
    script = (Scripted(0, Workload(20_000)),)
    settings = Configure(latency="EVEN")
    breaths = []
    for goals in ((), patterns):
        scenario = Scenario(name="a", title="", claim="", settings=settings, script=script, goals=goals)
        turns: list[None] = []
        replay(row_of(scenario, 80_000), [], breathe=lambda turns=turns: turns.append(None))  # type: ignore[misc]
        breaths.append(len(turns))
    assert breaths[1] >= 8 * breaths[0]


# A translation


def test_a_translation_brings_no_markup_of_its_own(tmp_path: Path) -> None:
    lesson = Lesson(SHIPPED / "02-five-masters.html")
    texts = [text for _, text in lesson.prose.messages()]
    plain = [text for text in texts if "<" not in text]
    bad = ["<script>alert(1)</script>", "<img src='x' onerror='alert(1)'/>", "<em>", "a & b", "&x;", "<q-node/>"]
    bad += ["<a href='javascript:alert(1)'>x</a>", "<x:script xmlns:x='http://www.w3.org/1999/xhtml'/>"]
    harmless = ["&lt;script&gt;alert(3)", "<!-- <script>alert(3) -->", "<![CDATA[<script>alert(3)]]>"]
    told = dict(zip(plain, [*bad, *harmless], strict=False))
    assert len(told) == len(bad) + len(harmless)
    entries = [
        f"msgctxt {json.dumps(lesson.context)}\nmsgid {json.dumps(text)}\nmsgstr {json.dumps(told[text])}\n"
        for text in told
    ]
    write(tmp_path, "de", 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n' + "\n".join(entries))
    (german,) = read_all(tmp_path)
    assert len(german.faults) == len(bad)
    page = lesson.page(lambda text: german.language.text(lesson.context, text), "unsure", lambda: None)
    assert "<script" not in page.replace("<!-- <script>alert(3) -->", "")
    assert "<img" not in page
    assert "javascript:" not in page


# A folder of lessons


def replaced(before: str, after: str) -> Callable[[str], str]:
    return lambda text: text.replace(before, after, 1)


@pytest.mark.parametrize(
    ("prose", "experiment", "reason"),
    [
        (replaced('id="write"', 'id="wrote"'), str, "but the prose has"),
        (str, replaced("id: acks", "id: many"), "there is no number acks"),
        (str, replaced("status: down", "state: down"), "node has no field state"),
        (str, replaced("kind: keep", "kind: why"), "there is no step of the kind keep"),
        (replaced("data-task", "data-choice"), str, "the tasks are"),
    ],
)
def test_two_files_that_do_not_go_together_are_no_lesson(
    tmp_path: Path, prose: Callable[[str], str], experiment: Callable[[str], str], reason: str
) -> None:
    (tmp_path / "17-mine.html").write_text(prose(PROSE))
    (tmp_path / "17-mine.yaml").write_text(experiment(EXPERIMENT))
    found = [str(problem) for problem in misfits(Lesson(tmp_path / "17-mine.html"))]
    assert any(reason in problem for problem in found), found


def test_an_entity_of_a_files_own_is_refused(tmp_path: Path) -> None:
    declared = '<!DOCTYPE article [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    (tmp_path / "17-mine.html").write_text(declared + PROSE.replace("<h1>", "<h1>&x;"))
    (tmp_path / "17-mine.yaml").write_text(EXPERIMENT)
    with pytest.raises(BrokenLesson, match=r"17-mine\.html:\d+: a lesson has no <!DOCTYPE>"):
        Library(tmp_path)


@pytest.mark.parametrize("slug", ["review", "a" * (SLUG_MAX + 1)])
def test_a_slug_that_no_address_leads_to_is_refused(tmp_path: Path, slug: str) -> None:
    (tmp_path / f"17-{slug}.html").write_text(PROSE)
    (tmp_path / f"17-{slug}.yaml").write_text(EXPERIMENT)
    with pytest.raises(BrokenLesson, match="a slug has at most"):
        Library(tmp_path)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"17-half.html": PROSE}, "17-half.yaml:1: cannot be read: No such file or directory."),
        ({"17-odd.html": PROSE.replace('id="write"', 'id="wrote"'), "17-odd.yaml": EXPERIMENT}, "17-odd.yaml:"),
        (
            {"17-odd.html": PROSE, "17-odd.yaml": EXPERIMENT.replace("crash, node: n1", "crash, node: n9")},
            "17-odd.yaml:",
        ),
    ],
)
def test_the_server_does_not_start_with_a_lesson_that_is_none(tmp_path: Path, files: dict[str, str], told: str) -> None:
    folder = tmp_path / "lessons"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    settings = {"PORT": "0", "QUORUMSCOPE_DATA": str(tmp_path / "data"), "QUORUMSCOPE_LESSONS": str(folder)}
    done = subprocess.run(
        [str(CONSOLE), "serve"], env=os.environ | settings, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("quorumscope:")]
    assert line.startswith(f"quorumscope: cannot use the lesson {told}")
