"""What a class leaves behind, in the browser: the teacher's list, the report, the replay, and deleting it for good."""

import csv
import io
import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Open, address_of, in_scheme, live, take_lesson, watch
from tests.browser.test_page import check_accessible
from tests.server import Server

pytestmark = pytest.mark.browser


def ready(page: Page) -> None:
    """The list is here, and there is nothing in it."""
    expect(page.locator("#teach-note")).to_contain_text("No classes yet")


def start(page: Page, server: Server, title: str) -> str:
    """A class from the list; answers its id."""
    page.goto(f"{server.address}teach")
    page.fill("#teach-name", title)
    page.click("#teach-start")
    page.wait_for_url("**/teach/*")
    page.wait_for_function(
        "window.quorumscope?.classroom?.seen && quorumscope.run.room === quorumscope.classroom.seen.stage"
    )
    return address_of(page).rpartition("/")[2]


def do(page: Page, **command: object) -> None:
    answer = page.evaluate("(command) => quorumscope.classroom.do(command)", command)
    assert answer and "error" not in answer, answer


def join(open_page: Open, server: Server, teacher: Page, name: str) -> Page:
    code = teacher.evaluate("quorumscope.classroom.seen.code")
    page = open_page(f"{server.address}join/{code}", ready=lambda page: page.wait_for_selector("#join-name"))
    page.fill("#join-name", name)
    page.click("#join-go")
    page.wait_for_url("**/class/*")
    page.wait_for_function("window.quorumscope?.classroom?.seat?.room && quorumscope.view")
    return page


def accessible(page: Page) -> None:
    for scheme in ("light", "dark"):
        in_scheme(page, scheme)
        check_accessible(page)


def on_a_phone(page: Page) -> None:
    """What is as wide as its place hears of another one in a while."""
    page.set_viewport_size(PHONE)
    page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=PHONE["width"])


def test_a_report_is_read_saved_and_replayed_without_names(server: Server, open_page: Open) -> None:
    teacher = open_page(f"{server.address}teach", ready=ready)
    class_id = start(teacher, server, "Quorums")
    robin = join(open_page, server, teacher, "Robin")
    # Kimberly has come, and does nothing.
    code = teacher.evaluate("quorumscope.classroom.seen.code")
    teacher.request.post(f"{server.address}classes/{class_id}/members", data={"code": code, "name": "Kimberly"})
    do(teacher, type="ask", question="What will Robin read?", choices=["apple", "nothing"])
    do(robin, type="answer", poll="q1", choice=0)
    do(teacher, type="reveal", right=0)
    do(teacher, type="mode", mode="hands_on")
    robin.wait_for_function("quorumscope.classroom.seat.client")
    robin.evaluate("quorumscope.actions.write(quorumscope.classroom.seat.client, 'x', 'apple')")
    do(teacher, type="mode", mode="follow")
    stage = teacher.evaluate("quorumscope.classroom.seen.stage")
    take_lesson(teacher, slug="one-leader")
    # The lesson's page brings another cluster onto the stage.
    teacher.wait_for_url("**/lesson/one-leader*")
    teacher.wait_for_function(
        "(stage) => window.quorumscope?.classroom?.seen?.stage !== stage && quorumscope.view", arg=stage
    )

    teacher.goto(f"{server.address}teach/{class_id}/report")
    expect(teacher.locator("#report-class")).to_have_text("Quorums")
    expect(teacher.locator(".report-question")).to_contain_text("100 % of the answers are right")
    expect(teacher.locator(".report-question .poll-choice")).to_have_text(
        [re.compile("apple.*1"), re.compile("nothing.*0")]
    )
    teacher.click(".report-who summary")
    expect(teacher.locator(".report-who tbody tr")).to_have_text(
        [re.compile("Robin.*apple.*Right"), re.compile("Kimberly.*No answer")]
    )
    expect(teacher.locator("#report-members tbody tr").first).to_have_text(re.compile(r"Robin11 of 1010"))
    expect(teacher.locator("#report-timeline")).to_contain_text("2 joined: Robin, Kimberly.")
    accessible(teacher)
    with teacher.expect_download() as saved:
        teacher.click("#report-csv")
    assert saved.value.suggested_filename == "Quorums-report.csv"
    rows = list(csv.DictReader(io.StringIO(saved.value.path().read_text("utf-8-sig"))))
    assert [(row["name"], row["answer"], row["right"]) for row in rows] == [
        ("Robin", "apple", "yes"),
        ("Kimberly", "", ""),
    ]

    teacher.click("#report-replay")
    address = teacher.locator("#report-address")
    expect(address).to_have_value(re.compile("/class-run/"))
    anybody = open_page(address.input_value())
    chapters = anybody.locator(".chapter-go")
    expect(chapters).to_have_text(
        [
            re.compile("begins"),
            re.compile("Question"),
            re.compile("answers are shown"),
            re.compile("Hands on the cluster"),
            re.compile("Everybody follows"),
            re.compile("Lesson: One leader"),
            re.compile("Another cluster"),
        ]
    )
    expect(anybody.locator(".chapter-poll")).to_contain_text("What will student-1 read?")
    first = anybody.evaluate("quorumscope.run.room")
    # By keys: to the lesson's cluster and back.
    chapters.last.focus()
    anybody.keyboard.press("Enter")
    expect(chapters.last).to_have_attribute("aria-current", "step")
    anybody.wait_for_function("(first) => quorumscope.run.room !== first && !quorumscope.playhead.isLive", arg=first)
    chapters.nth(4).press("Enter")
    anybody.wait_for_function("(first) => quorumscope.run.room === first && quorumscope.view.at_us > 0", arg=first)
    expect(chapters.nth(4)).to_have_attribute("aria-current", "step")
    assert "Kimberly" not in anybody.content()
    assert "Robin" not in anybody.content()
    check_accessible(anybody)
    on_a_phone(anybody)


