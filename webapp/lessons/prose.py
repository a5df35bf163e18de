"""The file NN-slug.html: prose in blocks, each of which is one sentence or more of the catalogue.

It is read as XML, so that a tag that is not closed has a line. Marked words and places for choices, tasks and numbers
are elements and attributes of it; what the page makes of them is in webapp.lessons.rendering.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from lxml import etree

from webapp.lessons.trouble import BrokenLesson, Problem

# lxml comes without types.
Element: TypeAlias = Any

# Text stands in these, and nowhere else; inside them there are only the others.
BLOCKS = frozenset({"h1", "h2", "h3", "p", "li", "td", "th"})
FRAMES = frozenset({"article", "section", "ul", "ol", "table", "thead", "tbody", "tr"})
MARKS = frozenset({"q-node", "q-client", "q-value", "q-key", "q-term", "q-number", "q-run"})
INLINE = MARKS | {"strong", "em", "code", "sup", "sub", "br", "a"}

ATTRIBUTES = {
    "article": {"data-minutes"},
    "section": {"id"},
    "p": {"class", "data-hint", "data-said"},
    "li": {"data-choice", "data-task"},
    "q-term": {"of"},
    "q-number": {"of", "side"},
    "q-run": {"of", "side"},
    "a": {"href"},
}

_SPACE = re.compile(r"\s+")


class Prose:
    """A lesson's text. ``sections`` are in order, by the id of their step."""

    def __init__(self, path: Path) -> None:
        """Raises BrokenLesson."""
        self.file = path.name
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        try:
            self.root: Element = etree.fromstring(path.read_bytes(), parser)
        except etree.XMLSyntaxError as error:
            raise BrokenLesson(Problem(self.file, error.lineno or 1, f"{error.msg}.")) from None
        except OSError as error:
            raise BrokenLesson(Problem(self.file, 1, f"cannot be read: {error.strerror}.")) from None
        if problems := list(self._malformed()):
            raise BrokenLesson(*problems)
        self.title = plain(self.root[0])
        self.claim = plain(self.root[1])
        self.minutes = int(self.root.get("data-minutes", "5"))
        self.sections: dict[str, Element] = {section.get("id", ""): section for section in self.root[2:]}

    def problem(self, element: Element, reason: str) -> Problem:
        return Problem(self.file, element.sourceline or 1, reason)

    def _malformed(self) -> Iterator[Problem]:
        root = self.root
        if root.getroottree().docinfo.doctype:
            yield self.problem(root, "a lesson has no <!DOCTYPE>")
        if root.tag != "article":
            yield self.problem(root, f"expected <article>, got <{root.tag}>")
            return
        if not re.fullmatch(r"[1-9]\d?", root.get("data-minutes", "5")):
            yield self.problem(root, "data-minutes is a whole number from 1 to 99")
        tags = [child.tag for child in root]
        if tags[:2] != ["h1", "p"] or root[1].get("class") != "claim" or set(tags[2:]) != {"section"}:
            yield self.problem(root, 'expected <h1>, <p class="claim"> and then <section>s in <article>')
        for element in root.iter(etree.Element):
            yield from self._misplaced(element)

    def _misplaced(self, element: Element) -> Iterator[Problem]:
        tag = str(element.tag)
        if tag not in BLOCKS | FRAMES | INLINE:
            yield self.problem(element, f"<{tag}> is no element of a lesson")
            return
        for name in element.keys():  # noqa: SIM118 (an element's children are what it iterates over)
            if name not in ATTRIBUTES.get(tag, set()):
                yield self.problem(element, f"<{tag}> has no attribute {name}")
        parent = element.getparent()
        inside = parent is not None and parent.tag in BLOCKS | INLINE
        if inside and tag not in INLINE:
            yield self.problem(element, f"<{tag}> cannot stand inside <{parent.tag}>")
        if not inside and tag in INLINE:
            yield self.problem(element, f"<{tag}> stands inside no paragraph")
        texts = [element.text, *(child.tail for child in element)] if tag in FRAMES else []
        if any(text and text.strip() for text in texts):
            yield self.problem(element, f"text stands in <{tag}>, but in no paragraph")
        if tag == "section" and not element.get("id"):
            yield self.problem(element, "a <section> needs the id of its step")
        if tag in ("q-term", "q-number", "q-run") and not element.get("of"):
            yield self.problem(element, f"<{tag}> needs of")

    def blocks(self) -> Iterator[Element]:
        """Every piece of text, in order."""
        return (element for element in self.root.iter(*BLOCKS))

    def messages(self) -> Iterator[tuple[int, str]]:
        """What is to be translated: the line, and the text with its marks."""
        return ((block.sourceline or 1, source(block)) for block in self.blocks())


def source(block: Element) -> str:
    """A block's text with its marks, as it stands in the catalogue."""
    parts = [block.text or "", *(etree.tostring(child, encoding="unicode") for child in block)]
    return _SPACE.sub(" ", "".join(parts)).strip()


def plain(block: Element) -> str:
    """A block's text as it reads."""
    return _SPACE.sub(" ", "".join(block.itertext())).strip()
