"""YAML 1.2, its core schema and nothing beyond it. libyaml parses: every server reads every lesson when it starts."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from yaml.cyaml import CBaseLoader
from yaml.error import MarkedYAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

# A lesson has some ten levels and some thousand values. libyaml calls itself for each level, and an alias in a list of
# aliases in a list of aliases is many values in few lines.
LEVELS_MAX = 100
VALUES_MAX = 100_000

# What is not printable, and what ends a line in YAML 1.1 only: libyaml would count other lines than an editor does.
_REFUSED = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_TAG = "tag:yaml.org,2002:"


class BadYaml(Exception):
    """``line`` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def load(text: str) -> Any:
    """Lists, dicts and scalars; None if there is nothing. Raises BadYaml."""
    node: Any = compose(text)
    return None if node is None else _Values().value(node)


def compose(text: str) -> Node | None:
    """The nodes, each with its ``start_mark``. Raises BadYaml."""
    if found := _REFUSED.search(text):
        raise BadYaml(text.count("\n", 0, found.start()) + 1, f"found the character U+{ord(found[0]):04X}")
    try:
        node: Node | None = _Parser(text).get_single_node()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # libyaml misses an end after the last line.
        line = min(mark.line, text.count("\n")) + 1 if mark else 1
        raise BadYaml(line, _reason(error)) from None
    return node


def _reason(error: MarkedYAMLError) -> str:
    """With where it began: a bracket is missed only far below."""
    if error.context is None or error.context_mark is None:
        return str(error.problem)
    return f"{error.context} (line {error.context_mark.line + 1}), {error.problem}"


def _bad(node: Node, reason: str) -> BadYaml:
    return BadYaml(node.start_mark.line + 1, reason)


class _Parser(CBaseLoader):
    """The resolver is asked what each plain scalar is; it also hears of each level, and may stop the parser there."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._levels = 0

    def descend_resolver(self, parent: Node | None, _index: object) -> None:
        self._levels += 1
        if parent is not None and self._levels > LEVELS_MAX:
            raise _bad(parent, f"found more than {LEVELS_MAX} levels")

    def ascend_resolver(self) -> None:
        self._levels -= 1


_Scalar = Callable[[str], Any]
_SCALARS: dict[str, tuple[re.Pattern[str], _Scalar]] = {_TAG + "str": (re.compile(r"(?s:.*)"), str)}


def _scalar(tag: str, first: Iterable[str], pattern: str, make: _Scalar) -> None:
    """``first`` are the characters that one can begin with, or nothing."""
    whole = re.compile(rf"(?:{pattern})\Z")
    _SCALARS[_TAG + tag] = whole, make
    _Parser.add_implicit_resolver(_TAG + tag, whole, [*first])


_scalar("null", ("", *"~nN"), "~|null|Null|NULL|", lambda _: None)
_scalar("bool", "tTfF", "true|True|TRUE|false|False|FALSE", lambda value: value.lower() == "true")
_scalar(
    "int", "-+0123456789", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+",
    lambda value: int(value, {"0o": 8, "0x": 16}.get(value[:2], 10)),
)  # fmt: skip
_scalar(
    "float", "-+.0123456789",
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    lambda value: float(re.sub(r"\.(?=[in])", "", value.lower())),
)  # fmt: skip


class _Values:
    """What nodes stand for."""

    def __init__(self) -> None:
        self._left = VALUES_MAX

    def value(self, node: ScalarNode | SequenceNode | MappingNode, level: int = 1) -> Any:
        self._left -= 1
        if self._left < 0:
            raise _bad(node, f"found more than {VALUES_MAX} values")
        # Only an alias inside of what it stands for gets here with as many.
        if level > LEVELS_MAX:
            raise _bad(node, f"found more than {LEVELS_MAX} levels")
        if isinstance(node, SequenceNode) and node.tag == _TAG + "seq":
            return [self.value(item, level + 1) for item in node.value]
        if isinstance(node, MappingNode) and node.tag == _TAG + "map":
            return self._mapping(node, level)
        if not isinstance(node, ScalarNode) or node.tag not in _SCALARS:
            raise _bad(node, f"there is no {node.id} with the tag {node.tag[:40]!r}")
        pattern, make = _SCALARS[node.tag]
        if not pattern.fullmatch(node.value):
            raise _bad(node, f"found {node.value[:40]!r}, which is no {node.tag.removeprefix(_TAG)}")
        try:
            return make(node.value)
        except ValueError:
            # Python reads no int of thousands of digits.
            raise _bad(node, f"found {node.value[:40]!r} and so on, which is too long") from None

    def _mapping(self, node: MappingNode, level: int) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                raise _bad(key_node, f"found a {key_node.id} as a key")
            key = self.value(key_node, level + 1)
            if key in made:
                raise _bad(key_node, f'found duplicate key "{str(key)[:40]}"')
            made[key] = self.value(value_node, level + 1)
        return made
