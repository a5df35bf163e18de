"""A language for tests, en-XA: English with accents on every letter, in ⟦brackets⟧, and longer by two fifths.

What stands on a page without brackets has come there past the catalogue; what does not fit is too narrow for German.
"""

import math
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from webapp.translations.reading import TRANSLATIONS

TAG = "en-XA"

_ACCENTS = str.maketrans(
    "AaBbCcDdEeGgHhIiJjKkLlNnOoRrSsTtUuWwYyZz",
    "ÅåßƀÇçĐđÉéĜĝĤĥÎîĴĵĶķĻļÑñÖöŔŕŠšŢţÛûŴŵÝýŽž",
)

# Facts, marks, entities, and what stands inside marks that hold data, are not touched.
_KEPT = re.compile(r"(\{\w+\}|<(?P<mark>q-node|q-client|q-value|q-key|code)\b[^>]*>.*?</(?P=mark)>|<[^>]*>|&#?\w+;)")


def pseudo(text: str) -> str:
    """A text in the language."""
    parts = _KEPT.split(text)
    # Of split: the text between two things that are kept, the thing, and the name of its mark.
    told = "".join(
        part.translate(_ACCENTS) if place % 3 == 0 else part for place, part in enumerate(parts) if place % 3 < 2
    )
    letters = sum(len(part) for part in parts[::3])
    return f"⟦{told}{_padding(math.ceil(0.4 * letters))}⟧"


def _padding(length: int) -> str:
    """Words of some letters, since a line can break only between words."""
    return "".join(" " if place % 6 == 0 else "ẋ" for place in range(length)) if length > 2 else "ẋ" * length


def write_translation(folder: Path) -> None:
    """Make the folder one for QUORUMSCOPE_TRANSLATIONS, with this language in it."""
    with (TRANSLATIONS / "messages.pot").open("rb") as file:
        template = read_po(file)
    told = Catalog(charset="utf-8")
    for entry in template:
        if entry.id:
            forms = tuple(map(pseudo, entry.id)) if isinstance(entry.id, tuple) else pseudo(entry.id)
            told.add(entry.id, forms, context=entry.context)
    path = folder / TAG / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.write(
            b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
            b'"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        )
        write_po(file, told, width=0, omit_header=True)
