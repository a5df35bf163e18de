"""Hashing passwords. It takes the processor for long, on purpose: a child process of its own does it."""

import unicodedata
from typing import Any

import msgspec

from engine.outcomes import Refused
from webapp import lines
from webapp.work.jobs import CheckPassword, HashPassword
from webapp.work.pool import Pool

# In signs. Length is all that is asked for: rules about kinds of signs make passwords that people write down.
PASSWORD_MIN = 10
PASSWORD_MAX = 200

# So many wait for their turn, at a tenth of a second each; whoever comes then is told that the server is busy.
_WAITING_MAX = 32


class Passwords:
    """Not in the pool for downloads, behind whose long jobs nobody is to wait who signs in."""

    def __init__(self) -> None:
        self._pool = Pool(children=1, waiting_max=_WAITING_MAX)

    def hashed(self, password: str, field: str = "password") -> str:
        """Raises Refused: short_password, long_password, busy."""
        password = _normal(password)
        if len(password) < PASSWORD_MIN:
            raise Refused("short_password", field, min=PASSWORD_MIN)
        if len(password) > PASSWORD_MAX:
            raise Refused("long_password", field, max=PASSWORD_MAX)
        return str(self._answer(HashPassword(password))["hashed"])

    def check(self, password: str, hashed: str | None) -> tuple[bool, str | None]:
        """Whether it is the one that was hashed, and how that would be hashed today, where that is another way.

        Where there is no such hash, it takes as long to say no. Raises Refused("busy").
        """
        told = self._answer(CheckPassword(_normal(password)[:PASSWORD_MAX], hashed))
        return bool(told["fits"]), told["anew"]

    def _answer(self, job: HashPassword | CheckPassword) -> dict[str, Any]:
        answers = self._pool.run(job)
        try:
            told: dict[str, Any] = msgspec.json.decode(lines.first(answers))
            # The child is free for the next one when this one has come to its end.
            for _ in answers:
                pass
            return told
        finally:
            answers.close()

    def warm(self) -> None:
        """Somebody is about to sign in."""
        self._pool.warm()

    def close(self) -> None:
        self._pool.close()


def _normal(password: str) -> str:
    """The same for one password typed on two keyboards."""
    return unicodedata.normalize("NFKC", password)
