"""The log, on stderr: what whoever keeps the site has to know, and nothing about the people who are on it.

No line has an address, a name, a key, a code, or the id of a room or class. What other libraries tell is shortened to
what cannot have any of these in it: their message without its arguments, and of an exception its kind and where it was.
"""

import logging
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import msgspec

from webapp.settings import TABLE, LogStyle, Settings

# The same is told again at most so often; in between it is counted.
EVERY_S = 60.0

# The messages of these are made by the interpreter, of kinds and names that stand in the code. Others may quote what
# somebody has typed.
_QUOTES_NOTHING = (
    ArithmeticError,
    AttributeError,
    ImportError,
    MemoryError,
    NameError,
    RecursionError,
    TypeError,
)

_OURS = ("webapp", "engine")


def begin(style: LogStyle) -> None:
    """Whatever the process logs goes to stderr from now on, in this style."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if style == "json" else _Plain())
    logging.basicConfig(level=logging.ERROR, handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    # About single connections, and with their addresses; what goes wrong in our own code, our own loggers tell.
    for name in ("engineio", "socketio", "eventlet.wsgi", "geventwebsocket", "werkzeug"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def tell(log: logging.Logger, event: str, level: int = logging.INFO, **facts: Any) -> None:
    """A line that has a code, and facts that are nobody's."""
    log.log(level, event, extra={"facts": facts})


def told(settings: Settings) -> dict[str, Any]:
    """What is not as it is by default; of a secret, that it is set."""
    usual = Settings()
    facts = {}
    for setting in TABLE:
        value = getattr(settings, setting.field)
        if value != getattr(usual, setting.field) and setting.field != "port":
            facts[setting.field] = "set" if setting.secret else str(value)
    return facts


class Seldom:
    """Tells what may happen a thousand times a second: the first time at once, and then how often, each minute."""

    def __init__(self, log: logging.Logger, event: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._event = event
        self._clock = clock
        self._untold: dict[str, int] = {}
        self._told_s: dict[str, float] = {}

    def tell(self, code: str) -> None:
        """``code`` is one of a few."""
        self._untold[code] = self._untold.get(code, 0) + 1
        now_s = self._clock()
        if code not in self._told_s or now_s - self._told_s[code] >= EVERY_S:
            self._told_s[code] = now_s
            self._say(code)

    def rest(self) -> None:
        """Tell what was only counted."""
        for code in list(self._untold):
            self._say(code)

    def _say(self, code: str) -> None:
        tell(self._log, self._event, logging.WARNING, code=code, times=self._untold.pop(code))


def _event_of(record: logging.LogRecord) -> str:
    return record.getMessage() if record.name.partition(".")[0] in _OURS else str(record.msg)


def _time_of(record: logging.LogRecord) -> str:
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03}Z"


def _trace_of(record: logging.LogRecord) -> str | None:
    if not record.exc_info or record.exc_info[1] is None:
        return None
    return "".join(_trace(record.exc_info[1])).rstrip()


def _trace(error: BaseException) -> Iterator[str]:
    """As Python prints it, without what a message may quote."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _trace(before)
        yield "\nwhich led to:\n\n"
    yield "Traceback (most recent call last):\n"
    yield from _stack(error.__traceback__)
    yield f"{type(error).__name__}{_message(error)}\n"


def _stack(trace: TracebackType | None) -> list[str]:
    return traceback.format_list(traceback.extract_tb(trace))


def _message(error: BaseException) -> str:
    if isinstance(error, _QUOTES_NOTHING):
        return f": {error}"
    if isinstance(error, OSError) and error.strerror:
        return f": {error.strerror}"
    return ""


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = "".join(f" {name}={_quoted(value)}" for name, value in getattr(record, "facts", {}).items())
        line = f"{_time_of(record)} {record.levelname.lower()} {_event_of(record)}{facts}"
        trace = _trace_of(record)
        return line if trace is None else f"{line}\n{trace}"


def _quoted(value: Any) -> str:
    text = str(value)
    return repr(text) if not text or any(sign.isspace() for sign in text) else text


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _time_of(record),
            "level": record.levelname.lower(),
            "event": _event_of(record),
            **getattr(record, "facts", {}),
        }
        if (trace := _trace_of(record)) is not None:
            line["traceback"] = trace
        return msgspec.json.encode(line, enc_hook=str).decode()
