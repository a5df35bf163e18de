"""Where everybody belongs in a mode: the groups' clusters, a client for each who lays hands on one, copies."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias
from weakref import WeakValueDictionary

from engine.changes import ClientState
from engine.commands import AddClient
from engine.outcomes import Refused
from engine.settings import CLIENTS_MAX
from webapp.classroom import deciding
from webapp.classroom.commands import SetMode
from webapp.classroom.events import Event, Placed, Switched
from webapp.classroom.keys import Seat, actor, check
from webapp.classroom.state import ClassState, Member, Moment
from webapp.rooms.manager import Rooms
from webapp.rooms.sharing import Original, Sharing

# So many classes' moments are kept ready.
ORIGINALS_MAX = 20

# Of a class's id, who makes it happen, and what happens. Raises Refused.
Happen: TypeAlias = Callable[[str, str, Sequence[Event]], None]

# Of a class's id. Raises Refused.
StateOf: TypeAlias = Callable[[str], ClassState]


class Places:
    """While a room is copied or woken, all others go on: what was so before is looked at anew under the lock."""

    def __init__(self, rooms: Rooms, state_of: StateOf, happen: Happen) -> None:
        self._rooms = rooms
        self._state_of = state_of
        self._happen = happen
        self._sharing = Sharing(rooms)
        # The moment that everybody of a class has a copy of, by class; and one at a time looks for it.
        self._originals: dict[str, tuple[Moment, Original]] = {}
        self._looking: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        self._placing: WeakValueDictionary[tuple[str, str], threading.Lock] = WeakValueDictionary()

    def switch(self, seat: Seat, command: SetMode) -> None:
        """Another mode. Groups get their clusters at once; all else is made when somebody comes. Raises Refused."""
        now = self._now(self._state_of(seat.class_id).stage)
        rooms: tuple[str, ...] = ()
        if command.mode == "hands_on" and command.groups > 1:
            rooms = tuple(self._copy(now, seat.class_id) for _ in range(command.groups))
        event = Switched(command.mode, now.room, now.at_us, command.hands, rooms, command.fresh, now.seq)
        with self._rooms.lock:
            state = self._state_of(seat.class_id)
            check(seat, state)
            if state.ended:
                raise Refused("class_ended")
            # Who plays alone answers alone.
            is_alone = command.mode == "own_copy" and state.poll is not None and state.poll.slug is not None
            closing = deciding.closing(state) if is_alone else []
            self._happen(seat.class_id, actor(seat), [*closing, event])

    def take(self, seat: Seat) -> None:
        """A place for a member who has none: once, though two tabs ask. Raises Refused."""
        assert seat.member is not None
        with self._placing.setdefault((seat.class_id, seat.member), threading.Lock()):
            state = self._state_of(seat.class_id)
            if state.room_of(state.members[seat.member]) is not None:
                return
            copy, switched = None, state.switched
            if state.mode == "own_copy" and state.moment is not None:
                copy = self._copy(state.moment, seat.class_id)
            with self._awake(() if copy is not None else _rooms_of(state)):
                state = self._state_of(seat.class_id)
                check(seat, state)
                member = state.members[seat.member]
                # The class may have gone on to something else; then there is nothing to be had here.
                if state.switched == switched and state.room_of(member) is None:
                    placed = self._at_a_client(state, member) if copy is None else Placed(member.id, copy)
                    self._happen(seat.class_id, member.id, [placed])

    def forget(self, class_id: str) -> None:
        """The class is deleted."""
        self._originals.pop(class_id, None)

    @contextmanager
    def _awake(self, rooms: Sequence[str]) -> Iterator[None]:
        """The lock, while these rooms are in memory. Raises Refused."""
        while True:
            for room in rooms:
                self._rooms.wake(room)
            with self._rooms.lock:
                if all(self._rooms.is_awake(room) for room in rooms):
                    yield
                    return

    def _now(self, room: str) -> Moment:
        run = self._rooms.look_at(room)
        return Moment(room, run.now_us, run.seq)

    def _copy(self, moment: Moment, class_id: str) -> str:
        """A room that begins with a moment. Hundreds may want one at once: it is worked out for all of them."""
        with self._looking.setdefault(class_id, threading.Lock()):
            kept, original = self._originals.pop(class_id, (None, None))
            if original is None or kept != moment:
                original = self._sharing.original(moment.room, moment.at_us, moment.seq, class_id)
            self._originals[class_id] = (moment, original)
            # The class that nobody has asked for the longest time.
            if len(self._originals) > ORIGINALS_MAX:
                del self._originals[next(iter(self._originals))]
        return self._sharing.begin_with(original)

    def _at_a_client(self, state: ClassState, member: Member) -> Placed:
        """In the smallest group, at a client that nobody has; where there can be no more, at one that fewest have."""
        rooms = _rooms_of(state)
        others = [other for other in state.present if other.room in rooms]
        sizes = Counter(other.room for other in others)
        room = min(rooms, key=lambda each: sizes[each])
        taken = Counter(other.client for other in others if other.room == room)
        clients = self._clients(room)
        if all(taken[client] for client in clients) and len(clients) < CLIENTS_MAX:
            self._rooms.submit(room, "class", AddClient())
            clients = self._clients(room)
        # Of those that are as free, the one that the member had before.
        client = min(clients, key=lambda each: (taken[each], each != member.client))
        return Placed(member.id, room, rooms.index(room) + 1 if state.group_rooms else None, client)

    def _clients(self, room: str) -> list[str]:
        changes, _ = self._rooms.look_at(room).present()
        return [change.id for change in changes if isinstance(change.fields, ClientState)]


def _rooms_of(state: ClassState) -> tuple[str, ...]:
    """The clusters that hands are laid on."""
    return state.group_rooms or (state.stage,)
