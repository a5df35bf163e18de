"""The file NN-slug.yaml, read so that whatever is wrong with it has a line."""

import re
from functools import cached_property
from pathlib import Path

import msgspec
from yaml.nodes import MappingNode, Node, SequenceNode

from webapp.lessons import yaml12
from webapp.lessons.experiment import Experiment
from webapp.lessons.trouble import BrokenLesson, Problem

_STEP = re.compile(r"\.([\w-]+)|\[(\d+|\.\.\.)\]")
_UNKNOWN = re.compile(r"unknown field `([^`]+)`")


class Lines:
    """Where everything in a file stands. Most have nothing wrong with them: it is looked for when somebody asks."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text

    @cached_property
    def _root(self) -> Node | None:
        return yaml12.compose(self._text)

    def problem(self, path: str, reason: str) -> Problem:
        """``path`` as msgspec writes it: ``$.steps[2].tasks[0].where``. The line is that of the innermost part."""
        return Problem(self._file, self._line(path, reason), reason)

    def _line(self, path: str, reason: str) -> int:
        node = self._root
        line = 1 if node is None else int(node.start_mark.line) + 1
        for name, index in _STEP.findall(path):
            entry = _value(node, name) if name else _item(node, index)
            if entry is None:
                break
            line, node = entry
        if (unknown := _UNKNOWN.search(reason)) and (entry := _value(node, unknown[1])):
            line = entry[0]
        return line


def _value(node: Node | None, name: str) -> tuple[int, Node] | None:
    """The line of a key, and what it stands for."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == name:
                return key.start_mark.line + 1, value
    return None


def _item(node: Node | None, index: str) -> tuple[int, Node] | None:
    if isinstance(node, SequenceNode) and index.isdigit() and int(index) < len(node.value):
        item = node.value[int(index)]
        return item.start_mark.line + 1, item
    return None


def read_experiment(path: Path) -> tuple[Experiment, Lines]:
    """Raises BrokenLesson."""
    try:
        text = path.read_text(encoding="utf-8")
        data = yaml12.load(text)
    except yaml12.BadYaml as error:
        raise BrokenLesson(Problem(path.name, error.line, error.reason)) from None
    except OSError as error:
        raise BrokenLesson(Problem(path.name, 1, f"cannot be read: {error.strerror}.")) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BrokenLesson(Problem(path.name, line, f"is not UTF-8: {error.reason}")) from None
    lines = Lines(path.name, text)
    try:
        return msgspec.convert(data, Experiment), lines
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `")
        raise BrokenLesson(lines.problem(where.rstrip("`"), reason)) from None
