"""Garbage on every event, and bytes that are no packets: a clear error each, and nobody else notices."""

import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import websocket
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.server import UNLIMITED, Server
from tests.webapp.clients import Client, Raw, lasting
from tests.webapp.conftest import entries, told_log
from webapp.errors import ALL_REFUSALS
from webapp.protocol import REQUESTS

# That garbage comes too fast is seen in test_limited.py; here each piece is to be refused for what it is.
SETTINGS = UNLIMITED

EVENTS = tuple(REQUESTS)
HARMLESS = ("resync", "branches", "share", "digest")
NO_EVENTS = (
    "",
    "frame",
    "message",
    "connect",
    "disconnect",
    "connect_error",
    "*",
    "__proto__",
    "OPEN",
    "ö\u0000",
    "e" * 1_000_000,
)

MEGABYTE = "x" * 1_000_000


def _nested(depth: int, inside: str = "1") -> str:
    return "[" * depth + inside + "]" * depth


# JSON of one argument each; none of them is what any event wants.
SCALARS = [
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1e308",
    "-0.0",
    "9" * 400,
    '""',
    '"open"',
    f'"{MEGABYTE}"',
    '"\\u0000\\u001b[2J\u202e"',
]
LISTS = ["[]", "[{}]", '[["type","pause"]]', _nested(500), "[" + "0," * 300_000 + "0]"]
OBJECTS = [
    '{"nonsense":1}',
    '{"__proto__":{"accepted":true}}',
    '{"constructor":{"prototype":{}}}',
    f'{{"{MEGABYTE}":1}}',
    '{"a - at `$.b":1}',
    '{"{reason}{0}{reason.__class__}":1}',
    '{"\\u0000":1,"":2}',
    '{"a":' * 400 + "1" + "}" * 400,
]
NOT_STRINGS = ["null", "0", "-1", "1.5", "true", "[]", "{}", '["x"]']
BAD_STRINGS = ['""', f'"{MEGABYTE}"', '"\\u0000"', '"../../etc/passwd"', '"\' OR 1=1 --"', '"ünïcödé 🙂"', '"a b"']


def _arguments(event: str) -> Iterator[str]:
    """What follows the event's name: all of it wrong. Each begins with a comma, or is empty."""
    for one in (*SCALARS, *LISTS, *OBJECTS):
        yield f",{one}"
    yield ""
    yield ",{},{}"
    yield ",null,null"
    yield "," + ",".join(["{}"] * 10_000)
    match event:
        case "open":
            yield from (f',{{"scenario":{value}}}' for value in (*NOT_STRINGS, *BAD_STRINGS, '"no-such"'))
            bad = ["-1", "9007199254740992", "9" * 400, "1.5", "1e400000", "true", '"1"', '"NaN"', "[]", "{}"]
            yield from (f',{{"seed":{value}}}' for value in bad if value != "1e400000")
            yield ',{"seed":1,"room":"x"}'
        case "join":
            yield from (f',{{"room":{value}}}' for value in (*NOT_STRINGS, *BAD_STRINGS))
            yield from (
                ",{}",
                ',{"room":"nosuchroom"}',
                ',{"room":"x","x":1}',
                f',{{"room":"{"a" * 33}"}}',
                ',{"room":"a\\n"}',
            )
        case "command":
            yield ",{}"
            yield from (f',{{"command":{value}}}' for value in (*NOT_STRINGS, *BAD_STRINGS, *OBJECTS, *LISTS))
            yield from (f',{{"command":{command}}}' for command in _commands())
        case "resync" | "branches" | "digest":
            yield ',{"room":"x"}'
        case "fork":
            yield from (f',{{"at_us":{value}}}' for value in (*NO_NUMBERS, "null"))
            yield from (f',{{"at_us":0,"command":{command}}}' for command in _commands())
            yield from (f',{{"at_us":0,"name":{value}}}' for value in NO_NAMES)
            yield from (f',{{"at_us":0,"running":{value}}}' for value in ("0", '"true"', "[]", "{}"))
            yield from (
                ",{}",
                ',{"at_us":0,"room":"x"}',
                ',{"at_us":0,"command":{"type":"step"}}',
                ',{"at_us":0,"command":{"type":"restart","node":"n1"}}',
                ',{"at_us":0,"command":{"type":"compare"}}',
                ',{"at_us":0,"command":{"type":"compare","settings":{"w":6}}}',
            )
        case "rename":
            yield from (f',{{"room":{value},"name":"a"}}' for value in (*NOT_STRINGS, *BAD_STRINGS))
            yield from (f',{{"room":"x","name":{value}}}' for value in ("null", *NO_NAMES))
            yield from (",{}", ',{"room":"x"}', ',{"name":"x"}', ',{"room":"nosuchroom","name":"x"}')
        case "peek" | "copy":
            yield from (f',{{"room":{value}}}' for value in (*NOT_STRINGS, *BAD_STRINGS))
            yield from (",{}", ',{"room":"nosuchroom"}', ',{"room":"nosuchroom","at_us":-1}')
        case "share":
            yield from (f',{{"at_us":{value}}}' for value in NO_NUMBERS)
            yield ',{"room":"x"}'
        case "unpack":
            yield from (f',{{"packed":{value}}}' for value in (*NOT_STRINGS, *BAD_STRINGS))
            yield from (",{}", ',{"packed":"eJw"}', ',{"packed":"====","x":1}')


