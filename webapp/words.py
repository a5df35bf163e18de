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
