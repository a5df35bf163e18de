"""Socket.IO's message queue, on Redis's publish and subscribe.

What is emitted by it reaches connections at every worker. The workers' own words to each other go the same way, so that
all of it comes in the order in which it was sent.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from socketio.pubsub_manager import PubSubManager

from webapp.operation import logs

CHANNEL = "quorumscope"

# The method by which the workers' own words are known among Socket.IO's.
WORD = "audience"

# So many messages may wait for Redis. What is more is lost, and whoever was to have it asks for the present again.
OUTBOX_MAX = 1_000

CONNECT_WITHIN_S = 2.0
LISTEN_FOR_S = 5.0
AGAIN_AFTER_S = 0.5

_log = logging.getLogger(__name__)


class Queue(PubSubManager):
    """Nobody who emits waits for Redis. ``hear`` is called with each of the workers' words, also this one's own;
    ``on_gap`` when something may have been missed. Both are called by the thread that listens."""

    name = "quorumscope"

    def __init__(self, url: str) -> None:
        super().__init__(channel=CHANNEL)
        self.hear: Callable[[dict[str, Any]], None] = lambda _word: None
        self.on_gap: Callable[[], None] = lambda: None
        self._redis = Redis.from_url(
            url,
            retry=Retry(NoBackoff(), 1),
            socket_connect_timeout=CONNECT_WITHIN_S,
            socket_timeout=LISTEN_FOR_S,
            socket_keepalive=True,
        )
        self._outbox: deque[bytes] = deque()
        self._filled = threading.Event()
        self._has_lost = False
        self._is_begun = False

    def initialize(self) -> None:
        """Listen and send, from the first call on."""
        if not self._is_begun:
            self._is_begun = True
            super().initialize()
            self.server.start_background_task(self._send_for_ever)

    def say(self, kind: str, class_id: str = "", sids: list[str] | None = None) -> None:
        """A word to all workers."""
        self._publish({"method": WORD, "kind": kind, "class": class_id, "sids": sids or []})

    # Sending

    def _publish(self, data: dict[str, Any]) -> None:
        if len(self._outbox) >= OUTBOX_MAX:
            self._outbox.clear()
            self._has_lost = True
        self._outbox.append(msgspec.json.encode(data))
        self._filled.set()

    def _send_for_ever(self) -> None:
        while True:
            self._filled.wait()
            self._filled.clear()
            messages = list(self._outbox)
            self._outbox.clear()
            if self._has_lost:
                messages.insert(0, msgspec.json.encode({"method": WORD, "kind": "gap", "class": "", "sids": []}))
            try:
                with self._redis.pipeline(transaction=False) as pipeline:
                    for message in messages:
                        pipeline.publish(CHANNEL, message)
                    pipeline.execute()
                self._has_lost = False
            except RedisError:
                self._has_lost = True
                time.sleep(AGAIN_AFTER_S)
                self._filled.set()

    # Listening

    def _listen(self) -> Iterator[dict[str, Any]]:
        """What others emit; the workers' words are heard on the way."""
        is_well = True
        while True:
            try:
                for data in self._subscribed():
                    if data is None:
                        self.on_gap()
                        if not is_well:
                            logs.tell(_log, "queue_recovered")
                        is_well = True
                    elif data.get("method") == WORD:
                        self.hear(data)
                    else:
                        yield data
            except RedisError as error:
                if is_well:
                    logs.tell(_log, "queue_failed", logging.ERROR, reason=type(error).__name__)
                is_well = False
                time.sleep(AGAIN_AFTER_S)

    def _subscribed(self) -> Iterator[dict[str, Any] | None]:
        """The messages from here on, and None for each time at which others before may have been missed. Raises
        RedisError."""
        with self._redis.pubsub() as subscription:
            subscription.subscribe(CHANNEL)
            while True:
                message = subscription.get_message(timeout=LISTEN_FOR_S)
                if message is None:
                    continue
                if message["type"] == "subscribe":
                    yield None
                elif message["type"] == "message":
                    yield msgspec.json.decode(message["data"])
