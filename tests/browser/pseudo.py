"""What must hold for a page in the language that is made for tests (tests/pseudo.py): it is translated, and it fits."""

import re
from collections.abc import Iterable

from playwright.sync_api import Page

# Every text that a person can get to see or hear, also of what is hidden now, with the place where it is.
TEXTS = """() => {
  const NAMES = ["aria-label", "aria-description", "aria-valuetext", "title", "placeholder", "alt"];
  const found = [["document.title", document.title]];
  const where = (element) => `#${element.closest("[id]")?.id} <${element.tagName} class="${element.className}">`;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      const parent = node.parentElement;
      if (!parent.closest("script, style, noscript, code, [translate=no]")) found.push([where(parent), node.data]);
      continue;
    }
    for (const name of NAMES) {
      if (node.hasAttribute(name)) found.push([`${where(node)} ${name}`, node.getAttribute(name)]);
    }
  }
  return found;
}"""

# What is a name or a sign, and so the same in every language.
SAME = re.compile(
    r"""\b(?:
        n\d+ | op\d+ | m\d+                                               # nodes, operations, messages
      | LNKD-DISK | LNKD-SSD | YMMR | WAN | EVEN | UNIFORM | EXPONENTIAL | PARETO   # latency profiles
      | GIF | PNG | SVG | JSON                                            # file formats
      | [0-9a-f]{8,}                                                      # hashes
    )\b""",
    re.VERBOSE,
)

# What is wider than its place: the page, what has words on it, and what is drawn.
MISFITS = """(allowed) => {
  const found = [];
  const shown = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 0;
  const named = (element) => `${element.tagName} #${element.id} .${element.className}: ${element.textContent.trim()}`;
  const sticksOut = (element, frame, slack) => {
    const [inner, outer] = [element.getBoundingClientRect(), frame.getBoundingClientRect()];
    return inner.right > outer.right + slack || inner.left < outer.left - slack;
  };
  if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is wider than ${innerWidth} px`);
  for (const element of document.querySelectorAll("button, .button, label, h1, h2, h3, summary, th, legend, a")) {
    if (!shown(element) || element.closest(".unseen") || (allowed && element.matches(allowed))) continue;
    const { clientWidth, scrollWidth } = element;
    const isLine = getComputedStyle(element).display === "inline";
    if (!isLine && scrollWidth > clientWidth + 1) found.push(`${named(element)}: ${scrollWidth} px in ${clientWidth}`);
    const frame = element.closest("dialog, .pop-body, .card, .bar");
    // A table may be scrolled in its box.
    if (frame && !element.closest("table") && sticksOut(element, frame, 1)) found.push(`${named(element)}: sticks out`);
  }
  // Drawn text does not wrap. The space-time diagram is scrolled.
  for (const text of document.querySelectorAll("svg text")) {
    if (!shown(text) || text.closest(".spacetime, .unseen")) continue;
    if (sticksOut(text, text.closest("svg"), 2)) found.push(`drawn “${text.textContent}”: cut off at the edge`);
  }
  return found;
}"""


def assert_translated(page: Page, data: Iterable[str] = ()) -> None:
    """Every text is from the catalogue. ``data`` are words that somebody has typed, or that belong to the run."""
    known = set(data)
    escaped = {
        f"{where}: {text.strip()!r}"
        for where, text in page.evaluate(TEXTS)
        if any(word not in known for word in re.findall(r"[A-Za-z]{3,}", SAME.sub(" ", outside(text))))
    }
    assert not escaped, f"{len(escaped)} texts are not translated:\n" + "\n".join(sorted(escaped))


def outside(text: str) -> str:
    """What is not in ⟦brackets⟧, which may stand in one another."""
    while (rest := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = rest
    return text


def assert_fits(page: Page, allowed: str = "") -> None:
    """Nothing that has words on it is too narrow for them. ``allowed`` is a selector of what is cut off on purpose."""
    misfits = page.evaluate(MISFITS, allowed)
    assert not misfits, "\n".join(misfits)