VALID: dict[str, dict[str, Any]] = {
    "write": {"client": "A", "key": "x", "value": "1"},
    "read": {"client": "A", "key": "x"},
    "crash": {"node": "n1"},
    "restart": {"node": "n1"},
    "gossip": {"node": "n1"},
    "configure": {"n": 5, "w": 3, "r": 3, "timeout_us": 1000, "gossip_every_us": 1000, "latency": "LNKD-DISK"},
    "compare": {"settings": {"w": 1}},
    "run": {},
    "pause": {},
    "step": {},
    "set_speed": {"speed": 0.5},
}
NO_NAMES = ['""', '"   "', f'"{"a" * 41}"', "0", "[]", "{}", "true"]
NO_NUMBERS = [
    "-1",
    "1e300",
    "9" * 400,
    "1.5e-320",
    "true",
    '"1"',
    '"NaN"',
    '"Infinity"',
    "[]",
    "{}",
    "18446744073709551616",
]


# In these, a field may be left out, or null.
MAY_BE_LEFT_OUT = ("gossip", "configure", "compare")


def _commands() -> Iterator[str]:
    yield from (
        '{"type":null}',
        '{"type":1}',
        '{"type":["run"]}',
        '{"type":"RUN"}',
        '{"type":"__proto__"}',
        '{"type":""}',
    )
    yield f'{{"type":"{MEGABYTE}"}}'
    for kind, fields in VALID.items():
        whole = json.dumps({"type": kind, **fields})
        yield whole[:-1] + ',"unknown":1}'
        yield json.dumps(fields)
        for name, value in fields.items():
            if kind not in MAY_BE_LEFT_OUT:
                yield json.dumps({"type": kind} | {other: v for other, v in fields.items() if other != name})
            bad = (*NOT_STRINGS, '""', f'"{MEGABYTE[:10_000]}"') if isinstance(value, str) else NO_NUMBERS
            for text in bad:
                # Null means "not named" where a field may be left out.
                if text not in ("null", "{}") or kind not in MAY_BE_LEFT_OUT:
                    start = json.dumps({"type": kind} | {other: v for other, v in fields.items() if other != name})
                    yield f'{start[:-1]},"{name}":{text}}}'


WANT_A_ROOM: dict[str, dict[str, Any]] = {
    "command": {"command": {"type": "pause"}},
    "resync": {},
    "fork": {"at_us": 0},
    "branches": {},
    "rename": {"room": "x", "name": "x"},
    "share": {},
    "digest": {},
}


def _check_refusal(answer: Any, about: str) -> None:
    assert isinstance(answer, dict), about
    assert answer["accepted"] is False, (about, answer)
    assert set(answer) == {"accepted", "error"}, about
    _check_error(answer["error"], about)


