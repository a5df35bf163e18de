"""Linearizability while it happens, and of a whole history: a history is fed to the same monitor.

A key is judged by itself: a history is linearizable if and only if it is so for each key alone
(Herlihy and Wing, "Linearizability", ACM TOPLAS 12(3), 1990, section 3.1: locality).
"""

from collections.abc import Iterable
from operator import attrgetter

from engine.changes import Change, OperationState
from engine.checks.history import HistoryError, Operation, from_state, never_happened
from engine.checks.linearizable import LINEARIZABLE, Register
from engine.checks.verdict import Verdict
from engine.units import Us


class Monitor:
    """Takes invocations and responses in order of time, and has a verdict after each: O(log n) a response.

    A write must be told of when it begins, or at the latest when it ends; if a read may see it before it
    is acknowledged, when it begins. Where times are equal, tell what begins before what ends.
    """

    def __init__(self) -> None:
        self._registers: dict[str, Register] = {}
        self._violated: Register | None = None
        self._unknown: Register | None = None
        self._now_us: Us | None = None
        self._begun: dict[str, Operation] = {}
        self._told: set[str] = set()

    @property
    def verdict(self) -> Verdict:
        """Of all keys: the first violation; else the first key that cannot be judged; else ok."""
        register = self._violated or self._unknown
        return register.verdict if register else LINEARIZABLE

    def verdict_of(self, key: str) -> Verdict:
        """Of one key, also after another has been violated."""
        return self._registers[key].verdict if key in self._registers else LINEARIZABLE

    def begin(self, operation: Operation) -> None:
        """An operation is invoked; that of a read says nothing. Raises HistoryError (written_twice)."""
        if operation.kind == "write":
            self._register(operation.key).begin(operation)

    def observe(self, operation: Operation) -> Verdict:
        """An operation has ended: the verdict on all that has ended so far.

        Raises HistoryError: no_response where ``end_us`` is None, time_runs_forward where it is earlier
        than that of the last response, written_twice.
        """
        end_us = operation.end_us
        if end_us is None:
            raise HistoryError("no_response", "end_us")
        if self._now_us is not None and end_us < self._now_us:
            raise HistoryError("time_runs_forward", "end_us", value=end_us, min=self._now_us)
        self._now_us = end_us
        register = self._register(operation.key)
        register.respond(operation)
        if register.verdict is not LINEARIZABLE:
            self._note(register)
        return self.verdict

    def observe_change(self, change: Change) -> Verdict:
        """One change of a run, of whatever kind: operations are picked out. Raises as ``observe`` does.

        A write begins with the first state of its operation, and ends with the first whose outcome is ok.
        After a failure that is indefinite it stays under way for ever.
        """
        state = change.fields
        if not isinstance(state, OperationState) or change.id in self._told:
            return self.verdict
        if state.outcome != "pending":
            self._told.add(change.id)
        begun = self._begun.get(change.id)
        operation = from_state(change.id, state)
        if operation is None:
            if begun is not None and never_happened(state):
                self._withdraw(begun)
            return self.verdict
        if operation.kind == "write" and begun is None:
            self._begun[change.id] = operation
            self.begin(operation)
        if change.id in self._told:
            self._begun.pop(change.id, None)
            if operation.end_us is not None:
                return self.observe(operation)
        return self.verdict

    def _withdraw(self, write: Operation) -> None:
        register = self._register(write.key)
        register.withdraw(write)
        del self._begun[write.id]
        if register.verdict is not LINEARIZABLE:
            self._note(register)

    def _register(self, key: str) -> Register:
        register = self._registers.get(key)
        if register is None:
            register = self._registers[key] = Register()
        return register

    def _note(self, register: Register) -> None:
        if register.verdict.word == "violated":
            self._violated = self._violated or register
        else:
            self._unknown = self._unknown or register


def linearizable(history: Iterable[Operation]) -> Verdict:
    """Is there one order of all operations that agrees with their times and explains every read?

    The witness of a violation begins with the read whose response was the first that nothing explains.
    A write that nobody is known to have finished may take effect at any later time or never; a read
    without a response constrains nothing. Raises HistoryError (written_twice). O(n log n).
    """
    monitor = Monitor()
    ended: list[Operation] = []
    for operation in history:
        if operation.kind == "write":
            monitor.begin(operation)
        if operation.end_us is not None:
            ended.append(operation)
    ended.sort(key=attrgetter("end_us"))
    for operation in ended:
        monitor.observe(operation)
    return monitor.verdict


def linearizable_by_key(history: Iterable[Operation]) -> dict[str, Verdict]:
    """The verdict on each key by itself, by key in order of first appearance."""
    keys: dict[str, list[Operation]] = {}
    for operation in history:
        keys.setdefault(operation.key, []).append(operation)
    return {key: linearizable(operations) for key, operations in keys.items()}
