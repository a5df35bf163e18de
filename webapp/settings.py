"""What the environment decides. A wrong setting is refused at the start, in one line."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

# Where the translation into a language lies in its folder.
TRANSLATION = "LC_MESSAGES/messages.po"


class SettingError(Exception):
    """A setting that cannot be used; the message names it and says what it may be."""


class Settings(Struct, frozen=True):
    """``port`` 0 means: any free one. ``data_dir`` holds the rooms' logs, ``lessons`` the site's own lessons, and
    ``translations`` its own translations."""

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Path("quorumscope-data")
    lessons: Path | None = None
    translations: Path | None = None


def from_environment(environ: Mapping[str, str]) -> Settings:
    """HOST, PORT, QUORUMSCOPE_DATA, QUORUMSCOPE_LESSONS and QUORUMSCOPE_TRANSLATIONS. Raises SettingError."""
    default = Settings()
    port = environ.get("PORT") or str(default.port)
    if not port.isascii() or not port.isdecimal() or int(port) > 65_535:
        raise SettingError(f"PORT must be a whole number from 0 to 65535, not {port!r}.")
    lessons = environ.get("QUORUMSCOPE_LESSONS")
    if lessons and not Path(lessons).is_dir():
        raise SettingError(f"QUORUMSCOPE_LESSONS must be a folder that is there, not {lessons!r}.")
    translations = environ.get("QUORUMSCOPE_TRANSLATIONS")
    if translations and not any(Path(translations).glob(f"*/{TRANSLATION}")):
        raise SettingError(
            f"QUORUMSCOPE_TRANSLATIONS must be a folder with <language>/{TRANSLATION}, not {translations!r}."
        )
    return Settings(
        host=environ.get("HOST") or default.host,
        port=int(port),
        data_dir=Path(environ.get("QUORUMSCOPE_DATA") or default.data_dir),
        lessons=Path(lessons) if lessons else None,
        translations=Path(translations) if translations else None,
    )
