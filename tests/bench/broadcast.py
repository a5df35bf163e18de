"""The floor to compare a server with: a bare WebSocket server that sends what was recorded, at the same times.

``python -m tests.bench.broadcast RECORD LISTENERS`` prints its port, waits for so many listeners and then plays the
record. It knows nothing of rooms or frames: whoever connects to ``/name`` gets what goes to ``name``, encoded as it
stands, by the ``broadcast`` of the websockets library.
"""

import asyncio
import subprocess
import sys
import time
from array import array
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from picows import WSFrame, WSListener, WSTransport, ws_connect
from websockets.asyncio.server import ServerConnection, broadcast, serve

from tests.bench.crowd import gathered
from tests.bench.measuring import Spent, on_a_core, spending

BEGINS_AFTER_S = 1.0
PLAYED_WITHIN_S = 30.0


class Sent(Struct):
    """What goes to all who listen to a name, so many seconds after the beginning."""

    at_s: float
    to: str
    text: str


_record = msgspec.json.Decoder(list[Sent])


async def play(record: Sequence[Sent], listeners: int) -> None:
    """In a process of its own."""
    here: dict[str, set[ServerConnection]] = defaultdict(set)
    count = 0
    all_here, played = asyncio.Event(), asyncio.Event()

    async def listen(connection: ServerConnection) -> None:
        nonlocal count
        assert connection.request is not None
        here[connection.request.path].add(connection)
        count += 1
        if count == listeners:
            all_here.set()
        await played.wait()

    async with serve(listen, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await all_here.wait()
        begins_s = time.monotonic() + BEGINS_AFTER_S
        broadcast([connection for each in here.values() for connection in each], str(begins_s))
        for sent in record:
            if (early_s := begins_s + sent.at_s - time.monotonic()) > 0:
                await asyncio.sleep(early_s)
            broadcast(here[f"/{sent.to}"], sent.text)
        await asyncio.sleep(BEGINS_AFTER_S)
        played.set()


class _Ear(WSListener):
    """Hears one name. ``due_s``: when each message is due, after the beginning."""

    def __init__(self, due_s: Sequence[float]) -> None:
        self.begins_s: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.took_s = array("d")
        self._due_s = iter(due_s)

    def on_ws_frame(self, _transport: WSTransport, frame: WSFrame) -> None:
        wall_s = time.monotonic()
        text = frame.get_payload_as_memoryview()
        if not self.begins_s.done():
            self.begins_s.set_result(float(bytes(text)))
        elif (due_s := next(self._due_s, None)) is not None:
            self.took_s.append(wall_s - self.begins_s.result() - due_s)


async def floor(record: Sequence[Sent], listeners: dict[str, int], file: Path) -> tuple[Spent, list[float]]:
    """What it takes to send a record, sorted by time, to so many listeners of each name; how many ms each message took.

    ``file`` is written for the other process.
    """
    file.write_bytes(msgspec.json.encode(record))
    count = sum(listeners.values())
    due_s: dict[str, list[float]] = defaultdict(list)
    for sent in record:
        due_s[sent.to].append(sent.at_s)
    with on_a_core():
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.broadcast", str(file), str(count)], stdout=subprocess.PIPE, text=True
        )
    try:
        assert process.stdout is not None
        port = int(await asyncio.to_thread(process.stdout.readline))
        names = [name for name, many in listeners.items() for _ in range(many)]
        ears = [_Ear(due_s[name]) for name in names]

        async def connect(number: int) -> None:
            await ws_connect(lambda: ears[number], f"ws://127.0.0.1:{port}/{names[number]}")

        await gathered(count, connect)
        begins_s = max([await ear.begins_s for ear in ears])
        await asyncio.sleep(max(0.0, begins_s - time.monotonic()))
        async with spending(process.pid) as spent:
            await asyncio.sleep(max(0.0, begins_s + record[-1].at_s - time.monotonic()))
        assert await asyncio.to_thread(process.wait, PLAYED_WITHIN_S) == 0
    finally:
        process.kill()
        process.wait()
    assert sum(len(ear.took_s) for ear in ears) == sum(len(due_s[name]) for name in names), "some messages did not come"
    return spent, [1000 * took_s for ear in ears for took_s in ear.took_s]


def main() -> None:
    file, listeners = sys.argv[1:]
    asyncio.run(play(_record.decode(Path(file).read_bytes()), int(listeners)))


if __name__ == "__main__":
    main()
