"""Which languages the pages speak, and in which one a request is answered.

The address may name it (``?lang=de``), and the browser then keeps it; otherwise it is as the browser is set.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, request
from werkzeug.datastructures import LanguageAccept

from webapp.translations.reading import read_all
from webapp.words import ENGLISH, Language, sentence

# The name of the argument, and that of the cookie.
LANG = "lang"

_KEPT_S = 365 * 24 * 3600


class Languages:
    """English, and every translation in the folders. Of two translations into one language, the later is taken."""

    def __init__(self, *folders: Path) -> None:
        """Raises BadTranslation."""
        found = [translation.language for folder in folders for translation in read_all(folder)]
        self._known = {ENGLISH.code: ENGLISH} | {language.code: language for language in found}

    def __iter__(self) -> Iterator[Language]:
        return iter(self._known.values())

    def __len__(self) -> int:
        return len(self._known)

    def get(self, code: str | None) -> Language | None:
        return self._known.get((code or "").replace("_", "-"))

    def choose(self, asked: str | None, kept: str | None, accepted: LanguageAccept) -> Language:
        """The first that is known of what the address asks for, what the browser has kept, and what it accepts."""
        best = self.get(accepted.best_match(list(self._known)))
        return self.get(asked) or self.get(kept) or best or ENGLISH


def spoken() -> Language:
    """The language of the present request."""
    if "language" not in g:
        languages: Languages = current_app.extensions["languages"]
        g.language = languages.choose(request.args.get(LANG), request.cookies.get(LANG), request.accept_languages)
    found: Language = g.language
    return found


def translating(context: str) -> Callable[[str], str]:
    """Puts the English of a context into the language of the present request."""
    return partial(spoken().text, context)


def _say(code: str, **facts: str | int) -> str:
    return sentence(code, facts, spoken())


def _in_language(code: str) -> str:
    """The present page's address in another language; what else the address asks for stays."""
    return f"?{urlencode(request.args.to_dict() | {LANG: code})}"


def speak(app: Flask, languages: Languages) -> None:
    """Have every page know its language, and the browser keep the one that an address asked for."""
    app.extensions["languages"] = languages

    @app.context_processor
    def tell() -> dict[str, object]:
        return {"language": spoken(), "languages": languages, "say": _say, "in_language": _in_language}

    @app.after_request
    def keep(response: Response) -> Response:
        # Only a page's own address decides: what its scripts fetch is in the language that the page is in.
        if response.mimetype == "text/html":
            response.vary.update(("Accept-Language", "Cookie"))
            if (asked := languages.get(request.args.get(LANG))) and asked.code != request.cookies.get(LANG):
                secure = current_app.config["SESSION_COOKIE_SECURE"]
                response.set_cookie(LANG, asked.code, max_age=_KEPT_S, secure=secure, httponly=True, samesite="Lax")
        return response
