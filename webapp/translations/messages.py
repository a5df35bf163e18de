"""What is to be translated, in the order of the template."""

import io
import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

import msgspec
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from msgspec import Struct

from engine import SCENARIOS
from webapp.lessons.library import SHIPPED, Library
from webapp.lessons.review import running
from webapp.paths import STATIC
from webapp.words import catalogue

_HEADER = """\
# What Quorumscope says, to be translated: docs/TRANSLATING.md. Made by `make translations`.
msgid ""
msgstr ""
"Project-Id-Version: Quorumscope\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""

_FACT = re.compile(r"\{\w+\}")


class Message(Struct, frozen=True):
    """A text with its context, and the file it is from. With a count, ``plural`` is the form that is not for one."""

    context: str
    text: str
    where: str
    plural: str | None = None


Source: TypeAlias = Callable[[], Iterator[Message]]


def sentences() -> Iterator[Message]:
    """The catalogue; the context is the code. A sentence that names a count has several forms."""
    all_codes = catalogue()
    for file in sorted((STATIC / "words" / "en").glob("*.json")):
        where = f"static/words/en/{file.name}"
        words = msgspec.json.decode(file.read_bytes(), type=dict[str, str])
        for code, text in words.items():
            if is_counted(text):
                yield Message(code, all_codes.get(f"{code}.one", text), where, plural=text)
            elif not (code.endswith(".one") and is_counted(all_codes.get(code.removesuffix(".one"), ""))):
                yield Message(code, text, where)


def is_counted(text: str) -> bool:
    return "{count}" in text


def scenarios() -> Iterator[Message]:
    for scenario in SCENARIOS.values():
        for field in ("title", "claim", "text"):
            text = getattr(scenario, field)
            if text:
                yield Message(f"scenario.{scenario.name}.{field}", text, "engine/scenarios")
    yield Message(f"scenario.{running.NAME}.title", running.TITLE, "webapp/lessons/review/running.py")


def lessons() -> Iterator[Message]:
    """The prose of the lessons that ship, block by block; the context is the lesson."""
    for lesson in Library(SHIPPED):
        for context, text, where, _line in lesson.messages():
            yield Message(context, text, where)


SOURCES: tuple[Source, ...] = (sentences, scenarios, lessons)


def messages() -> Iterator[Message]:
    """All of them."""
    for source in SOURCES:
        yield from source()


def template() -> str:
    """All of them as a PO template: the same text for the same messages, whenever and wherever it is made."""
    found = Catalog(charset="utf-8")
    for message in messages():
        text = message.text if message.plural is None else (message.text, message.plural)
        added = found.add(text, locations=[(message.where, 1)], context=message.context)
        # Babel takes "99 % of reads" for a format of C.
        added.flags.clear()
        if _FACT.search(message.plural or message.text):
            added.flags.add("python-brace-format")
    out = io.BytesIO()
    write_po(out, found, width=0, omit_header=True, include_lineno=False)
    return f"{_HEADER}\n{out.getvalue().decode().strip()}\n"
