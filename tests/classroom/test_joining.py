"""The page to join by, its QR code, and a lesson's words for the projector."""

import json
import re

import pytest
import segno

from tests.classroom.people import call, new_class
from tests.server import Server
from tests.webapp.http import fetch

# What somebody may put into the address of the page.
HOSTILE = (
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
    "%E2%80%AE%00%0A%0D",
    "..%2F..%2Fetc",
    "x" * 3000,
)


def dark(svg: str) -> set[tuple[int, int]]:
    """The dark places of a QR code: its path goes from row to row, and strokes what is dark."""
    path = re.search(r'<path[^>]* d="(M[^"]+)"', svg)
    assert path, svg
    found: set[tuple[int, int]] = set()
    x, y = 0, 0.0
    for kind, arguments in re.findall(r"([Mmh])([-\d. ]+)", path[1].rpartition("z")[2]):
        numbers = [float(number) for number in arguments.split()]
        if kind == "h":
            found |= {(x + i, int(y)) for i in range(int(numbers[0]))}
            x += int(numbers[0])
        else:
            x, y = (int(numbers[0]), numbers[1]) if kind == "M" else (x + int(numbers[0]), y + numbers[1])
    return found


def test_the_qr_code_is_the_address_to_join_by(server: Server) -> None:
    answer = fetch(server, "/join/kdm-4tr/qr.svg")
    assert (answer.status, answer.headers["content-type"].split(";")[0]) == (200, "image/svg+xml")
    matrix = segno.make(f"{server.address}join/KDM4TR", error="m", micro=False).matrix
    wanted = {(x + 2, y + 2) for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark}
    shown = dark(answer.text.split('<path fill="#fff"')[-1].split("/>", 1)[-1])
    assert shown == wanted


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_hostile_code_is_a_word_at_most(server: Server, typed: str) -> None:
    page = fetch(server, f"/join/{typed}")
    assert page.status in (200, 400, 404)
    for mark in ("<script>alert", "<img src=x", "onerror"):
        assert mark not in page.text
    if page.status == 200:
        shown = re.search(r'id="join-code"[^>]* value="([^"]*)"', page.text)
        assert shown
        assert re.fullmatch(r"\w{0,12}", shown[1])
    qr = fetch(server, f"/join/{typed}/qr.svg")
    assert qr.status in (200, 400, 404)
    assert "alert(1)" not in qr.text


def test_a_lessons_prose_can_be_had_alone(server: Server) -> None:
    prose = fetch(server, "/lessons/one-random-node/prose")
    assert prose.status == 200
    assert "<html" not in prose.text
    assert 'data-step="guess"' in prose.text
    assert prose.text in fetch(server, "/lessons/one-random-node").text
    assert fetch(server, "/lessons/no-such/prose").status == 404


def test_a_code_finds_its_class_and_lets_one_join_that_class_only(server: Server) -> None:
    one, other = new_class(server), new_class(server)
    found = call(server, "POST", "classes/find", {"code": f" {one.code[:3]}-{one.code[3:].lower()} "})
    assert (found.status, json.loads(found.content)) == (200, {"class_id": one.id})
    joined = call(server, "POST", f"classes/{one.id}/members", {"code": one.code, "name": "Anna"})
    assert joined.status == 200
    assert json.loads(joined.content)["class_id"] == one.id
    for path, asked in (
        ("classes/find", {"code": "222222"}),
        (f"classes/{one.id}/members", {"code": other.code, "name": "Ben"}),
        (f"classes/{one.id}/members", {"code": "", "name": "Ben"}),
        ("classes/no-such-class/members", {"code": one.code, "name": "Ben"}),
    ):
        answer = call(server, "POST", path, asked)
        assert (answer.status, answer.error["code"], answer.error["field"]) == (404, "unknown_code", "code"), path
    # Nobody but Anna has come of all that.
    assert len(json.loads(call(server, "GET", f"classes/{one.id}/report.json", key=one.key).content)["members"]) == 1