def test_a_class_is_listed_and_deleted_for_good(server: Server, open_page: Open) -> None:
    teacher = open_page(f"{server.address}teach", DESKTOP, ready=ready)
    # A room outside of classes is kept, and can be forgotten.
    teacher.goto(server.address)
    live(teacher)
    class_id = start(teacher, server, "To be deleted")
    student = join(open_page, server, teacher, "Zerberine")
    # Another class, which somebody else owns and this browser's key no longer opens.
    teacher.evaluate(
        """() => {
          const all = JSON.parse(localStorage["quorumscope.classes"]);
          const gone = ["gone", { title: "Gone", keys: { owner: "nonsense" } }];
          localStorage["quorumscope.classes"] = JSON.stringify([...all, gone]);
        }"""
    )
    other = teacher.context.new_page()
    watch(other)
    other.goto(f"{server.address}teach")
    cards = other.locator(".class-card")
    expect(cards).to_have_count(2)
    expect(cards.first).to_contain_text("1 member, 1 here now")
    expect(cards.last).to_contain_text("No longer to be had")
    other.click(".class-rooms summary")
    expect(cards.first.locator(".room-row")).to_contain_text(["Stage"])
    expect(other.locator("#teach-rooms a")).to_have_text("Five masters")
    accessible(other)
    on_a_phone(other)
    other.click("#teach-rooms button")
    expect(other.locator("#teach-rooms li")).to_have_count(0)
    cards.last.get_by_role("button", name="Forget the key to Gone").click()
    expect(cards).to_have_count(1)

    with other.expect_download() as saved:
        other.get_by_role("button", name="Export To be deleted").click()
    held = json.loads(saved.value.path().read_text())
    assert "Zerberine" in [line["event"].get("name") for line in held["log"]]
    other.get_by_role("button", name="Delete To be deleted").click()
    expect(other.locator("#delete-list")).to_contain_text("1 member")
    check_accessible(other)
    # Whoever presses Enter without reading keeps it.
    other.keyboard.press("Enter")
    expect(other.locator("#delete")).to_be_hidden()
    expect(cards).to_have_count(1)
    other.get_by_role("button", name="Delete To be deleted").click()
    other.click("#delete-yes")
    expect(cards).to_have_count(0)
    expect(other.locator("#teach-note")).to_contain_text("“To be deleted” is deleted.")
    assert other.evaluate("localStorage['quorumscope.classes']") is None
    # Those who were in it hear so.
    for page in (teacher, student):
        page.wait_for_function("quorumscope.classroom.out?.code === 'unknown_class'")
    assert other.goto(f"{server.address}teach/{class_id}").status == 404
