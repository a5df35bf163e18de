"""Packed logs from strangers: each is replayed in full, or refused with the line and the reason."""

import base64
import json
import random
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from engine import ENGINE_VERSION
from engine.outcomes import Refused
from tests.webapp.clients import Client
from tests.webapp.site import Site, busy_room
from webapp.rooms.packing import UNPACKED_BYTES_MAX, pack, unpack
from webapp.rooms.run import LOG_MAX

HEADER = {"quorumscope_log": 1, "engine_version": ENGINE_VERSION, "scenario": "five-masters", "seed": 1, "clock_us": 0}


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(data, 9)).rstrip(b"=").decode()


def log(*lines: Any, **header: Any) -> str:
    """A packed log of these entries: a command, or a whole line."""
    written = [HEADER | header]
    for seq, line in enumerate(lines, start=1):
        whole = line if "command" in line else {"command": line}
        written.append({"seq": seq, "at_us": 0, "actor": "t"} | whole)
    return packed(b"".join(json.dumps(line).encode() + b"\n" for line in written))


def refusal(site: Site, text: str) -> tuple[str, str | None, dict[str, Any]]:
    """Why it was refused; and nothing was stored."""
    with pytest.raises(Refused) as caught:
        site.sharing.unpack(text, "guest")
    assert site.count("rooms") == 0
    assert site.rooms._rooms == {}
    return caught.value.code, caught.value.field, caught.value.facts


GOSSIP = {"type": "gossip"}
LINES: list[tuple[str, int, str]] = [
    (log(GOSSIP, {"command": GOSSIP, "seq": 3}), 3, "seq is 3"),
    (log({"command": GOSSIP, "at_us": 5}, {"command": GOSSIP, "at_us": 4}), 3, "before the line above"),
    (log({"command": GOSSIP, "at_us": -1}), 2, ">= 0"),
    (log({"command": GOSSIP, "at_us": 2**60}), 2, "<="),
    (log({"command": GOSSIP, "at_us": 1.5}), 2, "Expected `int`"),
    (log({"command": GOSSIP, "actor": "a" * 65}), 2, "length <= 64"),
    (log({"command": GOSSIP, "more": 1}), 2, "unknown field"),
    (log(GOSSIP, {"type": "sing"}), 3, "Invalid value 'sing'"),
    (log(GOSSIP, {"type": "write", "client": "A", "key": "x"}), 3, "missing required field"),
    (log(GOSSIP, {"type": "crash", "node": "n6"}), 3, "no such node"),
    (log({"type": "crash", "node": "n1"}, {"type": "crash", "node": "n1"}), 3, "down already"),
    (log({"type": "run"}), 2, "running already"),
    (log({"type": "compare"}), 2, "no second cluster"),
    (log({"type": "compare", "settings": {"w": 6}}), 2, "out of range"),
    (log({"type": "compare", "settings": {}}), 2, "setting"),
    (log(clock_us=-1), 1, ">= 0"),
    (log(seed=-1), 1, ""),
    (log(seed=2**53), 1, ""),
    (log(quorumscope_log=2), 1, "log format 2"),
    (log(more=1), 1, "unknown field"),
    (packed(b""), 1, "not the header"),
    (packed(b"\n" * 900_000), 1, "not the header"),
    (packed(b"[]\n"), 1, "not the header"),
    (packed(b"\xff\xfe\n"), 1, "not the header"),
    (packed(json.dumps(HEADER).encode() + b"\n\xff\n"), 2, "utf-8"),
    (packed(json.dumps(HEADER).encode() + b"\n" + b"[" * 500_000), 2, ""),
    (packed(json.dumps(HEADER).encode() + b'\n{"seq":1,"at_us":0,"actor":"t","command":' + b"[" * 9_000), 2, ""),
    ("not base64!", 1, "not packed"),
    ("ünïcödé", 1, "not packed"),
    ("a", 1, "not packed"),
    ("AAAA", 1, "not packed"),
    (log(GOSSIP)[:-8], 1, "not packed"),
    (base64.urlsafe_b64encode(zlib.compress(b"") + b"more").rstrip(b"=").decode(), 1, "not packed"),
]


