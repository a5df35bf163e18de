"""Translations: PO files, each read into a language."""

import gettext
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from msgspec import Struct

from webapp.settings import TRANSLATION
from webapp.translations.faults import BadTranslation, fault
from webapp.translations.messages import Message, sentences
from webapp.words import Language, catalogue, form_code

# Those that ship.
TRANSLATIONS = Path(__file__).parent

_TAG = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")

# Whole numbers among which there is one of each kind that a language has, the usual ones first.
_SAMPLES = (*range(200), 1_000, 1_000_000)


class Translation(Struct, frozen=True):
    """``faults`` are the texts whose translation does not fit, each with the reason; they are said in English.

    ``known`` are the texts that are translated, each with its context.
    """

    language: Language
    faults: tuple[tuple[str, str], ...]
    known: frozenset[tuple[str, str]]


def read_all(folder: Path) -> list[Translation]:
    """Every ``<language>/LC_MESSAGES/messages.po`` in a folder. Raises BadTranslation."""
    return [read(path, path.parents[1].name) for path in sorted(folder.glob(f"*/{TRANSLATION}"))]


def read(path: Path, tag: str) -> Translation:
    """One file. ``tag`` is that of its language, such as pt-BR or pt_BR. Raises BadTranslation."""
    if not _TAG.fullmatch(tag):
        raise BadTranslation(f"{path}: {tag!r} is no tag of a language, such as de or pt_BR")
    try:
        with path.open("rb") as file:
            found = read_po(file, locale=tag.replace("-", "_"), abort_invalid=True)
        faults = tuple(_without_faults(found))
        known = frozenset((entry.context or "", _texts(entry.id)[0]) for entry in found if entry.id and entry.string)
        mo = io.BytesIO()
        write_mo(mo, found)
        mo.seek(0)
        told = gettext.GNUTranslations(mo)
    except (OSError, ValueError, PoFileError) as error:
        raise BadTranslation(f"{path}: {error}") from None
    locale = _locale(tag)
    words = dict(catalogue())
    for message in sentences():
        _say(words, message, told, locale, is_told=(message.context, message.text) in known)
    language = Language(
        tag.replace("_", "-"),
        _name(locale, tag),
        "rtl" if locale.text_direction == "rtl" else "ltr",
        words,
        category=locale.plural_form,
        text=told.pgettext,
    )
    return Translation(language, faults, known)


def _without_faults(found: Catalog) -> Iterator[tuple[str, str]]:
    """Take what is unfinished or does not fit out of the catalogue, and name what does not fit."""
    for entry in [entry for entry in found if entry.id]:
        told = _texts(entry.string)
        if entry.fuzzy or not all(told):
            found.delete(entry.id, entry.context)
        elif reason := fault(entry.context or "", _texts(entry.id), told):
            found.delete(entry.id, entry.context)
            yield entry.context or _texts(entry.id)[0], reason


def _texts(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """A text in its forms; most have one."""
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


def _say(
    words: dict[str, str], message: Message, told: gettext.GNUTranslations, locale: Locale, *, is_told: bool
) -> None:
    """Put a sentence into the catalogue in all its forms."""
    code, one, plural = message.context, message.text, message.plural
    if plural is None:
        words[code] = told.pgettext(code, one)
        return
    samples = {locale.plural_form(count): count for count in reversed(_SAMPLES)}
    if not is_told:
        # English has a form for exactly one; where another language's "one" is also 21, it must not be said.
        if [count for count in _SAMPLES if locale.plural_form(count) == "one"] != [1]:
            words.pop(f"{code}.one", None)
        return
    words.pop(f"{code}.one", None)
    for category, count in samples.items():
        words[form_code(code, category)] = told.npgettext(code, one, plural, count)
    other = samples.get("other", samples.get("many", _SAMPLES[-1]))
    words[code] = told.npgettext(code, one, plural, other)


def _locale(tag: str) -> Locale:
    """The rules of a language or, where Babel has none, those of the more general one: for en-XA of en."""
    parts = tag.replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("-".join(parts[:length]), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def _name(locale: Locale, tag: str) -> str:
    """What the language calls itself; with its tag, where that name is only its family's."""
    name = locale.get_display_name() or tag
    return name if str(locale) == tag.replace("-", "_") else f"{name} ({tag})"
