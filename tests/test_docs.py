"""The examples of the docs are run, and the docs name what there is."""

import doctest
import re
from pathlib import Path

from webapp.cli import COMMANDS

ROOT = Path(__file__).parents[1]


def test_the_examples_of_the_python_page_are_true() -> None:
    text = (ROOT / "docs" / "PYTHON.md").read_text()
    example = doctest.DocTestParser().get_doctest(text, {}, "PYTHON.md", "docs/PYTHON.md", 0)
    assert len(example.examples) > 20
    results = doctest.DocTestRunner(verbose=False).run(example)
    assert results.failed == 0


def test_the_readme_names_every_command_of_the_shell_and_no_other() -> None:
    named = set(re.findall(r"^ {4}quorumscope (\w+)", (ROOT / "README.md").read_text(), re.M))
    assert named == set(COMMANDS) - {"serve"}
