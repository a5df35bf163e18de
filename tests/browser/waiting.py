"""Waiting for a page that forbids ``eval``.

Playwright's ``wait_for_function`` has the page make code of text each time that it looks, which the site's security
policy stops. Here the text becomes code once, as the debugger may do at any time, and the page looks with that.
"""

import time
from typing import Any

from playwright.sync_api import Error, Page
from playwright.sync_api import TimeoutError as TooLate

WITHIN_MS = 30_000.0
NO_PAGE_YET_S = 0.05

# The text stands where it sees no name but the page's own.
_LOOK = """(wait_for_function_with) => ((told, [arg, everyMs, withinMs]) => new Promise((done, fail) => {
  const late = setTimeout(() => fail(new Error("did not come to hold")), withinMs);
  const next = everyMs === null ? requestAnimationFrame : (look) => setTimeout(look, everyMs);
  const look = async () => {
    try {
      const holds = told();
      if (!(typeof holds === "function" ? await holds(arg) : await holds)) return void next(look);
      clearTimeout(late);
      done();
    } catch (error) {
      clearTimeout(late);
      fail(error);
    }
  };
  void look();
}))(() => (%s), wait_for_function_with)"""

# Another page has come while it was waited for: it is asked of that one.
_GONE = ("context was destroyed", "Cannot find context", "navigat")


def wait_for_function(
    page: Page, expression: str, *, arg: Any = None, timeout: float = WITHIN_MS, polling: float | None = None
) -> None:
    """As Playwright's, but for what it answers: nothing."""
    ends_s = time.monotonic() + timeout / 1000
    while True:
        left_ms = (ends_s - time.monotonic()) * 1000
        try:
            page.evaluate(_LOOK % expression, [arg, polling, max(1, left_ms)])
            return
        except Error as error:
            if "did not come to hold" in str(error):
                raise TooLate(f"{page.url}: it {error}: {expression}") from None
            if left_ms <= 0 or not any(gone in str(error) for gone in _GONE):
                raise
        page.wait_for_timeout(NO_PAGE_YET_S * 1000)


def look_without_eval() -> None:
    """Have every page wait like this."""
    Page.wait_for_function = wait_for_function  # type: ignore[assignment, method-assign]
