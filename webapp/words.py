"""The catalogue of sentences: facts are codes and numbers everywhere else."""

from functools import cache
from pathlib import Path

import msgspec

from webapp.paths import STATIC

LANGUAGES = ("en",)


@cache
def catalogue(language: str = "en") -> dict[str, str]:
    """Code to sentence, from all files of the language; ``{name}`` stands for a fact. The browser uses it too.

    Raises ValueError for a code that stands in two files.
    """
    return merged(STATIC / "words" / language)


def merged(folder: Path) -> dict[str, str]:
    """The sentences of every JSON file in a folder. Raises ValueError for a code that stands in two of them."""
    words: dict[str, str] = {}
    for file in sorted(folder.glob("*.json")):
        more = msgspec.json.decode(file.read_bytes(), type=dict[str, str])
        if twice := sorted(words.keys() & more.keys()):
            raise ValueError(f"{file}: {', '.join(twice)}: in another file of the catalogue already")
        words |= more
    return words


def sentence(code: str, facts: dict[str, str | int] | None = None, language: str = "en") -> str:
    """The sentence for a code. Raises KeyError for a code or fact that the catalogue does not have."""
    return catalogue(language)[code].format_map(facts or {})


def narrate(code: str, facts: dict[str, str | int], language: str = "en") -> str:
    """The line of the narration for a note: what static/js/words.js says in the browser."""
    words = catalogue(language)
    count = facts.get("acks", facts.get("records"))
    special = "zero" if count == 0 else "one" if count == 1 else ""
    told = {name: _show(name, value) for name, value in facts.items()}
    reason = words.get(f"reason.{facts.get('code')}")
    if reason is not None:
        told["reason"] = reason
    if "type" in facts:
        told["type"] = words[f"message.{facts['type']}"]
    return (words.get(f"note.{code}.{special}") or words[f"note.{code}"]).format_map(told)


def _show(name: str, value: str | int) -> str:
    return f"{value / 1000:.3g} ms" if name.endswith("_us") and isinstance(value, int) else str(value)
