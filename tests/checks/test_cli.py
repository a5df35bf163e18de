"""``quorumscope check``: one line for each history, and one clear line for a file that is none."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine import ENGINE_VERSION
from webapp.cli.check import check
from webapp.store.log_file import write_log
from webapp.store.log_store import Entry, RoomRow

OK = '{"id": "h1", "ops": [{"client": 0, "op": "w", "value": 7, "start": 0, "end": 5}]}\n'
VIOLATED = (
    '{"id": 2, "ops": [{"client": 0, "op": "w", "value": 7, "start": 0, "end": 5},'
    ' {"client": 1, "op": "r", "value": null, "start": 6, "end": 9}]}\n'
)
TOLD: list[dict[str, str | int]] = [
    {"id": "h1", "verdict": "ok", "reason": "One order of all operations explains what every read returned."},
    {
        "id": 2,
        "verdict": "violated",
        "reason": "Client 1 found nothing in x although 7, by client 0, had been acknowledged before the read began; "
        "no read has ever seen 7.",
    },
]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(check, [str(argument) for argument in arguments])


def lines(result: Result) -> list[dict[str, str | int]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "histories.jsonl"


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_one_line_for_each_history_and_exit_code_0_even_if_violated(file: Path, options: list[str]) -> None:
    file.write_text(OK + "\n" + VIOLATED)
    result = run(file, *options)
    assert (result.exit_code, result.stderr) == (0, "")
    assert lines(result) == TOLD


def test_compressed_with_or_without_the_ending(tmp_path: Path) -> None:
    for name in ("h.jsonl.gz", "h"):
        (tmp_path / name).write_bytes(gzip.compress((OK + VIOLATED).encode()))
    assert lines(run(tmp_path / "h.jsonl.gz", tmp_path / "h")) == TOLD * 2


def test_a_file_without_histories(file: Path) -> None:
    file.write_text("")
    assert (run(file).exit_code, run(file).stdout) == (0, "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (OK + "{\n", "line 2: this is no history: Input data was truncated"),
        (
            OK + "\n" + OK.replace("5", "-5"),
            "line 3: ops[0].end is -5, before the start at 0; it must be null or at least 0",
        ),
        (OK.replace("0,", "true,", 1), "line 1: ops[0].client: Expected `int | str`, got `bool`"),
    ],
)
def test_a_line_that_is_no_history(file: Path, text: str, told: str) -> None:
    file.write_text(text)
    result = run(file)
    assert result.exit_code == 2
    assert result.stderr == f"quorumscope: {file}, {told}\n"
    assert len(lines(result)) == text.startswith(OK)


def test_bytes_that_are_not_what_the_name_says(tmp_path: Path) -> None:
    whole = gzip.compress((OK * 50).encode())
    for name, content in (
        ("a.gz", OK.encode()),
        ("b.gz", whole[:-20]),
        ("c.jsonl", b"\x1f\x8bnonsense"),
        ("d", b"\xff\n"),
    ):
        (tmp_path / name).write_bytes(content)
        result = run(tmp_path / name)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"quorumscope: {tmp_path / name}, ")
        assert result.stderr.count("\n") == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = run(tmp_path / "none.jsonl")
    assert result.exit_code == 2
    assert "none.jsonl" in result.stderr


def test_the_log_of_a_room(file: Path) -> None:
    commands = [
        (0, {"type": "write", "client": "A", "key": "x", "value": "apple"}),
        (900_000, {"type": "read", "client": "B", "key": "x"}),
    ]
    entries = [Entry(seq, at_us, "u", json.dumps(said)) for seq, (at_us, said) in enumerate(commands, start=1)]
    row = RoomRow("r", ENGINE_VERSION, "five-masters", 1, 2_000_000)
    file.write_bytes(b"".join(write_log(row, entries)))
    result = run("--from-log", file)
    assert (result.exit_code, result.stderr) == (0, "")
    assert lines(result) == [TOLD[0] | {"id": str(file)}]


def test_a_log_that_is_none(file: Path) -> None:
    file.write_text(OK)
    result = run("--from-log", file)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"quorumscope: {file}, line 1: not the header of a log")


def test_the_help_teaches() -> None:
    text = run("--help").stdout
    assert "linearizable" in text and "Exit code" in text and '"end": 9}]}' in text
