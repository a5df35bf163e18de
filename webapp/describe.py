"""The protocol, told twice from its types: declarations for the browser, and a page of the docs.

``python -m webapp.describe types|docs`` prints one; ``make protocol`` writes both. A test holds them.
``python -m webapp.describe openapi`` prints what can be asked for over HTTP.
"""

import inspect
import sys
from collections.abc import Iterable

import msgspec
from msgspec import inspect as shapes

from engine.changes import NOTES, STATES, Answer, Change, Sibling
from engine.inspection import Inspection, MerkleLeaf
from engine.outcomes import OUTCOMES
from engine.values import Version
from webapp.classroom.commands import CLASS_COMMANDS
from webapp.classroom.seen import ClassSeen, CommentSeen, LookSeen, PollSeen, Roster, Row, SeatSeen
from webapp.errors import ALL_REFUSALS
from webapp.protocol import ANSWERS, REQUESTS, ROOM_COMMANDS, Again, Branch, Frame
from webapp.rooms.pace import Pace

Struct = type[msgspec.Struct]

_CLASS: tuple[Struct, ...] = (ClassSeen, PollSeen, SeatSeen, CommentSeen, LookSeen, Roster, Row)
_SHARED: tuple[Struct, ...] = (Version, Answer, Sibling, Pace, MerkleLeaf, Inspection)


def _name(struct: Struct) -> str:
    # A command and a request may share a word with something of the browser's own.
    if struct in ROOM_COMMANDS:
        return f"{struct.__name__}Command"
    if struct in CLASS_COMMANDS:
        return f"{struct.__name__}InClass"
    if struct in REQUESTS.values():
        return f"{struct.__name__}Request"
    return struct.__name__


def _type(shape: shapes.Type) -> str:
    match shape:
        case shapes.Metadata():
            return _type(shape.type)
        case shapes.IntType() | shapes.FloatType():
            return "number"
        case shapes.StrType():
            return "string"
        case shapes.BoolType():
            return "boolean"
        case shapes.NoneType():
            return "null"
        case shapes.LiteralType():
            return " | ".join(f'"{value}"' for value in sorted(map(str, shape.values)))
        case shapes.UnionType():
            members = {t.cls for t in shape.types if isinstance(t, shapes.StructType)}
            if members == set(ROOM_COMMANDS):
                return "RoomCommand | null" if shape.includes_none else "RoomCommand"
            if members == set(CLASS_COMMANDS):
                return "ClassCommand"
            if members == set(STATES):
                return "State | null"
            return " | ".join(_type(t) for t in shape.types)
        case shapes.ListType():
            return f"{_bracketed(_type(shape.item_type))}[]"
        case shapes.VarTupleType():
            return f"readonly {_bracketed(_type(shape.item_type))}[]"
        case shapes.DictType():
            return f"Record<string, {_type(shape.value_type)}>"
        case shapes.StructType():
            return _name(shape.cls)
    raise TypeError(f"no declaration for {shape}")


def _bracketed(text: str) -> str:
    return f"({text})" if "|" in text else text


def _fields(struct: Struct) -> list[tuple[str, str, bool]]:
    """Name, type and whether it may be left out, for every field."""
    shape = shapes.type_info(struct)
    assert isinstance(shape, shapes.StructType)
    named = [(field.encode_name, _type(field.type), not field.required) for field in shape.fields]
    return [(str(shape.tag_field), f'"{shape.tag}"', False), *named] if shape.tag else named


def _doc(struct: Struct) -> str:
    return inspect.cleandoc(struct.__doc__ or "").replace("``", "`")


def _declare(struct: Struct, optional: bool) -> str:
    """``optional``: what may be left out when it is sent; what is received is always there."""
    comment = "".join(f"\n * {line}".rstrip() for line in _doc(struct).splitlines())
    fields = "".join(
        f"  readonly {name}{'?' if optional and may else ''}: {kind};\n" for name, kind, may in _fields(struct)
    )
    return f"/**{comment}\n */\nexport interface {_name(struct)} {{\n{fields}}}\n"


def _change() -> str:
    kinds = " |\n".join(
        f'  {{ readonly at_us: number; readonly kind: "{state.kind}"; readonly id: string;'
        f" readonly fields: {state.__name__} | null }}"
        for state in STATES
    )
    comment = "".join(f"\n * {line}".rstrip() for line in _doc(Change).splitlines())
    return f"/**{comment}\n */\nexport type Change =\n{kinds};\n"


