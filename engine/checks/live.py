"""The verdict while a run goes on, as an entity among the others: it has versions, and each has its time."""

from engine.changes import Change, VerdictState
from engine.checks.monitor import Monitor
from engine.checks.verdict import Verdict

VERDICT = "verdict"


class LiveVerdict:
    """Watches all changes of a run, from its beginning and in order, for whether it is linearizable."""

    def __init__(self) -> None:
        self._monitor = Monitor()
        self._told: Verdict | None = None
        self._present: Change | None = None

    def watch(self, changes: list[Change]) -> list[Change]:
        """The same changes, each new verdict right after the change that it comes from; before all, the first, ok."""
        watched: list[Change] = []
        if self._told is None:
            watched.append(self._tell(changes[0].at_us if changes else 0, self._monitor.verdict))
        observe = self._monitor.observe_change
        for change in changes:
            watched.append(change)
            if change.kind == "operation":
                verdict = observe(change)
                if verdict is not self._told and verdict != self._told:
                    watched.append(self._tell(change.at_us, verdict))
        return watched

    def _tell(self, at_us: int, verdict: Verdict) -> Change:
        self._told = verdict
        state = VerdictState(verdict.word, verdict.code, verdict.facts, verdict.witness)
        self._present = Change(at_us, VERDICT, VERDICT, state)
        return self._present

    def present(self) -> Change | None:
        """The latest verdict; None before anything was watched."""
        return self._present
