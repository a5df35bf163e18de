"""The tests of the socket layer once more, on gevent: what serves is a setting."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator

import pytest
import websocket

from tests.server import Server
from tests.webapp import test_sockets
from tests.webapp.clients import Client, Raw
from webapp.packets import PACKET_BYTES_MAX
from webapp.serve import CannotServe, serve
from webapp.settings import Settings

# Each is collected here again, and gets the fixtures of this module.
globals().update({name: test for name, test in vars(test_sockets).items() if name.startswith("test_")})


@pytest.fixture(scope="module", autouse=True)
def on_gevent() -> Iterator[None]:
    """Every server that is started here, by the fixtures too, serves on gevent."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "QUORUMSCOPE_ASYNC", "gevent")
        patch.setattr(test_sockets, "ATTEMPTS", 1)
        yield


def test_it_is_gevent_that_serves(server: Server) -> None:
    assert "async_mode=gevent" in server.errors


def test_a_long_message_is_answered(server: Server) -> None:
    with Raw(server) as raw, Client(server) as other:
        other.open()
        value = "é" * 400_000
        raw.send(f'421["command",{{"command":{{"type":"write","client":"A","key":"x","value":"{value}"}}}}]')
        other.resync()
        assert raw.answer(1)["error"]["code"] == "invalid"


def _is_ended(raw: Raw) -> bool:
    """Whether the server closes the connection, and does not only say nothing."""
    try:
        while raw.socket.recv():
            pass
    except websocket.WebSocketTimeoutException:
        return False
    except (websocket.WebSocketException, OSError):
        return True
    return True


@pytest.mark.parametrize("pieces", [1, 2])
def test_a_message_beyond_all_bounds_ends_the_connection(server: Server, pieces: int) -> None:
    """In one piece, or in two of which neither is too long."""
    piece = "x" * (PACKET_BYTES_MAX // pieces + 1)
    with Raw(server) as raw, Client(server) as other:
        with contextlib.suppress(OSError):  # The server need not read all of it.
            for number in range(pieces):
                kind = websocket.ABNF.OPCODE_CONT if number else websocket.ABNF.OPCODE_TEXT
                raw.socket.send_frame(websocket.ABNF(int(number == pieces - 1), 0, 0, 0, kind, 1, piece))
        assert _is_ended(raw)
        other.open()


def test_bytes_that_are_no_text_end_the_connection(server: Server) -> None:
    with Raw(server) as raw:
        raw.socket.send(b'42["open",{"seed":\xff}]', websocket.ABNF.OPCODE_TEXT)
        assert _is_ended(raw)


def test_where_gevent_is_not_installed_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gevent", None)
    monkeypatch.delitem(sys.modules, "webapp.serve.on_gevent", raising=False)
    with pytest.raises(CannotServe, match=r"gevent, which is not installed \(pip install 'quorumscope\[gevent\]'\)"):
        serve(Settings(async_mode="gevent"), lambda address: None)


def test_the_masks_of_messages_are_taken_off() -> None:
    from webapp.serve.masking import unmasked

    mask = b"\x01\x02\x03\xff"
    for payload in (b"", b"a", b"abc", b"abcd", json.dumps(list(range(500))).encode()):
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        assert unmasked(masked, mask) == payload
