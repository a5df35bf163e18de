"""A slower device and a slower server than there are, for all browser tests: what fails then looked too soon, or has a
deadline that a slow machine needs to be longer.

``QUORUMSCOPE_STRAIN=6`` makes each page's processor six times slower. ``QUORUMSCOPE_LATE_MS=200`` brings each answer so
late, while what is told of the room and the class comes as before.
"""

import os

from playwright.sync_api import Page

SLOWER = float(os.environ.get("QUORUMSCOPE_STRAIN", "1"))
LATE_MS = float(os.environ.get("QUORUMSCOPE_LATE_MS", "0"))

# In Socket.IO's words, an answer begins with 43.
_LATE = """const Line = WebSocket;
window.WebSocket = class extends Line {
  set onmessage(hear) {
    super.onmessage = (event) => {
      if (String(event.data).startsWith("43")) setTimeout(() => hear(event), LATE_MS);
      else hear(event);
    };
  }
};"""


def strain(page: Page) -> None:
    if LATE_MS > 0:
        page.add_init_script(_LATE.replace("LATE_MS", str(LATE_MS)))
    if SLOWER > 1:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
