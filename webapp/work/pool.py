"""A few child processes, and who may use them. Knows pipes and locks, and so runs on threads as on green ones."""

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from typing import IO

import msgspec

from engine.outcomes import Refused
from webapp.work.jobs import Failure, Job

CHILDREN = 2

# So many askers may wait for a child; whoever comes then is told that the server is busy.
WAITING_MAX = 8

# Whoever asks for more than a child does in this time asked for too much.
JOB_S_MAX = 60.0

# One thread of numpy for each child: there are more children than processors to spare.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

_LAST = (b'{"done"', b'{"error"')

_log = logging.getLogger(__name__)


class Child:
    """One process. It answers one job at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            # -P: the folder that the server was started in must not hide a module.
            [sys.executable, "-P", "-m", "webapp.work.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | _ENVIRONMENT,
            bufsize=-1,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in: IO[bytes] = self._process.stdin
        self._out: IO[bytes] = self._process.stdout

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def lines(self, job: Job) -> Iterator[bytes]:
        """Its answers, each a whole line; ends early where the process does."""
        with contextlib.suppress(BrokenPipeError):
            self._in.write(msgspec.json.encode(job) + b"\n")
            self._in.flush()
        while (line := self._out.readline()).endswith(b"\n"):
            yield line

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def end(self) -> None:
        """Kill it, and leave nothing of it behind."""
        self.kill()
        self._process.wait()
        for pipe in (self._in, self._out):
            # What could not be written is given up.
            with contextlib.suppress(OSError):
                pipe.close()


class Pool:
    """``run`` a job in whichever child is free. Children are started when they are needed, or by ``warm``."""

    def __init__(self, children: int = CHILDREN, waiting_max: int = WAITING_MAX, job_s_max: float = JOB_S_MAX) -> None:
        self._free = threading.Condition()
        self._idle: list[Child] = []
        self._working: set[Child] = set()
        self._children = children
        self._waiting = 0
        self._waiting_max = waiting_max
        self._job_s_max = job_s_max
        self._closed = False

    @property
    def pids(self) -> set[int]:
        """The processes that there are now."""
        with self._free:
            return {child.pid for child in (*self._idle, *self._working)}

    @property
    def waiting(self) -> int:
        """How many askers wait for a child."""
        return self._waiting

    def warm(self) -> None:
        """Start the children that there may be, so that nobody has to wait for that."""
        with self._free:
            while not self._closed and len(self._idle) + len(self._working) < self._children:
                self._idle.append(Child())

    def run(self, job: Job) -> Generator[bytes, None, None]:
        """The answers to a job, each a line of JSON; the last has ``done`` or ``error`` as its first field.

        Closed in the middle, it stops the work. Raises Refused("busy") before the first line.
        """
        child = self._take()
        over_time = threading.Event()
        timer = threading.Timer(self._job_s_max, self._stop, (child, over_time))
        timer.daemon = True
        timer.start()
        ended = False
        try:
            for line in child.lines(job):
                ended = line.startswith(_LAST)
                yield line
                if ended:
                    return
            yield msgspec.json.encode({"error": self._cut_short(job, over_time.is_set())}) + b"\n"
        finally:
            timer.cancel()
            self._give_back(child, usable=ended and not over_time.is_set())

    def _cut_short(self, job: Job, over_time: bool) -> Failure:
        if over_time:
            return Failure("took_too_long", {"seconds": f"{self._job_s_max:g}"})
        if self._closed:
            return Failure("busy", {})
        _log.error("a child process ended in the middle of a job: %s", type(job).__name__)
        return Failure("internal", {})

    def _take(self) -> Child:
        with self._free:
            if not self._is_free() and self._waiting >= self._waiting_max:
                raise Refused("busy")
            self._waiting += 1
            try:
                self._free.wait_for(self._is_free)
            finally:
                self._waiting -= 1
            if self._closed:
                raise Refused("busy")
            child = self._idle.pop() if self._idle else Child()
            if not child.is_running:
                child.end()
                child = Child()
            self._working.add(child)
            return child

    def _is_free(self) -> bool:
        return self._closed or len(self._working) < self._children

    def _stop(self, child: Child, over_time: threading.Event) -> None:
        over_time.set()
        child.kill()
        # Its asker may never read on; nobody else is to wait for that.
        with self._free:
            self._working.discard(child)
            self._free.notify()

    def _give_back(self, child: Child, usable: bool) -> None:
        if not usable:
            child.end()
        with self._free:
            self._working.discard(child)
            if usable and not self._closed:
                self._idle.append(child)
            elif usable:
                child.end()
            self._free.notify()
        if not usable:
            self.warm()

    def close(self) -> None:
        """End every child. Nothing can be run afterwards."""
        with self._free:
            self._closed = True
            idle, self._idle = self._idle, []
            for child in self._working:
                # Whoever reads from it comes to an end, and then ends it.
                child.kill()
            self._free.notify_all()
        for child in idle:
            child.end()
