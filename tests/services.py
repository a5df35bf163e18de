"""What a larger site stands on, for tests: PostgreSQL, Redis, nginx and HAProxy, as Debian has them.

``python -m tests.services`` installs what is missing.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import psutil

from tests.browser import chromium

START_WITHIN_S = 30.0
STOP_WITHIN_S = 20.0

# What each package brings that the tests call.
PACKAGES = {
    "postgresql": "postgres",
    "redis-server": "redis-server",
    "nginx-light": "nginx",
    "haproxy": "haproxy",
    "openssl": "openssl",
    "systemd": "systemd-analyze",
}


class NoService(Exception):
    pass


def program(name: str) -> str:
    """Where a program is. Debian keeps PostgreSQL's own out of PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([*map(str, places), os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    if (found := shutil.which(name, path=path)) is None:
        raise NoService(f"There is no {name}: 'python -m tests.services' installs it.")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Service:
    """A process at ``port``, which can be stopped, killed and started again with the same data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def is_ready(self) -> bool:
        return answers(self.port)

    # How the service is told to stop at once, in good order.
    STOP = signal.SIGTERM

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text(errors="replace")

    @property
    def pid(self) -> int:
        assert self._process is not None, "it has not been started"
        return self._process.pid

    def start(self) -> Self:
        with (self.folder / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/"
            )
        self._wait(self.is_ready, START_WITHIN_S)
        return self

    def _wait(self, holds: Callable[[], bool], within_s: float) -> None:
        deadline = time.monotonic() + within_s
        while not holds():
            assert self._process is not None
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"{type(self).__name__} did not start; it said: {self.log}")
            time.sleep(0.02)

    def stop(self) -> None:
        self._end(self.STOP)

    def kill(self) -> None:
        """SIGKILL, of all its processes."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            if how == signal.SIGKILL:
                # PostgreSQL's have sessions of their own, and go on for a moment without the one that began them.
                children = psutil.Process(process.pid).children(recursive=True)
                os.killpg(process.pid, how)
                for child in children:
                    with suppress(psutil.NoSuchProcess):
                        child.kill()
                psutil.wait_procs(children, STOP_WITHIN_S)
            else:
                process.send_signal(how)
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(STOP_WITHIN_S)
            raise AssertionError(f"{type(self).__name__} did not stop; it said: {self.log}") from None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class Postgres(Service):
    """An empty database at ``url``. PostgreSQL does not run as root: then its data is in a folder of user postgres."""

    # "Fast": connections are cut off, as at a restart of the machine's service.
    STOP = signal.SIGINT

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._is_root = os.geteuid() == 0
        self._home = Path(tempfile.mkdtemp(prefix="quorumscope-postgres-")) if self._is_root else folder
        if self._is_root:
            user = pwd.getpwnam("postgres")
            os.chown(self._home, user.pw_uid, user.pw_gid)
        self._data = self._home / "data"
        if not self._data.exists():
            made = self._as_user(
                "initdb", "--no-sync", "--auth=trust", "--username=quorumscope", "--encoding=UTF8", "--locale=C",
                "--pgdata", str(self._data),
            )  # fmt: skip
            done = subprocess.run(made, capture_output=True, text=True, check=False, cwd="/")
            assert done.returncode == 0, done.stderr

    def _as_user(self, name: str, *arguments: str) -> list[str]:
        command = [program(name), *arguments]
        if not self._is_root:
            return command
        user = pwd.getpwnam("postgres")
        # setpriv becomes the program; runuser would stand between it and our signals.
        return [program("setpriv"), f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *command]

    def command(self) -> list[str]:
        # A process that is killed loses nothing without fsync; only the machine would.
        return self._as_user(
            "postgres", "-D", str(self._data), "-p", str(self.port), "-c", "listen_addresses=127.0.0.1",
            "-c", f"unix_socket_directories={self._home}", "-c", "fsync=off", "-c", "max_connections=50",
        )  # fmt: skip

    def is_ready(self) -> bool:
        asked = [program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "quorumscope"]
        return subprocess.run(asked, check=False).returncode == 0

    @property
    def url(self) -> str:
        return self.database("postgres")

    def database(self, name: str) -> str:
        return f"postgresql://quorumscope@127.0.0.1:{self.port}/{name}"

    def create(self, name: str) -> str:
        """A further, empty database; its URL."""
        made = [program("createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "quorumscope", name]
        subprocess.run(made, check=True, capture_output=True)
        return self.database(name)

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self._is_root:
            shutil.rmtree(self._home, ignore_errors=True)


class Redis(Service):
    """An empty Redis at ``url``, which keeps nothing on the disk."""

    def command(self) -> list[str]:
        return [
            program("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
            "--appendonly", "no", "--dir", str(self.folder),
        ]  # fmt: skip

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def is_ready(self) -> bool:
        with socket.socket() as line:
            line.settimeout(1)
            if line.connect_ex(("127.0.0.1", self.port)):
                return False
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")


class Nginx(Service):
    """nginx with ``site``, the text of a file that stands in Debian's ``conf.d``; it listens at ``port``."""

    STOP = signal.SIGTERM

    def __init__(self, folder: Path, site: str = "", port: int | None = None) -> None:
        super().__init__(folder)
        self.port = port or self.port
        self.site = site

    def command(self) -> list[str]:
        self._write()
        return [program("nginx"), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", "stderr"]

    def is_ready(self) -> bool:
        return super().is_ready() and bool(self._workers())

    def _write(self) -> None:
        (self.folder / "site.conf").write_text(self.site)
        temporary = "\n".join(
            f"    {kind}_temp_path {self.folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;" if os.geteuid() == 0 else ""
        # What surrounds a site in Debian's own nginx.conf, at other places.
        (self.folder / "nginx.conf").write_text(
            f"{user}\ndaemon off;\nworker_processes 1;\npid {self.folder}/nginx.pid;\n"
            f"events {{ worker_connections 2048; }}\n"
            f"http {{\n{temporary}\n    access_log off;\n    include {self.folder}/site.conf;\n}}\n"
        )

    def reload(self, site: str) -> None:
        """Another configuration for connections that come from now on; those that are there stay."""
        before = self._workers()
        self.site = site
        self._write()
        os.kill(self.pid, signal.SIGHUP)
        deadline = time.monotonic() + START_WITHIN_S
        # A worker that is there still takes connections until it has heard of its end.
        while not self._workers() - before or any(map(_takes_connections, before)):
            assert time.monotonic() < deadline, f"nginx did not take its configuration; it said: {self.log}"
            time.sleep(0.02)

    def _workers(self) -> set[int]:
        return {int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()}


class Haproxy(Service):
    """HAProxy with ``config``, the text of its file; it listens at ``port``."""

    def __init__(self, folder: Path, config: str, port: int) -> None:
        super().__init__(folder)
        self.port = port
        self.config = config

    def command(self) -> list[str]:
        (self.folder / "haproxy.cfg").write_text(self.config)
        return [program("haproxy"), "-db", "-f", str(self.folder / "haproxy.cfg")]


def _takes_connections(worker: int) -> bool:
    try:
        return b"shutting down" not in Path(f"/proc/{worker}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def missing() -> list[str]:
    """The packages that are not there."""

    def is_there(name: str) -> bool:
        try:
            program(name)
        except NoService:
            return False
        return True

    return [package for package, name in PACKAGES.items() if not is_there(name)]


def install() -> None:
    """Raises NoService where that cannot be done."""
    if not (packages := missing()):
        return
    as_root = chromium.prefix_for_root()
    if as_root is None or not chromium.is_debian():
        raise NoService(f"The tests need {', '.join(packages)}, and cannot install them here.")
    apt_get = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    # Their services need not run: the tests start their own.
    for command in ([*apt_get, "update"], [*apt_get, "install", "--yes", "--no-install-recommends", *packages]):
        print("Installing services:", *command, flush=True)
        if subprocess.run(command, check=False).returncode:
            raise NoService(f"{', '.join(packages)} could not be installed.")


def main() -> Any:
    try:
        install()
    except NoService as error:
        return str(error)
    print(*(program(name) for name in PACKAGES.values()), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
