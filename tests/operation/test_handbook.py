"""docs/OPERATION.md and the dashboard say what there is."""

import json
import re
from pathlib import Path

import click

from tests.operation.renew import HANDBOOK, renewed
from webapp.cli import main
from webapp.errors import ALL_REFUSALS
from webapp.operation.metrics import LIMITS, TOLD, Metrics
from webapp.settings import TABLE

ROOT = Path(__file__).parents[2]
TEXT = HANDBOOK.read_text()
DASHBOARD = json.loads((ROOT / "docs" / "operation" / "grafana.json").read_text())


def test_the_tables_are_as_the_code_has_them() -> None:
    assert renewed(TEXT) == TEXT, "run `python -m tests.operation.renew`"


def test_every_variable_that_is_named_is_one() -> None:
    known = {setting.variable for setting in TABLE}
    assert set(re.findall(r"\b(?:QUORUMSCOPE_\w+|\w+_URL)\b", TEXT)) <= known


def _command(words: list[str]) -> click.Command:
    context = click.Context(main)
    found: click.Command = main
    for word in words:
        assert isinstance(found, click.Group), words
        inner = found.get_command(context, word)
        assert inner is not None, words
        found = inner
    return found


def test_every_command_that_is_named_exists_with_its_options() -> None:
    named = re.findall(r"quorumscope ((?:[a-z]+ ?)+)([^\n`#]*)", TEXT)
    assert len(named) > 12
    for words, rest in named:
        command = _command(words.split())
        options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        assert set(re.findall(r"--[a-z]+", rest)) <= options, words


def test_every_file_that_is_linked_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert len(links) > 2
    for link in links:
        assert (HANDBOOK.parent / link).exists(), link


def _queried() -> set[str]:
    queries = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    return {name for query in queries for name in re.findall(r"\b(?:quorumscope|process|python)_\w+", query)}


def test_the_dashboard_asks_for_what_there_is_and_for_all_that_is_the_site_s_own() -> None:
    names = Metrics().names()
    assert _queried() <= names
    assert {name for name in names if name.startswith("quorumscope_")} <= _queried()


def test_each_panel_of_the_dashboard_has_its_place() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]]
    assert len(set(places)) == len(places) > 8


def test_what_is_told_of_limits_are_refusals() -> None:
    assert LIMITS < TOLD <= set(ALL_REFUSALS)