def _check_error(error: dict[str, Any], about: str) -> None:
    assert set(error) == {"code", "sentence", "field", "retry_s"}, about
    assert error["code"] in ALL_REFUSALS, about
    assert error["code"] != "internal", about
    assert 0 < len(error["sentence"]) < 400, about
    assert error["field"] is None or 0 < len(error["field"]) < 100, (about, str(error["field"])[:200])


@pytest.fixture(autouse=True)
def bystander(server: Server) -> Iterator[Client]:
    """Somebody in another room, who must not notice anything; and the room goes on working."""
    with Client(server) as viewer:
        room = viewer.open()
        viewer.do("pause")
        viewer.do("write", client="A", key="x", value="1")
        viewer.do("crash", node="n2")
        before, world = entries(told_log(server, room)), lasting(viewer.world())
        count = len(viewer.resync()["changes"]), len(viewer.frames)
        yield viewer
        assert server.is_running
        assert "Traceback" not in server.errors
        assert entries(told_log(server, room)) == before
        assert len(viewer.frames) == count[1]
        assert viewer.errors == []
        assert lasting(viewer.world()) == world
        viewer.do("step")
        assert len(entries(told_log(server, room))) == len(before) + 1


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("in_a_room", [False, True], ids=["outside", "inside"])
def test_garbage_on_an_event(server: Server, event: str, in_a_room: bool) -> None:
    with Raw(server) as socket:
        room = socket.ask("open", {})["room"] if in_a_room else None
        if room:
            assert socket.ask("command", {"command": {"type": "pause"}})["accepted"]
        for arguments in _arguments(event):
            _check_refusal(socket.ask_raw(f'["{event}"{arguments}]'), f"{event}{arguments[:120]}")
        if room:
            assert len(entries(told_log(server, room))) == 1
            assert socket.ask("resync", {})["room"] == room, "it is still in its room"
            assert socket.ask("command", {"command": {"type": "run"}})["seq"] == 2
        else:
            for wants_a_room, arguments in WANT_A_ROOM.items():
                assert socket.ask(wants_a_room, arguments)["error"]["code"] == "not_in_a_room"


def test_a_field_is_never_the_senders_own_text(server: Server) -> None:
    with Raw(server) as socket:
        answer = socket.ask("open", {"a - at `" + "y" * 5_000: 1})
        _check_refusal(answer, "open")
        assert "y" not in (answer["error"]["field"] or "")


@pytest.mark.parametrize("event", NO_EVENTS, ids=lambda event: repr(event[:12]))
def test_events_that_do_not_exist(server: Server, event: str) -> None:
    with Raw(server) as socket:
        room = socket.ask("open", {})["room"]
        for arguments in ([], [{}], [None], [1, 2], [{"room": room}])[: 5 if len(event) < 100 else 1]:
            answer = socket.ask(event, *arguments)
            _check_refusal(answer, event[:40])
            assert answer["error"]["code"] == "unknown_event"
            socket.send("42" + json.dumps([event, *arguments]))
        assert socket.ask("resync", {})["room"] == room, "the connection is what it was"


def test_a_name_of_the_servers_own_is_no_way_in(server: Server) -> None:
    with Raw(server) as socket:
        _check_refusal(socket.ask("malformed", {}), "malformed")
        assert socket.error()["code"] == "malformed"


ANSWERED_BYTES = [
    "4",
    "4null",
    "4[]",
    "4{}",
    '4""',
    "4false",
    "4true",
    "4 1",
    "4-1",
    "4[1,2]",
    '4{"a":1}',
    "4" + _nested(100_000),
    "42",
    "42[",
    "42[]",
    "42{}",
    "42null",
    "42[null]",
    "42[1]",
    "42[[]]",
    '42"open"',
    '42{"open":1}',
    "42" + "[" * 100_000,
    "42" + _nested(100_000),
    '42["open",' + _nested(100_000) + "]",
    '42["open",{}]junk',
    '42["open",NaN]',
    '42["open",1e999]',
    '42["open","\\ud800"]',
    "42['open']",
    "42" + "1" * 101 + '["open"]',
    '4212x["open"]',
    '42?1["open",{}]',
    "42" + MEGABYTE,
    '42/elsewhere,1["open",{}]',
    '42/elsewhere["open",{}]',
    "42/" + MEGABYTE,
    "43x",
    "44",
    '44"no"',
    "45",
    "451-[]",
    '451-["open",{"_placeholder":true,"num":0}]',
    '4599999999999-["open"]',
    "46",
    "461-[]",
    "47",
    "48",
    "49",
    "4x",
    "4²",
    "4" + MEGABYTE,
]

