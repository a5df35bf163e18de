"""What frames the page: where toasts stand, and how what is chosen is marked in the colours of the system."""

import pytest

from tests.browser.conftest import DESKTOP, PHONE, Open, settled
from tests.server import Server

pytestmark = pytest.mark.browser

SMALL = {"width": 320, "height": 640}


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE, SMALL])
def test_a_toast_leaves_the_time_bar_free(server: Server, open_page: Open, viewport: dict) -> None:
    page = open_page(server.address, viewport=viewport)
    page.evaluate("quorumscope.actions.send({ type: 'crash', node: 'n99' })")
    said = page.locator(".toast").bounding_box()
    bar = page.locator(".time").bounding_box()
    assert said["y"] + said["height"] <= bar["y"]
    assert said["x"] >= 0
    assert said["x"] + said["width"] <= viewport["width"]


def test_what_is_chosen_is_marked_in_forced_colours_too(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    page.emulate_media(forced_colors="active")
    settled(page)
    for chosen, other in (("#tab-act", "#tab-story"), (".view:has(:checked)", ".view:not(:has(:checked))")):
        looks = [
            page.locator(each).first.evaluate("(it) => getComputedStyle(it).backgroundColor")
            for each in (chosen, other)
        ]
        assert looks[0] != looks[1]
