"""The pages, what their scripts begin with, and how much a first visit has to load."""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec
import pytest
from werkzeug.test import create_environ, run_wsgi_app

from engine import SCENARIOS
from engine.settings import Settings
from tests.server import UNLIMITED, Server
from tests.webapp.clients import Client
from tests.webapp.http import fetch
from webapp.assets import Assets
from webapp.pages import settings
from webapp.ready import ENCODINGS_MAX, ReadyFiles

FIRST_LOAD_BYTES_MAX = 200_000

Make = Callable[..., Client]

# Hundreds of commands at once, for a log that is too long for a link.
SETTINGS = UNLIMITED


def boot(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="boot">(.*?)</script>', text, re.S)
    assert found, text[:2000]
    told: dict[str, Any] = json.loads(found[1])
    return told


def test_the_sandbox_is_told_what_there_is(server: Server) -> None:
    told = boot(fetch(server, "/").text)
    assert [told[name] for name in ("room", "scenario", "seed", "run")] == [None, "five-masters", None, None]
    assert [one["name"] for one in told["scenarios"]] == list(SCENARIOS)
    assert set(told["scenarios"][0]) == {"name", "title", "claim", "text", "ends_us"}
    assert "LNKD-DISK" in told["profiles"]
    assert told["words"]["app.name"] == "Quorumscope"
    assert [one["name"] for one in told["settings"]] == [*Settings.__struct_fields__]


def test_every_setting_has_a_control_in_the_order_of_its_declaration() -> None:
    controls = {control.pop("name"): control for control in settings()}
    assert controls["w"] == {"min": 1, "max": 50}
    assert controls["sloppy"] == {"switch": True}
    assert controls["versions"] == {"choices": ["counter", "ask", "clock", "vector"]}
    assert controls["gossip_every_us"] == {"min": 0, "max": 60_000_000}
    assert "WAN" in controls["latency"]["choices"]


def test_a_scenario_has_an_address(server: Server) -> None:
    told = boot(fetch(server, "/scenario/sleeping-node?seed=12").text)
    assert (told["room"], told["scenario"], told["seed"]) == (None, "sleeping-node", 12)


def test_a_shared_run_has_an_address_and_is_no_room_to_enter(server: Server, client: Make) -> None:
    viewer = client()
    room = viewer.open()
    assert boot(fetch(server, f"/r/{room}").text)["room"] == room
    assert boot(fetch(server, f"/run/{room}").text)["run"] == room
    assert boot(fetch(server, "/run").text)["run"] == "packed"
    # So many commands that their log is too long for a link.
    viewer.do("pause")
    for place in range(700):
        viewer.do("skew", actor="n1", skew_us=place * 7919 % 99_991)
    run = viewer.ask("share", {})["run"]
    assert run
    assert boot(fetch(server, f"/r/{run}").text)["run"] == run


@pytest.mark.parametrize(
    "path", ["/nonsense", "/r/none", "/run/none", "/embed/none", "/scenario/none", "/static/1/no.js"]
)
def test_what_there_is_not_is_a_page_that_says_so(server: Server, path: str) -> None:
    answer = fetch(server, path)
    assert answer.status == 404
    assert "<main" in answer.text


def test_an_embedded_picture_says_how_it_is_to_be_shown(server: Server, client: Make) -> None:
    room = client().open()
    asked = "speed=0.01&from=2.5&to=40&loop=1&view=both"
    shown = {"speed": 0.01, "from_ms": 2.5, "to_ms": 40, "loop": True, "view": "both"}
    for path, names in {
        f"/embed/{room}": {"room": room, "scenario": None, "run": None},
        "/embed/scenario/overlap": {"room": None, "scenario": "overlap", "run": None},
        "/embed": {"room": None, "scenario": None, "run": "packed"},
    }.items():
        told = boot(fetch(server, f"{path}?{asked}").text)
        assert {name: told[name] for name in names} == names
        assert told["embed"] == shown
    usual = boot(fetch(server, "/embed").text)["embed"]
    assert usual == {"speed": 0.001, "from_ms": 0, "to_ms": None, "loop": False, "view": "stage"}


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/embed?speed=0", "speed"),
        ("/embed?speed=1.5", "speed"),
        ("/embed?speed=nan", "speed"),
        ("/embed?from=-1", "from"),
        ("/embed?from=9&to=9", "to"),
        ("/embed?loop=yes", "loop"),
        ("/embed?view=%3Cscript%3E", "view"),
        ("/embed/scenario/overlap?seed=-1", "seed"),
        ("/embed?nonsense=1", "nonsense"),
        ("/scenario/overlap?seed=1.5", "seed"),
        ("/scenario/overlap?seed=9007199254740992", "seed"),
    ],
)
def test_an_address_that_asks_for_what_cannot_be_is_refused_in_a_sentence(
    server: Server, path: str, field: str
) -> None:
    answer = fetch(server, path)
    assert answer.status == 400
    (sentence,) = re.findall(r"<p>(This address .*?)</p>", answer.text)
    assert field in html.unescape(sentence)
    assert "<script>" not in answer.text


def imports(source: str) -> list[str]:
    return re.findall(r"""^(?:import(?:[\s\w*{},$]+from)?|export[\s\w*{},$]+from)\s*["']([^"']+)["']""", source, re.M)


