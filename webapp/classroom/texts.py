"""What people type: names, titles, questions. It is shown to a whole class, so it must be what it looks like."""

import unicodedata

from engine.outcomes import Refused
from webapp.classroom.commands import NAME_MAX

# Marks that pile up on one letter reach into the lines above and below.
MARKS_MAX = 2

# They are letters, marks or signs by their category, and nothing is to be seen of them.
_BLANK = set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")

# Letters of two scripts that nobody can tell apart, small or as capitals, and the Latin ones that they look like.
_LOOKALIKES = str.maketrans(
    "авекмнорстухѕіјԁԛԝһӏαβεζηικμνορτυχϲϳ",
    "abekmhopctyxsijdqwhlabezhikmnoptyxcj",
)

# Between the letters of a name.
_JOINERS = set(" .-_'’·")


def line(text: str, field: str, longest: int) -> str:
    """A text as it is shown, on one line, with single spaces. Raises Refused (empty_text, long_text, hidden_text)."""
    shown = " ".join(unicodedata.normalize("NFC", text).split())
    if not shown:
        raise Refused("empty_text", field)
    if len(shown) > longest:
        raise Refused("long_text", field, max=longest)
    # A mark in front would stand on what comes before the text.
    marks = MARKS_MAX
    for character in shown:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        # Control and format characters hide, or turn the direction of what stands round them.
        if category[0] == "C" or character in _BLANK or marks > MARKS_MAX:
            raise Refused("hidden_text", field)
    return shown


def name(text: str, field: str = "name") -> str:
    """A nickname: letters and digits of any script, and what stands between them. Raises Refused (also name_signs)."""
    # In the compatible form nobody looks like somebody else in letters that only a computer tells apart.
    shown = line(unicodedata.normalize("NFKC", text), field, NAME_MAX)
    categories = {unicodedata.category(character)[0] for character in shown if character not in _JOINERS}
    if not categories <= set("LMN"):
        raise Refused("name_signs", field)
    if not categories & set("LN"):
        raise Refused("empty_text", field)
    return shown


def likeness(name: str) -> str:
    """The same for names that look the same, whatever the case and the script."""
    return unicodedata.normalize("NFKC", name.casefold()).translate(_LOOKALIKES)
