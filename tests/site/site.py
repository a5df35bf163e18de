"""A whole site, as the recipes make it: two workers, PostgreSQL, Redis, and nginx with TLS before them."""

import contextlib
import http.client
import json
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.server import Server
from tests.services import Haproxy, Nginx, Postgres, Redis, free_port
from tests.site.recipes import haproxy_site, nginx_site, settings
from webapp.settings import Settings
from webapp.store.opening import open_database
from webapp.store.sql_logs import SqlLogStore

ANSWER_WITHIN_S = 20.0


class Front:
    """Where people reach a site: an address with TLS."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.http_port = free_port(), free_port()
        self.address = f"https://localhost:{self.port}/"
        self.nginx: Nginx

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "etc" / "tls" / "fullchain.pem"))

    def start_nginx(self, stack: ExitStack, site: str) -> None:
        self.nginx = stack.enter_context(Nginx(self.folder / "nginx", site, self.port))

    def open(self, method: str, path: str, body: Any = None, **headers: str) -> http.client.HTTPSConnection:
        """A request over TLS; its answer can be read, and the connection is to be closed."""
        line = http.client.HTTPSConnection("localhost", self.port, timeout=ANSWER_WITHIN_S, context=self.trust)
        sent = None if body is None else json.dumps(body).encode()
        if sent is not None:
            headers["Content-Type"] = "application/json"
        line.request(method, f"/{path}", sent, {name.replace("_", "-"): value for name, value in headers.items()})
        return line

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """A request over TLS: the status, the headers, and what came."""
        with contextlib.closing(self.open(method, path, body, **headers)) as line:
            answer = line.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A request that must be granted; the object that came."""
        status, _, came = self.call(method, path, body, **headers)
        assert status == 200, came
        return json.loads(came)


class OneProcess(Front):
    """One process behind nginx."""

    @contextlib.contextmanager
    def running(self) -> Iterator["OneProcess"]:
        given = settings("quorumscope.env", {"quorum.example.org": f"localhost:{self.port}"})
        with ExitStack() as stack:
            self.server = stack.enter_context(Server(self.folder / "data", **given | {"QUORUMSCOPE_METRICS": "on"}))
            place = self.server.address.removeprefix("http://").rstrip("/")
            instead = {"127.0.0.1:8000": place}
            self.start_nginx(
                stack, nginx_site("one-process.conf", self.folder / "etc", self.port, self.http_port, instead)
            )
            yield self


class TwoWorkers(Front):
    """Worker a and worker b; each of the services can be stopped, killed and restarted."""

    @contextlib.contextmanager
    def running(self) -> Iterator["TwoWorkers"]:
        with ExitStack() as stack:
            self.postgres = stack.enter_context(Postgres(self.folder / "postgres"))
            self.redis = stack.enter_context(Redis(self.folder / "redis"))
            instead = {
                "quorum.example.org": f"localhost:{self.port}",
                "postgresql://quorumscope:password@127.0.0.1:5432/quorumscope": self.postgres.url,
                "redis://127.0.0.1:6379/0": self.redis.url,
            }
            shared = settings("workers.env", instead)
            self.workers: dict[str, Server] = {}
            for sign in "ab":
                own = settings(f"worker-{sign}.env", {}) | {"QUORUMSCOPE_WORKER": sign}
                server = Server(self.folder / f"data-{sign}", **shared | own)
                stack.callback(server.kill)
                self.workers[sign] = server
            for server in self.workers.values():
                server.start()
            self.start_nginx(stack, self.routed())
            yield self

    @property
    def _places(self) -> dict[str, str]:
        a, b = (server.address.removeprefix("http://").rstrip("/") for server in self.workers.values())
        return {"worker-a:8001": a, "worker-b:8002": b}

    def routed(self, *, all_to_b: bool = False) -> str:
        """The configuration of nginx; or one in which b has a's rooms as well."""
        instead = self._places
        if all_to_b:
            instead = {'"~^\\w" a;': '"~^\\w" b;', '{11}(/|$)" a;': '{11}(/|$)" b;', **instead}
        return nginx_site("two-workers.conf", self.folder / "etc", self.port, self.http_port, instead)

    @contextlib.contextmanager
    def behind_haproxy(self) -> Iterator[Haproxy]:
        """At the same address, instead of nginx, which is there no more afterwards."""
        self.nginx.stop()
        config = haproxy_site(self.folder / "etc", self.port, self.http_port, self._places)
        with Haproxy(self.folder / "haproxy", config, self.port) as haproxy:
            yield haproxy

    @contextlib.contextmanager
    def store(self) -> Iterator[SqlLogStore]:
        """What is in the database, read past the workers."""
        database = open_database(Settings(database_url=self.postgres.url))
        try:
            yield SqlLogStore(database)
        finally:
            database.close()
