"""A single leader: it takes all writes and puts them in order; the others follow its log.

The log moves as in Raft (Ongaro and Ousterhout 2014, 5.3), but a write is acknowledged at w copies, whatever
w is, and followers apply what they are sent. So with w below a majority a new leader may lack acknowledged
writes, and the old one, when it hears of the new, gives them up: they are lost, and named.
"""

from typing import TYPE_CHECKING, Literal

from engine.cluster.actor import Role, Timer
from engine.cluster.coordinator import coordination
from engine.cluster.messages import Append, AppendReply, CatchUp, ClientReply, ClientRequest
from engine.cluster.operation import Operation, with_quorum
from engine.cluster.storage import Ballot, Entry
from engine.settings import Settings
from engine.values import Record, Siblings, Version

if TYPE_CHECKING:
    from engine.cluster.replica import Replica

NO_BALLOT: Ballot = (0, "")


class LeaderTimeout(Timer, frozen=True, gc=False):
    """The followers have had their time for one write."""

    operation: str


class Leadership(Role):
    """``leader`` is whom this node believes to lead; two nodes may believe it of themselves."""

    host: "Replica"

    def __init__(self, host: "Replica") -> None:
        super().__init__(host)
        self.role: Literal["leader", "follower", "candidate"] = "follower"
        self.leader: str | None = None
        # For each follower, how much of the log it was sent, and how much it is known to have.
        self._sent: dict[str, int] = {}
        self._matched: dict[str, int] = {}
        # Writes that wait for followers, by their place in the log (from 1).
        self._waiting: dict[int, Operation] = {}

    @property
    def _log(self) -> list[Entry]:
        return self.host.storage.log

    @property
    def others(self) -> list[str]:
        return [node for node in self.host.members if node != self.host.id]

    # Beginning and end

    def start(self) -> None:
        if self.host.settings.strategy != "leader":
            return
        storage = self.host.storage
        if self.out.now_us == 0 and not self._log and storage.disk == 1:
            # Who leads at first is part of the set-up, as in a configuration file.
            storage.ballot = (1, self.host.members[0])
        _, by = storage.ballot
        if by == self.host.id and (not self.host.settings.failover_us or self.out.now_us == 0):
            # Nobody has told it otherwise: a leader that comes back still leads, as far as it knows.
            self._take_the_lead(storage.ballot)
        else:
            self._follow(by if by and by != self.host.id else None)
            if self.out.now_us:
                self.catch_up()

    def stop(self) -> None:
        self.role, self.leader = "follower", None
        self._sent, self._matched, self._waiting = {}, {}, {}

    def configured(self, before: Settings) -> None:
        if before.strategy != self.host.settings.strategy and self.host.up:
            self.start()
            self.host.show()

    def lead(self, ballot: Ballot) -> None:
        """Be the leader from now on, and tell everybody."""
        self._take_the_lead(ballot)
        self.out.note("leads", node=self.host.id, term=ballot[0], entries=len(self._log))
        self.tell_all()
        self.host.show()

    def _take_the_lead(self, ballot: Ballot) -> None:
        self.host.storage.ballot = ballot
        self.role, self.leader = "leader", self.host.id
        self._sent = {node: len(self._log) for node in self.others}
        self._matched = dict.fromkeys(self.others, 0)
        self.host.election.begin_heartbeats()

    def _follow(self, leader: str | None) -> None:
        self.role, self.leader = "follower", leader
        self._sent, self._matched = {}, {}
        self.host.election.wait_for_leader()

    def adopt(self, ballot: Ballot) -> None:
        """Somebody leads by a newer ballot."""
        led = self.role == "leader"
        self.host.storage.ballot = ballot
        self._follow(ballot[1])
        if led:
            self.out.note("steps_down", node=self.host.id, leader=ballot[1], term=ballot[0])
            waiting, self._waiting = self._waiting, {}
            for operation in waiting.values():
                self._conclude(operation, "leader_changed")
        self.host.show()

    # What clients ask

    def take(self, client: str, request: ClientRequest) -> None:
        operation, key = request.operation, request.key
        assert operation is not None and key is not None
        if request.kind == "read" and (request.anyone or self.role == "leader"):
            self._reply(client, operation, key, "quorum_reached", self.host.storage.records.get(key, ()))
        elif self.role != "leader":
            leader = self.leader if self.leader != self.host.id else None
            self.out.send(client, ClientReply(operation=operation, key=key, code="not_leader", leader=leader))
        elif operation not in {waiting.id for waiting in self._waiting.values()}:
            self._write(client, request)

    def _write(self, client: str, request: ClientRequest) -> None:
        assert request.operation is not None and request.key is not None and request.value is not None
        settings = with_quorum(self.host.settings, "write", request.own_quorum)
        operation = Operation(request.operation, client, "write", request.key, settings, (), self.out.now_us)
        operation.value = request.value
        operation.begin_round("put", 1, self.host.members, operation.settings.w, self.out.now_us)
        # A client that was not answered asks again: the same write, which may be in the log already.
        known = [entry for entry in self._log if entry.record.write == request.operation]
        operation.record = known[-1].record if known else self._next_record(request)
        if not known or known[-1].ballot != self.host.storage.ballot:
            # Copies of what an earlier leader took prove nothing (Raft, 5.4.2). So that entry is followed by one
            # of this leader's, which changes nothing: whoever has it has both.
            records = self.host.storage.records
            record = records[request.key][-1] if known else operation.record
            self._log.append(Entry(self.host.storage.ballot, request.key, record))
            self._apply({request.key})
        place = len(self._log)
        self.out.note(
            "leader_takes",
            node=self.host.id,
            operation=operation.id,
            key=request.key,
            value=request.value,
            counter=operation.record.version.counter,
            needed=operation.settings.w,
        )
        self._waiting[place] = operation
        self.out.wake_after(operation.settings.timeout_us, LeaderTimeout(operation.id))
        for node in self.others:
            self._tell(node)
            if self._matched.get(node, 0) >= place:
                operation.answer(node, "ack", 1, (), self.out.now_us)
        operation.answer(self.host.id, "ack", 1, (), self.out.now_us)
        self._settle(place, operation)

    def _next_record(self, request: ClientRequest) -> Record:
        assert request.operation is not None and request.key is not None and request.value is not None
        held = self.host.storage.records.get(request.key)
        version = Version(held[-1].version.counter + 1 if held else 1, self.host.id)
        return Record(request.value, version, request.operation)

    def _settle(self, place: int, operation: Operation) -> None:
        if operation.tally.verdict == "reached":
            del self._waiting[place]
            self._conclude(operation, "quorum_reached")
        else:
            self._show(operation)

    def _conclude(self, operation: Operation, code: str) -> None:
        operation.conclude(code, self.out.now_us)
        self._show(operation)
        records = (operation.record,) if operation.record else ()
        self._reply(operation.client, operation.id, operation.key, code, records)

    def _reply(self, client: str, operation: str, key: str, code: str, records: Siblings) -> None:
        self.out.send(client, ClientReply(operation=operation, key=key, code=code, records=records))

    def _show(self, operation: Operation) -> None:
        self.out.show(f"{operation.id}@{self.host.id}", coordination(self.host.id, operation))

    def expects(self, timer: LeaderTimeout) -> bool:
        return any(operation.id == timer.operation for operation in self._waiting.values())

    def on_leader_timeout(self, timer: LeaderTimeout) -> None:
        place = next(place for place, waiting in self._waiting.items() if waiting.id == timer.operation)
        self._conclude(self._waiting.pop(place), "timeout")

    # The leader's side of the log

    def tell_all(self) -> None:
        for node in self.others:
            self._tell(node)

    def _tell(self, node: str) -> None:
        """Send a follower what it was not sent yet; it may be nothing, and is still a sign of life."""
        sent = min(self._sent.get(node, 0), len(self._log))
        after = self._log[sent - 1].ballot if sent else NO_BALLOT
        entries = tuple(self._log[sent:])
        self._sent[node] = len(self._log)
        self.out.send(node, Append(ballot=self.host.storage.ballot, index=sent, after=after, entries=entries))

    def on_append_reply(self, source: str, reply: AppendReply) -> None:
        if reply.ballot > self.host.storage.ballot:
            self.adopt(reply.ballot)
            self.catch_up()
        if self.role != "leader" or reply.ballot != self.host.storage.ballot:
            return
        if not reply.taken:
            self._sent[source] = reply.matched
            self._tell(source)
            return
        self._matched[source] = max(self._matched.get(source, 0), reply.matched)
        for place, operation in list(self._waiting.items()):
            if place <= reply.matched and operation.answer(source, "ack", 1, (), self.out.now_us):
                self._settle(place, operation)

    def on_refused_append(self, source: str, append: Append) -> None:
        self._sent[source] = min(self._sent.get(source, 0), self._matched.get(source, 0))

    def on_catch_up(self, source: str, ask: CatchUp) -> None:
        if ask.ballot > self.host.storage.ballot:
            self.adopt(ask.ballot)
        if self.role == "leader":
            self._sent[source] = ask.length
            self._tell(source)

    # The follower's side of the log

    def catch_up(self) -> None:
        """Ask the leader for what was missed; whoever does not know who leads asks everybody. A leader tells all."""
        if self.role == "leader":
            self.tell_all()
            return
        self.out.note("catches_up", node=self.host.id, entries=len(self._log))
        for node in [self.leader] if self.leader else self.others:
            self.out.send(node, CatchUp(ballot=self.host.storage.ballot, length=len(self._log)))

    def on_append(self, source: str, append: Append) -> None:
        storage = self.host.storage
        if append.ballot < storage.ballot:
            self.out.send(source, AppendReply(ballot=storage.ballot, taken=False, matched=0))
            return
        if append.ballot > storage.ballot or self.leader != source:
            self.adopt(append.ballot)
        self.host.election.wait_for_leader()
        log, index = self._log, append.index
        taken = index == 0 or (len(log) >= index and log[index - 1].ballot == append.after)
        matched = min(len(log), index - 1)
        if taken:
            matched = index + len(append.entries)
            self._take_entries(index, append.entries)
            # A leader always sends all it has. What is beyond that, from before its time, it does not have.
            if matched < len(log) and log[matched].ballot < append.ballot:
                self._apply(self._give_up(matched))
        self.out.send(source, AppendReply(ballot=storage.ballot, taken=taken, matched=matched))

    def _take_entries(self, index: int, entries: tuple[Entry, ...]) -> None:
        touched: set[str] = set()
        for place, entry in enumerate(entries, index):
            if place < len(self._log):
                if self._log[place].ballot == entry.ballot:
                    continue
                touched |= self._give_up(place)
            self._log.append(entry)
            touched.add(entry.key)
        self._apply(touched)

    def _give_up(self, place: int) -> set[str]:
        """The leader has no such entries: whatever was acknowledged of them is lost here."""
        lost = self._log[place:]
        del self._log[place:]
        for entry in lost:
            self.out.note(
                "write_lost",
                node=self.host.id,
                operation=entry.record.write,
                key=entry.key,
                value=entry.record.value,
                counter=entry.record.version.counter,
            )
        return {entry.key for entry in lost}

    def _apply(self, keys: set[str]) -> None:
        """Make the records what the log says."""
        newest: dict[str, Record] = {}
        for entry in reversed(self._log):
            if entry.key in keys and entry.key not in newest:
                newest[entry.key] = entry.record
                if len(newest) == len(keys):
                    break
        records = self.host.storage.records
        for key in sorted(keys):
            held = (newest[key],) if key in newest else ()
            if records.get(key, ()) != held:
                records.pop(key, None)
                if held:
                    records[key] = held
                self.host.show_record(key)

    def own(self) -> None:
        self._sent, self._matched = self._sent.copy(), self._matched.copy()
        self._waiting = {place: operation.fork() for place, operation in self._waiting.items()}

    handlers = {  # noqa: RUF012
        Append: on_append,
        AppendReply: on_append_reply,
        CatchUp: on_catch_up,
    }
    refusals = {Append: on_refused_append}  # noqa: RUF012
    timers = {LeaderTimeout: on_leader_timeout}  # noqa: RUF012
