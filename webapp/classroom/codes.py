"""Codes to join a class by: short, said aloud, and read from the last row."""

import secrets

# Nothing that looks or sounds like another (0 O, 1 I L, 5 S, 2 Z, 8 B), and no vowels, so that no word comes of it.
LETTERS = "CDFGHJKMNPQRTVWXY34679"
LENGTH = 6


def new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def as_typed(text: str) -> str:
    """The code that somebody means: without spaces and dashes, in capitals."""
    return "".join(character for character in text.upper() if character.isalnum())
