"""What can be wrong with a translation: it says less than the English, or more, or cannot be read."""

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree

# The contexts of the lessons' prose, which goes into the page with its marks, begin so.
PROSE = "lesson."

_FACT = re.compile(r"\{(\w*)\}")
# What stands inside these is a name or a value, and the same in every language.
_DATA = frozenset({"q-node", "q-client", "q-value", "q-key", "code"})


class BadTranslation(Exception):
    """A translation that cannot be read at all; the message says which, and why."""


def fault(context: str, english: tuple[str, ...], told: tuple[str, ...]) -> str | None:
    """What is wrong with a translation (None: nothing); it must have the same facts and, in prose, the same marks.

    With a count, both are several forms of one text.
    """
    known = [_facts(text) for text in english]
    # Of several forms, that for one, or for none, may go without the number.
    needed = known[0] if len(known) == 1 else frozenset.intersection(*known) - {"count"}
    for text in told:
        facts = _facts(text)
        if missing := sorted(needed - facts):
            return f"{_braced(missing)} is missing"
        if strange := sorted(facts - frozenset().union(*known)):
            return f"there is no fact {_braced(strange)}"
        if context.startswith(PROSE) and (wrong := _marks_wrong(english[0], text)):
            return wrong
    return None


def _facts(text: str) -> frozenset[str]:
    return frozenset(_FACT.findall(text))


def _braced(names: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def _marks_wrong(english: str, told: str) -> str | None:
    try:
        wanted = Counter(_marks(english))
    except ElementTree.ParseError:
        return None  # A sentence for the page's controls, which is no prose though its code begins so.
    try:
        marks = Counter(_marks(told))
    except ElementTree.ParseError as error:
        return f"its marks are broken: {error}"
    if missing := wanted - marks:
        return f"{', '.join(missing)} is missing"
    if strange := marks - wanted:
        return f"{', '.join(strange)} is not in the English"
    return None


def _marks(text: str) -> Iterator[str]:
    """Every mark of a text, as it is written there. Raises ElementTree.ParseError."""
    root = ElementTree.fromstring(f"<x>{text}</x>")
    for mark in root.iter():
        if mark is not root:
            attributes = "".join(f' {name}="{value}"' for name, value in sorted(mark.attrib.items()))
            inside = "".join(mark.itertext()).strip() if mark.tag in _DATA else ""
            yield f"<{mark.tag}{attributes}>{inside}"
