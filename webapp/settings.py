"""What the environment decides. A wrong setting is refused at the start, in one line."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

# Where the translation into a language lies in its folder.
TRANSLATION = "LC_MESSAGES/messages.po"

AsyncMode: TypeAlias = Literal["eventlet", "gevent"]
Accounts: TypeAlias = Literal["none", "password", "oidc"]
SignUp: TypeAlias = Literal["open", "invited"]
LogStyle: TypeAlias = Literal["plain", "json"]
Switch: TypeAlias = Literal["off", "on"]


class SettingError(Exception):
    """A setting that cannot be used; the message names it and says what it may be."""


class Settings(Struct, frozen=True):
    """What each field means, and which variable sets it, stands in ``TABLE``. Days and limits: 0 is none."""

    host: str = "127.0.0.1"
    port: int = 8000
    site: str | None = None
    proxies: int = 0
    async_mode: AsyncMode = "eventlet"
    data_dir: Path = Path("quorumscope-data")
    database_url: str | None = None
    redis_url: str | None = None
    worker: str = ""
    lessons: Path | None = None
    translations: Path | None = None
    sleep_after_s: int = 60
    keep_rooms_days: int = 0
    keep_runs_days: int = 0
    keep_classes_days: int = 0
    accounts: Accounts = "none"
    sign_up: SignUp = "invited"
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    log_style: LogStyle = "plain"
    metrics: Switch = "off"
    connections: int = 3_000
    rooms_made: str = "3000/minute;20000/hour"
    commands: str = "60/second;3000/minute"
    commands_of_address: str = "2000/second;36000/minute"
    kilobytes: str = "2000/minute"
    requests: str = "9000/minute"
    wrong_codes: str = "600/minute;3000/hour;6000/day"

    @property
    def asks_others(self) -> bool:
        """Whether other servers are connected to, perhaps by their names."""
        return any((self.database_url, self.redis_url, self.oidc_issuer))


class Setting(Struct, frozen=True):
    """A variable of the environment, the field that it sets, how it is read, and what the documentation says of it.

    ``read`` raises ValueError with what the variable must be. A ``secret`` is never shown.
    """

    variable: str
    field: str
    read: Callable[[str], Any]
    says: str
    secret: bool = False

    @property
    def default(self) -> str:
        value = getattr(Settings(), self.field)
        return "" if value is None else str(value)


def _text(value: str) -> str:
    return value


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isascii() or not value.isdecimal() or not least <= int(value) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(value)

    return read


def _one_of(choices: Any) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in get_args(choices):
            raise ValueError(" or ".join(get_args(choices)))
        return value

    return read


def _matching(pattern: str, what: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(what)
        return value

    return read


def _address(schemes: tuple[str, ...], is_whole: Callable[[SplitResult], bool], example: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        try:
            parts = urlsplit(value)
            # A wrong port is found only by who asks for it.
            can_be_used = parts.scheme in schemes and parts.port != 0 and is_whole(parts)
        except ValueError:
            can_be_used = False
        if not can_be_used:
            raise ValueError(f"an address such as {example}")
        return value

    return read


def _folder(value: str) -> Path:
    if not Path(value).is_dir():
        raise ValueError("a folder that is there")
    return Path(value)


def _translations(value: str) -> Path:
    if not any(Path(value).glob(f"*/{TRANSLATION}")):
        raise ValueError(f"a folder with <language>/{TRANSLATION}")
    return Path(value)


def _rate(value: str) -> str:
    # Only here: this file is read before the standard library is made green, and that must stand in nobody's way.
    from limits import parse_many

    if value == "0":
        return ""
    try:
        parse_many(value)
    except ValueError:
        raise ValueError('"0" (no limit), or limits such as "20/second;300/minute"') from None
    return value


_DAYS = _whole(0, 36_500)

TABLE: tuple[Setting, ...] = (
    Setting("HOST", "host", _text, "The address to listen on."),
    Setting("PORT", "port", _whole(0, 65_535), "The port to listen on; 0 is any free one."),
    Setting(
        "QUORUMSCOPE_SITE",
        "site",
        _matching(r"https?://[A-Za-z0-9.-]+(:\d+)?", "an address such as https://quorum.example.org, without a path"),
        "The address by which people reach the site. Requests for any other host are refused, and https makes cookies"
        " secure.",
    ),
    Setting(
        "QUORUMSCOPE_PROXIES",
        "proxies",
        _whole(0, 5),
        "So many proxies stand before the server: their X-Forwarded-For and X-Forwarded-Proto are believed. They must"
        " pass on the Host that they were asked for.",
    ),
    Setting(
        "QUORUMSCOPE_ASYNC", "async_mode", _one_of(AsyncMode), "What serves: eventlet, or gevent where it is installed."
    ),
    Setting("QUORUMSCOPE_DATA", "data_dir", Path, "The folder of the database, where no DATABASE_URL is set."),
    Setting(
        "DATABASE_URL",
        "database_url",
        _address(
            ("postgresql", "postgres"),
            lambda parts: bool(parts.username and parts.path.strip("/")),
            "postgresql://user:password@host/name",
        ),
        "A PostgreSQL database instead of the file in the data folder.",
        secret=True,
    ),
    Setting(
        "REDIS_URL",
        "redis_url",
        _address(
            ("redis", "rediss", "unix"),
            lambda parts: bool(parts.path if parts.scheme == "unix" else parts.hostname),
            "redis://localhost:6379/0",
        ),
        "A Redis server, through which several workers reach one audience.",
        secret=True,
    ),
    Setting(
        "QUORUMSCOPE_WORKER",
        "worker",
        _matching(r"[A-Za-z0-9]", "one letter or digit"),
        "Where there are several workers: the first sign of the ids of all rooms made by this one, for the proxy to"
        " route by.",
    ),
    Setting("QUORUMSCOPE_LESSONS", "lessons", _folder, "A folder with lessons of your own."),
    Setting("QUORUMSCOPE_TRANSLATIONS", "translations", _translations, "A folder with translations of your own."),
    Setting(
        "QUORUMSCOPE_SLEEP_AFTER",
        "sleep_after_s",
        _whole(1, 86_400),
        "A room or class in which nobody has been for so many seconds leaves memory.",
    ),
    Setting(
        "QUORUMSCOPE_KEEP_ROOMS",
        "keep_rooms_days",
        _DAYS,
        "Rooms that belong to no class are deleted when nobody has been in them for so many days; 0: never.",
    ),
    Setting("QUORUMSCOPE_KEEP_RUNS", "keep_runs_days", _DAYS, "Shared runs are deleted after so many days; 0: never."),
    Setting(
        "QUORUMSCOPE_KEEP_CLASSES",
        "keep_classes_days",
        _DAYS,
        "Classes are deleted, with all they hold, when nothing has happened in them for so many days; 0: never.",
    ),
    Setting(
        "QUORUMSCOPE_ACCOUNTS",
        "accounts",
        _one_of(Accounts),
        "Teachers' accounts: none (anybody may start a class), password, or oidc (OpenID Connect).",
    ),
    Setting("QUORUMSCOPE_SIGN_UP", "sign_up", _one_of(SignUp), "Who may have an account: open (anybody), or invited."),
    Setting(
        "QUORUMSCOPE_OIDC_ISSUER",
        "oidc_issuer",
        _matching(r"https?://.+", "the address of an OpenID provider"),
        "The OpenID provider, where accounts are oidc.",
    ),
    Setting("QUORUMSCOPE_OIDC_CLIENT_ID", "oidc_client_id", _text, "This site's name at the OpenID provider."),
    Setting(
        "QUORUMSCOPE_OIDC_CLIENT_SECRET",
        "oidc_client_secret",
        _text,
        "This site's secret at the OpenID provider.",
        secret=True,
    ),
    Setting("QUORUMSCOPE_LOG", "log_style", _one_of(LogStyle), "How the log is written to stderr: plain or json."),
    Setting(
        "QUORUMSCOPE_METRICS",
        "metrics",
        _one_of(Switch),
        "Whether /metrics tells Prometheus how the site is: off or on.",
    ),
    Setting(
        "QUORUMSCOPE_CONNECTIONS",
        "connections",
        _whole(0, 100_000),
        "So many connections at once may come from one address; 0: any number.",
    ),
    Setting("QUORUMSCOPE_ROOMS_MADE", "rooms_made", _rate, "How many rooms, classes and members one address may make."),
    Setting("QUORUMSCOPE_COMMANDS", "commands", _rate, "How many requests one connection may send."),
    Setting(
        "QUORUMSCOPE_COMMANDS_OF_ADDRESS",
        "commands_of_address",
        _rate,
        "How many requests all connections of one address may send.",
    ),
    Setting("QUORUMSCOPE_KILOBYTES", "kilobytes", _rate, "How many kilobytes one connection may send."),
    Setting("QUORUMSCOPE_REQUESTS", "requests", _rate, "How many pages and data one address may ask for over HTTP."),
    Setting("QUORUMSCOPE_WRONG_CODES", "wrong_codes", _rate, "How many wrong codes of classes one address may try."),
)


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Raises SettingError. An empty variable is none."""
    given: dict[str, Any] = {}
    for setting in TABLE:
        if value := environ.get(setting.variable):
            try:
                given[setting.field] = setting.read(value)
            except ValueError as wrong:
                shown = "" if setting.secret else f", not {value!r}"
                raise SettingError(f"{setting.variable} must be {wrong}{shown}.") from None
    settings = Settings(**given)
    if settings.accounts == "oidc":
        for setting in TABLE:
            if setting.field.startswith("oidc_") and getattr(settings, setting.field) is None:
                raise SettingError(f"QUORUMSCOPE_ACCOUNTS is oidc: {setting.variable} must be set.")
    return settings
