"""A real server in a process of its own, for tests that need sockets, signals or a browser."""

import atexit
import contextlib
import functools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO

CONSOLE = Path(sys.executable).with_name("quorumscope")

START_WITHIN_S = 20.0
STOP_WITHIN_S = 10.0

# For tests that send faster than anybody may, to see something else than that it is too fast.
UNLIMITED = {
    "QUORUMSCOPE_COMMANDS": "0",
    "QUORUMSCOPE_COMMANDS_OF_ADDRESS": "0",
    "QUORUMSCOPE_KILOBYTES": "0",
    "QUORUMSCOPE_REQUESTS": "0",
    "QUORUMSCOPE_ROOMS_MADE": "0",
}


class Server:
    """``with Server(data_dir) as server:`` serves ``data_dir`` at ``server.address`` (it ends in a slash).

    It can be started again after ``kill`` or ``stop``, at the same address. ``settings`` are further variables of its
    environment.
    """

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self._settings = settings
        self.address = ""
        self.exit_code: int | None = None
        self._process: subprocess.Popen[str] | None = None
        self._out: list[str] = []
        self._errors: list[str] = []
        self._printed = threading.Event()
        self._readers: list[threading.Thread] = []

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server has not been started"
        return self._process.pid

    @property
    def errors(self) -> str:
        """What the server has written to stderr so far, over all its starts."""
        return "".join(self._errors)

    @property
    def complaints(self) -> str:
        """What of that is more than that it has begun and ended."""
        return "".join(line for line in self._errors if not re.match(r"\S+Z info ", line))

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def environment(self) -> dict[str, str]:
        """What another command of the same installation needs to use the same data."""
        return (
            os.environ
            | self._settings
            | {
                "HOST": "127.0.0.1",
                "PORT": self.address.rstrip("/").rpartition(":")[2] or "0",
                "QUORUMSCOPE_DATA": str(self.data_dir),
                "PYTHONUNBUFFERED": "1",
            }
        )

    def start(self) -> "Server":
        assert not self.is_running, "the server runs already"
        if "DATABASE_URL" not in self._settings:
            _lay_database(self.data_dir)
        self._printed = threading.Event()
        self._out.clear()
        self._process = subprocess.Popen(
            [str(CONSOLE), "serve"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Of its own group: a Ctrl+C in the shell reaches the tests, and they stop the server.
            start_new_session=True,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._readers = [
            threading.Thread(target=self._read_out, args=(self._process.stdout, self._printed), daemon=True),
            threading.Thread(target=self._read_errors, args=(self._process.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        self._printed.wait(START_WITHIN_S)
        found = re.search(r"http://\S+", "".join(self._out))
        if found is None:
            self.kill()
            raise AssertionError(f"the server did not start; it said: {''.join(self._out)}{self.errors}")
        self.address = found[0]
        return self

    def _read_out(self, pipe: IO[str], printed: threading.Event) -> None:
        with contextlib.suppress(ValueError):
            for line in pipe:
                self._out.append(line)
                if "http://" in line:
                    printed.set()
        printed.set()

    def _read_errors(self, pipe: IO[str]) -> None:
        with contextlib.suppress(ValueError):
            self._errors.extend(pipe)

    def kill(self) -> None:
        """SIGKILL: the process gets no chance to tidy up."""
        self._end(signal.SIGKILL, STOP_WITHIN_S)

    def stop(self, within_s: float = STOP_WITHIN_S) -> int:
        """SIGTERM; answers the exit code. A server that does not heed it is killed, and that is an error."""
        if not self._end(signal.SIGTERM, within_s):
            self.kill()
            raise AssertionError(f"the server did not stop within {within_s} s; it said: {self.errors}")
        assert self.exit_code is not None
        return self.exit_code

    def end(self, within_s: float = STOP_WITHIN_S) -> int:
        """Wait for a server that has been told to stop already; answers the exit code."""
        assert self._end(None, within_s), self.errors
        assert self.exit_code is not None
        return self.exit_code

    def _end(self, how: signal.Signals | None, within_s: float) -> bool:
        process = self._process
        if process is None:
            return True
        if how is not None:
            process.send_signal(how)
        try:
            self.exit_code = process.wait(within_s)
        except subprocess.TimeoutExpired:
            return False
        for reader in self._readers:
            reader.join(within_s)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        return True

    def __enter__(self) -> "Server":
        return self if self.is_running else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.is_running:
            return
        if kind is None:
            self.stop()
        else:
            self.kill()


def _lay_database(folder: Path) -> None:
    """Where there is none, an empty one, as a server makes it at its first start: there are too many first starts here
    for each to take all steps of the tables. Where the folder cannot be written to, the server has to say so."""
    file = folder / "rooms.sqlite3"
    with contextlib.suppress(OSError):
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_empty_database(), file)


@functools.cache
def _empty_database() -> Path:
    from webapp.store.opening import open_file

    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    open_file(folder / "empty.sqlite3").close()
    return folder / "empty.sqlite3"
