"""What the environment decides. A wrong setting is refused at the start, in one line."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct


class SettingError(Exception):
    """A setting that cannot be used; the message names it and says what it may be."""


class Settings(Struct, frozen=True):
    """``port`` 0 means: any free one. ``data_dir`` holds the rooms' logs."""

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Path("quorumscope-data")


def from_environment(environ: Mapping[str, str]) -> Settings:
    """HOST, PORT and QUORUMSCOPE_DATA. Raises SettingError."""
    default = Settings()
    port = environ.get("PORT") or str(default.port)
    if not port.isascii() or not port.isdecimal() or int(port) > 65_535:
        raise SettingError(f"PORT must be a whole number from 0 to 65535, not {port!r}.")
    return Settings(
        host=environ.get("HOST") or default.host,
        port=int(port),
        data_dir=Path(environ.get("QUORUMSCOPE_DATA") or default.data_dir),
    )
