"""Messages that nobody should send, made by lot from the types of those that one may."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct
from msgspec import inspect as shapes

from engine import SCENARIOS
from engine.kernel.latency import PROFILES
from webapp.protocol import REQUESTS

# What is no JSON value of any field, or is one that no field wants.
ODD: tuple[bytes, ...] = (
    *(b"null", b"true", b"false", b"0", b"-1", b"1", b"1.5", b"-0.0", b"1e308", b"1e-320", b"9007199254740993"),
    *(
        b"9223372036854775808",
        b"18446744073709551616",
        b"-9223372036854775809",
        b"9" * 400,
        b"1e999",
        b"NaN",
        b"Infinity",
    ),
    *(
        b'""',
        b'" "',
        b'"\\u0000"',
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'"\\u202e"',
        b'"a\\u200bb"',
        b'"NaN"',
        b'"__proto__"',
    ),
    *(b'"../../etc/passwd"', b'"\' OR 1=1 --"', b'"{0.__class__}"', b'"%s%n"', b'"<img src=x onerror=alert(1)>"'),
    *(
        b'"' + b"x" * 5_000 + b'"',
        b'"' + "ﷺ".encode() * 900 + b'"',
        b'"' + "e\u0301".encode() * 50 + b'"',
        b'"\xf0\x9f\x99\x82"',
    ),
    *(
        b"[]",
        b"{}",
        b"[[]]",
        b'[{"type":"pause"}]',
        b'{"type":"pause"}',
        b'{"__proto__":{"accepted":true}}',
        b'{"":null}',
    ),
    *(b"[" * 200 + b"]" * 200, b'{"a":' * 200 + b"1" + b"}" * 200, b"[" + b"0," * 2_000 + b"0]", b'{"x":1,"x":2}'),
)
RARE: tuple[bytes, ...] = (
    b'"' + b"x" * 300_000 + b'"',
    b"[" * 50_000 + b"]" * 50_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b"[" + b"null," * 50_000 + b"null]",
)

EVENTS = tuple(REQUESTS)
NO_EVENTS = (
    "",
    "frame",
    "connect",
    "disconnect",
    "*",
    "malformed",
    "OPEN",
    "__proto__",
    "ö\u0000",
    "class ",
    "e" * 300,
)

# Packets of the layers below; some of them end a connection, as they should.
LEAVES = "41"
LAYERS = ("2", "3", "5", "6", "2probe", "4", "40", "40/x,", "43", "431[]", "44", "45", "46", "451-[]", "x", "", "🙂")
ENDING = ("1", "0", LEAVES)

SHAPES = {event: shapes.type_info(request) for event, request in REQUESTS.items()}


class Packet(Struct):
    """``asks``: it is an event with a number, and must be answered; ``may_close``: it may end the connection."""

    data: str | bytes
    asks: bool
    may_close: bool


class Maker:
    """``known`` are values that mean something to the server, by the names of the fields in which they stand."""

    def __init__(self, seed: int) -> None:
        self.luck = random.Random(seed)
        self.known: dict[str, list[str]] = {
            "scenario": list(SCENARIOS),
            "latency": list(PROFILES),
            "client": ["A", "B", "C"],
            "key": ["x", "y"],
            "slug": ["one-leader", "five-masters", "two-writers"],
            "step": ["write", "guess", "read"],
            "member": ["m1", "m2"],
            "poll": ["q1", "q2"],
            **{name: [f"n{number}" for number in range(1, 7)] for name in ("node", "source", "target", "via", "to")},
            **{name: [f"m{number}" for number in range(1, 30)] for name in ("message", "messages")},
        }

    def packet(self, number: int) -> Packet:
        """An event of this number, or bytes that are like one."""
        way = self.luck.random()
        if way < 0.8:
            return self._whole(number, self._request)
        if way < 0.88:
            return self._whole(number, self._no_request)
        if way < 0.96:
            return self._mangled(self._event(number, self._request))
        if way < 0.98:
            return Packet(self.luck.randbytes(self.luck.choice((0, 1, 7, 300))), False, True)
        layer = self.luck.choice(ENDING if self.luck.random() < 0.1 else LAYERS)
        return Packet(layer, False, True)

    def _whole(self, number: int, make: Callable[[], tuple[str, list[Any]]]) -> Packet:
        text = self._event(number, make)
        return Packet(text, _is_json(text[text.index("[") :]), False)

    def _event(self, number: int, make: Callable[[], tuple[str, list[Any]]]) -> str:
        event, arguments = make()
        return f"42{number}{msgspec.json.encode([event, *arguments]).decode(errors='replace')}"

    def _request(self) -> tuple[str, list[Any]]:
        event = self.luck.choice(EVENTS if self.luck.random() < 0.4 else ("command", "class"))
        made = self.valid(SHAPES[event])
        if self.luck.random() < 0.55:
            made = self.spoilt(made)
        return event, [made]

    def _no_request(self) -> tuple[str, list[Any]]:
        event = self.luck.choice((*NO_EVENTS, *EVENTS))
        arguments = [self.odd() for _ in range(self.luck.choice((0, 1, 1, 2, 5)))]
        # An object with nothing in it is what some events want.
        return event, arguments if event in NO_EVENTS or len(arguments) != 1 else [Raw(b"[]")]

    def _mangled(self, text: str) -> Packet:
        place = self.luck.randrange(len(text))
        match self.luck.randrange(5):
            case 0:
                text = text[:place]
            case 1:
                text = text[:place] + self.luck.choice('[]{}",:0\\x\u0000é') + text[place + 1 :]
            case 2:
                text = text[:place] + text[place:] * 2
            case 3:
                text = self.luck.choice(("43", "45", "4", "42/x,", "420x", "421-", "46", "b", " ")) + text[2:]
            case 4:
                # The same number again, and none.
                text = "42" + text[2:].lstrip("0123456789")
        return Packet(text, False, True)

    def valid(self, shape: shapes.Type, name: str = "") -> Any:
        """Something of this form: what may be asked for, though hardly now."""
        luck = self.luck
        match shape:
            case shapes.Metadata(type=inner):
                return self.valid(inner, name)
            case shapes.StructType(fields=fields, tag_field=tag_field, tag=tag):
                made = {} if tag_field is None else {tag_field: tag}
                asked = [field for field in fields if field.required or luck.random() < 0.5]
                return made | {field.encode_name: self.valid(field.type, field.encode_name) for field in asked}
            case shapes.UnionType(types=types):
                return self.valid(luck.choice(types), name)
            case shapes.LiteralType(values=values):
                return luck.choice(values)
            case shapes.StrType(min_length=least, max_length=most):
                if name in self.known and luck.random() < 0.85:
                    return luck.choice(self.known[name])
                letters = luck.choices("abcXYZ019 -_.é✓", k=luck.randint(least or 0, min(most or 20, 20)))
                return "".join(letters)
            case shapes.IntType(ge=least, le=most):
                low, high = int(least or 0), int(most if most is not None else 2**53)
                return luck.choice((low, high, luck.randint(low, min(high, low + 10)), luck.randint(low, high)))
            case shapes.FloatType(ge=least, le=most):
                return luck.uniform(least or 0.0, most if most is not None else 10.0)
            case shapes.BoolType():
                return luck.random() < 0.5
            case shapes.VarTupleType(item_type=item) | shapes.ListType(item_type=item):
                return [self.valid(item, name) for _ in range(luck.randint(0, 3))]
            case shapes.TupleType(item_types=items):
                return [self.valid(item, name) for item in items]
            case shapes.DictType(key_type=key, value_type=value):
                return {str(self.valid(key, name)): self.valid(value) for _ in range(luck.randint(0, 3))}
            case shapes.NoneType():
                return None
        raise TypeError(f"nothing is made of {shape}")

    def spoilt(self, made: Any) -> Any:
        """The same with one thing wrong, somewhere in it."""
        if isinstance(made, dict) and made and self.luck.random() < 0.85:
            name = self.luck.choice(list(made))
            match self.luck.randrange(5):
                case 0:
                    return {other: value for other, value in made.items() if other != name}
                case 1:
                    return made | {self.luck.choice(("more", "", "type", "room", "__proto__", "x" * 200)): self.odd()}
                case 2:
                    return {f"{other} " if other == name else other: value for other, value in made.items()}
                case _:
                    return made | {name: self.spoilt(made[name])}
        if isinstance(made, list) and made and self.luck.random() < 0.5:
            return [*made[:-1], self.spoilt(made[-1])] if self.luck.random() < 0.7 else made * 500
        return self.odd()

    def odd(self) -> Raw:
        return Raw(self.luck.choice(RARE if self.luck.random() < 0.01 else ODD))

    def knows(self, name: str, values: Sequence[str]) -> None:
        """The last few of them."""
        self.known[name] = [*self.known.get(name, ()), *values][-12:]


def _is_json(text: str) -> bool:
    """Whether there is anything in it to be answered: what is none cannot have asked for an answer."""
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
