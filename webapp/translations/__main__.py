"""Make ``messages.pot`` anew, and say of each translation that ships how far it is and what does not fit."""

import sys

from webapp.translations.faults import BadTranslation
from webapp.translations.messages import messages, template
from webapp.translations.reading import TRANSLATIONS, read_all


def main() -> int:
    """0, or 1 where a translation does not fit."""
    (TRANSLATIONS / "messages.pot").write_text(template(), encoding="utf-8")
    wanted = {(message.context, message.text) for message in messages()}
    print(f"messages.pot: {len(wanted)} texts")
    try:
        found = read_all(TRANSLATIONS)
    except BadTranslation as error:
        print(error)
        return 1
    for translation in found:
        code = translation.language.code
        print(f"{code}: {len(wanted & translation.known)} of {len(wanted)} texts are translated")
        for context, reason in translation.faults:
            print(f"{code}: {context}: {reason}, so it is said in English")
    return 1 if any(translation.faults for translation in found) else 0


if __name__ == "__main__":
    sys.exit(main())