def test_a_first_visit_loads_little_and_asks_for_every_module_at_once(server: Server) -> None:
    page = fetch(server, "/", accept="gzip")
    (importmap,) = re.findall(r'<script type="importmap">(.*?)</script>', page.text)
    libraries = json.loads(importmap)["imports"]
    asked = {html.unescape(found) for found in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)}
    preloaded = set(re.findall(r'rel="modulepreload" href="([^"]+)"', page.text))
    total, left, seen = len(page.body), sorted(asked), set[str]()
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = fetch(server, path, accept="gzip")
        assert answer.status == 200, path
        total += len(answer.body)
        if path.endswith(".js"):
            found = [libraries.get(name) or urlsplit(urljoin(path, name)).path for name in imports(answer.text)]
            assert set(found) <= preloaded, path
            left += found
    assert total <= FIRST_LOAD_BYTES_MAX, f"{total} bytes in {len(seen) + 1} answers"


def test_a_file_is_kept_for_good_under_its_version_and_only_there(server: Server) -> None:
    (path,) = re.findall(r'href="(/static/[^"]+/css/tokens.css)"', fetch(server, "/").text)
    kept = fetch(server, path)
    assert "immutable" in kept.headers["cache-control"]
    assert kept.headers["content-encoding"] == "br"
    assert fetch(server, path, accept="identity").content == kept.content
    other = fetch(server, re.sub("/static/[^/]+", "/static/older", path))
    assert other.headers["cache-control"] == "no-cache"
    assert other.content == kept.content


def test_a_changed_file_has_another_address_and_modules_are_found_by_their_imports(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "d3-selection.js").write_text("export {};")
    (tmp_path / "js" / "main.js").write_text(
        '/** @import { A } from "./typed.js" */\nimport {\n  b,\n} from "./ui/b.js";\nexport * from "./c.js";\n'
        'const later = () => import("./later.js");\n'
    )
    (tmp_path / "js" / "ui").mkdir()
    (tmp_path / "js" / "ui" / "b.js").write_text('import "../c.js";\nimport { select } from "d3-selection";\n')
    (tmp_path / "js" / "c.js").write_text('import { b } from "./ui/b.js";\n')
    assets = Assets(tmp_path)
    before = assets.version()
    assert assets.modules("js/main.js") == ["js/main.js", "js/ui/b.js", "js/c.js", "vendor/d3-selection.js"]
    (tmp_path / "js" / "c.js").write_text('export function c(x) {\n  return "./no.js";\n}\n')
    assert assets.version() != before
    assert assets.modules("js/c.js") == ["js/c.js"]


class Answering:
    """What stands behind the files that are ready; it says what it was asked for."""

    def __init__(self, kept: str) -> None:
        self.asked: list[str] = []
        self._kept = kept

    def __call__(self, environ: dict, start_response: Callable) -> list[bytes]:
        self.asked.append(environ["PATH_INFO"])
        start_response("200 OK", [("Cache-Control", self._kept), ("ETag", str(len(self.asked)))])
        return [environ["PATH_INFO"].encode(), b"!"]


def got(ready: ReadyFiles, path: str, **headers: str) -> tuple[bytes, str]:
    body, _, told = run_wsgi_app(ready, create_environ(path, headers=headers))
    return b"".join(body), told["ETag"]


def test_a_file_that_was_asked_for_is_ready_however_its_path_is_written(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "main.js").write_text("export {};")
    behind = Answering("public, immutable")
    ready = ReadyFiles(behind, Assets(tmp_path))
    path, other = "/static/v1/js/main.js", "/static/v1/js/./main.js"
    assert [got(ready, path) for _ in range(3)] == [(f"{path}!".encode(), "1")] * 3
    # By another way of writing it, or for who can unpack something else, it is asked for; only the latter is kept.
    assert [got(ready, other)[1] for _ in range(2)] == ["2", "3"]
    assert [got(ready, path, **{"Accept-Encoding": "br"})[1] for _ in range(2)] == ["4", "4"]
    assert got(ready, path, Range="bytes=0-1")[1] == "5"
    for number in range(20):
        got(ready, path, **{"Accept-Encoding": f"own-{number}"})
    assert len(ready._ready) == ENCODINGS_MAX
    # Other content has another address, and takes the place of what was.
    assert got(ready, "/static/v2/js/main.js")[1] == got(ready, "/static/v2/js/main.js")[1]
    assert len(ready._ready) == 1


def test_what_may_not_be_kept_for_good_is_asked_for_each_time(tmp_path: Path) -> None:
    (tmp_path / "main.js").write_text("")
    behind = Answering("no-cache")
    ready = ReadyFiles(behind, Assets(tmp_path))
    assert [got(ready, path)[1] for path in ("/static/v1/main.js", "/static/v1/main.js", "/", "/")] == list("1234")


def test_what_is_tiny_is_not_compressed_and_every_page_is(server: Server) -> None:
    assert "content-encoding" not in fetch(server, "/staleness?r=99").headers
    assert fetch(server, "/").headers["content-encoding"] in ("br", "gzip")
    assert msgspec.json.decode(fetch(server, "/staleness?r=99").content)["error"]["field"] == "r"
