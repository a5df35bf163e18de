"""Words are introduced before they are used: over all lessons in their order."""

import re
from collections.abc import Iterable, Iterator

from webapp.lessons.glossary import TERMS
from webapp.lessons.lesson import Lesson
from webapp.lessons.prose import plain
from webapp.lessons.trouble import Problem
from webapp.words import sentence

# Words that everybody knows before the first lesson, as far as it matters there.
EVERYDAY = frozenset(
    {"client", "concurrent", "crash", "digest", "key", "message", "node", "outage", "read", "tie", "version", "write"}
)


def terms_problems(lessons: Iterable[Lesson]) -> Iterator[Problem]:
    """The first use of each word of the glossary is a marked one (q-term)."""
    words = {term: re.compile(rf"\b{re.escape(_word(term))}(?:e?s)?\b", re.IGNORECASE) for term in TERMS}
    known = set(EVERYDAY)
    for lesson in lessons:
        for block in lesson.prose.blocks():
            known |= {mark.get("of", "") for mark in block.iter("q-term")}
            if block.tag in ("h1", "h2") or block.get("class") == "claim":
                continue
            text = plain(block)
            for term, word in words.items():
                if term not in known and word.search(text):
                    known.add(term)
                    yield lesson.prose.problem(block, f"{_word(term)} is used before it is introduced by <q-term>")


def _word(term: str) -> str:
    return sentence(f"term.{term}.word")
