"""The command line as a shell sees it: output, error output, exit code."""

import json
import subprocess

import pytest

from engine import SCENARIOS
from tests.server import CONSOLE


def shell(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(CONSOLE), *arguments], capture_output=True, text=True, timeout=120, check=False)


def test_scenarios_are_listed_as_an_array_of_objects() -> None:
    told = json.loads(shell("scenarios", "--json").stdout)
    assert len(told) >= 20
    assert [one["name"] for one in told] == list(SCENARIOS)
    assert all(set(one) == {"name", "title", "claim"} and all(one.values()) for one in told)
    assert "leader-dies" in shell("scenarios").stdout


def test_a_run_is_told_in_sentences_or_as_changes_or_as_a_digest() -> None:
    told = shell("run", "sleeping-node").stdout
    assert "n2 crashed" in told
    assert "n2 pulled what it missed" in told
    changes = [json.loads(line) for line in shell("run", "sleeping-node", "--json").stdout.splitlines()]
    assert {"cluster", "node", "client", "message", "operation", "record", "note"} <= {c["kind"] for c in changes}
    short = shell("run", "sleeping-node", "--until", "299", "--json").stdout.splitlines()
    assert [json.loads(line) for line in short] == changes[: len(short)]
    assert all(change["at_us"] > 299_000 for change in changes[len(short) :])
    digest = shell("run", "sleeping-node", "--digest").stdout
    assert len(digest.strip()) == 32
    assert digest == shell("run", "sleeping-node", "--digest", "--seed", "1").stdout
    assert digest != shell("run", "sleeping-node", "--digest", "--seed", "2").stdout


def test_set_changes_the_settings_before_anything_happens() -> None:
    usual = shell("run", "sleeping-node", "--json").stdout
    others = ("--set", "w=1", "--set", "sloppy=on", "--set", "latency=EVEN")
    other = shell("run", "sleeping-node", *others, "--json").stdout
    first = json.loads(other.splitlines()[0])["fields"]
    assert (first["w"], first["r"], first["sloppy"], first["latency"]) == (1, 3, True, "EVEN")
    assert usual != other
    assert json.loads(usual.splitlines()[0])["fields"]["w"] == 3


def test_staleness_says_what_was_asked() -> None:
    arguments = ("staleness", "--profile", "LNKD-SSD", "-n", "3", "-r", "1", "-w", "1", "--trials", "20000")
    told = json.loads(shell(*arguments, "--at", "0, 1.50", "--json").stdout)
    assert list(told["consistent_at"]) == ["0", "1.50"]
    assert 0.4 < told["consistent_at"]["0"] < told["consistent_at"]["1.50"] <= 1
    assert told["t_visibility_ms"] > 0
    assert told["read_ms"] > 0
    assert told["write_ms"] > 0
    assert told["k_staleness"]["1"] == pytest.approx(1 / 3)
    assert "20,000 trials" in shell(*arguments).stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run"], "SCENARIO|LOG"),
        (["run", "nothing"], "neither a scenario"),
        (["run", "sleeping-node", "--until", "soon"], "--until"),
        (["run", "sleeping-node", "--seed", "-1"], "--seed"),
        (["run", "sleeping-node", "--set", "w"], "NAME=VALUE"),
        (["run", "sleeping-node", "--set", "q=1"], "the names are"),
        (["run", "sleeping-node", "--set", "w=0"], "--set w"),
        (["run", "sleeping-node", "--set", "w=many"], "--set w"),
        (["run", "sleeping-node", "--set", "w=6"], "w: 6 is out of range"),
        (["run", "sleeping-node", "--set", "sloppy=perhaps"], "--set sloppy"),
        (["run", "sleeping-node", "--set", "latency=FAST"], "latency"),
        (["run", "sleeping-node", "--shout"], "--shout"),
        (["staleness", "-r", "4"], "-r: 4 is out of range: it must be from 1 to 3"),
        (["staleness", "-n", "0"], "-n: 0 is out of range"),
        (["staleness", "-n", "51"], "from 1 to 50"),
        (["staleness", "-w", "x"], "-w"),
        (["staleness", "--profile", "FAST"], "--profile: There is no such latency profile"),
        (["staleness", "--trials", "0"], "--trials"),
        (["staleness", "--at", "now"], "--at"),
        (["staleness", "--at", "-1"], "--at"),
        (["staleness", "--at", ""], "--at"),
        (["check"], "FILE"),
        (["check", "nothing.jsonl"], "nothing.jsonl"),
        (["sing"], "sing"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_code_2(arguments: list[str], says: str) -> None:
    done = shell(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("quorumscope: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert says in done.stderr


@pytest.mark.parametrize("command", ["run", "scenarios", "check", "staleness", "export", "serve"])
def test_help_teaches(command: str) -> None:
    done = shell(command, "--help")
    assert done.returncode == 0
    assert len(done.stdout.split()) > 20


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    line = f"{CONSOLE} run rumour --json | head -1"
    done = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.count("\n"), done.stderr) == (1, "")