@pytest.mark.parametrize(("text", "line", "reason"), LINES, ids=[str(n) for n in range(len(LINES))])
def test_what_is_no_log_is_refused_with_the_line(site: Site, text: str, line: int, reason: str) -> None:
    code, field, facts = refusal(site, text)
    assert (code, field, facts["line"]) == ("bad_log", "packed", line), facts
    assert reason in str(facts["reason"])
    assert len(str(facts["reason"])) <= 200


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (log(engine_version=1), "other_engine"),
        (log(scenario="no-such"), "unknown_scenario"),
        (packed(b"x" * (UNPACKED_BYTES_MAX + 1)), "too_long"),
        (log({"type": "configure", "gossip_every_us": 1}, clock_us=2**53 - 1), "too_long"),
        (log({"type": "compare", "settings": {"gossip_every_us": 1}}, clock_us=2**53 - 1), "too_long"),
    ],
    ids=["other engine", "unknown scenario", "large", "much for ever", "much in the second"],
)
def test_what_would_take_too_long_or_belongs_elsewhere_is_refused(site: Site, text: str, code: str) -> None:
    assert refusal(site, text)[:2] == (code, "packed")


def test_half_a_gigabyte_in_a_small_link_is_refused(site: Site) -> None:
    # Packed here, and piece by piece: each process of the tests reads this module.
    compressor = zlib.compressobj(9)
    pieces = [compressor.compress(bytes(1_000_000)) for _ in range(500)] + [compressor.flush()]
    bomb = base64.urlsafe_b64encode(b"".join(pieces)).rstrip(b"=").decode()
    assert refusal(site, bomb)[:2] == ("too_long", "packed")


def test_a_log_of_more_entries_than_a_room_takes_is_refused(site: Site) -> None:
    line = b'{"seq":%d,"at_us":0,"actor":"","command":{}}\n'
    lines = b"".join(line % seq for seq in range(1, LOG_MAX + 2))
    assert len(lines) < UNPACKED_BYTES_MAX
    assert refusal(site, packed(json.dumps(HEADER).encode() + b"\n" + lines))[0] == "too_long"


def test_what_was_packed_comes_out(site: Site) -> None:
    row, entries = site.rooms.log(busy_room(site))
    text = pack(row, entries)
    assert text is not None
    came, unpacked = unpack(text)
    assert unpacked == entries
    assert (came.scenario, came.seed, came.clock_us) == (row.scenario, row.seed, row.clock_us)


def test_a_command_is_kept_as_the_room_itself_would_write_it(site: Site) -> None:
    line = b'{ "seq":1, "at_us":0, "actor":"t", "command":{  "node":null, "type":"gossip"  } }'
    room = site.sharing.unpack(packed(json.dumps(HEADER).encode() + b"\n" + line), "guest")
    assert site.store.entries(room)[0].command == '{"type":"gossip"}'


def test_a_time_far_ahead_in_which_nothing_happens_is_no_work(site: Site) -> None:
    room = site.sharing.unpack(log(GOSSIP, clock_us=2**53 - 1), "guest")
    assert site.rooms.digest(room).at_us == 2**53 - 1


def test_random_damage_is_refused_or_harmless(site: Site) -> None:
    luck, codes = random.Random(9), set()
    row, entries = site.rooms.log(busy_room(site))
    whole = pack(row, entries) or ""
    plain = zlib.decompress(base64.urlsafe_b64decode(whole + "=" * (-len(whole) % 4)))
    for _ in range(150):
        if luck.random() < 0.3:
            text = list(whole)
            text[luck.randrange(len(text))] = luck.choice("AZaz09-_=/+ é")
            damaged = "".join(text)
        else:
            data = bytearray(plain)
            for _ in range(luck.randint(1, 3)):
                data[luck.randrange(len(data))] = luck.choice(b'{}[]",:0129xn\n\xff')
            damaged = packed(bytes(data))
        try:
            site.sharing.unpack(damaged, "guest")
        except Refused as refused:
            codes.add(refused.code)
    assert "bad_log" in codes
    assert codes <= {"bad_log", "too_long", "other_engine", "unknown_scenario"}


def test_on_the_wire(client: Callable[..., Client]) -> None:
    viewer = client()
    room = viewer.open()
    for text, line, _ in LINES[:6]:
        error = viewer.ask("unpack", {"packed": text})["error"]
        assert (error["code"], error["field"]) == ("bad_log", "packed")
        assert f"Line {line}" in error["sentence"]
    error = viewer.ask("unpack", {"packed": log({"type": "configure", "gossip_every_us": 1}, clock_us=10**9)})["error"]
    assert error["code"] == "too_long"
    assert viewer.ask("unpack", {"packed": "A" * 70_000})["error"]["code"] == "invalid"
    assert viewer.resync()["room"] == room