# Of a layer below, or a packet that is nobody's question: nothing to answer, or the connection is closed.
OTHER_BYTES = [
    "",
    "x",
    "²",
    "0",
    "2probe",
    "3",
    "3x",
    "5",
    "6",
    "7",
    "9",
    "b!!",
    "b00",
    "1",
    "40",
    "41",
    "40/elsewhere,",
    '40"auth"',
    "40[1]",
    "43",
    "431",
    "431[]",
    "43[1,2]",
    "43/elsewhere,1[]",
    MEGABYTE,
    "-4",
    " 42[]",
    "\u0000",
    "🙂",
    "2" + MEGABYTE,
]


def test_bytes_that_are_no_packet_are_answered(server: Server) -> None:
    with Raw(server) as socket:
        room = socket.ask("open", {})["room"]
        for text in ANSWERED_BYTES:
            socket.send(text)
            error = socket.error()
            assert error is not None, f"the connection was closed at {text[:80]}"
            _check_error(error, text[:80])
            assert error["code"] == "malformed", text[:80]
            assert socket.ask("resync", {})["room"] == room, text[:80]
        assert entries(told_log(server, room)) == []


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"42[]", b'2["open",{}]', b"\xff" * 1_000_000], ids=lambda data: repr(data[:8])
)
def test_binary_is_answered(server: Server, data: bytes) -> None:
    with Raw(server) as socket:
        socket.send_binary(data)
        error = socket.error()
        assert error is not None
        assert error["code"] == "malformed"
        assert socket.ask("open", {})["accepted"]


def test_other_bytes_at_worst_close_the_connection(server: Server) -> None:
    for connect in (True, False):
        for text in OTHER_BYTES:
            with Raw(server, connect=connect) as socket:
                socket.send(text)
                try:
                    socket.socket.settimeout(0.05)
                    for _ in range(3):
                        socket.socket.recv()
                except (websocket.WebSocketException, OSError):
                    pass
    with Raw(server) as socket:
        assert socket.ask("open", {})["accepted"]


def test_events_before_the_connection_is_made_do_nothing(server: Server) -> None:
    with Raw(server, connect=False) as socket:
        for text in (
            '421["open",{}]',
            '42["command",{"command":{"type":"pause"}}]',
            "42[",
            "43",
            "41",
            '42["connect"]',
        ):
            socket.send(text)
        socket.send("40")
        while not str(socket.socket.recv()).startswith("40"):
            pass
        assert socket.ask("command", {"command": {"type": "pause"}})["error"]["code"] == "not_in_a_room"


def test_a_packet_beyond_the_limit_closes_only_its_connection(server: Server) -> None:
    with Raw(server) as socket, pytest.raises((websocket.WebSocketException, OSError)):  # noqa: PT012
        socket.send("42" + json.dumps(["open", {"scenario": "x" * 5_000_000}]))
        for _ in range(5):
            socket._receive()


def test_websocket_frames_that_break_its_rules(server: Server) -> None:
    for data in (
        b"\xff" * 200,
        b"\x81\x05hello",
        b"\x81\xff" + b"\xff" * 12,
        b"\x00" * 50,
        b"\x89\xfe\xff\xff" + b"a" * 10,
    ):
        with Raw(server) as socket:
            # The server may have closed the connection before we have said all of it.
            with suppress(OSError):
                socket.socket.sock.sendall(data)
                socket.socket.sock.shutdown(1)
            time.sleep(0.02)


