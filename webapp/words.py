"""The catalogue of sentences: facts are codes and numbers everywhere else.

English is in static/words/en. Other languages are made of it by webapp.translations; static/js/words.js says the
same sentences in the browser.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from webapp.paths import STATIC

Facts = Mapping[str, str | int]


@cache
def catalogue() -> dict[str, str]:
    """Code to sentence in English; ``{name}`` stands for a fact.

    Raises ValueError for a code that stands in two files.
    """
    return merged(STATIC / "words" / "en")


def merged(folder: Path) -> dict[str, str]:
    """The sentences of every JSON file in a folder. Raises ValueError for a code that stands in two of them."""
    words: dict[str, str] = {}
    for file in sorted(folder.glob("*.json")):
        more = msgspec.json.decode(file.read_bytes(), type=dict[str, str])
        if twice := sorted(words.keys() & more.keys()):
            raise ValueError(f"{file}: {', '.join(twice)}: in another file of the catalogue already")
        words |= more
    return words


class Language(Struct, frozen=True):
    """A language to speak in.

    ``code`` is its tag, such as pt-BR, and ``name`` what it calls itself. ``words`` are code to sentence; where a
    sentence goes with a count, ``code.few`` and its like are other forms of it, one for each ``category`` that the
    language sorts whole numbers into (those of Unicode's CLDR; ``code`` itself is the form "other"). ``text``
    translates what has no code: it is asked for a context and the English.
    """

    code: str
    name: str
    direction: Literal["ltr", "rtl"]
    words: Mapping[str, str]
    category: Callable[[int], str]
    text: Callable[[str, str], str]

    def title(self, scenario: str, english: str) -> str:
        """What a scenario, or the cluster of a lesson (``lesson-<slug>``), is called."""
        told = self.text(f"scenario.{scenario}.title", english)
        return told if told != english else self.text(f"lesson.{scenario.removeprefix('lesson-')}", english)


ENGLISH = Language(
    "en",
    "English",
    "ltr",
    catalogue(),
    category=lambda count: "one" if count == 1 else "other",
    text=lambda _context, english: english,
)


def form_code(code: str, category: str) -> str:
    """Under which code a form is. ``code.zero`` is taken: it is said of exactly none, whatever the language."""
    return f"{code}.{'zero_form' if category == 'zero' else category}"


def sentence(code: str, facts: Facts | None = None, language: Language = ENGLISH) -> str:
    """The sentence for a code. Raises KeyError for a code or fact that there is not."""
    facts = facts or {}
    return _formed(code, facts.get("count"), language).format_map(facts)


def narrate(code: str, facts: Facts, language: Language = ENGLISH) -> str:
    """The line of the narration for a note."""
    words = language.words
    told = {name: _show(name, value) for name, value in facts.items()}
    reason = words.get(f"reason.{facts.get('code')}")
    if reason is not None:
        told["reason"] = reason
    if "type" in facts:
        told["type"] = words[f"message.{facts['type']}"]
    if code == "setting":
        name, value = str(facts["name"]), facts["value"]
        told["name"] = words[f"setting.{name}"]
        told["value"] = words.get(f"setting.{name}.is_{value}") or words.get(f"settings.{value}") or _show(name, value)
    count = next((facts[name] for name in ("acks", "records", "count", "needed") if name in facts), None)
    return _formed(f"note.{code}", count, language).format_map(told)


def _formed(code: str, count: str | int | None, language: Language) -> str:
    words = language.words
    if not isinstance(count, int):
        return words[code]
    special = words.get(f"{code}.zero") if count == 0 else None
    return special or words.get(form_code(code, language.category(count))) or words[code]


def _show(name: str, value: str | int) -> str:
    return f"{rounded(value / 1000)} ms" if name.endswith("_us") and isinstance(value, int) else str(value)


def rounded(value: float) -> str:
    """A number for people, with three digits that count: 0.123, 12.3, 1230."""
    return f"{float(f'{value:.3g}'):.15g}"
