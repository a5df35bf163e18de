"""Two workers, PostgreSQL, Redis and nginx, as the recipe has them: whatever fails, people go on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import live
from tests.site.faults import Drill
from tests.site.line import Line, new_room
from tests.site.site import TwoWorkers

# Which frame a page has, if it is the page that was opened first.
SEEN = "window.stays && `${quorumscope.connection.epoch} ${quorumscope.connection.number}`"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoWorkers]:
    with TwoWorkers(tmp_path_factory.mktemp("site")).running() as site:
        yield site
        for worker in site.workers.values():
            assert worker.is_running
            assert "Traceback" not in worker.errors, worker.errors


def test_a_room_and_a_class_stay_with_the_worker_whose_sign_they_bear(site: TwoWorkers) -> None:
    rooms = {sign: new_room(site, sign, seed=1) for sign in "ab"}
    assert {room[0] for room in rooms.values()} == {"a", "b"}
    with site.store() as store:
        owners = {sign: store.owner_of(room) for sign, room in rooms.items()}
        assert len({*owners.values(), None}) == 3
        for room in rooms.values():
            for path in (f"r/{room}", f"embed/{room}", f"r/{room}/history", f"r/{room}/log.jsonl"):
                assert site.call("GET", path)[0] == 200, path
        assert {sign: store.owner_of(room) for sign, room in rooms.items()} == owners
    # Whichever worker is asked for something new, the class begins with its sign, and is found and joined through both.
    begun = [site.ask("POST", "classes", {"title": "Quorums"}, User_Agent=f"number {number}") for number in range(8)]
    assert {one["class_id"][0] for one in begun} == {"a", "b"}
    for number, one in enumerate(begun[:4]):
        found = site.ask("POST", "classes/find", {"code": one["code"]}, User_Agent=f"other {number}")
        assert found == {"class_id": one["class_id"]}
        asked = {"code": one["code"], "name": "Anna"}
        assert site.ask("POST", f"classes/{one['class_id']}/members", asked)["class_id"] == one["class_id"]


def test_who_comes_by_another_worker_is_told_so(site: TwoWorkers) -> None:
    room = new_room(site, "a", seed=1)
    for at, code in (("b", "elsewhere"), (room, None)):
        line = Line(site, at)
        try:
            answer = line.ask("join", {"room": room})
        finally:
            line.close()
        assert answer.get("error", {}).get("code") == code


@pytest.mark.browser
def test_whatever_fails_nothing_is_lost_and_everybody_is_back_in_time(site: TwoWorkers, browser: Browser) -> None:
    drill = Drill(site, rooms=1)
    room = next(visitor.room for visitor in drill.visitors if visitor.room.startswith("a"))
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto(f"{site.address}r/{room}")
    live(page)
    # A page that is loaded anew would not know of it.
    page.evaluate("window.stays = true")
    faults = (
        ("worker a is killed", lambda: drill.kill("a")),
        ("worker a is back", lambda: drill.bring_back("a")),
        ("PostgreSQL restarts", site.postgres.restart),
        ("Redis restarts", site.redis.restart),
        ("all is routed to b", lambda: drill.route(all_to_b=True)),
        ("and back", lambda: drill.route(all_to_b=False)),
    )
    for name, fault in faults:
        drill.suffer(name, fault)
        # The page sees what goes on, as everybody does.
        before = page.evaluate(SEEN)
        assert before
        drill.until(lambda before=before: page.evaluate(SEEN) not in (before, None))
    context.close()
    assert drill.end() > 50


def test_haproxy_routes_as_nginx_does(site: TwoWorkers) -> None:
    with site.behind_haproxy() as haproxy:
        rooms = {sign: new_room(site, sign, seed=1) for sign in "ab"}
        with site.store() as store:
            owners = {sign: store.owner_of(room) for sign, room in rooms.items()}
            assert len({*owners.values(), None}) == 3
            for room in rooms.values():
                line = Line(site, room)
                assert line.ask("join", {"room": room})["accepted"]
                line.close()
                assert site.call("GET", f"r/{room}/history")[0] == 200
            assert {sign: store.owner_of(room) for sign, room in rooms.items()} == owners
        assert site.call("GET", "metrics")[0] == 404
        # A worker that is down: the other has its rooms.
        site.workers["a"].kill()
        line = Line(site, rooms["a"])
        assert line.ask("join", {"room": rooms["a"]})["accepted"]
        line.close()
        site.workers["a"].start()
        for secret in (*rooms.values(), "127.0.0.1"):
            assert secret not in haproxy.log
