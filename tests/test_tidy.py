"""What matters in the style of this code is a test, not a wish."""

import re
from pathlib import Path

from engine.changes import NOTES
from engine.outcomes import OUTCOMES
from webapp import describe
from webapp.errors import ALL_REFUSALS
from webapp.words import catalogue

ROOT = Path(__file__).parents[1]
SCRIPTS = list((ROOT / "static" / "js").rglob("*.js"))
PYTHON = [path for folder in ("engine", "webapp") for path in (ROOT / folder).rglob("*.py")]


def test_only_the_playhead_reads_a_clock_and_nothing_draws_lots() -> None:
    for script in SCRIPTS:
        text = script.read_text()
        assert "Math.random" not in text, script
        assert script.name == "playhead.js" or not re.search(r"Date\.now|performance\.now", text), script


def test_only_the_connection_knows_socket_io_and_no_drawing_knows_the_connection() -> None:
    for script in SCRIPTS:
        imports = "\n".join(re.findall(r"^import .*|^} from .*", script.read_text(), re.M))
        assert script.name == "connection.js" or "socket.io-client" not in imports, script
        assert "draw" not in script.parts or not re.search(r"connection|actions", imports), script


def test_files_are_of_a_size_that_can_be_seen_whole() -> None:
    assert {
        path.name: lines for path in (*PYTHON, *SCRIPTS) if (lines := len(path.read_text().splitlines())) > 400
    } == {}


def test_the_protocol_is_told_as_it_is() -> None:
    told = {"static/js/protocol.d.ts": describe.types(), "docs/PROTOCOL.md": describe.docs()}
    for file, text in told.items():
        assert (ROOT / file).read_text() == text, f"{file} is out of date: run `make protocol`"


def facts(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def test_every_code_has_a_sentence_of_its_own_facts() -> None:
    words = catalogue()
    assert {f"refused.{code}" for code in ALL_REFUSALS} == {key for key in words if key.startswith("refused.")}
    for code, known in NOTES.items():
        for key in (f"note.{code}", f"note.{code}.zero"):
            assert facts(words.get(key, "")) <= {*known, "reason"}, key
        assert f"note.{code}" in words
    noted = {re.sub(r"\.(one|zero)$", "", key).removeprefix("note.") for key in words if key.startswith("note.")}
    assert noted == set(NOTES)
    failed = {code for code, outcome in OUTCOMES.items() if outcome.word == "fail"}
    assert {f"reason.{code}" for code in failed} == {key for key in words if key.startswith("reason.")}


def test_every_sentence_that_the_page_asks_for_is_in_the_catalogue_and_no_other() -> None:
    words = catalogue()
    scripts = "\n".join(path.read_text() for path in SCRIPTS)
    templates = "\n".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    python = "\n".join(path.read_text() for path in PYTHON)
    in_templates = re.findall(r"(?:words\[|\bsay\()'([\w.]+)'[\],)]", templates)
    asked = set(in_templates)
    asked |= set(re.findall(r'"((?:\w+\.)+\w+)"', scripts + python)) & set(words)
    for literal in [*re.findall(r'say\("([\w.]+)"', scripts), *in_templates]:
        assert literal in words, literal
    # A code that is put together begins with letters that stand there: `note.${code}`, words['views.' ~ view].
    begun = set(re.findall(r"`((?:\w+\.)+)\$\{", scripts))
    begun |= set(re.findall(r"words\['((?:\w+\.)+)' ~", templates))
    begun |= set(re.findall(r'f"((?:\w+\.)+)\{', python))
    for prefix in re.findall(r"say\(`((?:\w+\.)+)\$\{", scripts):
        assert any(key.startswith(prefix) for key in words), prefix
    # Special words for none and for one of something go with their code.
    unused = {
        key for key in words if re.sub(r"\.(one|zero)$", "", key) not in asked and not key.startswith(tuple(begun))
    }
    assert unused == set()