def test_polling_garbage(server: Server) -> None:
    base = server.address + "socket.io/?EIO=4&transport=polling"
    with urllib.request.urlopen(base, timeout=5) as answer:
        sid = json.loads(answer.read()[1:])["sid"]
    garbage = [b"", b"x", b"4", b"\xff\xfe", b"42[", b"4\x1e" * 100, b"x" * 1_000_000, b"d=4"]
    targets = [f"{base}&sid={sid}", f"{base}&sid=nosuch", f"{base}&sid=%00", base, base.replace("EIO=4", "EIO=99")]
    for target in targets:
        for body in garbage:
            try:
                urllib.request.urlopen(urllib.request.Request(target, data=body), timeout=5).close()
            except urllib.error.HTTPError as error:
                error.close()
                assert 400 <= error.code < 500, (target, body[:20])  # noqa: PT017
            except (urllib.error.URLError, OSError):
                # Refused before all of the body was read.
                assert len(body) == 1_000_000, (target, body[:20])


def test_a_sender_of_garbage_leaves_no_viewer_behind(server: Server) -> None:
    """Whoever sent "connect" or "disconnect" as events and went is counted as gone: the room stands still."""
    with Raw(server) as socket:
        room = socket.ask("open", {})["room"]
        assert socket.ask("command", {"command": {"type": "set_speed", "speed": 1.0}})["accepted"]
        for name in ("connect", "disconnect", "*"):
            socket.ask(name)
    time.sleep(0.3)
    clocks = []
    for _ in range(2):
        with Client(server) as viewer:
            clocks.append((time.monotonic(), viewer.join(room)["now_us"]))
        time.sleep(0.5)
    (began, from_us), (ended, until_us) = clocks
    # At this speed it would have gone on as long as all of this took.
    assert until_us - from_us < (ended - began - 0.2) * 1e6


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=40),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=12), inside, max_size=4),
    max_leaves=12,
)
_names = st.sampled_from(
    ["type", "client", "key", "value", "node", "n", "w", "r", "timeout_us", "speed", "latency", "command"]
)


@st.composite
def _mutated(draw: st.DrawFn) -> Any:
    """A valid command with one thing wrong, perhaps."""
    kind = draw(st.sampled_from(sorted(VALID)))
    command: dict[str, Any] = {"type": kind, **VALID[kind]}
    match draw(st.integers(0, 3)):
        case 0:
            command[draw(_names)] = draw(_json)
        case 1:
            command.pop(draw(st.sampled_from(sorted(command))))
        case 2:
            command[draw(st.text(max_size=20))] = draw(_json)
    return {"command": command}


def test_random_json(server: Server) -> None:
    with Raw(server) as socket:
        room = socket.ask("open", {})["room"]
        accepted = 0

        @settings(
            max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
        )
        @given(
            st.tuples(st.sampled_from(EVENTS) | st.text(max_size=10), st.lists(_json, max_size=3))
            | st.tuples(st.just("command"), st.lists(_mutated(), min_size=1, max_size=1))
        )
        def send(message: tuple[str, list[Any]]) -> None:
            nonlocal accepted
            event, arguments = message
            if event == "open" or event == "malformed":
                arguments = [1, *arguments]
            answer = socket.ask(event, *arguments)
            if answer["accepted"]:
                accepted += event == "command"
                assert event in ("command", *HARMLESS)
            else:
                _check_refusal(answer, repr(message))

        send()
        assert accepted > 0
        assert len(entries(told_log(server, room))) == accepted


def test_random_damage_to_packets(server: Server) -> None:
    luck = random.Random(5)
    with Raw(server) as socket:
        room = socket.ask("open", {})["room"]
        whole = '42["command",{"command":{"type":"crash","node":"n9"}}]'
        for _ in range(300):
            text = list(whole)
            for _ in range(luck.randint(1, 4)):
                text[luck.randrange(2, len(text))] = luck.choice('[]{}",:\\0 é🙂\u0000-/')
            socket.send("".join(text))
        assert socket.ask("resync", {})["room"] == room
        assert entries(told_log(server, room)) == []
