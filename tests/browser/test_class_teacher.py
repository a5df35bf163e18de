"""The teacher's page: leading a class through its modes, its members, who is let in, and where the teacher looks."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import PHONE, Open, address_of, in_scheme
from tests.browser.test_page import check_accessible
from tests.classroom.people import Class, Person, new_class
from tests.server import Server

pytestmark = pytest.mark.browser


def address(week: Class) -> str:
    return f"{week.server.address}teach/{week.id}#owner={week.key}"


def student(week: Class, name: str) -> Person:
    """Somebody who has no page, but a line to the server."""
    return Person(week.server, week.join(name))


def ready(page: Page) -> None:
    page.wait_for_selector("g.node")
    expect(page.locator("#class-card [data-mode=follow]")).to_have_attribute("aria-pressed", "true")


def mode(page: Page, name: str) -> Locator:
    return page.locator(f"#class-mode [data-mode={name}]")


def member(page: Page, name: str) -> Locator:
    return page.locator("#members-list .member").filter(has=page.locator(f".member-name:text-is('{name}')"))


def answer_prompt(page: Page, text: str | None = None) -> None:
    if text is not None:
        page.fill("#prompt-field", text)
    page.click("#prompt-go")


def test_a_teacher_leads_a_class_from_mode_to_mode(server: Server, open_page: Open, subtests: pytest.Subtests) -> None:
    week = new_class(server)
    page = open_page(address(week), ready=ready)
    assert week.key not in address_of(page)
    expect(page.locator("#class-code")).to_have_text(week.code)
    expect(page.locator("#class-here")).to_have_text("0 here")
    anna, ben = student(week, "Anna"), student(week, "Ben")
    expect(page.locator("#class-here")).to_have_text("2 here")

    page.click("#class-title")
    answer_prompt(page, "\u202e")
    expect(page.locator("#prompt-problem")).to_contain_text("cannot be shown")
    answer_prompt(page, "Week 3")
    expect(page.locator("#class-title")).to_have_text("Week 3")
    expect(page).to_have_title("Week 3 · Quorumscope")
    assert page.evaluate("JSON.parse(localStorage.getItem('quorumscope.classes'))[0][1].title") == "Week 3"

    # One click, and the code is on the projector: the window is opened by the click itself.
    with page.context.expect_page() as opened:
        page.click("#projector")
    board = opened.value
    board.wait_for_function("window.quorumscope?.classroom.seat")
    expect(board.locator("body")).to_contain_text(week.code)
    assert "viewer=" not in address_of(board)
    page.click("#class-shows [data-board=stage]")
    board.wait_for_function("window.quorumscope?.classroom.seen?.board === 'stage'")
    board.close()

    # A plan for a mode is nothing yet: it can be dropped, and all are taken along when it is begun.
    mode(page, "hands_on").click()
    page.click("#plan-no")
    expect(mode(page, "hands_on")).to_be_focused()
    expect(page.locator("#class-plan")).to_be_hidden()
    mode(page, "hands_on").click()
    page.select_option("#plan-groups", "2")
    page.select_option("#plan-touch", "nodes")
    page.click("#plan-go")
    expect(mode(page, "hands_on")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#class-does")).to_contain_text("2 groups")
    for each in (anna, ben):
        each.does("take_place")
    page.wait_for_function("quorumscope.classroom.rows.map(({ group }) => group).sort().join() === '1,2'")

    page.click("#class-freeze")
    expect(page.locator("#class-thaw")).to_be_visible()
    anna.does("name", name="Anne")
    with subtests.test("frozen, axe"):
        check_accessible(page)
    page.click("#class-thaw")
    expect(page.locator("#class-freeze")).to_have_attribute("aria-pressed", "false")
    page.click("#class-lock")
    expect(page.locator("#class-lock")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("quorumscope.classroom.seen.locked")

    mode(page, "own_copy").click()
    expect(page.locator("#plan-copies")).to_be_hidden()
    page.click("#plan-go")
    expect(mode(page, "own_copy")).to_have_attribute("aria-pressed", "true")
    anna.does("take_place")
    page.wait_for_function("quorumscope.classroom.rows[0].copy")
    copy = page.evaluate("quorumscope.classroom.rows[0].copy")
    mode(page, "follow").click()
    expect(mode(page, "follow")).to_have_attribute("aria-pressed", "true")
    # The copies are still there, to go on with or not.
    mode(page, "own_copy").click()
    expect(page.locator("#plan-copies")).to_be_visible()
    page.click("#plan-go")
    expect(mode(page, "own_copy")).to_have_attribute("aria-pressed", "true")

    # What stands here is the class's, not the page's.
    page.reload()
    page.wait_for_function("(copy) => window.quorumscope?.classroom.rows[0]?.copy === copy", arg=copy)
    expect(mode(page, "own_copy")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#class-lock")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("role", ["owner", "student", "viewer"])
def test_whoever_comes_enters_the_room_once(
    server: Server, contexts: list[BrowserContext], browser: Browser, role: str
) -> None:
    week = new_class(server)
    with Person(server, week.key) as owner:
        keys = {
            "owner": (f"teach/{week.id}", week.key),
            "student": (f"class/{week.id}", week.join("Anna")),
            "viewer": (f"class/{week.id}/board", owner.does("invite", link="viewer")["key"]),
        }
        # Where the projector shows the stage, it is in the room as well.
        owner.does("show", board="stage")
    path, key = keys[role]
    contexts.append(browser.new_context())
    page = contexts[-1].new_page()
    sent: list[str] = []
    page.on("websocket", lambda line: line.on("framesent", lambda data: sent.append(str(data))))
    page.goto(f"{server.address}{path}#{role}={key}")
    # It has the answer to whatever it asked before that.
    page.wait_for_function("window.quorumscope?.joined && quorumscope.run.room === quorumscope.joined.room")
    assert len([one for one in sent if '"join"' in one]) == 1


def test_members_are_called_helped_renamed_and_removed(
    server: Server, open_page: Open, subtests: pytest.Subtests
) -> None:
    week = new_class(server)
    page = open_page(address(week), ready=ready)
    students = {name: student(week, name) for name in ("Ben", "Anna", "Chiara")}
    students["Chiara"].does("hand", up=True)
    expect(page.locator("#class-hands-count")).to_have_text("1")
    expect(page.locator("#class-said")).to_have_text("Chiara has put a hand up.")
    students["Ben"].does("hand", up=True)
    page.click("#class-people")
    names = page.locator("#members-list .member-name")
    expect(names).to_have_text(["Chiara", "Ben", "Anna"])
    expect(member(page, "Chiara")).to_contain_text("Hand up first")

    # Whom nothing has happened to, nothing is written about: the row is the same, and so is where one stands.
    page.evaluate("document.querySelectorAll('.member').forEach((row) => (row.mark = row.textContent))")
    member(page, "Ben").locator(".member-name").focus()
    member(page, "Chiara").get_by_role("button", name="Lower the hand").click()
    expect(names).to_have_text(["Ben", "Anna", "Chiara"])
    assert page.evaluate("[...document.querySelectorAll('.member')].every((row) => row.mark)")

    # Somebody whose line is down is not gone.
    students["Ben"].close()
    expect(member(page, "Ben")).to_contain_text("away")
    expect(page.locator("#members-sum")).to_have_text("2 here, 1 away")
    page.fill("#members-find", "an")
    expect(names).to_have_text(["Anna"])
    page.fill("#members-find", "")

    member(page, "Anna").locator(".member-name").click()
    with subtests.test("axe"):
        for scheme in ("dark", "light"):
            in_scheme(page, scheme)
            check_accessible(page)
    anna = member(page, "Anna")
    anna.get_by_role("button", name="Rename").click()
    answer_prompt(page, "CHIARA")
    expect(page.locator("#prompt-problem")).to_contain_text("called so already")
    answer_prompt(page, "<b>Anne</b>")
    expect(page.locator("#prompt-problem")).to_contain_text("letters and digits")
    answer_prompt(page, "Anne")
    anne = member(page, "Anne")
    anne.get_by_role("button", name="Say a word").click()
    expect(page.locator("#prompt-title")).to_have_text("Say a word to Anne")
    answer_prompt(page, "Look at n3.")
    expect(page.locator("#class-prompt")).to_be_hidden()

    anne.get_by_role("button", name="Remove").click()
    page.keyboard.press("Escape")
    expect(names).to_have_count(3)
    anne.get_by_role("button", name="Remove").click()
    answer_prompt(page)
    expect(names).to_have_count(2)
    assert students["Anna"].refused("hand", up=True) == "not_in_class"
    expect(page.locator("#class-here")).to_have_text("1 here")


def test_helpers_come_in_by_links_that_can_be_replaced(
    server: Server, open_page: Open, contexts: list[BrowserContext], subtests: pytest.Subtests
) -> None:
    week = new_class(server)
    anna = week.join("Anna")
    page = open_page(address(week), ready=ready)
    page.click("#class-code")
    expect(page.locator("#invite-loopback")).to_contain_text("HOST=0.0.0.0")
    expect(page.locator("#invite-code")).to_have_text(week.code)
    assert page.evaluate("document.getElementById('invite-qr').decode().then(() => true)")
    expect(page.locator("#invite-link")).to_have_value(f"{server.address}join/{week.code}")
    link = page.locator("#invite-assistant")
    expect(link).to_be_hidden()
    page.click("#invite-staff summary")
    page.wait_for_function("document.getElementById('invite-owner').value")
    with subtests.test("axe"):
        check_accessible(page)
    assert page.locator("#invite-owner").input_value().endswith(week.key)

    # An assistant teaches too, but lets nobody in and ends nothing. By coming alone they turn nobody's eyes.
    page.evaluate("quorumscope.playhead.seek(0)")
    page.wait_for_function("quorumscope.classroom.look?.look.at_us === 0")
    assistant = open_page(link.input_value(), ready=ready)
    assert "assistant=" not in address_of(assistant)
    # Now what they look at counts.
    assistant.wait_for_function("quorumscope.parts.some(({ told_in }) => told_in)")
    expect(assistant.locator("#projector")).to_be_hidden()
    assistant.click("#more summary")
    expect(assistant.locator("#open-rename-class")).to_be_visible()
    expect(assistant.locator("#class-end")).to_be_hidden()
    assistant.keyboard.press("Escape")
    assistant.click("#class-code")
    expect(assistant.locator("#invite-staff")).to_be_hidden()
    assistant.keyboard.press("Escape")
    assistant.click("#class-lock")
    expect(page.locator("#invite-locked")).to_be_visible()
    assert page.evaluate("quorumscope.classroom.look.look.at_us") == 0
    assistant.evaluate("quorumscope.selection.select('node', 'n2')")
    page.wait_for_function("quorumscope.classroom.look.look.id === 'n2'")

    old = link.input_value()
    page.click("[data-replace=assistant]")
    answer_prompt(page)
    page.wait_for_function("(old) => document.getElementById('invite-assistant').value !== old", arg=old)
    expect(assistant.locator("#class-out")).to_be_visible()
    expect(assistant.locator("#out-why")).to_have_text("This link has been replaced by a new one.")
    assert assistant.evaluate("localStorage.getItem('quorumscope.classes')") is None
    assistant.click("#class-out a")
    assistant.wait_for_url("**/teach")
    # The new one lets them in again.
    assistant.goto(link.input_value())
    ready(assistant)
    # A link that opens nothing, or is somebody else's, costs nobody the key that they have.
    key = assistant.evaluate("quorumscope.classroom.key")
    for other in ("nothing", anna, new_class(server).key, "%"):
        assistant.goto(f"{server.address}glossary")
        assistant.goto(f"{server.address}teach/{week.id}#assistant={other}")
        assistant.wait_for_url(f"**/teach/{week.id}")
        assistant.wait_for_function("() => window.quorumscope?.classroom.seat")
        assistant.goto(f"{server.address}teach/{week.id}")
        ready(assistant)
        assert assistant.evaluate("quorumscope.classroom.key") == key

    page.click("[data-replace=viewer]")
    answer_prompt(page)
    expect(page.locator("#class-prompt")).to_be_hidden()
    page.keyboard.press("Escape")
    with page.context.expect_page() as opened:
        page.click("#projector")
    opened.value.wait_for_function("window.quorumscope?.classroom.seat?.role === 'viewer'")


def test_the_class_sees_where_the_teacher_looks_until_it_ends(
    server: Server, open_page: Open, subtests: pytest.Subtests
) -> None:
    week = new_class(server)
    page = open_page(address(week), viewport=PHONE, ready=ready)
    # By coming alone, the owner has said where they look.
    page.wait_for_function("quorumscope.classroom.look")
    page.evaluate(
        """() => {
          const { classroom } = quorumscope;
          const told = (window.told = []);
          const ask = classroom.do.bind(classroom);
          classroom.do = (command) => {
            if (command.type === "look") told.push({ ...command, at: performance.now(), room: classroom.seen.stage });
            return ask(command);
          };
        }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("told.length") == 0
    # However fast the teacher looks about, the class hears of it ten times a second, and of the last for certain.
    page.evaluate(
        """async () => {
          // A page that is busy has fewer frames to tell it in.
          for (let i = 0; i < 60 || (told.length < 4 && i < 3000); i++) {
            quorumscope.selection.select("node", `n${(i % 5) + 1}`);
            await new Promise((done) => setTimeout(done, 10));
          }
          quorumscope.selection.select("node", "n4");
        }"""
    )
    page.wait_for_function("told.at(-1)?.id === 'n4'")
    gaps = page.evaluate("told.slice(1).map(({ at }, i) => at - told[i].at)")
    assert len(gaps) >= 2
    assert min(gaps) >= 95

    # Another scenario, and the class goes along; there it is told where the teacher looks, though that is nowhere yet.
    before = page.evaluate("quorumscope.classroom.seen.stage")
    page.click("#scenario")
    page.click("[data-scenario]:not([aria-current=true]) >> nth=0")
    page.wait_for_function(
        """(before) => {
          const { stage } = quorumscope.classroom.seen;
          return stage !== before && stage === quorumscope.run.room;
        }""",
        arg=before,
    )
    page.wait_for_function("told.at(-1).room === quorumscope.classroom.seen.stage && told.at(-1).id === null")

    # So it is after the line was down: the server may have forgotten.
    page.evaluate("quorumscope.selection.select('node', 'n2')")
    page.wait_for_function("told.at(-1).id === 'n2'")
    page.evaluate("told.length = 0, quorumscope.connection.socket.io.engine.close()")
    page.wait_for_function("told.at(-1)?.id === 'n2' && quorumscope.playhead.present() > 0")

    # While the past plays, whoever comes in the midst hears how far it is.
    page.evaluate("told.length = 0, quorumscope.playhead.seek(0), quorumscope.playhead.play(1e-5)")
    page.wait_for_function("told.length >= 2")
    first, second = page.evaluate("told.slice(0, 2)")
    assert first["speed"] == second["speed"] == 1e-5
    assert second["at"] - first["at"] >= 1900
    assert second["at_us"] > first["at_us"]
    page.evaluate("quorumscope.playhead.goLive()")
    page.wait_for_function("told.at(-1).at_us === null")

    # In a room that is not on the stage, the teacher looks for themself.
    anna = student(week, "Anna")
    page.evaluate("quorumscope.classroom.do({ type: 'mode', mode: 'own_copy' })")
    expect(mode(page, "own_copy")).to_have_attribute("aria-pressed", "true")
    anna.does("take_place")
    page.wait_for_function("quorumscope.classroom.rows[0]?.copy")
    page.evaluate("told.length = 0, quorumscope.connection.go(quorumscope.classroom.rows[0].copy)")
    page.wait_for_function("quorumscope.run.room === quorumscope.classroom.rows[0].copy")
    page.evaluate("quorumscope.selection.select('node', 'n3')")
    page.wait_for_timeout(300)
    assert page.evaluate("told") == []
    page.evaluate("quorumscope.connection.go(quorumscope.classroom.seen.stage)")
    page.wait_for_function("told.at(-1)?.room === quorumscope.run.room")
    with subtests.test("axe"):
        check_accessible(page)

    page.locator("#more summary").focus()
    page.keyboard.press("Enter")
    page.locator("#class-end").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#prompt-title")).to_have_text("End the class?")
    page.locator("#prompt-go").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#class-over")).to_be_visible()
    expect(page.locator("#class-over [data-report]")).to_have_attribute("href", f"/teach/{week.id}/report")
    for gone in ("#class-code", "#projector", "#class-mode", "#class-freeze"):
        expect(page.locator(gone)).to_be_hidden()
    told = page.evaluate("told.length")
    page.evaluate("quorumscope.selection.select('node', 'n1')")
    page.wait_for_timeout(300)
    assert page.evaluate("told.length") == told
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
