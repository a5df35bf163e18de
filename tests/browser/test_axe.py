"""axe finds nothing on any page in any of its main states, light and dark."""

import pytest

from tests.browser import runs
from tests.browser.conftest import Open, in_scheme
from tests.browser.test_page import check_accessible
from tests.browser.test_pictures import STATES
from tests.server import Server

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(server: Server, open_page: Open, subtests: pytest.Subtests, state: str) -> None:
    scenario, commands, until_ms, act = STATES[state]
    page = open_page(runs.link(server, *commands, until_ms=until_ms, scenario=scenario))
    act(page)
    for scheme in ("light", "dark"):
        with subtests.test(scheme=scheme):
            in_scheme(page, scheme)
            check_accessible(page)
