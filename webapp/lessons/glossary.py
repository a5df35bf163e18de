"""The words that open in place."""

from webapp.words import catalogue

TERMS: tuple[str, ...] = tuple(
    sorted(
        code.removeprefix("term.").removesuffix(".word")
        for code in catalogue()
        if code.startswith("term.") and code.endswith(".word")
    )
)