def types() -> str:
    """TypeScript declarations of everything on the wire."""
    parts = ["// Made by `make protocol` from webapp/protocol.py and engine/; do not edit.\n"]
    parts += [_declare(struct, optional=False) for struct in (*_SHARED, *STATES)]
    parts.append(_change())
    kinds = "".join(f"  readonly {state.kind}: {state.__name__};\n" for state in STATES)
    parts.append(f"/** The state of each kind of entity. */\nexport interface States {{\n{kinds}}}\n")
    received: tuple[Struct, ...] = (Frame, Again, Branch, *_CLASS, *ANSWERS)
    parts += [_declare(struct, optional=False) for struct in received]
    sent: tuple[Struct, ...] = (*ROOM_COMMANDS, *CLASS_COMMANDS, *REQUESTS.values())
    parts += [_declare(struct, optional=True) for struct in sent]
    for union, commands in (("RoomCommand", ROOM_COMMANDS), ("ClassCommand", CLASS_COMMANDS)):
        parts.append(f"export type {union} =\n" + " |\n".join(f"  {_name(c)}" for c in commands) + ";\n")
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _section(struct: Struct, title: str, optional: bool = False) -> str:
    rows = [
        (f"`{name}`", f"`{kind}`" + (" (may be left out)" if optional and may else ""))
        for name, kind, may in _fields(struct)
    ]
    return f"### {title}\n\n{_doc(struct)}\n" + ("\n" + _table(("field", "type"), rows) if rows else "")


def docs() -> str:
    """docs/PROTOCOL.md."""
    parts = [
        "# Protocol\n",
        "Made by `make protocol` from the types in the code; do not edit.\n",
        "Socket.IO, WebSocket first, plain JSON. A request is an event with one object and an acknowledgement."
        " Times in `_us` are whole microseconds of virtual time. Everything that happened comes as a `frame`.\n",
        "## Requests\n",
        *(_section(struct, f"`{event}`", optional=True) for event, struct in REQUESTS.items()),
        "## Answers\n",
        *(_section(struct, struct.__name__) for struct in ANSWERS),
        "Bytes that are no packet at all are answered by an event `error`, which carries an Error.\n",
        "## Commands\n",
        *(_section(struct, f"`{_fields(struct)[0][1].strip(chr(34))}`", optional=True) for struct in ROOM_COMMANDS),
        "## Commands to a class\n",
        "Who may ask for what is a table: webapp/classroom/roles.py.\n",
        *(_section(struct, f"`{_fields(struct)[0][1].strip(chr(34))}`", optional=True) for struct in CLASS_COMMANDS),
        "## A class\n",
        "What is to be seen of it comes as events, each time as a whole. Whose seat is no longer good gets"
        " an event `out` with an Error.\n",
        *(_section(struct, struct.__name__) for struct in _CLASS),
        "## Frames\n",
        _section(Frame, "`frame`"),
        _section(Again, "`again`"),
        _section(Pace, "Pace"),
        _section(Branch, "Branch"),
        _section(Change, "Change"),
        "## Kinds of entity\n",
        "A `State` is one of these.\n",
        *(_section(struct, f"`{struct.kind}`") for struct in STATES),
        *(_section(struct, struct.__name__) for struct in (Version, Answer, Sibling)),
        "## Inspections\n",
        "What is inside a node is asked for by hand; it is no entity.\n",
        *(_section(struct, struct.__name__) for struct in (Inspection, MerkleLeaf)),
        "## Notes\n",
        "What the narration can say. The sentences are in static/words.\n",
        _table(("code", "facts"), ((f"`{code}`", ", ".join(facts)) for code, facts in NOTES.items())),
        "## Outcomes\n",
        _table(
            ("code", "word", "for a checker", "meaning"),
            ((f"`{o.code}`", o.word, "definite" if o.definite else "indefinite", o.meaning) for o in OUTCOMES.values()),
        ),
        "## Refusals\n",
        _table(("code", "meaning"), ((f"`{r.code}`", r.meaning) for r in ALL_REFUSALS.values())),
    ]
    return "\n".join(parts)


def openapi() -> str:
    """What can be asked for over HTTP, as JSON."""
    from webapp.openapi import document

    return msgspec.json.format(msgspec.json.encode(document()), indent=2).decode() + "\n"


if __name__ == "__main__":
    sys.stdout.write({"types": types, "docs": docs, "openapi": openapi}[sys.argv[1]]())
