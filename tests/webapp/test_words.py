"""The catalogue is one, though it is kept in several files."""

from pathlib import Path

import pytest

from webapp.words import catalogue, merged, narrate, sentence


def test_all_files_of_a_language_are_one_catalogue() -> None:
    words = catalogue()
    assert words["app.name"] == "Quorumscope"
    assert sentence("refused.unknown_node", {"nodes": "n1, n2"}) == "There is no such node; there are n1, n2."
    assert any(code.startswith("note.") for code in words)


def test_a_code_that_stands_in_two_files_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"app.name": "One", "app.more": "Two"}')
    (tmp_path / "b.json").write_text('{"app.name": "Other"}')
    with pytest.raises(ValueError, match=r"b\.json: app\.name: in another file"):
        merged(tmp_path)


def test_a_note_about_a_message_says_in_words_what_it_is() -> None:
    facts: dict[str, str | int] = {"message": "m1", "type": "put_request", "source": "A", "target": "n2"}
    assert narrate("dropped", facts) == "m1 (write request, A to n2) is dropped."
