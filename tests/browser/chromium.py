"""Finds the Chromium that the browser tests drive: QUORUMSCOPE_CHROMIUM, one on PATH, or Playwright's own.

``python -m tests.browser.chromium`` installs one where there is none, and prints where it is.
"""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

# A second --disable-features takes the place of Playwright's own, so what of that concerns us stands here again.
PLAYWRIGHTS_OWN = (
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
# Pages that Chromium loads for the address bar of each window, and a process that waits for the next page. No test sees
# them, and they cost nearly as much as the page itself.
NOT_NEEDED = ("SpareRendererForSitePerProcess", "WebUIOmniboxAimPopup", "WebUIOmniboxPopup")
FLAGS = (
    # Its own sandbox cannot be set up where the tests run as root.
    "--no-sandbox",
    # Where there is no graphics card Chromium emulates one, which costs more than to draw without.
    "--disable-gpu",
    f"--disable-features={','.join((*PLAYWRIGHTS_OWN, *NOT_NEEDED))}",
)

VARIABLE = "QUORUMSCOPE_CHROMIUM"
# The first is the same browser without its windows and menus: no test needs them, and they cost a third of its time.
HEADLESS = "chromium-headless-shell"
NAMES = (HEADLESS, "chromium", "google-chrome")


class NoChromium(Exception):
    pass


def find() -> Path:
    """Where Chromium is. Call it before Playwright is started: the last place to look is asked of Playwright."""
    if named := os.environ.get(VARIABLE):
        if found := shutil.which(named):
            return Path(found)
        raise NoChromium(f"{VARIABLE} names {named}, which is no program.")
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    if (own := _playwrights_own()).is_file():
        return own
    raise NoChromium(f"No Chromium: 'make chromium' installs one, or {VARIABLE} names one.")


def find_or_install() -> Path:
    if not os.environ.get(VARIABLE):
        try:
            return find()
        except NoChromium:
            _install()
    return find()


def _playwrights_own() -> Path:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def _install() -> None:
    as_root = prefix_for_root()
    if is_debian() and as_root is not None:
        apt_get = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        _run([*apt_get, "update"])
        _run([*apt_get, "install", "--yes", HEADLESS])
    else:
        with_deps = [] if as_root is None else ["--with-deps"]
        _run([sys.executable, "-m", "playwright", "install", *with_deps, "chromium"])


def prefix_for_root() -> list[str] | None:
    """What to put before a command to run it as root: nothing, sudo, or None where we may not."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "--non-interactive"]
    if shutil.which("sudo") and subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode == 0:
        return sudo
    return None


def is_debian() -> bool:
    try:
        return platform.freedesktop_os_release()["ID"] == "debian"
    except OSError:
        return False


def _run(command: list[str]) -> None:
    print("Installing Chromium:", *command, flush=True)
    if subprocess.run(command, check=False).returncode:
        raise NoChromium(f"Chromium could not be installed; {VARIABLE} can name one that is.")


if __name__ == "__main__":
    try:
        print(find_or_install())
    except NoChromium as error:
        sys.exit(str(error))
