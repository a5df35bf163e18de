"""The catalogue of sentences: facts are codes and numbers everywhere else."""

from functools import cache

import msgspec

from webapp.paths import STATIC

LANGUAGES = ("en",)


@cache
def catalogue(language: str = "en") -> dict[str, str]:
    """Code to sentence; ``{name}`` stands for a fact. The browser uses the same file."""
    return msgspec.json.decode((STATIC / "words" / f"{language}.json").read_bytes(), type=dict[str, str])


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
    return (words.get(f"note.{code}.{special}") or words[f"note.{code}"]).format_map(told)


def _show(name: str, value: str | int) -> str:
    return f"{value / 1000:.3g} ms" if name.endswith("_us") and isinstance(value, int) else str(value)
